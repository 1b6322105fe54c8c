"""Loading the compiled kernel: worth doing in a thread while files are read, for it takes most of a second."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


def load() -> None:
    """Load what counting and judging need.

    For programs of our own: in this process compiled code has no linear algebra from then on. We have none, and Numba
    loads SciPy for it where that is installed, which would take a third of the time.
    """
    with _hidden("scipy.linalg"):
        from watchbell.engine import ordering  # noqa: PLC0415  # that is what takes the time

        ordering.load()
    from watchbell.engine import bursts, local, meetings, seating  # noqa: PLC0415  # likewise

    for part in (local, seating, meetings, bursts):
        part.load()


@contextmanager
def _hidden(module: str) -> Iterator[None]:
    """Let a module that is not loaded yet seem not to be installed."""
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None  # type: ignore[assignment]  # what the import system takes for "not there"
    try:
        yield
    finally:
        del sys.modules[module]
