"""`watchbell init` and what the commands share."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from watchbell.cli import screen
from watchbell.cli.options import open_workspace
from watchbell.cli.screen import progress
from watchbell.errors import WorkspaceError
from watchbell.vault.workspace import Workspace


def init(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from watchbell.cli.main import run; run()", "init", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd)


def test_init_makes_a_workspace_where_one_stands(tmp_path: Path) -> None:
    done = init(cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"Made a workspace at {tmp_path}. Its settings are in watchbell.toml.\n"
    assert Workspace.is_at(tmp_path)


def test_init_again_says_so(tmp_path: Path) -> None:
    root = tmp_path / "elections [2026]"
    init(str(root))
    done = init(str(root))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{root} is a workspace already; nothing was changed.\n"


def test_init_tells_a_machine_what_it_did(tmp_path: Path) -> None:
    told = [json.loads(init(str(tmp_path), "--json").stdout) for _ in range(2)]
    assert told == [{"workspace": str(tmp_path), "created": new} for new in (True, False)]


def test_init_ends_with_a_sentence_where_it_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = init(str(tmp_path / "file"))
    assert (done.returncode, done.stdout) == (66, "")
    assert done.stderr == f"watchbell: No workspace can be made at {tmp_path / 'file'}: File exists.\n"


def test_a_command_takes_the_workspace_it_is_given_or_stands_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "elections"
    Workspace.create(root).close()
    assert open_workspace(root).root == root
    monkeypatch.chdir(tmp_path)
    with pytest.raises(WorkspaceError, match="watchbell init"):
        open_workspace(None)
    monkeypatch.chdir(root)
    assert open_workspace(None).root == root


def test_a_bar_is_drawn_on_standard_error_for_who_watches(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screen, "err_console", Console(stderr=True, force_terminal=True, width=80))
    with progress("Reading", total=2) as advance:
        advance(1)
    out, err = capsys.readouterr()
    assert out == ""
    assert "Reading" in err
    assert "1/2" in err


def test_a_bar_shows_nothing_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("Reading", total=2) as advance:
        advance(1)
    assert capsys.readouterr() == ("", "")
