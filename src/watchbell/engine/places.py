"""Where the kernel runs: on this machine, or on Spark. Both find the same pairs, to the last bit."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from watchbell.engine.memory import in_use, usual
from watchbell.engine.slots import CoActions, Slots
from watchbell.engine.thinning import Viral
from watchbell.errors import UsageError

LOCAL, SPARK = ENGINES = ("local", "spark")


# Longer turns cost memory and hardly save time.
_LONGEST_TURN = 1 << 29
_POST_PAIR_BYTES = 16
# A pair with its names, times and test, as an array and as a table; half of the memory is for them.
_PAIR_BYTES = 256


class Engine(Protocol):
    """A place to run the kernel in."""

    @property
    def memory(self) -> int | None:
        """Bytes that counting may have in this process's memory; None where it is done elsewhere."""

    def viral(self, slots: Slots, window: int) -> list[Viral]:
        """Return the objects with so many post pairs within the window that `co_actions` thins them."""

    def co_actions(self, slots: Slots, windows: Sequence[int], floor: int) -> list[CoActions]:
        """Return for each window every pair of accounts with at least `floor` post pairs within it.

        Windows are inclusive, in the unit of the times.
        """


@dataclass(frozen=True)
class Local:
    """This machine."""

    threads: int | None = None
    """All cores when None. The result is the same for any number."""
    allowed: int | None = None
    """Bytes that this process may have in memory; half of the machine's when None."""

    @property
    def memory(self) -> int:
        """Return the bytes that this process may have in memory."""
        return usual() if self.allowed is None else self.allowed

    def viral(self, slots: Slots, window: int) -> list[Viral]:
        """Name the objects whose post pairs alone, 16 bytes each, would fill the memory."""
        from watchbell.engine.local import viral  # noqa: PLC0415  # commands start without the compiler

        return viral(slots, window, self.memory // _POST_PAIR_BYTES)

    def co_actions(self, slots: Slots, windows: Sequence[int], floor: int) -> list[CoActions]:
        """Count here; see `engine.local`.

        Raises:
            UsageError: the slots or the answer alone take more memory than is allowed.
        """
        from watchbell.engine.local import Budget, co_actions  # noqa: PLC0415  # commands start without the compiler

        taken = in_use()
        if self.allowed is not None and taken > self.allowed:
            raise UsageError(
                f"The actions and the program take {taken >> 20:,} MiB of memory, more than the "
                f"{self.allowed >> 20:,} MiB allowed. Give more, or look at fewer actions at a time."
            )
        # Where each slot's reach ends is a whole number of 8 bytes.
        turn = min(_LONGEST_TURN, (self.memory - taken - 8 * len(slots.accounts)) // 2)
        budget = Budget(turn, self.memory // _POST_PAIR_BYTES, self.memory // 2 // _PAIR_BYTES)
        return co_actions(slots, windows, floor, self.threads, budget)


@dataclass(frozen=True)
class Spark:
    """The machines of a Spark session."""

    session: Any
    """A SparkSession."""
    memory: None = None

    def viral(self, slots: Slots, window: int) -> list[Viral]:  # noqa: ARG002  # as the other place
        """Name none: what is too hot for one task is cut by time."""
        return []

    def co_actions(self, slots: Slots, windows: Sequence[int], floor: int) -> list[CoActions]:
        """Count there; see `engine.spark_counting`.

        Raises:
            WatchbellError: a task failed.
        """
        from watchbell.engine.spark import tasks_failing_in_a_sentence  # noqa: PLC0415  # the extra `spark`
        from watchbell.engine.spark_counting import co_actions  # noqa: PLC0415  # commands start without the compiler

        with tasks_failing_in_a_sentence():
            return co_actions(self.session, slots, windows, floor)


HERE = Local()
"""All cores of this machine."""


@contextmanager
def engine_named(
    name: str,
    *,
    here: Local | None = None,
    master: str | None = None,
    conf: Mapping[str, str] | None = None,
    session: Any = None,
) -> Iterator[Engine]:
    """Yield the engine of that name, ready to count; a Spark session that is made for it is stopped at the end.

    Args:
        name: one of `ENGINES`.
        here: for `local`: with how many threads and how much memory.
        master: for `spark`; see `engine.spark.spark_session`.
        conf: for `spark`: properties of a new session.
        session: for `spark`: a session to count in, which is left running.

    Raises:
        UsageError: there is no such engine, or what is given is for another.
        MissingExtraError, MissingProgramError: Spark is not there; see `engine.spark.spark_session`.
    """
    if name not in ENGINES:
        raise UsageError(f"There is no engine {name!r}. The engines are: {', '.join(ENGINES)}.")
    if name == LOCAL:
        if master is not None or session is not None:
            raise UsageError("A master or a session is for Spark: ask for the engine spark as well.")
        yield here or HERE
        return
    if here not in (None, HERE):
        raise UsageError(
            "Threads and memory are for this machine. On Spark, the master (local[4]) and spark_conf say how much of "
            "both there is."
        )
    if session is not None:
        yield Spark(session)
        return
    from watchbell.engine.spark import spark_session  # noqa: PLC0415  # the extra `spark`

    with spark_session(master, conf) as opened:
        yield Spark(opened)
