"""Files that are there whole or not at all: a killed process leaves the old one or the new one, never half of one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from watchbell.errors import UsageError


def new_private(path: Path, content: bytes) -> None:
    """Make a new file for a key, which only its owner may read.

    Raises:
        UsageError: there is such a file, or it cannot be written.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise UsageError(f"No key can be made at {path}: {error.strerror}.") from error
    with os.fdopen(handle, "wb") as opened:
        opened.write(content)


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
