"""Posts matched as they come: from a file that grows, or from standard input, each post once.

Every piece is matched, its hits are written, and only then a checkpoint says how far both files have come. After a
kill, the hits behind the checkpoint are cut off and the posts behind it are read again: none is lost or told twice.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

import pyarrow as pa

from watchbell.clock import system_clock
from watchbell.desk.cases.cases import open_cases
from watchbell.desk.investigations.inputs import PostFiles
from watchbell.desk.matching.matching import Matched, hits_as_lines, match_posts
from watchbell.errors import InputError, NothingUsableError, UsageError
from watchbell.files import Reject
from watchbell.files.growing import GrowingFile, Place
from watchbell.files.rows import MAX_RECORD_BYTES
from watchbell.files.whole import replacing
from watchbell.match.index import IndicatorIndex
from watchbell.match.lookalikes import LookalikeIndex
from watchbell.vault.workspace import Workspace


class Outlet(Protocol):
    """Where hits go, and how far what they are from has been read."""

    place: Place | None

    def add(self, hits: pa.Table, place: Place | None) -> None:
        """Write hits, and then how far the file that they are from has been read."""


class FileOutlet:
    """A file of hits (JSON lines) that grows, and a checkpoint beside it."""

    def __init__(self, path: Path) -> None:
        """Go on where the checkpoint says; what was written after it is cut off.

        Raises:
            InputError: the checkpoint cannot be read, or the hits are shorter than it says.
            UsageError: there are hits but no checkpoint.
        """
        self._path, self._checkpoint = path, path.with_name(f"{path.name}.checkpoint")
        path.parent.mkdir(parents=True, exist_ok=True)
        there = path.stat().st_size if path.exists() else 0
        if there and not self._checkpoint.exists():
            raise UsageError(f"{path} has content and no checkpoint beside it: name another file for the hits.")
        written, self.place = _read(self._checkpoint)
        if there < written:
            raise InputError(f"{path} is shorter than {self._checkpoint} says: delete both to begin anew.")
        with path.open("ab") as file:
            file.truncate(written)

    def add(self, hits: pa.Table, place: Place | None) -> None:
        """Write hits, and then how far both files have come."""
        with self._path.open("ab") as file:
            file.write("".join(hits_as_lines(hits)).encode("utf-8"))
            file.flush()
            # After a power cut, no checkpoint may speak of hits that are not there.
            os.fsync(file.fileno())
            written = file.tell()
        self.place = place
        _write(self._checkpoint, written, place)


class WorkspaceOutlet:
    """The hits of a workspace, and its cases, which hits open or join; they are the same when told twice."""

    def __init__(self, workspace: Workspace, path: Path) -> None:
        """Go on in the file `path` where the workspace's checkpoint for it says.

        Raises:
            InputError: the checkpoint cannot be read.
        """
        self._workspace = workspace
        name = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:16]
        self._checkpoint = workspace.runs / f"follow-{name}.checkpoint"
        _, self.place = _read(self._checkpoint)

    def add(self, hits: pa.Table, place: Place | None) -> None:
        """Keep hits, open or join cases with them, and then say how far the file has been read."""
        if hits.num_rows:
            self._workspace.vault.hits.add(hits)
            open_cases(self._workspace, system_clock())
        self.place = place
        _write(self._checkpoint, 0, place)


def _read(checkpoint: Path) -> tuple[int, Place | None]:
    if not checkpoint.exists():
        return 0, None
    try:
        told = json.loads(checkpoint.read_text("utf-8"))
        place = told["place"]
        return int(told["written"]), None if place is None else Place(int(place[0]), int(place[1]), str(place[2]))
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise InputError(f"{checkpoint} is no checkpoint; delete it and the hits beside it to begin anew.") from error


def _write(checkpoint: Path, written: int, place: Place | None) -> None:
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    with replacing(checkpoint) as part:
        part.write_text(json.dumps({"written": written, "place": place}), "utf-8")


class Refreshed:
    """The index of a workspace's indicators, laid out anew when one has come, changed, or been taken back."""

    def __init__(self, workspace: Workspace, build: Callable[[], IndicatorIndex]) -> None:
        """Lay out what `build` gives."""
        self._workspace, self._build = workspace, build
        self._stamp, self._index = workspace.vault.indicators.stamp(), build()

    def __call__(self) -> IndicatorIndex:
        """Return the index as it is at the moment."""
        stamp = self._workspace.vault.indicators.stamp()
        if stamp != self._stamp:
            self._stamp, self._index = stamp, self._build()
        return self._index


@dataclass(frozen=True)
class Watch:
    """What is looked for in posts as they come, and how these are read."""

    index: Callable[[], IndicatorIndex]
    """The indicators as they are at the moment."""
    reading: PostFiles
    imitated: LookalikeIndex | None = None

    def growing(self, path: Path, outlet: Outlet) -> Iterator[Matched]:
        """Match what a growing file has more than the outlet's checkpoint says; yield what each piece gave.

        Raises:
            InputError: the file cannot be read.
        """
        for piece in GrowingFile(path, outlet.place).lines():
            matched = self._matched(piece.content, str(path))
            outlet.add(matched.hits, piece.place)
            yield matched

    def stream(self, source: BinaryIO, name: str, outlet: Outlet) -> Iterator[Matched]:
        """Match a stream to its end, line by line as they come; yield what each piece gave."""
        for content in _pieces(source):
            matched = self._matched(content, name)
            outlet.add(matched.hits, None)
            yield matched

    def _matched(self, content: bytes, name: str) -> Matched:
        rejects: list[Reject] = []
        matched = match_posts(self._posts(content, name, rejects), self.index(), self.imitated)
        matched.rejects = rejects
        return matched

    def _posts(self, content: bytes, name: str, rejects: list[Reject]) -> Iterator[pa.Table]:
        """Yield the posts of some JSON lines. Sources read files, so the lines become one for a moment."""
        if not content.strip():
            if not content:
                rejects.append(Reject(name, None, None, f"A line is longer than {MAX_RECORD_BYTES:,} bytes."))
            return
        from watchbell.sources.reading import read_posts  # noqa: PLC0415  # other commands start without its parts

        with tempfile.TemporaryDirectory(prefix="watchbell-") as folder:
            file = Path(folder) / "piece.jsonl"
            file.write_bytes(content)
            how = self.reading
            try:
                for posts, rejected in read_posts(file, source=how.source, mapping=how.mapping, platform=how.platform):
                    rejects += _renamed(rejected, name)
                    yield posts
            except (NothingUsableError, InputError) as error:
                rejects.append(Reject(name, None, None, str(error).replace(str(file), name)))


def _renamed(rejects: Iterable[Reject], name: str) -> Iterator[Reject]:
    """Yield rejects under the name of the file that grows; their rows, counted from a piece's start, are left out."""
    return (Reject(name, None, reject.field, reject.reason, reject.raw) for reject in rejects)


def _pieces(source: BinaryIO) -> Iterator[bytes]:
    """Yield whole lines as they come: all that have come, but at most a few MiB."""
    left = b""
    # `read1` returns what is there, and waits only where nothing is.
    while content := source.read1(MAX_RECORD_BYTES):  # type: ignore[attr-defined]
        left += content
        end = left.rfind(b"\n") + 1
        if end:
            yield left[:end]
        elif len(left) > MAX_RECORD_BYTES:
            yield b""
            end = len(left)
        left = left[end:]
    if left:
        yield left + b"\n"
