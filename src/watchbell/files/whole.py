"""Files that are there whole or not at all: a killed process leaves the old one or the new one, never half of one."""

import os
import shutil
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


@contextmanager
def replacing_folder(folder: Path, mark: str) -> Iterator[Path]:
    """Yield an empty folder to write in, which takes the name `folder` when the block ends well, else is thrown away.

    A folder of that name gives way only if it is empty or has the file `mark`, by which it is known as made here.

    Raises:
        UsageError: there is something else at `folder`.
    """
    folder = folder.resolve()
    _demand_ours(folder, mark)
    part, old = (folder.with_name(f".{folder.name}.{end}") for end in ("part", "old"))
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        yield part
        _demand_ours(folder, mark)
        if folder.exists():
            shutil.rmtree(old, ignore_errors=True)
            folder.rename(old)
        part.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _demand_ours(folder: Path, mark: str) -> None:
    ours = folder.is_dir() and ((folder / mark).is_file() or not any(folder.iterdir()))
    if folder.exists() and not ours:
        raise UsageError(f"{folder} is there already and has no {mark}, so it stays as it is. Name another folder.")
