"""A case leaves the house: who may have it, whose word it takes, and the delivery that is written down."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from stix2validator import ValidationOptions, validate_string

from tests import made_up_desk as made_up
from tests.made_up_desk import CASE, NOW, PARTNER, RED_CASE
from watchbell.desk.cases.house import House, house_of
from watchbell.desk.exchange.disarm import load_framework
from watchbell.desk.exchange.releases import ask_release, decide_release
from watchbell.desk.exchange.sending import BUNDLE, parcel_of, recipient_named, recipients_of, send_case
from watchbell.errors import NotAllowedError, UsageError
from watchbell.model.cases import Case, CaseStatus
from watchbell.model.partners import Partner, PartnerKind, Role, User
from watchbell.model.releases import ReleaseState
from watchbell.model.tlp import Tlp
from watchbell.vault.vault import Vault, open_vault, sqlite_url
from watchbell.vault.workspace import Workspace

LATER = NOW + timedelta(hours=1)


def person(name: str, clearance: Tlp = Tlp.RED) -> User:
    return User(username=name, role=Role.REVIEWER, password_hash="x", created_at=NOW, clearance=clearance)


EVA, KIM = person("eva"), person("kim")


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    with open_vault(sqlite_url(tmp_path / "w.db")) as opened:
        opened.indicators.add([made_up.indicator()])
        for one in (made_up.case(), made_up.red_case()):
            opened.cases.put(one)
        opened.partners.put(Partner(id=PARTNER, name="Harbour Watch", kind=PartnerKind.RESEARCHER, clearance=Tlp.AMBER))
        opened.partners.put(Partner(id="partner--red", name="Named", kind=PartnerKind.PLATFORM, clearance=Tlp.RED))
        opened.partners.put(Partner(id="partner--off", name="Off", kind=PartnerKind.MEDIA, suspended=True))
        yield opened


def known(vault: Vault, case_id: str) -> Case:
    found = vault.cases.get(case_id)
    assert found
    return found


def send(vault: Vault, case_id: str, to: str, by: User = EVA) -> list[dict[str, object]]:
    told = send_case(
        vault, known(vault, case_id), to=recipient_named(vault, to, NOW), house=House("Us"), by=by, now=LATER
    )
    report = validate_string(json.dumps(told), ValidationOptions(strict=True, version="2.1"))
    assert report.is_valid, report
    objects: list[dict[str, object]] = told["objects"]
    return objects


def test_those_may_have_it_who_are_cleared(vault: Vault) -> None:
    assert [one.name for one in recipients_of(vault, known(vault, CASE), NOW)] == ["Harbour Watch", "Named"]
    assert [one.name for one in recipients_of(vault, known(vault, RED_CASE), NOW)] == ["Named"]
    send(vault, CASE, "harbour watch")
    send(vault, CASE, "A court")
    for to in ("Harbour Watch", "A court"):
        with pytest.raises(NotAllowedError, match="may not hear"):
            send(vault, RED_CASE, to)
    with pytest.raises(NotAllowedError, match="rests"):
        send(vault, CASE, "Off")
    with pytest.raises(UsageError, match="who receives"):
        send(vault, CASE, " ")
    received = vault.deliveries.to_partner(PARTNER)
    assert {one.way for one in received} == {BUNDLE}
    assert made_up.INDICATOR in {one.object_id for one in received}
    assert [one.object_id for one in vault.deliveries.to_partner("other: A court")]


def test_a_case_of_a_trust_group_stays_in_it(vault: Vault) -> None:
    vault.cases.put(made_up.case().model_copy(update={"groups": ("g",)}))
    assert recipients_of(vault, known(vault, CASE), NOW) == []
    with pytest.raises(NotAllowedError, match="cleared"):
        send(vault, CASE, "Named")


def test_a_red_case_leaves_when_two_people_say_so_in_that_version(vault: Vault) -> None:
    with pytest.raises(NotAllowedError, match="two people"):
        send(vault, RED_CASE, "Named")
    case, to = known(vault, RED_CASE), recipient_named(vault, "Named", NOW)
    asked = ask_release(vault, parcel_of(case, to), "They are named in it", by=EVA, now=NOW)
    with pytest.raises(NotAllowedError, match="two people"):
        send(vault, RED_CASE, "Named")
    decide_release(vault, asked, ReleaseState.APPROVED, "So they are", by=KIM, now=NOW)
    assert send(vault, RED_CASE, "Named")
    with pytest.raises(NotAllowedError, match="not cleared"):
        send(vault, RED_CASE, "Named", by=person("low", Tlp.AMBER))
    vault.cases.set_status(RED_CASE, CaseStatus.CONFIRMED, "eva", LATER)
    with pytest.raises(NotAllowedError, match="two people"):
        send(vault, RED_CASE, "Named")


def test_a_case_told_again_is_a_later_version_of_the_same_objects(vault: Vault) -> None:
    first = {held["id"]: held for held in send(vault, CASE, "Named")}
    assert {held["id"]: held for held in send(vault, CASE, "Named")} == first
    vault.cases.put(known(vault, CASE).model_copy(update={"certainty": "Surer.", "modified_at": LATER}))
    second = {held["id"]: held for held in send(vault, CASE, "Named")}
    assert second.keys() == first.keys()
    for name, held in second.items():
        before = first[name]
        assert held.get("created") == before.get("created")
        assert held == before or str(held["modified"]) > str(before["modified"])
    assert len({one.version for one in vault.deliveries.of_object(fact_of(second, "grouping"))}) == 2


def fact_of(objects: dict[object, dict[str, object]], kind: str) -> str:
    return next(str(name) for name, held in objects.items() if held["type"] == kind)


def test_a_case_tells_techniques_by_the_framework_that_was_brought_in(tmp_path: Path) -> None:
    clusters = tmp_path / "disarm.json"
    pattern = {"uuid": "u1", "value": "Move Goalposts", "meta": {"external_id": "T0999"}}
    clusters.write_text(json.dumps({"type": "disarm-techniques", "values": [pattern]}), "utf-8")
    with Workspace.create(tmp_path / "w") as workspace:
        load_framework(workspace, [clusters], by="adm", now=NOW)
        named = made_up.case().evidence[0].model_copy(update={"data": {"techniques": ["T0999"]}})
        case = made_up.case().model_copy(update={"evidence": (named,)})
        to = recipient_named(workspace.vault, "A reader", NOW)
        told = send_case(workspace.vault, case, to=to, house=house_of(workspace), by=EVA, now=LATER)
    assert [held["name"] for held in told["objects"] if held["type"] == "attack-pattern"] == ["Move Goalposts"]
