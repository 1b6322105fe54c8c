"""A file is there whole or not at all."""

from pathlib import Path

import pytest

from watchbell.errors import UsageError
from watchbell.files.whole import replacing, replacing_folder


def test_what_was_written_takes_the_name_at_the_end(tmp_path: Path) -> None:
    file = tmp_path / "x.txt"
    file.write_text("old")
    with replacing(file) as part:
        part.write_text("new")
        assert file.read_text() == "old"
    assert file.read_text() == "new"
    assert list(tmp_path.iterdir()) == [file]


def test_what_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "x.txt"
    file.write_text("old")

    def fail() -> None:
        with replacing(file) as part:
            part.write_text("half")
            raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        fail()
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_an_error_names_the_file_that_was_meant(tmp_path: Path) -> None:
    file = tmp_path / "absent" / "x.txt"
    with pytest.raises(FileNotFoundError) as error, replacing(file) as part:
        part.write_text("x")
    assert error.value.filename == str(file)


def written(folder: Path, content: str) -> None:
    with replacing_folder(folder, "about.json") as part:
        (part / "about.json").write_text(content)


def test_a_folder_made_here_or_an_empty_one_gives_way(tmp_path: Path) -> None:
    folder = tmp_path / "dump"
    folder.mkdir()
    written(folder, "old")
    written(folder, "new")
    assert (folder / "about.json").read_text() == "new"
    assert list(tmp_path.iterdir()) == [folder]


def test_a_folder_or_file_of_somebody_else_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    thesis = precious / "thesis.txt"
    thesis.write_text("mine")
    monkeypatch.chdir(precious)
    for place in (precious, thesis, Path()):
        with pytest.raises(UsageError, match=r"has no about\.json, so it stays as it is"):
            written(place, "new")
    assert thesis.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [precious]


def test_what_fails_leaves_the_old_folder_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "dump"
    written(folder, "old")

    def fail() -> None:
        with replacing_folder(folder, "about.json"):
            raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        fail()
    assert (folder / "about.json").read_text() == "old"
    assert list(tmp_path.iterdir()) == [folder]
