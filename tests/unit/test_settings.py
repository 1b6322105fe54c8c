"""The environment wins over the file, and the file over the defaults."""

from pathlib import Path

import pytest

from watchbell.settings import Settings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "watchbell.toml"
    file.write_text('operator = "Office of Elections"\nsession_hours = 2\n')
    return file


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert Settings.load(tmp_path / "absent.toml") == Settings()


def test_the_file_wins_over_the_defaults(file: Path) -> None:
    found = Settings.load(file)
    assert (found.operator, found.session_hours, found.database_url) == ("Office of Elections", 2, None)


def test_the_environment_wins_over_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHBELL_SESSION_HOURS", "3")
    monkeypatch.setenv("WATCHBELL_WORKSPACE", "/somewhere")
    found = Settings.load(file)
    assert (found.operator, found.session_hours) == ("Office of Elections", 3)


@pytest.mark.parametrize("text", ["session_hours = 169", "unknown = 1", "[[["])
def test_a_file_that_cannot_be_used_is_refused(file: Path, text: str) -> None:
    file.write_text(text)
    with pytest.raises(ValueError, match=r"."):
        Settings.load(file)
