"""The commands about advertisers' accounts, ads and appeals."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests import made_up_payers
from tests.made_up_payers import ADVERTISER, BARE, HELD, RUNS, STRANGE, TEXT
from watchbell.cli.main import app
from watchbell.clock import system_clock
from watchbell.desk.accounts import add_user
from watchbell.desk.advertisers.office import office_in
from watchbell.model.partners import Role
from watchbell.vault.workspace import Workspace

PASSWORD = "correct horse battery staple"
Told = Callable[..., Result]


@pytest.fixture
def told(tmp_path: Path) -> Told:
    """Return a function that runs a command in a workspace with an advertiser."""
    key = made_up_payers.key_beside(tmp_path)
    root = tmp_path / "w"
    Workspace.create(root).close()
    (root / "watchbell.toml").write_text(f"identity_key_file = '{key}'")
    with Workspace.open(root) as opened:
        made_up_payers.add_advertisers(office_in(opened), system_clock())
        add_user(opened.vault, "kim", Role.REVIEWER, PASSWORD, system_clock())

    def run(*words: str, fed: str | None = None) -> Result:
        return CliRunner().invoke(app, ["advertiser", *words, "--workspace", str(root)], input=fed)

    return run


def document(result: Result) -> object:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_what_waits_is_listed(told: Told) -> None:
    listed = document(told("queue", "--json"))
    assert isinstance(listed, list)
    assert [one["step"] for one in listed] == ["Who the person is", None]
    assert listed[1]["subject"] == HELD
    assert "Who the person is" in told("queue").output


def test_ads_are_listed_with_whether_they_run(told: Told) -> None:
    listed = document(told("ads", ADVERTISER, "--json"))
    assert isinstance(listed, list)
    assert {one["ad_id"]: one["delivery"] for one in listed} == {RUNS: "paused", BARE: "undisclosed"}
    accept = ("--accept", "--reason", "Face and name agree")
    assert told("decide", ADVERTISER, "identity", *accept).exit_code == 0
    listed = document(told("ads", ADVERTISER, "--json"))
    assert isinstance(listed, list)
    assert {one["ad_id"]: (one["delivery"], one["label"]) for one in listed} == {
        RUNS: ("runs", "Confirmed Organization"),
        BARE: ("undisclosed", None),
    }
    assert "undisclosed" in told("ads", ADVERTISER).output


def test_accounts_are_bound_listed_and_unbound(told: Told) -> None:
    bound = document(told("account", "bind", ADVERTISER, "facebook", "78", "--json"))
    assert bound == {"ads": 3, "paid": 3, "decided": 1}
    listed = document(told("account", "list", ADVERTISER, "--json"))
    assert isinstance(listed, list)
    assert [(one["account"], len(one["changes"])) for one in listed] == [("77", 2), ("78", 0)]
    assert "Patriots" in told("account", "list", ADVERTISER).output
    assert told("account", "unbind", ADVERTISER, "facebook", "79").exit_code != 0
    assert "1 decided anew" in told("account", "unbind", ADVERTISER, "facebook", "78").output
    assert STRANGE not in told("ads", ADVERTISER).output
    assert document(told("link", "--json")) == {"ads": 3, "paid": 2, "decided": 0}


def test_an_appeal_is_answered_by_who_proves_who_they_are(told: Told) -> None:
    listed = document(told("appeal", "list", "--json"))
    assert isinstance(listed, list)
    grant = ("appeal", "answer", listed[0]["id"], "--grant", "--reason", "It does", "--by", "kim", "--password-stdin")
    assert told(*grant, fed="wrong\n").exit_code != 0
    answered = document(told(*grant, "--json", fed=f"{PASSWORD}\n"))
    assert isinstance(answered, dict)
    assert (answered["state"], answered["answered_by"]) == ("granted", "kim")
    assert BARE in told("appeal", "list").output
    assert document(told("appeal", "list", "--state", "open", "--json")) == []


def test_importing_links_ads_to_who_pays_and_holds_what_nobody_is_bound_to(tmp_path: Path, told: Told) -> None:
    root = tmp_path / "w"
    with (root / "watchbell.toml").open("a") as settings:
        settings.write("\npayers_bound = true\n")
    ad = {"platform": "facebook", "declared_political": True, "started_at": "2026-10-30T00:00:00Z"}
    ours = ad | {"account_id": "77", "advertiser": "Examples Now", "admin_countries": ["US"], "disclaimer": TEXT}
    lines = [
        ours | {"id": "new", "text": "Ann Lee for Ohio."},
        ad | {"id": "stranger", "text": "Bob Roe for Ohio.", "disclaimer": "Paid for by Friends of Roe"},
    ]
    file = tmp_path / "ads.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)))
    words = ["ads", "import", str(file), "--workspace", str(root), "--json"]
    imported = document(CliRunner().invoke(app, words))
    assert isinstance(imported, dict)
    assert imported["files"][0]["policies"] == {"PAYER-UNBOUND": 1}
    listed = document(told("ads", ADVERTISER, "--json"))
    assert isinstance(listed, list)
    assert "jsonl:new" in [one["ad_id"] for one in listed]
    assert "Examples Now" in told("account", "list", ADVERTISER, "--json").output
    again = document(CliRunner().invoke(app, words))
    assert isinstance(again, dict)
    assert (again["files"][0]["new"], again["files"][0]["decided"]) == (0, 0)
