"""Partners, indicators, disputes, requests and releases at the desk: who sees what, and what a form does."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

from tests.made_up_desk import (
    CASE,
    CLEAR_INDICATOR,
    DISPUTE,
    HOSTILE,
    INDICATOR,
    NOW,
    PARTNER,
    RED_CASE,
    RED_INDICATOR,
    REQUEST,
)
from tests.unit.web.conftest import StillClock, Visitor
from watchbell.desk.exchange.disarm import load_framework
from watchbell.desk.exchange.webhooks import add_webhook
from watchbell.model.feedback import DisputeState
from watchbell.model.partners import Partner, PartnerKind
from watchbell.model.requests import RequestState
from watchbell.model.tlp import Tlp
from watchbell.vault.workspace import Workspace

PAGES = (
    "/desk/partners",
    f"/desk/partners/{PARTNER}",
    "/desk/collections",
    f"/desk/indicators/{INDICATOR}",
    "/desk/disputes",
    f"/desk/disputes/{DISPUTE}",
    "/desk/requests",
    f"/desk/requests/{REQUEST}",
    "/desk/releases",
)


@pytest.mark.parametrize("address", PAGES)
def test_a_page_says_what_there_is_and_nothing_from_outside_becomes_markup(visitor: Visitor, address: str) -> None:
    answer = visitor("rev").get(address)
    assert answer.status_code == 200
    assert HOSTILE not in answer.text


@pytest.mark.parametrize(
    "address", [f"/desk/{kind}/none" for kind in ("partners", "indicators", "disputes", "requests")]
)
def test_what_is_not_there_is_not_found(visitor: Visitor, address: str) -> None:
    assert visitor("rev").get(address).status_code == 404


def test_red_is_for_people_named_one_by_one(visitor: Visitor) -> None:
    ways = ("/desk", "/desk/indicators", "/desk/indicators?text=red.example", "/desk/cases", "/desk/hits")
    for name, sees in (("rev", False), ("adm", False), ("eva", True)):
        browser = visitor(name)
        assert (browser.get(f"/desk/indicators/{RED_INDICATOR}").status_code == 200) is sees
        assert (browser.get(f"/desk/cases/{RED_CASE}").status_code == 200) is sees
        said = "".join(browser.get(address).text for address in ways)
        assert (RED_INDICATOR in said) is sees
        assert ("A narrow case" in said) is sees
        assert ("3 in all" in said) is sees
        for deed in ("opinion", "retraction", "sighting", "dispute"):
            form = {"value": "agree", "reason": "x", "times": "1", "first": "2026-11-03", "last": "2026-11-03"}
            answer = browser.post(f"/desk/indicators/{RED_INDICATOR}/{deed}", data=form | {"claim": "x"})
            assert (answer.status_code == 303) is sees


def test_an_administrator_manages_a_partner_and_nobody_else(visitor: Visitor, workspace: Workspace) -> None:
    vault, place = workspace.vault, f"/desk/partners/{PARTNER}"
    (machine,) = vault.machines.of_partner(PARTNER)
    forms: dict[str, dict[str, str]] = {
        "exchange": {"state": "rests"},
        "terms": {"kind": "media", "clearance": "green"},
        "revocation": {"username": machine.username},
        "invitation": {},
    }
    for name in ("ana", "rev"):
        assert "Let the exchange rest" not in visitor(name).get(place).text
        assert {visitor(name).post(f"{place}/{deed}", data=form).status_code for deed, form in forms.items()} == {403}
    admin = visitor("adm")
    assert "Let the exchange rest" in admin.get(place).text
    for deed in ("exchange", "terms", "revocation"):
        assert admin.post(f"{place}/{deed}", data=forms[deed]).status_code == 303
    changed = vault.partners.get(PARTNER)
    assert changed
    assert (changed.suspended, changed.kind, changed.clearance) == (True, PartnerKind.MEDIA, Tlp.GREEN)
    assert vault.machines.of_partner(PARTNER)[0].revoked_at == NOW
    admin.post(f"{place}/exchange", data={"state": "goes on"})
    found = re.search(r"<code>(/enrol/[\w-]+)</code>", admin.post(f"{place}/invitation").text)
    assert found
    assert "Show the token" in visitor(None).get(found[1]).text
    assert found[1] not in admin.get(place).text
    refused = admin.post(f"{place}/terms", data={"kind": "media", "clearance": "red"})
    assert refused.status_code == 403
    assert "takes two people" in refused.text
    assert admin.post(f"{place}/revocation", data={"username": "somebody else's"}).status_code == 404
    told = [entry for entry in vault.ledger.about(PARTNER) if entry.actor == "adm"]
    assert {entry.event for entry in told} == {
        "partner.suspended", "partner.resumed", "partner.changed", "partner.invited",
    }  # fmt: skip


def test_techniques_are_named_by_the_operators_framework_under_its_licence(
    visitor: Visitor, workspace: Workspace, tmp_path: Path
) -> None:
    held = workspace.vault.indicators.get(INDICATOR)
    assert held
    named = held.model_copy(update={"techniques": ("T0999", "0.6.2", HOSTILE), "modified": NOW + timedelta(days=1)})
    workspace.vault.indicators.add([named])
    page = f"/desk/indicators/{INDICATOR}"
    before = visitor("ana").get(page).text
    assert "T0999" in before
    assert "0.6.2: T0149.001 Domain Asset" in before
    clusters = tmp_path / "disarm.json"
    pattern = {"uuid": "u1", "value": "Move Goalposts", "meta": {"external_id": "T0999"}}
    clusters.write_text(json.dumps({"type": "disarm-techniques", "values": [pattern]}), "utf-8")
    load_framework(workspace, [clusters], by="adm", now=NOW)
    html = visitor("ana").get(page).text
    assert "T0999 Move Goalposts" in html
    assert "CC BY-SA 4.0, DISARM Foundation" in html
    assert HOSTILE not in html


def test_an_indicator_tells_how_far_to_trust_it_and_what_is_said(visitor: Visitor) -> None:
    html = visitor("ana").get(f"/desk/indicators/{INDICATOR}").text
    assert "<strong>80</strong> of 100" in html
    assert "polyline" in html
    assert "Harbour Watch saw it 3 times" in html
    assert "Disagrees" in html
    assert f'href="/desk/disputes/{DISPUTE}"' in html
    assert "Retract this indicator" not in html
    assert "confidential.example" in html


def test_words_and_sightings_are_kept_under_the_persons_name(workspace: Workspace, visitor: Visitor) -> None:
    browser, address = visitor("ana"), f"/desk/indicators/{INDICATOR}"
    opinion = browser.post(f"{address}/opinion", data={"value": "agree", "reason": "The same template"})
    assert opinion.headers["location"] == f"{address}#said"
    seen = {"times": "2", "first": "2026-11-02T10:00", "last": "2026-11-02T11:00"}
    assert browser.post(f"{address}/sighting", data=seen).status_code == 303
    shelf = workspace.vault.feedback
    assert {(one.told_by, one.reason) for one in shelf.opinions(INDICATOR)} >= {("ana", "The same template")}
    assert ("ana", 2) in {(one.told_by, one.count) for one in shelf.sightings(INDICATOR)}
    for wrong in ({"first": "soon"}, {"times": "0"}, {"last": "2030-01-01T00:00"}):
        assert browser.post(f"{address}/sighting", data=seen | wrong).status_code == 400
    assert browser.post(f"{address}/opinion", data={"value": "agree", "reason": "\0 \u200b"}).status_code == 400


def test_a_retraction_takes_a_reviewer_and_a_reason(workspace: Workspace, visitor: Visitor) -> None:
    address = f"/desk/indicators/{INDICATOR}"
    assert visitor("rev").post(f"{address}/retraction", data={"reason": " "}).status_code == 400
    assert visitor("rev").post(f"{address}/retraction", data={"reason": "A newspaper"}).status_code == 303
    html = visitor("rev").get(address).text
    assert "Retracted" in html
    assert "not yet" in html
    assert "A newspaper" in html
    standing = workspace.vault.indicators.get(INDICATOR)
    assert standing
    assert standing.revoked


def test_an_account_holder_is_heard_through_us_and_answered(
    workspace: Workspace, visitor: Visitor, clock: StillClock
) -> None:
    form = {"claim": "My blog", "evidence": "https://clear.example/me\n\n  my passport "}
    opened = visitor("ana").post(f"/desk/indicators/{CLEAR_INDICATOR}/dispute", data=form).headers["location"]
    dispute = workspace.vault.feedback.dispute(opened.rpartition("/")[2])
    assert dispute
    assert dispute.evidence == ("https://clear.example/me", "my passport")
    assert "whoever it names, through us" in visitor("ana").get(opened).text
    clock.now = NOW + timedelta(days=15)
    assert "1 d late" in visitor("rev").get("/desk/disputes").text
    answer = visitor("rev").post(f"{opened}/answer", data={"state": "refused", "answer": "It is not your blog"})
    assert answer.headers["location"] == opened
    html = visitor("ana").get(opened).text
    assert "It is not your blog" in html
    assert "after it was owed" in html
    again = workspace.vault.feedback.dispute(dispute.id)
    assert again
    assert again.state is DisputeState.REFUSED
    assert visitor("rev").post(f"{opened}/answer", data={"state": "upheld", "answer": "Yes"}).status_code == 400


def test_a_partner_page_tells_what_they_had_and_when(workspace: Workspace, visitor: Visitor) -> None:
    workspace.vault.deliveries.note(PARTNER, "bundle", [(RED_INDICATOR, "v")], NOW)
    assert "Harbour Watch" in visitor("ana").get("/desk/partners").text
    html = visitor("ana").get(f"/desk/partners/{PARTNER}").text
    for words in ("Paper 7", "TLP:RED", "never asked", INDICATOR, "taxii", "harbour-watch"):
        assert words in html
    assert RED_INDICATOR not in html
    assert RED_INDICATOR in visitor("eva").get(f"/desk/partners/{PARTNER}").text


def test_a_request_is_written_down_and_answered_once(workspace: Workspace, visitor: Visitor) -> None:
    browser = visitor("rev")
    form = {"asker": "Office", "country": "de", "kind": "information", "scope": "Who pays", "received": "2026-11-01"}
    kept = browser.post("/desk/requests", data=form).headers["location"]
    assert "none named" in browser.get(kept).text
    assert browser.post(f"{kept}/answer", data={"state": "partly", "answer": "The payer alone"}).status_code == 303
    assert browser.post(f"{kept}/answer", data={"state": "refused", "answer": "No"}).status_code == 400
    found = workspace.vault.requests.get(kept.rpartition("/")[2])
    assert found
    assert (found.country, found.state) == ("DE", RequestState.PARTLY)
    assert "2026 as the public reads it" in browser.get("/desk/requests?year=2026").text
    for wrong in ({"country": "Germany"}, {"received": "yesterday"}, {"received": "2030-01-01"}, {"scope": " "}):
        assert browser.post("/desk/requests", data=form | wrong).status_code == 400
    assert "Requests" not in visitor("ana").get("/desk").text


def test_a_red_case_leaves_through_two_people(workspace: Workspace, visitor: Visitor) -> None:
    workspace.vault.partners.put(
        Partner(id="partner--red", name="Named", kind=PartnerKind.PLATFORM, clearance=Tlp.RED)
    )  # fmt: skip
    eva, kim = visitor("eva"), visitor("kim")
    assert "leaves when two people say so" in eva.get(f"/desk/cases/{RED_CASE}").text
    bundle = f"/desk/cases/{RED_CASE}/bundle.json"
    assert eva.post(bundle, data={"to": "Named"}).status_code == 403
    asked = eva.post(f"/desk/cases/{RED_CASE}/release", data={"to": "Named", "reason": "They are named"})
    assert asked.headers["location"] == "/desk/releases"
    [release] = workspace.vault.releases.all()
    decide = {"state": "approved", "word": "So they are"}
    assert eva.post(f"/desk/releases/{release.id}", data=decide).status_code == 403
    assert visitor("rev").post(f"/desk/releases/{release.id}", data=decide).status_code == 404
    assert release.reason not in visitor("rev").get("/desk/releases").text
    assert kim.post(f"/desk/releases/{release.id}", data=decide).status_code == 303
    assert eva.post(bundle, data={"to": "Named"}).json()["type"] == "bundle"
    assert workspace.vault.deliveries.to_partner("partner--red")


def test_a_bundle_is_neither_fetched_nor_posted_from_elsewhere(visitor: Visitor, workspace: Workspace) -> None:
    address, browser = f"/desk/cases/{CASE}/bundle.json", visitor("rev")
    assert browser.get(address).status_code == 405
    elsewhere = {"origin": "http://elsewhere.example", "sec-fetch-site": "cross-site"}
    assert browser.post(address, data={"to": "Harbour Watch"}, headers=elsewhere).status_code == 403
    assert browser.post(address).status_code == 400
    assert "case.exported" not in {entry.event for entry in workspace.vault.ledger.entries()}


def test_a_partners_webhook_is_shown_with_its_state_and_without_its_path(
    workspace: Workspace, visitor: Visitor
) -> None:
    partner = workspace.vault.partners.get(PARTNER)
    assert partner
    hook, _ = add_webhook(workspace, partner, "https://desk.harbour.example/s3cret", authority=None, by="adm", now=NOW)
    failing = {"problem": "It answers with status 503.", "attempts": 2, "next_at": NOW + timedelta(minutes=5)}
    workspace.vault.webhooks.keep(hook.model_copy(update=failing))
    html = visitor("ana").get(f"/desk/partners/{PARTNER}").text
    assert "https://desk.harbour.example/…" in html
    assert "s3cret" not in html
    assert "After 2 attempts: It answers with status 503." in html
