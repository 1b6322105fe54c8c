"""A file is there whole or not at all."""

from pathlib import Path

import pytest

from watchbell.files.whole import replacing


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
