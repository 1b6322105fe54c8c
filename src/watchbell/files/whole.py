"""Files that are there whole or not at all: a killed process leaves the old one or the new one, never half of one."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield where to write; what was written takes the name `path` when the block ends well, else it is thrown away.

    Raises:
        OSError: the file cannot be written; it names `path`, not the place beside it.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        yield part
        part.replace(path)
    except OSError as error:
        if error.filename == str(part):
            error.filename = str(path)
        raise
    finally:
        with suppress(OSError):
            part.unlink()
