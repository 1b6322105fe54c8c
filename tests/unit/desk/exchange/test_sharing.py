"""Files of indicators in: what others say in them is kept for whoever said it, and they belong to a trust group."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from watchbell.desk.exchange.partners import add_partner, group_named
from watchbell.desk.exchange.sharing import Stated, import_indicators
from watchbell.errors import UsageError
from watchbell.model.audiences import Audience
from watchbell.model.partners import PartnerKind
from watchbell.model.tlp import Tlp
from watchbell.vault.workspace import Workspace

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
UUID = "d1df503e-d48e-4b78-a40e-67b30fbd5a56"
ID = f"indicator--{UUID}"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.create(tmp_path / "w") as opened:
        yield opened


def event(folder: Path, *sightings: dict[str, Any]) -> Path:
    attribute = {"uuid": UUID, "type": "domain", "value": "bad.example", "to_ids": True, "timestamp": "1780000000"}
    told = {"info": "Made up", "date": "2026-05-01", "Orgc": {"name": "CERT"}, "Tag": [{"name": "tlp:green"}]}
    path = folder / "event.json"
    path.write_text(json.dumps({"Event": told | {"Attribute": [attribute | {"Sighting": list(sightings)}]}}), "utf-8")
    return path


def sighting(at: datetime, organisation: str | None, kind: str = "0") -> dict[str, Any]:
    named = {} if organisation is None else {"Organisation": {"name": organisation}}
    return {"type": kind, "date_sighting": str(int(at.timestamp())), **named}


def test_sightings_in_a_misp_event_are_kept_for_whoever_saw_it(workspace: Workspace, tmp_path: Path) -> None:
    vault, us = workspace.vault, workspace.settings.operator
    made = add_partner(vault, "Harbour Watch", PartnerKind.MEDIA, Tlp.CLEAR, operator=us, now=NOW)
    days = [NOW - timedelta(days=number) for number in range(4)]
    ahead = sighting(NOW + timedelta(days=2), "Early Bird")
    told = [sighting(days[3], "HARBOUR WATCH"), sighting(days[1], "Harbour Watch"), sighting(days[2], None),
            sighting(days[2], "Stranger", "1"), sighting(days[2], us), ahead]  # fmt: skip
    for _ in range(2):
        done = import_indicators(workspace, event(tmp_path, *told), by="ana", now=NOW)
        assert (done.feedback, done.rejected) == (4, 1)
    kept = sorted((one.partner_id, one.count) for one in vault.feedback.sightings(ID))
    assert kept == [("other: CERT", 1), (made.partner.id, 1), (made.partner.id, 1)]
    assert [(one.partner_id, one.value.value) for one in vault.feedback.opinions(ID)] == [
        ("other: Stranger", "strongly-disagree")
    ]
    assert vault.feedback.disputes() == []


def test_indicators_of_a_trust_group_are_heard_by_its_members_only(workspace: Workspace, tmp_path: Path) -> None:
    path = event(tmp_path)
    with pytest.raises(UsageError, match="no trust group 'Narrow'"):
        import_indicators(workspace, path, Stated(group="Narrow"), by="ana", now=NOW)
    assert workspace.vault.indicators.count() == 0
    group = group_named(workspace.vault, "Narrow")
    import_indicators(workspace, path, Stated(group="narrow "), by="ana", now=NOW)
    shelf = workspace.vault.indicators
    assert shelf.heard_by(Audience(Tlp.RED)).get(ID) is None
    assert shelf.heard_by(Audience(Tlp.CLEAR, {group.id: Tlp.GREEN})).get(ID)
