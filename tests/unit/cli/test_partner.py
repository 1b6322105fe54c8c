import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from tests.made_up_desk import NOW, PASSWORD
from watchbell.cli import collection, partner, release
from watchbell.clock import system_clock
from watchbell.desk.accounts import add_user, clear_user
from watchbell.desk.exchange.partners import caller_of_token
from watchbell.errors import NotAllowedError, UsageError
from watchbell.model.partners import Role
from watchbell.model.tlp import Tlp
from watchbell.vault.workspace import Workspace


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Workspace.create(tmp_path / "workspace").close()
    return tmp_path / "workspace"


def told(folder: Path, *arguments: str, app: typer.Typer = partner.app, typed: str | None = None) -> str:
    result = CliRunner().invoke(app, [*arguments, "--workspace", str(folder)], input=typed, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def document(folder: Path, *arguments: str, app: typer.Typer = partner.app) -> Any:
    return json.loads(told(folder, *arguments, "--json", app=app))


def is_let_in(folder: Path, made: dict[str, str]) -> bool:
    with Workspace.open(folder) as workspace:
        return caller_of_token(workspace.vault, made["username"], made["token"], None, system_clock()) is not None


def test_a_partner_is_let_in_with_a_token_that_is_shown_once(folder: Path) -> None:
    made = document(folder, "add", "Harbour Platform", "--kind", "platform", "--clearance", "green")
    assert made.keys() == {"partner_id", "username", "token"}
    assert is_let_in(folder, made)
    shown = document(folder, "show", "harbour platform")
    assert shown["clearance"] == "green"
    assert [group["name"] for group in shown["groups"]] == ["Partners"]
    assert made["token"] not in told(folder, "show", "Harbour Platform") + json.dumps(shown)
    assert "token_hash" not in shown["machines"][0]
    assert [one["name"] for one in document(folder, "list")] == ["Harbour Platform"]


def test_machines_come_and_go(folder: Path) -> None:
    first = document(folder, "add", "Radio", "--kind", "media")
    second = document(folder, "token", "Radio", "--scope", "objects:read", "--days", "1")
    renewed = document(folder, "rotate", first["username"])
    assert [is_let_in(folder, one) for one in (first, second, renewed)] == [False, True, True]
    told(folder, "revoke", second["username"])
    told(folder, "suspend", "Radio")
    assert [is_let_in(folder, one) for one in (second, renewed)] == [False, False]
    told(folder, "resume", "Radio")
    assert is_let_in(folder, renewed)
    told(folder, "certificate", renewed["username"], ":".join(["ab"] * 32))
    assert not is_let_in(folder, renewed)
    assert document(folder, "invite", "Radio")["path"].startswith("/enrol/")


def test_a_place_in_a_group_rests_on_an_agreement(folder: Path) -> None:
    document(folder, "add", "Radio", "--kind", "media")
    told(folder, "group", "Radio", "Midterms", "--clearance", "amber", "--agreement", "MoU 7", "--until", "2099-01-31")
    place = next(held for held in document(folder, "show", "Radio")["groups"] if held["name"] == "Midterms")
    assert (place["clearance"], place["agreement"], place["ends_at"]) == ("amber", "MoU 7", "2099-01-31T00:00:00Z")
    told(folder, "group", "Radio", "Midterms", "--leave")
    assert len(document(folder, "show", "Radio")["groups"]) == 1


def test_what_cannot_be_is_said(folder: Path) -> None:
    document(folder, "add", "Radio", "--kind", "media")
    with pytest.raises(UsageError, match="already a partner"):
        told(folder, "add", " radio ", "--kind", "media")
    with pytest.raises(UsageError, match="no partner 'TV'"):
        told(folder, "show", "TV")
    with pytest.raises(UsageError, match="no machine 'x'"):
        told(folder, "rotate", "x")
    with pytest.raises(UsageError, match="no TLP label"):
        told(folder, "group", "Radio", "Midterms", "--clearance", "secret")
    with pytest.raises(UsageError, match="would be over"):
        told(folder, "group", "Radio", "Midterms", "--until", "2001-01-01")
    with pytest.raises(UsageError, match="64 hexadecimal digits"):
        told(folder, "certificate", "radio", "abc")


def test_indicators_are_published_into_a_collection(folder: Path) -> None:
    document(folder, "add", "Radio", "--kind", "media")
    made = document(folder, "add", "midterms", "--title", "Midterms", "--accepts", app=collection.app)
    assert (made["offers"], made["accepts"], made["tlp"]) == (True, True, Tlp.AMBER)
    with pytest.raises(UsageError, match="already a collection 'midterms'"):
        told(folder, "add", "midterms", "--title", "Again", app=collection.app)
    done = document(folder, "publish", "midterms", app=collection.app)
    assert (done["collection"], done["refused"]) == (made["id"], [])
    with pytest.raises(UsageError, match="no collection 'x'"):
        told(folder, "publish", "x", app=collection.app)
    with pytest.raises(UsageError, match="no case 'x'"):
        told(folder, "publish", "midterms", "--case", "x", app=collection.app)
    listed = {one["alias"]: one["objects"] for one in document(folder, "list", app=collection.app)}
    assert listed == {"shared": 0, "exchange": 0, None: 0, "midterms": done["there"]}
    assert "Midterms" in told(folder, "list", app=collection.app)


def test_a_clearance_above_amber_takes_two_people_and_their_passwords(folder: Path) -> None:
    with pytest.raises(NotAllowedError, match="TLP:AMBER at most"):
        told(folder, "add", "Radio", "--kind", "media", "--clearance", "red")
    document(folder, "add", "Radio", "--kind", "media")
    assert "TLP:AMBER" in told(folder, "edit", "Radio", "--clearance", "amber", "--kind", "researcher")
    with pytest.raises(NotAllowedError, match="watchbell release ask clearance --to 'Radio' --up-to red"):
        told(folder, "edit", "Radio", "--clearance", "red")
    with pytest.raises(NotAllowedError, match="--group 'Narrow'"):
        told(folder, "group", "Radio", "Narrow", "--clearance", "red")
    with Workspace.open(folder) as workspace:
        for name in ("eva", "kim"):
            add_user(workspace.vault, name, Role.REVIEWER, PASSWORD, NOW)
            clear_user(workspace.vault, name, Tlp.RED, {}, NOW)
    signed = ("--reason", "Needed", "--password-stdin", "--by")
    ask = ("ask", "clearance", "--to", "Radio", "--up-to", "red", "--group", "narrow")
    told(folder, *ask, *signed, "eva", app=release.app, typed=f"{PASSWORD}\n")
    [asked] = document(folder, "list", app=release.app)
    assert asked["version"].startswith("TLP:RED in Narrow")
    told(folder, "approve", asked["id"], *signed, "kim", app=release.app, typed=f"{PASSWORD}\n")
    with pytest.raises(NotAllowedError):
        told(folder, "edit", "Radio", "--clearance", "red")
    assert "TLP:RED" in told(folder, "group", "Radio", "Narrow", "--clearance", "red")
    shown = document(folder, "show", "Radio")
    assert (shown["kind"], shown["clearance"]) == ("researcher", "amber")
    assert {one["name"]: one["clearance"] for one in shown["groups"]} == {"Partners": "clear", "Narrow": "red"}
