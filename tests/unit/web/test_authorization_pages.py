"""Advertisers and appeals at the desk: who sees what waits, and what the forms do."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from tests import made_up_desk, made_up_payers
from tests.made_up_payers import ADVERTISER, APPROVED, BARE, HELD, PICTURE, RUNS, STRANGE
from tests.unit.web.conftest import StillClock, Visitor
from watchbell.ads.advertisers.routebook import RouteBook
from watchbell.ads.review import Aids, review
from watchbell.ads.rules.rulebook import RuleBook
from watchbell.desk.ads.links import payer_book
from watchbell.desk.advertisers.office import Office
from watchbell.model.ads import Verdict
from watchbell.model.advertisers import EvidenceVerdict
from watchbell.settings import Settings
from watchbell.vault.workspace import Workspace

PAGE = f"/desk/advertisers/{ADVERTISER}"


@pytest.fixture
def workspace(workspace: Workspace, clock: StillClock, tmp_path: Path) -> Workspace:
    key = made_up_payers.key_beside(tmp_path)
    settings = workspace.settings.model_copy(update={"identity_key_file": key})
    made_up_payers.add_advertisers(Office(workspace.vault, settings, RouteBook.bundled()), clock())
    workspace.settings = settings
    return workspace


def evidence_id(workspace: Workspace) -> str:
    return workspace.vault.advertisers.waiting()[-1].id


def seen(workspace: Workspace) -> int:
    return [one.event for one in workspace.vault.ledger.about(ADVERTISER)].count("document.seen")


def test_a_reviewer_sees_what_waits_and_who_is_paused(visitor: Visitor) -> None:
    overview = visitor("rev").get("/desk").text
    assert "2 pieces of what advertisers showed wait for a person" in overview
    assert "1 appeal waits for an answer" in overview
    assert "It ran without saying who paid." in visitor("rev").get("/desk/ads").text
    queue = visitor("rev").get("/desk/advertisers").text
    assert "2 pieces wait" in queue
    assert "Paused: something has lapsed" in queue
    assert "Committee for Examples" in visitor("rev").get("/desk/advertisers?name=ERIKSSON").text
    assert "No advertiser is called so." in visitor("rev").get("/desk/advertisers?name=nobody").text
    page = visitor("rev").get(PAGE).text
    for told in ("Lapsed", "Disabled while paused", "Paused with its advertiser", "ran without saying who paid"):
        assert told in page
    assert "changed from <q>Examples</q> to <q>Patriots for Examples</q>" in page
    assert "countries of administrators changed from <q>US</q> to <q>MK, US</q>" in page


def test_an_analyst_and_the_public_see_none_of_it(visitor: Visitor, workspace: Workspace) -> None:
    addresses = ["/desk/advertisers", PAGE, f"{PAGE}/documents/{evidence_id(workspace)}", "/desk/appeals"]
    assert [visitor("ana").get(one).status_code for one in addresses] == [403] * 4
    assert [visitor(None).get(one).status_code for one in addresses] == [303] * 4


def test_the_document_is_shown_to_whoever_holds_the_evidence_and_each_look_is_written_down(
    visitor: Visitor, workspace: Workspace
) -> None:
    rev, kim, evidence = visitor("rev"), visitor("kim"), evidence_id(workspace)
    address = f"{PAGE}/documents/{evidence}"
    assert rev.get(address).status_code == 400
    claimed = rev.post(f"{PAGE}/claim", data={"subject": evidence}, follow_redirects=True).text
    assert "Look at the document here" in claimed
    assert seen(workspace) == 0
    answer = rev.get(address)
    assert (answer.content, answer.headers["content-type"]) == (PICTURE, "image/png")
    assert answer.headers["cache-control"] == "no-store"
    assert seen(workspace) == 1
    assert kim.get(address).status_code == 400
    assert "rev is looking at this" in kim.get(PAGE).text
    assert seen(workspace) == 1


def test_without_the_key_the_page_says_so(visitor: Visitor, workspace: Workspace) -> None:
    workspace.settings = Settings()
    subject = {"subject": evidence_id(workspace)}
    page = visitor("rev").post(f"{PAGE}/claim", data=subject, follow_redirects=True).text
    assert "its key is not on this machine" in page
    assert visitor("rev").get(f"{PAGE}/documents/{subject['subject']}").status_code == 400


def test_evidence_is_decided_taken_back_and_restores_the_ads_without_a_new_review(
    visitor: Visitor, workspace: Workspace, clock: StillClock
) -> None:
    rev, kim, subject = visitor("rev"), visitor("kim"), {"subject": evidence_id(workspace)}
    rev.post(f"{PAGE}/claim", data=subject)
    said = subject | {"accept": "true", "reason": "Face and name agree.", "expires": "2031-05-01"}
    assert kim.post(f"{PAGE}/decision", data=said).status_code == 400
    assert rev.post(f"{PAGE}/decision", data=said | {"expires": "May"}).status_code == 400
    before = workspace.vault.ads.decisions(RUNS)
    page = rev.post(f"{PAGE}/decision", data=said, follow_redirects=True).text
    assert "Confirmed Organization" in page
    assert "Take my decision back" in page
    ad = visitor(None).get(f"/library/ads/{RUNS}").text
    assert "Runs" in ad
    assert "Confirmed Organization" in ad
    assert workspace.vault.ads.decisions(RUNS) == before
    clock.now += timedelta(seconds=59)
    assert "Look at this evidence" in rev.post(f"{PAGE}/undo", data=subject, follow_redirects=True).text
    assert workspace.vault.advertisers.waiting()[-1].verdict is EvidenceVerdict.REVIEW
    assert "Paused with its advertiser" in visitor(None).get(f"/library/ads/{RUNS}").text
    events = [one.event for one in workspace.vault.ledger.about(ADVERTISER)]
    assert {"evidence.decided", "evidence.undone", "advertiser.authorized", "advertiser.paused"} <= set(events)


def test_a_decision_on_evidence_cannot_be_taken_back_after_a_minute_or_by_another(
    visitor: Visitor, workspace: Workspace, clock: StillClock
) -> None:
    subject = {"subject": evidence_id(workspace)}
    said = subject | {"accept": "false", "reason": "The picture is of somebody else."}
    visitor("rev").post(f"{PAGE}/decision", data=said)
    assert visitor("kim").post(f"{PAGE}/undo", data=subject).status_code == 400
    clock.now += timedelta(seconds=61)
    assert visitor("rev").post(f"{PAGE}/undo", data=subject).status_code == 400


def test_a_held_disclaimer_is_decided_by_one_person_and_taken_back(visitor: Visitor, workspace: Workspace) -> None:
    rev, subject = visitor("rev"), {"subject": HELD}
    assert "It may stand on ads" in rev.post(f"{PAGE}/claim", data=subject, follow_redirects=True).text
    said = subject | {"accept": "true", "reason": "Ann Lee wrote to us."}
    assert visitor("kim").post(f"{PAGE}/decision", data=said).status_code == 400
    page = rev.post(f"{PAGE}/decision", data=said, follow_redirects=True).text
    assert "It had been held: The name is like that of the agency Commission for Examples." in page
    assert rev.post(f"{PAGE}/decision", data={**said, "subject": APPROVED}).status_code == 400
    rev.post(f"{PAGE}/undo", data=subject)
    held = {one.id: one for one in workspace.vault.advertisers.disclaimers(ADVERTISER)}[HELD]
    assert (held.verdict.value, held.reason) == ("held", "The name is like that of the agency Commission for Examples.")


def test_what_one_refused_another_looks_at_again_and_decides(
    visitor: Visitor, workspace: Workspace, clock: StillClock
) -> None:
    rev, kim = visitor("rev"), visitor("kim")
    for subject in (evidence_id(workspace), HELD):
        said = {"subject": subject, "accept": "false", "reason": "It does not show it."}
        rev.post(f"{PAGE}/decision", data=said)
        assert "You refused it." in rev.get(PAGE).text
        ask = {"subject": subject, "reason": "They sent a better copy."}
        assert rev.post(f"{PAGE}/again", data=ask).status_code == 403
        assert kim.post(f"{PAGE}/again", data=ask | {"reason": " "}).status_code == 400
        page = kim.post(f"{PAGE}/again", data=ask, follow_redirects=True).text
        assert "It was refused: It does not show it. Somebody else must look, for: They sent a better copy." in page
        assert "you refused it, so somebody else decides" in rev.get("/desk/appeals").text
        assert "They sent a better copy." in kim.get("/desk/appeals").text
        assert kim.post(f"{PAGE}/again", data=ask).status_code == 400
        assert rev.post(f"{PAGE}/claim", data={"subject": subject}).status_code == 403
        assert rev.post(f"{PAGE}/decision", data=said).status_code == 403
        clock.now += timedelta(seconds=1)
        assert kim.post(f"{PAGE}/decision", data=said | {"accept": "true"}).status_code == 303
    assert "Confirmed Organization" in kim.get(PAGE).text
    assert [one.verdict.value for one in workspace.vault.advertisers.disclaimers(ADVERTISER)] == ["approved"] * 2
    assert kim.get("/desk/appeals?state=granted").text.count("They sent a better copy.") == 2
    assert "They sent a better copy." not in kim.get("/desk/appeals").text


def test_ads_wait_for_the_words_they_bear_and_are_released_with_them(
    visitor: Visitor, workspace: Workspace, clock: StillClock
) -> None:
    words = "Paid for by Committee for Examples and authorized by Ann Lee."
    known = workspace.vault.ads.get(RUNS)
    assert known
    ad = known.model_copy(update={"id": "jsonl:other", "disclaimer": words})
    book = payer_book(workspace.vault, workspace.settings)
    first = review(ad, RuleBook.bundled(), now=made_up_desk.NOW, aids=Aids(payers=book))
    assert [one.code for one in first.policies] == ["PAYER-UNBOUND"]
    workspace.vault.ads.add([ad])
    workspace.vault.ads.decide([first])
    rev, said = visitor("rev"), {"subject": HELD, "accept": "true", "reason": "Ann Lee wrote to us."}
    rev.post(f"{PAGE}/decision", data=said)
    released = workspace.vault.ads.decision(ad.id)
    assert released
    assert released.verdict is Verdict.APPROVE
    clock.now += timedelta(seconds=30)
    rev.post(f"{PAGE}/undo", data={"subject": HELD})
    held = workspace.vault.ads.decision(ad.id)
    assert held
    assert held.verdict is Verdict.REVIEW


def test_binding_an_account_releases_what_was_held_for_it_alone_and_unbinding_holds_it_again(
    visitor: Visitor, workspace: Workspace
) -> None:
    rev, account = visitor("rev"), {"platform": "facebook", "account": "78"}
    strange = workspace.vault.ads.decision(STRANGE)
    assert strange is not None
    assert [one.code for one in strange.policies] == ["PAYER-ACCOUNT"]
    assert rev.post(f"{PAGE}/accounts", data=account).status_code == 303
    bound = workspace.vault.ads.decision(STRANGE)
    assert bound is not None
    assert bound.verdict is Verdict.APPROVE
    assert STRANGE in workspace.vault.payers.of_ads([STRANGE])
    rev.post(f"{PAGE}/accounts/unbind", data=account)
    again = workspace.vault.ads.decision(STRANGE)
    assert again is not None
    assert again.verdict is Verdict.REVIEW
    assert workspace.vault.payers.of_ads([STRANGE]) == {}
    assert rev.post(f"{PAGE}/accounts/unbind", data=account).status_code == 400


def test_an_appeal_is_held_and_answered(visitor: Visitor, workspace: Workspace) -> None:
    rev, kim = visitor("rev"), visitor("kim")
    appeal = workspace.vault.appeals.all()[0]
    assert "The film says who paid, at its end." in rev.get("/desk/appeals").text
    address = f"/desk/appeals/{appeal.id}"
    assert "Sign this answer" in rev.post(f"{address}/claim", follow_redirects=True).text
    assert "rev is looking at this" in kim.get("/desk/appeals").text
    said = {"state": "granted", "words": "So it does."}
    assert kim.post(f"{address}/answer", data=said).status_code == 400
    answered = rev.post(f"{address}/answer", data=said, follow_redirects=True).text
    assert "So it does." in answered
    decisions = workspace.vault.ads.decisions(BARE)
    assert [one.verdict for one in decisions] == [Verdict.APPROVE, Verdict.REVIEW]
    assert "So it does." in visitor(None).get(f"/library/ads/{BARE}").text
    assert "Take my decision back" in answered
    assert "Take my decision back" not in kim.get("/desk/appeals?state=granted").text
    assert kim.post(f"{address}/undo").status_code == 400
    assert "Answer this appeal" in rev.post(f"{address}/undo", follow_redirects=True).text
    assert workspace.vault.ads.decisions(BARE)[0].verdict is Verdict.REVIEW


def test_what_is_not_there_is_not_found(visitor: Visitor) -> None:
    rev = visitor("rev")
    assert rev.get("/desk/advertisers/none").status_code == 404
    assert rev.get(f"{PAGE}/documents/none").status_code == 404
    assert rev.get(f"{PAGE}/documents/{HELD}").status_code == 404
    assert rev.post(f"{PAGE}/claim", data={"subject": "none"}).status_code == 404
    assert rev.post("/desk/appeals/none/claim").status_code == 404


def test_a_candidates_ad_takes_two_to_reject_and_what_is_held_too_long_is_free_again(
    visitor: Visitor, workspace: Workspace, clock: StillClock
) -> None:
    rev, kim, page = visitor("rev"), visitor("kim"), f"/library/ads/{RUNS}"
    address = f"/desk/ads/{RUNS}"

    def said(verdict: str, reason: str = "It lies about the vote.") -> dict[str, str]:
        (digest,) = re.findall('name="seen" value="([0-9a-f]+)"', kim.get(page).text + rev.get(page).text)[:1]
        return {"verdict": verdict, "reason": reason, "seen": digest}

    rev.post(f"{address}/claim")
    assert rev.post(f"{address}/decision", data=said("reject", " ")).status_code == 400
    assert rev.post(f"{address}/decision", data=said("reject")).status_code == 303
    assert workspace.vault.ads.decisions(RUNS)[0].verdict is Verdict.REVIEW
    assert "Take my decision back" in rev.get(page).text
    assert "Take my decision back" not in kim.get(page).text
    clock.now += timedelta(seconds=59)
    assert rev.post(f"{address}/undo").status_code == 303
    assert workspace.vault.ads.decisions(RUNS)[0].verdict is Verdict.APPROVE

    rev.post(f"{address}/claim")
    assert kim.post(f"{address}/claim").status_code == 400
    clock.now += timedelta(minutes=15, seconds=1)
    assert kim.post(f"{address}/claim").status_code == 303
    assert kim.post(f"{address}/decision", data=said("reject")).status_code == 303
    second = rev.post(f"{address}/claim", follow_redirects=True).text
    assert "It lies about the vote." in second
    assert rev.post(f"{address}/decision", data=said("reject", "So it does.")).status_code == 303
    decided = workspace.vault.ads.decisions(RUNS)[:2]
    assert [(one.verdict, one.decided_by) for one in decided] == [(Verdict.REJECT, "rev"), (Verdict.REVIEW, "kim")]
