"""House A tells house B of a domain; B sees it, doubts it, disputes it; A takes it back, and B hears of that.

Nothing here is real: houses, people and the domain are made up.
"""

import json
import time
import warnings
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from watchbell.cli import collection, feedback, indicators, partner
from watchbell.clock import system_clock
from watchbell.model.indicators import IndicatorKind, indicator_id
from watchbell.vault.workspace import Workspace
from watchbell.web.app import create_app

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message="Using `httpx`")
    from fastapi.testclient import TestClient

TAXII = "application/taxii+json;version=2.1"
VALUE = "herald-news.example"
SOURCE = "House A"
INDICATOR = indicator_id(IndicatorKind.DOMAIN, None, VALUE, SOURCE)


def run(app: Any, *words: object, workspace: Path) -> str:
    done = CliRunner().invoke(app, [*map(str, words), "--workspace", str(workspace)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


class Machine:
    """B's machine at A's TAXII server."""

    def __init__(self, client: TestClient, username: str, token: str) -> None:
        self.client, self.auth = client, (username, token)
        listed = self._ask("GET", "/taxii2/api/collections/")["collections"]
        self.ids = {each["title"]: each["id"] for each in listed}

    def objects(self, title: str) -> list[dict[str, Any]]:
        """Return the newest version of each object in a collection."""
        told: list[dict[str, Any]] = self._ask("GET", f"/taxii2/api/collections/{self.ids[title]}/objects/")["objects"]
        return told

    def tell(self, title: str, objects: list[dict[str, Any]]) -> None:
        """Put objects into a collection and wait until they are there."""
        body = json.dumps({"objects": objects})
        status = self._ask("POST", f"/taxii2/api/collections/{self.ids[title]}/objects/", content=body)
        until = time.monotonic() + 20
        while status["status"] == "pending":
            assert time.monotonic() < until
            time.sleep(0.05)
            status = self._ask("GET", f"/taxii2/api/status/{status['id']}/")
        assert status["failure_count"] == 0, status

    def _ask(self, method: str, path: str, content: str | None = None) -> dict[str, Any]:
        headers = {"accept": TAXII, "content-type": TAXII}
        answer = self.client.request(method, path, auth=self.auth, headers=headers, content=content)
        assert answer.status_code < 300, answer.text
        document: dict[str, Any] = answer.json()
        return document


@pytest.fixture
def house(tmp_path: Path) -> Any:
    def made(name: str) -> Path:
        root = tmp_path / name
        Workspace.create(root).close()
        (root / "watchbell.toml").write_text(f'operator = "House {name}"\n')
        return root

    return made


def test_what_a_told_comes_back_and_is_taken_back(house: Any, tmp_path: Path) -> None:
    a, b = house("A"), house("B")
    told = json.loads(
        run(partner.app, "add", "House B", "--kind", "platform", "--clearance", "amber", "--json", workspace=a)
    )
    run(partner.app, "add", "House A", "--kind", "platform", "--clearance", "amber", workspace=b)
    table = tmp_path / "seen.csv"
    table.write_text(f"type,value\ndomain,{VALUE}\n")
    run(indicators.app, "import", table, "--tlp", "amber", "--source", SOURCE, workspace=a)
    run(collection.app, "publish", "shared", "--up-to", "amber", workspace=a)

    with Workspace.open(a) as at_a, TestClient(create_app(at_a)) as client:
        machine = Machine(client, told["username"], told["token"])
        received = tmp_path / "received.json"
        received.write_text(json.dumps({"type": "bundle", "objects": machine.objects("From House A")}))
        run(indicators.app, "import", received, "--source", SOURCE, workspace=b)

        run(feedback.app, "sight", INDICATOR, "--times", "3", workspace=b)
        run(feedback.app, "opine", INDICATOR, "disagree", "--reason", "It is a newspaper", workspace=b)
        run(feedback.app, "dispute", INDICATOR, "--claim", "We are the Herald", "--evidence", "imprint", workspace=b)
        said = tmp_path / "said.json"
        run(feedback.app, "export", "--to", "House A", "--out", said, workspace=b)
        machine.tell("To House A alone", json.loads(said.read_text())["objects"])

        shelf = at_a.vault.feedback
        assert [one.count for one in shelf.sightings(INDICATOR)] == [3]
        assert [one.reason for one in shelf.opinions(INDICATOR)] == ["It is a newspaper"]
        [dispute] = shelf.disputes(open_only=True)
        assert (dispute.claim, dispute.evidence) == ("We are the Herald", ("imprint",))
        assert (dispute.due_at - dispute.opened_at).days == at_a.settings.dispute_days

        receipts = json.loads(run(feedback.app, "receipts", INDICATOR, "--json", workspace=a))["receipts"]
        assert [(one["partner_id"], one["retracted_at"]) for one in receipts] == [(told["partner_id"], None)]
        run(feedback.app, "answer", dispute.id, "upheld", "--answer", "It is your paper", workspace=a)

        [revoked] = [held for held in machine.objects("From House A") if held["id"] == INDICATOR]
        assert revoked["revoked"] is True
        received.write_text(json.dumps({"type": "bundle", "objects": [revoked]}))
        run(indicators.app, "import", received, "--source", SOURCE, workspace=b)

    receipts = json.loads(run(feedback.app, "receipts", INDICATOR, "--json", workspace=a))["receipts"]
    assert [one["retracted_at"] is not None for one in receipts] == [True]
    with Workspace.open(b) as at_b:
        standing = at_b.vault.indicators.get(INDICATOR)
        assert standing
        assert standing.revoked
        assert standing.modified <= system_clock()
        assert at_b.vault.ledger.verify()
