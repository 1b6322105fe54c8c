import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from watchbell.cli.user import app
from watchbell.desk.accounts import authenticate
from watchbell.errors import UsageError, WorkspaceError
from watchbell.vault.workspace import Workspace

PASSWORD = "correct horse battery staple"


@pytest.fixture
def folder(tmp_path: Path) -> str:
    root = tmp_path / "workspace"
    Workspace.create(root).close()
    return str(root)


def told(folder: str, *arguments: str, typed: str = "") -> str:
    result = CliRunner().invoke(app, [*arguments, "--workspace", folder], input=typed, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def can_sign_in(folder: str, name: str, password: str) -> bool:
    with Workspace.open(Path(folder)) as workspace:
        return authenticate(workspace.vault, name, password) is not None


def test_a_password_comes_from_standard_input(folder: str) -> None:
    said = told(folder, "add", "ana", "--role", "analyst", "--password-stdin", typed=PASSWORD + "\n")
    assert said == "Added ana, analyst.\n"
    assert can_sign_in(folder, "ana", PASSWORD)


def test_a_password_is_asked_for_twice(folder: str) -> None:
    said = told(folder, "add", "ana", "--role", "admin", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert PASSWORD not in said
    assert can_sign_in(folder, "ana", PASSWORD)


def test_a_made_password_is_printed_once_and_works(folder: str) -> None:
    said = told(folder, "add", "ana", "--role", "reviewer", "--generate")
    password = said.partition("Password: ")[2].partition("\n")[0]
    assert can_sign_in(folder, "ana", password)


def test_people_are_listed_and_disabled(folder: str) -> None:
    for name in ("ana", "bob"):
        told(folder, "add", name, "--role", "analyst", "--generate")
    assert "bob can no longer sign in" in told(folder, "disable", "bob")
    listed = json.loads(told(folder, "list", "--json"))
    assert [(user["username"], user["role"], user["disabled"]) for user in listed] == [
        ("ana", "analyst", False),
        ("bob", "analyst", True),
    ]
    assert "hash" not in json.dumps(listed)
    assert "disabled" in told(folder, "list")


def test_what_cannot_be_is_said(folder: str) -> None:
    with pytest.raises(UsageError, match="12 to 1024 characters"):
        told(folder, "add", "ana", "--role", "analyst", "--password-stdin", typed="short\n")
    with pytest.raises(UsageError, match="not both"):
        told(folder, "add", "ana", "--role", "analyst", "--password-stdin", "--generate")
    with pytest.raises(UsageError, match="no user 'ana'"):
        told(folder, "disable", "ana")


def test_without_a_workspace_the_way_to_one_is_told(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="watchbell init"):
        told(str(tmp_path), "list")
