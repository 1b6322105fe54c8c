"""What partners say of an indicator before it is here: it waits, within bounds, and what cannot be kept is refused."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from tests.taxii_server import T0, House, indicator, post, walk
from watchbell.clock import system_clock
from watchbell.desk.exchange import disputes, waiting
from watchbell.desk.exchange.told import take_up
from watchbell.desk.exchange.waiting import LONGEST_WAIT
from watchbell.exchange.marking import marking_id
from watchbell.model.tlp import Tlp


def said(kind: str, indicator_id: str, **more: Any) -> dict[str, Any]:
    common = {"type": kind, "spec_version": "2.1", "id": f"{kind}--{uuid.uuid4()}", "created": T0, "modified": T0}
    told: dict[str, dict[str, Any]] = {
        "sighting": {"sighting_of_ref": indicator_id, "first_seen": T0, "last_seen": T0, "count": 3},
        "opinion": {"object_refs": [indicator_id], "opinion": "agree", "explanation": "Seen here too"},
        "note": {"object_refs": [indicator_id], "content": "This is our paper", "labels": ["dispute"]},
    }
    return common | {"object_marking_refs": [marking_id(Tlp.GREEN)]} | told[kind] | more


def failures(status: dict[str, Any]) -> dict[str, str]:
    assert status["success_count"] + status["failure_count"] + status["pending_count"] == status["total_count"]
    return {failure["id"]: failure["message"] for failure in status.get("failures", [])}


def kept(house: House, indicator_id: str) -> tuple[int, int, int]:
    shelf = house.workspace.vault.feedback
    found = (shelf.sightings(indicator_id), shelf.opinions(indicator_id), shelf.disputes_of(indicator_id))
    return (len(found[0]), len(found[1]), len(found[2]))


def test_what_comes_before_its_indicator_is_kept_once_the_indicator_is_here(house: House) -> None:
    exchange, late = house.collection("exchange"), indicator("late.example")
    told = [said(kind, late["id"]) for kind in ("sighting", "opinion", "note")]
    with house.client(Tlp.AMBER) as amber, house.client(Tlp.GREEN) as green:
        assert failures(post(amber, exchange, told)) == {}
        assert kept(house, late["id"]) == (0, 0, 0)
        post(amber, exchange, told)  # told again, it waits once
        assert failures(post(green, exchange, [late])) == {}
    assert kept(house, late["id"]) == (1, 1, 1)
    (sighting,) = house.workspace.vault.feedback.sightings(late["id"])
    assert (sighting.partner_id, sighting.count) == (house.partners[Tlp.AMBER].partner.id, 3)
    assert house.workspace.vault.waiting.ready() == []


def test_in_one_envelope_the_order_does_not_matter(house: House) -> None:
    exchange, held = house.collection("exchange"), indicator()
    with house.client(Tlp.AMBER) as amber:
        assert failures(post(amber, exchange, [said("sighting", held["id"]), held])) == {}
    assert kept(house, held["id"]) == (1, 0, 0)


def test_who_may_not_hear_of_an_indicator_is_answered_as_if_there_were_none(house: House) -> None:
    hidden = indicator(tlp=Tlp.AMBER)
    with house.client(Tlp.AMBER) as amber, house.client(Tlp.CLEAR) as clear:
        post(amber, house.collection("exchange"), [hidden])
        told = [said("sighting", name) for name in (hidden["id"], indicator()["id"])]
        assert failures(post(clear, house.collection("drop"), told)) == {}
        assert kept(house, hidden["id"]) == (0, 0, 0)
        post(amber, house.collection("exchange"), [indicator()])
        assert kept(house, hidden["id"]) == (0, 0, 0)
        wider = indicator(id=hidden["id"], tlp=Tlp.CLEAR, modified="2026-02-01T00:00:00.000Z")
        post(amber, house.collection("exchange"), [wider])
    assert kept(house, hidden["id"]) == (1, 0, 0), "kept once they may hear of it"


def test_what_is_taken_back_or_out_does_not_wait(house: House) -> None:
    exchange, late, other = house.collection("exchange"), indicator(), indicator()
    first, second = said("sighting", late["id"]), said("opinion", other["id"])
    with house.client(Tlp.AMBER) as amber:
        post(amber, exchange, [first, second])
        post(amber, exchange, [first | {"revoked": True, "modified": "2026-02-01T00:00:00.000Z"}])
        assert amber.delete(f"{exchange}objects/{second['id']}/").status_code == 200
        post(amber, exchange, [late, other])
    assert kept(house, late["id"]) == kept(house, other["id"]) == (0, 0, 0)


def test_only_so_much_waits_and_not_for_ever(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "MOST_WAITING", 2)
    exchange = house.collection("exchange")
    told = [said("sighting", indicator()["id"]) for _ in range(3)]
    large = said("opinion", indicator()["id"], external_references=[{"source_name": "x" * 70_000}])
    with house.client(Tlp.AMBER) as amber, house.client(Tlp.GREEN) as green:
        assert failures(post(green, exchange, [large]))[large["id"]].startswith("It speaks of an indicator that is not")
        refused = failures(post(amber, exchange, told))
        assert list(refused) == [told[2]["id"]]
        assert "waits already" in refused[told[2]["id"]]
        assert [held["id"] for held in walk(amber, exchange)] == [held["id"] for held in told[:2]]
        assert failures(post(amber, exchange, told[:2])) == {}, "what waits already has its place"
        assert failures(post(green, exchange, [said("sighting", indicator()["id"])])) == {}, "each has its own bound"
    vault = house.workspace.vault
    vault.waiting.forget(system_clock() - LONGEST_WAIT + timedelta(days=1))
    assert vault.waiting.of(exchange.split("/")[1], house.partners[Tlp.AMBER].partner.id)
    vault.waiting.forget(system_clock() + timedelta(days=1))
    assert not vault.waiting.of(exchange.split("/")[1], house.partners[Tlp.AMBER].partner.id)


def test_feedback_that_cannot_be_kept_is_named_with_the_reason(house: House) -> None:
    exchange, held = house.collection("exchange"), indicator()
    bad = {
        "count is no whole number": said("sighting", held["id"], count="many"),
        "begins before it ends": said("sighting", held["id"], last_seen="2025-01-01T00:00:00Z"),
        "none of the five": said("opinion", held["id"], opinion="perhaps"),
        "longer than 4,000": said("opinion", held["id"], explanation="x" * 5_000),
        "Say it in words": said("note", held["id"], content=" . "),
    }
    fine = [said("opinion", held["id"], explanation="  "), said("sighting", held["id"], count=0)]
    with house.client(Tlp.AMBER) as amber:
        refused = failures(post(amber, exchange, [held, *bad.values(), *fine]))
        assert set(refused) == {one["id"] for one in bad.values()}
        assert [one["id"] for one in walk(amber, exchange)] == [held["id"], *(one["id"] for one in fine)]
    for words, one in bad.items():
        assert words in refused[one["id"]]
    assert kept(house, held["id"]) == (0, 1, 0)


def test_a_partner_opens_only_so_many_disputes_a_day(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disputes, "MOST_A_DAY", 3)
    exchange, held = house.collection("exchange"), indicator()
    told = [said("note", held["id"], content=f"Reason {number}") for number in range(4)]
    with house.client(Tlp.AMBER) as amber, house.client(Tlp.GREEN) as green:
        refused = failures(post(amber, exchange, [held, *told]))
        assert list(refused) == [told[3]["id"]]
        assert "within a day" in refused[told[3]["id"]]
        assert failures(post(amber, exchange, told[:3])) == {}, "told again, it is the same dispute"
        assert failures(post(green, exchange, told[3:])) == {}, "each partner has its own bound"
    assert kept(house, held["id"]) == (0, 0, 4)
    take_up(house.workspace.vault, answer_days=14, now=system_clock())
    assert kept(house, held["id"]) == (0, 0, 4)
