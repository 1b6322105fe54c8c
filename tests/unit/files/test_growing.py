"""Growing files: every whole line once, through appends, rotation, cutting off and new starts."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchbell.errors import InputError
from watchbell.files.growing import GrowingFile, Place


def _read(path: Path, place: Place | None) -> tuple[bytes, Place | None]:
    content = b""
    for piece in GrowingFile(path, place).lines():
        content, place = content + piece.content, piece.place
    return content, place


def test_whole_lines_come_once_and_half_a_line_waits(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_bytes(b"one\ntw")
    content, place = _read(path, None)
    assert content == b"one\n"
    path.write_bytes(b"one\ntwo\nthree\n")
    content, place = _read(path, place)
    assert content == b"two\nthree\n"
    assert _read(path, place) == (b"", place)


def test_a_file_that_is_not_there_yet_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    growing = GrowingFile(path)
    assert list(growing.lines()) == []
    path.write_bytes(b"one\n")
    assert [piece.content for piece in growing.lines()] == [b"one\n"]


def test_a_rotated_file_is_read_to_its_end_before_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_bytes(b"one\n")
    _, place = _read(path, None)
    with path.open("ab") as file:
        file.write(b"two\n")
    path.rename(tmp_path / "posts.jsonl.1")
    path.write_bytes(b"three\n")
    assert _read(path, place)[0] == b"two\nthree\n"


@pytest.mark.parametrize("after", [b"new\n", b"new, and longer than it was\n"])
def test_a_file_that_was_cut_off_is_read_from_its_start(after: bytes, tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_bytes(b"one\ntwo\n")
    _, place = _read(path, None)
    path.write_bytes(after)
    assert _read(path, place)[0] == after


def test_a_line_that_never_ends_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_bytes(b"one\n" + b"x" * 5_000 + b"\ntwo\n" + b"y" * 5_000)
    pieces = list(GrowingFile(path).lines(most_bytes=1_024))
    assert [piece.content for piece in pieces] == [b"one\n", b"", b"two\n"]
    assert pieces[-1].place.offset == 4 + 5_001 + 4


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        list(GrowingFile(tmp_path).lines())


class _Log:
    """A file that grows and is rotated as logrotate does it, and what was read of it."""

    def __init__(self, path: Path) -> None:
        self.path, self.rotated, self.got = path, 0, b""
        self.growing = GrowingFile(path)
        self.place: Place | None = None
        path.touch()

    def read(self) -> None:
        for piece in self.growing.lines(most_bytes=4_096):
            self.got += piece.content
            self.place = piece.place

    def append(self, *parts: bytes) -> None:
        for part in parts:
            with self.path.open("ab") as file:
                file.write(part)
            if len(parts) > 1:
                self.read()

    def rotate(self) -> None:
        if self.place is None:
            return  # what is rotated before anything was read of it, nobody knew of
        for old in range(self.rotated, 0, -1):
            self.path.with_name(f"posts.jsonl.{old}").rename(self.path.with_name(f"posts.jsonl.{old + 1}"))
        self.rotated += 1
        self.path.rename(self.path.with_name("posts.jsonl.1"))
        self.path.touch()

    def restart(self) -> None:
        self.growing = GrowingFile(self.path, self.place)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(["append", "in two", "rotate", "read", "restart"]), max_size=25))
def test_nothing_is_lost_or_doubled(tmp_path_factory: pytest.TempPathFactory, doings: list[str]) -> None:
    log = _Log(tmp_path_factory.mktemp("growing") / "posts.jsonl")
    written = b""
    for number, doing in enumerate([*doings, "append", "read"]):
        line = f"line {number} {'x' * (number * 97 % 1500)}\n".encode()
        match doing:
            case "append":
                log.append(line)
                written += line
            case "in two":
                log.append(line[:3], line[3:])
                written += line
            case _:
                getattr(log, doing)()
    assert log.got == written
