"""Do the same work in several processes, side by side, and hand on what comes of it in order."""

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from itertools import chain, cycle
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Generic, NamedTuple, TypeVar

from watchbell.errors import WorkerLostError

T = TypeVar("T")
R = TypeVar("R")


def cores() -> int:
    """Return on how many cores this process may run."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_order(
    work: Callable[[Sequence[T]], R], parts: Iterable[Sequence[T]], workers: int, *, alone: int
) -> Generator[R, None, None]:
    """Yield what `work` makes of each part, in their order.

    Whatever ends this process, by interrupt or by force, ends the workers after the part they are at.

    Args:
        work: can be pickled, as what it returns can; each worker has its own.
        parts: what there is to do. As many are taken ahead as there are workers.
        workers: processes; one is this one.
        alone: parts done by this process first, for a worker takes seconds to start.

    Raises:
        WorkerLostError: a worker was ended, or fell over; what it fell over stands in its traceback.
    """
    left = iter(parts)
    for done, part in enumerate(left, 1):
        yield work(part)
        if workers > 1 and done == alone:
            break
    following = next(left, None)
    if following is None:
        return
    crew = [_started(work) for _ in range(workers)]
    try:
        busy: deque[_Worker[T, R]] = deque()
        for worker, part in zip(cycle(crew), chain([following], left)):
            if len(busy) == workers:
                yield busy.popleft().result()
            worker.begin(part)
            busy.append(worker)
        for worker in busy:
            yield worker.result()
    finally:
        for worker in crew:
            worker.connection.close()
        for worker in crew:
            worker.process.join()


class _Worker(NamedTuple, Generic[T, R]):
    """A process, and the line to it."""

    process: BaseProcess
    connection: Connection

    def begin(self, part: Sequence[T]) -> None:
        try:
            self.connection.send(part)
        except OSError as error:
            raise self._lost() from error

    def result(self) -> R:
        try:
            result: R = self.connection.recv()
        except (EOFError, OSError) as error:
            raise self._lost() from error
        return result

    def _lost(self) -> WorkerLostError:
        self.process.join()
        return WorkerLostError(
            f"A process beside this one ended (exit code {self.process.exitcode}), and the work was given up. "
            "If memory was short, use `--workers 1`."
        )


def _started(work: Callable[[Sequence[T]], R]) -> _Worker[T, R]:
    # A fork would copy the locks that other threads hold, and a database's connections; a fresh process has neither.
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_worked, args=(work, there), daemon=True)
    process.start()
    there.close()
    return _Worker(process, here)


def _worked(work: Callable[[Sequence[T]], R], connection: Connection) -> None:
    """Answer one part after another, until the other end of the line is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that began the work hears it, and closes the line
    try:
        while True:
            connection.send(work(connection.recv()))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return
