"""A workspace is one folder: made once, found again, and closed to others."""

import re
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from watchbell.errors import MissingExtraError, WorkspaceError
from watchbell.settings import Settings
from watchbell.vault.workspace import SETTINGS_TEXT, Workspace

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def contents(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def test_a_new_workspace_has_its_folders_settings_and_database(tmp_path: Path) -> None:
    root = tmp_path / "deep" / "elections"
    Workspace.create(root).close()
    assert sorted(path.name for path in root.iterdir()) == [
        "blobs", "ledger", "posts", "rejects", "runs", "watchbell.db", "watchbell.toml",
    ]  # fmt: skip
    with Workspace.open(root) as workspace:
        assert workspace.settings == Settings()
        assert workspace.posts.count() == workspace.vault.ads.count() == 0
        assert (workspace.runs, workspace.rejects, workspace.blobs) == (root / "runs", root / "rejects", root / "blobs")


def test_what_may_hold_secrets_is_for_its_owner_only(tmp_path: Path) -> None:
    root = tmp_path / "elections"
    with Workspace.create(root) as workspace:
        workspace.vault.ledger.append("ana", "looked", "-", {}, NOON)
        assert mode(root) == 0o700
        files = [path for path in root.iterdir() if path.is_file()]
        assert {path.name for path in files} >= {"watchbell.toml", "watchbell.db", "watchbell.db-wal"}
        assert {mode(path) for path in files} == {0o600}


def test_a_folder_that_is_there_keeps_its_mode_and_files(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "notes.txt").write_text("mine")
    Workspace.create(tmp_path).close()
    assert mode(tmp_path) == 0o755
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_making_a_workspace_again_changes_nothing(tmp_path: Path) -> None:
    Workspace.create(tmp_path).close()
    (tmp_path / "watchbell.toml").write_text('operator = "Office of Elections"')
    before = contents(tmp_path)
    with Workspace.create(tmp_path) as workspace:
        assert workspace.settings.operator == "Office of Elections"
    assert contents(tmp_path) == before


def test_a_folder_that_is_no_workspace_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match=re.escape(f"watchbell init {tmp_path}")):
        Workspace.open(tmp_path)


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(WorkspaceError, match="No workspace can be made at"):
        Workspace.create(tmp_path / "file")


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ("operator = ", "cannot be used"),
        ("session_hours = 0", "session_hours: Input should be greater than or equal to 1"),
        ('colour = "red"', "colour: Extra inputs are not permitted"),
        ("\udcff", "cannot be used"),
    ],
)
def test_settings_that_cannot_be_used_are_named(tmp_path: Path, settings: str, sentence: str) -> None:
    Workspace.create(tmp_path).close()
    (tmp_path / "watchbell.toml").write_bytes(settings.encode(errors="surrogateescape"))
    with pytest.raises(WorkspaceError, match=sentence) as raised:
        Workspace.open(tmp_path)
    assert "watchbell.toml" in str(raised.value)


def test_a_password_is_never_shown(tmp_path: Path) -> None:
    Workspace.create(tmp_path).close()
    file = tmp_path / "watchbell.toml"
    file.write_text("database_url = ['postgresql://me:hunter2@localhost/x']")
    with pytest.raises(WorkspaceError) as raised:
        Workspace.open(tmp_path)
    assert "hunter2" not in str(raised.value)
    file.write_text("database_url = 'postgresql://me:hunter2@127.0.0.1:1/x'")
    with Workspace.open(tmp_path) as workspace:
        assert "hunter2" not in repr(workspace.settings)
        with pytest.raises(WorkspaceError, match="cannot be used") as raised:
            _ = workspace.vault
    assert "hunter2" not in str(raised.value)


def test_a_path_may_hold_what_means_something_in_a_url(tmp_path: Path) -> None:
    root = tmp_path / "100% a?b #c"
    Workspace.create(root).close()
    assert (root / "watchbell.db").stat().st_size > 0
    assert [path.name for path in tmp_path.iterdir()] == [root.name]


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("no url", "cannot be read"),
        ("mysql://localhost/x", "mysql is not known"),
        ("postgresql+nodriver://localhost/x", "nodriver is not known"),
    ],
)
def test_a_database_that_is_not_known_is_refused(tmp_path: Path, url: str, sentence: str) -> None:
    Workspace.create(tmp_path).close()
    (tmp_path / "watchbell.toml").write_text(f"database_url = '{url}'")
    with Workspace.open(tmp_path) as workspace, pytest.raises(WorkspaceError, match=sentence):
        _ = workspace.vault


def test_postgresql_without_its_driver_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "psycopg", None)
    Workspace.create(tmp_path).close()
    (tmp_path / "watchbell.toml").write_text("database_url = 'postgresql://localhost/x'")
    with (
        Workspace.open(tmp_path) as workspace,
        pytest.raises(MissingExtraError, match=re.escape("watchbell[postgres]")),
    ):
        _ = workspace.vault


def test_a_database_that_is_none_is_said_to_be(tmp_path: Path) -> None:
    Workspace.create(tmp_path).close()
    (tmp_path / "watchbell.db").write_bytes(b"This is no database, and it is longer than a header. " * 20)
    with (
        Workspace.open(tmp_path) as workspace,
        pytest.raises(WorkspaceError, match="cannot be used: file is not a database"),
    ):
        _ = workspace.vault


def test_the_settings_file_names_every_setting_with_its_default() -> None:
    named = re.findall(r"^# (\w+) = ", SETTINGS_TEXT, re.MULTILINE)
    assert sorted(named) == sorted(Settings.model_fields)
    assert f'# operator = "{Settings().operator}"' in SETTINGS_TEXT
    assert f"# session_hours = {Settings().session_hours}" in SETTINGS_TEXT
