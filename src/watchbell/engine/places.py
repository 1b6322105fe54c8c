"""Where the kernel runs: on this machine, or on Spark. Both find the same pairs, to the last bit."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from watchbell.engine.slots import CoActions, Slots
from watchbell.errors import UsageError

LOCAL, SPARK = ENGINES = ("local", "spark")


class Engine(Protocol):
    """A place to run the kernel in."""

    def co_actions(self, slots: Slots, windows: Sequence[int], floor: int) -> list[CoActions]:
        """Return for each window every pair of accounts with at least `floor` post pairs within it.

        Windows are inclusive, in the unit of the times.
        """


@dataclass(frozen=True)
class Local:
    """This machine."""

    threads: int | None = None
    """All cores when None. The result is the same for any number."""

    def co_actions(self, slots: Slots, windows: Sequence[int], floor: int) -> list[CoActions]:
        """Count here; see `engine.local`."""
        from watchbell.engine.local import co_actions  # noqa: PLC0415  # commands start without the compiler

        return co_actions(slots, windows, floor, self.threads)


@dataclass(frozen=True)
class Spark:
    """The machines of a Spark session."""

    session: Any
    """A SparkSession."""

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
    name: str, *, threads: int | None = None, master: str | None = None, conf: Mapping[str, str] | None = None
) -> Iterator[Engine]:
    """Yield the engine of that name, ready to count; a Spark session that is made for it is stopped at the end.

    Args:
        name: one of `ENGINES`.
        threads: for `local`; all cores when None.
        master: for `spark`; see `engine.spark.spark_session`.
        conf: for `spark`: properties of the session.

    Raises:
        UsageError: there is no such engine, or what is given is for another.
        MissingExtraError, MissingProgramError: Spark is not there; see `engine.spark.spark_session`.
    """
    if name not in ENGINES:
        raise UsageError(f"There is no engine {name!r}. The engines are: {', '.join(ENGINES)}.")
    if name == LOCAL:
        if master is not None:
            raise UsageError("A master is for Spark: say --engine spark as well.")
        yield Local(threads)
        return
    if threads is not None:
        raise UsageError("Threads are for this machine. On Spark, the master says how many there are: local[4].")
    from watchbell.engine.spark import spark_session  # noqa: PLC0415  # the extra `spark`

    with spark_session(master, conf) as session:
        yield Spark(session)
