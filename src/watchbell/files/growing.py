"""A file of lines that grows, is rotated or cut off while it is read: whole lines in, each once, and where they end."""

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from watchbell.errors import InputError
from watchbell.files.rows import MAX_RECORD_BYTES

# How logrotate names what it put aside: `posts.jsonl.1` before `posts.jsonl.2`, or by the day, `posts.jsonl-20241105`.
_ROTATED = re.compile(r"([.-])(\d{1,14})$")
_HEAD_BYTES = 1024
"""What tells a file from another that was put into its place."""


class Place(NamedTuple):
    """How far a growing file has been read."""

    inode: int
    offset: int
    """Bytes read, up to the end of a line."""
    head: str
    """SHA-256 of its first bytes, as many as there were up to 1,024, after the count of them and a colon."""


class Lines(NamedTuple):
    """Some whole lines, and how far the file has been read with them."""

    content: bytes
    place: Place


class GrowingFile:
    """Reads on where it stopped. Rotated files are read to their end first; a file that was cut off, from its start."""

    def __init__(self, path: Path, place: Place | None = None) -> None:
        """Read `path` from `place`, or from its start."""
        self._path, self._place = path, place

    def lines(self, most_bytes: int = MAX_RECORD_BYTES) -> Iterator[Lines]:
        """Yield the lines that have been added, in pieces of at most `most_bytes`, up to the last line that is whole.

        Of a line that is longer than that, the piece is empty.

        Raises:
            InputError: the file cannot be read.
        """
        try:
            yield from self._lines(most_bytes)
        except OSError as error:
            raise InputError(f"{self._path} cannot be read: {error.strerror}.") from error

    def _lines(self, most_bytes: int) -> Iterator[Lines]:
        for path in self._unread():
            yield from self._rest_of(path, most_bytes)

    def _unread(self) -> list[Path]:
        """Return the files to read on, in order: the one that was being read, those after it, and the newest."""
        newest = [self._path] if self._path.exists() else []
        place = self._place
        if place is None or (newest and self._path.stat().st_ino == place.inode):
            return newest
        rotated = sorted(filter(_ROTATED.search, map(str, self._path.parent.glob(f"{self._path.name}?*"))), key=_age)
        paths = list(map(Path, rotated))
        begin = next((at for at, path in enumerate(paths) if _is_at(path, place)), len(paths))
        return [*paths[begin:], *newest]

    def _rest_of(self, path: Path, most_bytes: int) -> Iterator[Lines]:
        with path.open("rb") as file:
            place = self._place
            offset = place.offset if place is not None and _is_at(path, place) else 0
            file.seek(offset)
            while (read := _whole_lines(file, most_bytes)) is not None:
                content, length = read
                offset += length
                self._place = Place(os.fstat(file.fileno()).st_ino, offset, _head(file, _HEAD_BYTES))
                file.seek(offset)
                yield Lines(content, self._place)


def _age(path: str) -> tuple[int, int]:
    """Return what sorts rotated files, the oldest first: by their last change, then by the number in their name."""
    mark, number = _ROTATED.search(path).groups()  # type: ignore[union-attr]  # only such names are asked of
    return Path(path).stat().st_mtime_ns, -int(number) if mark == "." else int(number)


def _is_at(path: Path, place: Place) -> bool:
    """Say whether a file is the one that was read up to `place`: the same, no shorter, and begun alike."""
    status = path.stat()
    if status.st_ino != place.inode or status.st_size < place.offset:
        return False
    count = int(place.head.partition(":")[0])
    with path.open("rb") as file:
        return _head(file, count) == place.head


def _head(file: BinaryIO, count: int) -> str:
    file.seek(0)
    begun = file.read(count)
    return f"{len(begun)}:{hashlib.sha256(begun).hexdigest()}"


def _whole_lines(file: BinaryIO, most_bytes: int) -> tuple[bytes, int] | None:
    """Return lines of at most `most_bytes` and how many bytes to go on; None where no line has ended yet.

    Of a line that is longer, nothing is returned but its length.
    """
    content = file.read(most_bytes)
    end = content.rfind(b"\n") + 1
    if end:
        return content[:end], end
    length = len(content)
    while len(content) == most_bytes:
        content = file.read(most_bytes)
        end = content.find(b"\n") + 1
        if end:
            return b"", length + end
        length += len(content)
    return None
