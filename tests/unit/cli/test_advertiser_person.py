"""People with an account at the advertisers' pages, from the command line."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.advertiser_accounts import ANNA, account_of, enrolled
from watchbell.cli import advertiser
from watchbell.clock import system_clock
from watchbell.desk.advertisers.counter import Application, apply
from watchbell.desk.advertisers.identity_key import IdentityKey
from watchbell.desk.advertisers.office import office_in
from watchbell.errors import UsageError
from watchbell.vault.workspace import Workspace


def test_an_operator_sees_closes_and_lets_in_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    IdentityKey.make(tmp_path / "identity.key")
    monkeypatch.setenv("WATCHBELL_IDENTITY_KEY_FILE", str(tmp_path / "identity.key"))
    now = system_clock()
    with Workspace.create(tmp_path / "workspace") as opened:
        office = office_in(opened)
        anna, _ = enrolled(office, account_of(office, ANNA, now), now)
        mine = apply(office, anna, Application("US", "legal-name"), now)

    def told(*arguments: str) -> str:
        command = ["person", *arguments, "--workspace", str(tmp_path / "workspace")]
        return CliRunner().invoke(advertiser.app, command, catch_exceptions=False).stdout

    def listed() -> dict[str, object]:
        (one,) = json.loads(told("list", "--json"))
        return dict(one)

    assert (listed()["email"], listed()["advertisers"]) == (ANNA, [mine.id])
    assert "password_hash" not in listed()
    assert json.loads(told("second-factor", ANNA, "--json")) == {"email": ANNA, "second_factor": False}
    assert listed()["enrolled_at"] is None
    assert json.loads(told("close", "Anna@Club.org", "--json")) == {"email": "Anna@Club.org", "closed": True}
    assert listed()["closed"] is True
    assert "Anna Eriksson" in told("list")
    with pytest.raises(UsageError, match="no account"):
        told("close", "bob@club.org")
