"""House A shares over TAXII; B pulls, sees, disputes and pushes back; A takes it back, and B's next pull hears of it.

Nothing here is real: houses, people and the domains are made up.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.taxii_server import House, indicator, serving
from watchbell.cli import collection, feedback, indicators, partner, taxii
from watchbell.errors import PeerError, UsageError
from watchbell.exchange.marking import marking_id
from watchbell.model.indicators import IndicatorKind, indicator_id
from watchbell.model.tlp import Tlp
from watchbell.vault.workspace import Workspace

VALUE = "herald-news.example"
INDICATOR = indicator_id(IndicatorKind.DOMAIN, None, VALUE, "House A")

Run = Callable[..., Any]


def run(app: Any, *words: object, workspace: Path) -> str:
    done = CliRunner().invoke(app, [*map(str, words), "--workspace", str(workspace)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def asked(app: Any, *words: object, workspace: Path) -> Any:
    return json.loads(run(app, *words, "--json", workspace=workspace))


def make(root: Path, name: str) -> Path:
    Workspace.create(root).close()
    (root / "watchbell.toml").write_text(f'operator = "{name}"\npeer_networks = ["127.0.0.0/8"]\n', "utf-8")
    return root


@pytest.fixture
def a(tmp_path: Path) -> Iterator[House]:
    with Workspace.open(make(tmp_path / "a", "House A")) as workspace, serving(workspace) as opened:
        yield opened


@pytest.fixture
def b(a: House, tmp_path: Path) -> Path:
    """House B, which has A as a partner and as a peer."""
    root = make(tmp_path / "b", "House B")
    run(partner.app, "add", "House A", "--kind", "platform", "--clearance", "amber", workspace=root)
    told = a.partners[Tlp.AMBER]
    secret = tmp_path / "secret"
    secret.write_text(f"{told.token}\n")
    words = ("a", f"{a.url}/taxii2/", "--partner", "House A", "--user", told.account.username)
    run(taxii.app, "add", *words, "--password-file", secret, workspace=root)
    return root


def share(house: House, tmp_path: Path, *values: str, tlp: str = "amber") -> None:
    """Publish domains in the collection that all partners read."""
    table = tmp_path / "seen.csv"
    table.write_text("type,value\n" + "".join(f"domain,{value}\n" for value in values))
    run(indicators.app, "import", table, "--tlp", tlp, "--source", "House A", workspace=house.workspace.root)
    run(collection.app, "publish", "shared", "--up-to", "amber", workspace=house.workspace.root)


def test_what_a_shares_comes_back_and_is_taken_back(a: House, b: Path, tmp_path: Path) -> None:
    share(a, tmp_path, VALUE)
    pulled = asked(taxii.app, "pull", "a", workspace=b)["collections"]
    assert sum(each["new"] for each in pulled) == 1
    with Workspace.open(b) as at_b:
        held = at_b.vault.indicators.get(INDICATOR)
        assert held
        assert (held.value, held.source, held.tlp) == (VALUE, "House A", Tlp.AMBER)

    run(feedback.app, "sight", INDICATOR, "--times", "3", workspace=b)
    run(feedback.app, "opine", INDICATOR, "disagree", "--reason", "It is a newspaper", workspace=b)
    run(feedback.app, "dispute", INDICATOR, "--claim", "We are the Herald", workspace=b)
    pushed = asked(taxii.app, "push", "a", "--collection", "exchange", "--up-to", "amber", workspace=b)
    assert (pushed["taken"], pushed["refused"], pushed["problem"]) == (3, {}, None)
    shelf = a.workspace.vault.feedback
    assert [one.count for one in shelf.sightings(INDICATOR)] == [3]
    assert [one.reason for one in shelf.opinions(INDICATOR)] == ["It is a newspaper"]
    [dispute] = shelf.disputes(open_only=True)

    again = asked(taxii.app, "push", "a", "--collection", "exchange", "--up-to", "amber", workspace=b)
    assert (again["taken"], again["known"]) == (0, 3)
    with Workspace.open(b) as at_b:
        ways = {one.way for one in at_b.vault.deliveries.to_partner(at_b.vault.peers.all()[0].partner_id)}
        assert ways == {f"push {pushed['collection']['id']}"}

    run(feedback.app, "answer", dispute.id, "upheld", "--answer", "It is your paper", workspace=a.workspace.root)
    run(taxii.app, "pull", "a", workspace=b)
    with Workspace.open(b) as at_b:
        standing = at_b.vault.indicators.get(INDICATOR)
        assert standing
        assert standing.revoked
        # What B itself said came back with the collection, and is not A's.
        assert len(at_b.vault.feedback.sightings(INDICATOR)) == 1
        assert at_b.vault.ledger.verify()


def test_a_second_pull_changes_nothing(a: House, b: Path, tmp_path: Path) -> None:
    share(a, tmp_path, VALUE, "other.example")
    with a.client(Tlp.AMBER) as client:
        sighting = {
            **{name: value for name, value in indicator().items() if name in ("spec_version", "created", "modified")},
            "type": "sighting",
            "id": "sighting--3b2f6c5e-5a7e-4f0e-9f43-7d35fb8de111",
            "sighting_of_ref": INDICATOR,
            "object_marking_refs": [marking_id(Tlp.AMBER)],
        }
        answer = client.post(
            f"{a.collection('exchange')}objects/",
            content=json.dumps({"objects": [sighting]}),
            headers={"content-type": "application/taxii+json;version=2.1"},
        )
        assert answer.json()["success_count"] == 1
    first = asked(taxii.app, "pull", "a", workspace=b)["collections"]
    assert (sum(each["new"] for each in first), sum(each["feedback"] for each in first)) == (2, 1)
    with Workspace.open(b) as at_b:
        before = len(at_b.vault.ledger.entries())
        run(taxii.app, "pull", "a", workspace=b)
        assert len(at_b.vault.ledger.entries()) == before
        assert len(at_b.vault.feedback.sightings(INDICATOR)) == 1


def test_what_a_partner_may_not_hear_is_not_pushed(a: House, b: Path, tmp_path: Path) -> None:
    for tlp in ("green", "amber"):
        table = tmp_path / "ours.csv"
        table.write_text(f"type,value\ndomain,{tlp}.example\n")
        run(indicators.app, "import", table, "--tlp", tlp, "--source", "House B", workspace=b)
    assert asked(taxii.app, "push", "a", "--collection", "exchange", workspace=b)["taken"] == 0
    assert asked(taxii.app, "push", "a", "--collection", "exchange", "--up-to", "green", workspace=b)["taken"] == 1
    assert {held.value for held in a.workspace.vault.indicators.all()} == {"green.example"}
    refused = CliRunner().invoke(
        taxii.app, ["push", "a", "--collection", "exchange", "--up-to", "red", "--workspace", str(b)]
    )
    assert "names its recipients" in str(refused.exception)


def test_the_token_is_neither_in_the_database_nor_readable_for_others(a: House, b: Path) -> None:
    token = a.partners[Tlp.AMBER].token.encode()
    holding = [file for file in b.rglob("*") if file.is_file() and token in file.read_bytes()]
    assert [file.relative_to(b).as_posix() for file in holding] == ["peers/a.token"]
    assert holding[0].stat().st_mode & 0o777 == 0o600


def test_status_tells_where_the_next_pull_goes_on(a: House, b: Path, tmp_path: Path) -> None:
    assert asked(taxii.app, "status", workspace=b)[0]["collections"] == []
    share(a, tmp_path, VALUE)
    run(taxii.app, "pull", "a", "--collection", "shared", workspace=b)
    [told] = asked(taxii.app, "status", "a", workspace=b)
    found = [(one["title"], one["part"], one["objects"], one["is_at_end"]) for one in told["collections"]]
    assert found == [("From House", "feedback", 0, True), ("From House", "indicators", 1, True)]
    assert "token" not in json.dumps(told)


def test_a_partner_whose_exchange_rests_is_not_asked(b: Path) -> None:
    run(partner.app, "suspend", "House A", workspace=b)
    result = CliRunner().invoke(taxii.app, ["pull", "a", "--workspace", str(b)])
    assert isinstance(result.exception, UsageError)
    assert "rests" in str(result.exception)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["pull", "nobody"], "no peer 'nobody'; known: a"),
        (["pull", "a", "--collection", "none"], "those that can be: "),
        (["push", "a"], "Say with --collection"),
        (["add", "b", "https://b.example/", "--partner", "House A", "--bearer-file", __file__], "in one line"),
        (["add", "c", "https://c.example/", "--partner", "House A", "--user", "u"], "--password-file"),
    ],
)
def test_what_cannot_be_meant_is_said(b: Path, words: list[str], problem: str) -> None:
    result = CliRunner().invoke(taxii.app, [*words, "--workspace", str(b)])
    assert isinstance(result.exception, UsageError)
    assert problem in str(result.exception)


def test_a_peer_that_does_not_let_us_in_is_named(a: House, b: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("wrong")
    run(taxii.app, "add", "a", f"{a.url}/taxii2/", "--partner", "House A", "--bearer-file", wrong, workspace=b)
    result = CliRunner().invoke(taxii.app, ["pull", "a", "--workspace", str(b)])
    assert isinstance(result.exception, PeerError)
    assert "status 401" in str(result.exception)
