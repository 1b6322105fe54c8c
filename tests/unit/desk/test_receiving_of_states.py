"""A partner of a state reports and requests; it orders nothing, by whatever way it comes."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.made_up_desk import NOW
from watchbell.desk.exchange.receiving import Receiving
from watchbell.exchange.envelope import objects_of
from watchbell.exchange.marking import definitions_in
from watchbell.ids import fact_id
from watchbell.model.collections import Collection
from watchbell.model.partners import PartnerKind
from watchbell.model.tlp import Tlp
from watchbell.vault.collections import access_of_house
from watchbell.vault.vault import Vault, open_vault, sqlite_url

WHEN = "2026-10-01T00:00:00.000Z"
COLLECTION = Collection(id="00000000-0000-4000-8000-000000000001", title="c", tlp=Tlp.AMBER, accepts=True)


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    with open_vault(sqlite_url(tmp_path / "w.db")) as opened:
        opened.collections.put(COLLECTION)
        yield opened


def envelope() -> bytes:
    common = {"spec_version": "2.1", "created": WHEN, "modified": WHEN, "name": "Remove the page"}
    objects = [{"type": kind, "id": fact_id(kind, "x"), **common} for kind in ("course-of-action", "campaign")]
    return json.dumps({"objects": objects}).encode()


@pytest.mark.parametrize(
    ("kind", "added"),
    [
        (PartnerKind.GOVERNMENT, 1),
        (PartnerKind.ELECTION_AUTHORITY, 1),
        (PartnerKind.PLATFORM, 2),
        (PartnerKind.RESEARCHER, 2),
        (PartnerKind.MEDIA, 2),
        (None, 2),
    ],
)
def test_only_those_who_are_no_state_say_what_is_to_be_done(vault: Vault, kind: PartnerKind | None, added: int) -> None:
    receiving = Receiving(vault, access_of_house(COLLECTION), NOW, definitions_in(()), kind=kind)
    receiving.take(list(objects_of(envelope())))
    assert receiving.added == added
    assert [refusal.object_id for refusal in receiving.failures] == [fact_id("course-of-action", "x")][: 2 - added]
    assert all("register of requests" in refusal.reason for refusal in receiving.failures)
    assert vault.collections.count(COLLECTION.id) == added
