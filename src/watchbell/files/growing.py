"""A file of lines that grows, is rotated or cut off while it is read: whole lines in, each once, and where they end."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from watchbell.errors import InputError
from watchbell.files.rows import MAX_RECORD_BYTES

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
    """Reads on where it stopped. A renamed predecessor is read to its end; a file that was cut off, from its start."""

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
        before = self._predecessor()
        if before is not None:
            yield from self._rest_of(before, most_bytes)
        if self._path.exists():
            yield from self._rest_of(self._path, most_bytes)

    def _predecessor(self) -> Path | None:
        """Return the file that was being read and that has another name now, as rotation leaves it."""
        if self._place is None or (self._path.exists() and self._path.stat().st_ino == self._place.inode):
            return None
        beside = (file for file in self._path.parent.glob(f"{self._path.name}*") if file != self._path)
        return next((file for file in beside if _is_at(file, self._place)), None)

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
