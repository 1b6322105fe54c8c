"""What comes back: sightings, opinions, disputes, retraction and receipts; and two people for what is narrow."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests import made_up_desk as made_up
from tests.made_up_desk import INDICATOR, NOW
from watchbell.desk.exchange.disputes import Answer, answer_dispute, drafted, open_dispute
from watchbell.desk.exchange.feedback import Seen, Teller, give_opinion, sight, teller_at_desk
from watchbell.desk.exchange.releases import Parcel, ask_release, decide_release, needs_two, release_for
from watchbell.desk.exchange.requests import answer_request, transparency_report, write_request
from watchbell.desk.exchange.retraction import receipts, retract
from watchbell.desk.exchange.told import NO_REASON, keep_feedback
from watchbell.desk.permissions import may_send
from watchbell.errors import NotAllowedError, UsageError
from watchbell.exchange.feedback import dispute_definition, feedback_out, ids_told
from watchbell.model.audiences import PUBLIC, Audience
from watchbell.model.collections import HOUSE
from watchbell.model.feedback import Claimant, Dispute, DisputeState, Opinion, OpinionValue, Sighting
from watchbell.model.partners import PartnerKind, Role, User
from watchbell.model.releases import ReleaseState
from watchbell.model.requests import GovernmentRequest, RequestKind, RequestState, request_id
from watchbell.model.tlp import Tlp
from watchbell.vault.vault import Vault, open_vault, sqlite_url

LATER = NOW + timedelta(days=1)
PARTNER = Teller("partner--b", "machine-b", Audience(Tlp.AMBER))
STRANGER = Teller("partner--c", "machine-c", PUBLIC)
SEEN = Seen(3, NOW - timedelta(days=2), NOW - timedelta(days=1))


def person(name: str, role: Role, clearance: Tlp = Tlp.RED) -> User:
    return User(username=name, role=role, password_hash="x", created_at=NOW, clearance=clearance)


ANA, REV, OTHER = person("ana", Role.ANALYST), person("rev", Role.REVIEWER), person("eva", Role.REVIEWER)


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    with open_vault(sqlite_url(tmp_path / "w.db")) as opened:
        opened.indicators.add([made_up.indicator()])
        yield opened


def events(vault: Vault) -> list[str]:
    return [entry.event for entry in reversed(vault.ledger.entries())]


def test_a_sighting_told_again_is_its_new_count(vault: Vault) -> None:
    sight(vault, INDICATOR, SEEN, teller=PARTNER, now=NOW)
    sight(vault, INDICATOR, SEEN._replace(times=5), teller=PARTNER, now=LATER)
    sight(vault, INDICATOR, SEEN, teller=teller_at_desk(ANA), now=NOW)
    told = vault.feedback.sightings(INDICATOR)
    assert sorted((one.partner_id, one.count) for one in told) == [(HOUSE, 3), ("partner--b", 5)]
    assert {one.first_told_at for one in told} == {NOW}
    assert events(vault) == ["indicator.sighted"] * 3


@pytest.mark.parametrize(
    "seen",
    [Seen(0, NOW, NOW), Seen(1, NOW, NOW - timedelta(days=1)), Seen(1, NOW, LATER), Seen(10**9, NOW, NOW)],
)
def test_a_sighting_that_cannot_be_is_refused(vault: Vault, seen: Seen) -> None:
    with pytest.raises(UsageError):
        sight(vault, INDICATOR, seen, teller=PARTNER, now=NOW)


def test_nobody_speaks_of_what_they_may_not_know_of(vault: Vault) -> None:
    said = []
    for name in (INDICATOR, "indicator--none"):
        with pytest.raises(UsageError) as refused:
            sight(vault, name, SEEN, teller=STRANGER, now=NOW)
        said.append(str(refused.value).replace(name, "…"))
    assert said[0] == said[1]
    assert events(vault) == []


def test_somebody_has_one_opinion_with_a_reason(vault: Vault) -> None:
    give_opinion(vault, INDICATOR, OpinionValue.AGREE, "Seen here too", teller=PARTNER, now=NOW)
    give_opinion(vault, INDICATOR, OpinionValue.DISAGREE, "On second thoughts", teller=PARTNER, now=LATER)
    (opinion,) = vault.feedback.opinions(INDICATOR)
    assert (opinion.value, opinion.first_told_at, opinion.told_at) == (OpinionValue.DISAGREE, NOW, LATER)
    with pytest.raises(UsageError, match="in words"):
        give_opinion(vault, INDICATOR, OpinionValue.AGREE, " \0 ", teller=PARTNER, now=NOW)


def test_an_upheld_dispute_retracts_and_says_who_has_heard(vault: Vault) -> None:
    ana = teller_at_desk(ANA)
    draft = drafted(INDICATOR, "This is our newspaper", ["https://herald.example/imprint", " "],
                    claimant=Claimant.ACCOUNT_HOLDER, teller=ana, due=(NOW, 14))  # fmt: skip
    opened = open_dispute(vault, draft, teller=ana, now=NOW)
    assert open_dispute(vault, draft, teller=ana, now=NOW) == opened
    assert (opened.due_at, opened.evidence) == (NOW + timedelta(days=14), ("https://herald.example/imprint",))
    vault.deliveries.note("partner--b", "taxii", [(INDICATOR, NOW.isoformat())], NOW)
    vault.deliveries.note("partner--c", "bundle", [(INDICATOR, NOW.isoformat())], NOW)
    with pytest.raises(NotAllowedError):
        answer_dispute(vault, opened, Answer(DisputeState.UPHELD, "It is"), operator="Us", by=ANA, now=LATER)
    with pytest.raises(UsageError, match="upholds"):
        answer_dispute(vault, opened, Answer(DisputeState.OPEN, "It is"), operator="Us", by=REV, now=LATER)
    closed = answer_dispute(
        vault, opened, Answer(DisputeState.UPHELD, "It is their paper"), operator="Us", by=REV, now=LATER
    )
    assert closed.state is DisputeState.UPHELD
    with pytest.raises(UsageError, match="has been answered"):
        answer_dispute(vault, closed, Answer(DisputeState.REFUSED, "No"), operator="Us", by=REV, now=LATER)
    revoked = vault.indicators.get(INDICATOR)
    assert revoked
    assert (revoked.revoked, revoked.modified) == (True, LATER)
    vault.deliveries.note("partner--b", "taxii", [(INDICATOR, LATER.isoformat())], LATER)
    assert [(one.partner_id, one.retracted_at) for one in receipts(vault, revoked)] == [
        ("partner--c", None), ("partner--b", LATER),
    ]  # fmt: skip
    assert events(vault) == ["dispute.opened", "indicator.retracted", "dispute.answered"]


def test_a_retraction_needs_a_reviewer_a_reason_and_something_to_retract(vault: Vault) -> None:
    indicator = made_up.indicator()
    with pytest.raises(NotAllowedError):
        retract(vault, indicator, "Wrong", operator="Us", by=ANA, now=LATER)
    with pytest.raises(UsageError):
        retract(vault, indicator, "", operator="Us", by=REV, now=LATER)
    # A partner's clock may be ahead of ours.
    ahead = indicator.model_copy(update={"modified": LATER + timedelta(days=9)})
    vault.indicators.add([ahead])
    revoked = retract(vault, ahead, "Wrong", operator="Us", by=REV, now=LATER)
    assert revoked.modified > ahead.modified
    with pytest.raises(UsageError, match="retracted before"):
        retract(vault, revoked, "Wrong", operator="Us", by=REV, now=LATER)
    assert receipts(vault, revoked) == []


def test_feedback_goes_out_as_stix_and_comes_in_the_same(vault: Vault, tmp_path: Path) -> None:
    rev = teller_at_desk(REV)
    sight(vault, INDICATOR, SEEN, teller=rev, now=NOW)
    give_opinion(vault, INDICATOR, OpinionValue.STRONGLY_DISAGREE, "It is a newspaper", teller=rev, now=NOW)
    draft = drafted(INDICATOR, "We are the Herald", ["an imprint"], claimant=Claimant.PARTNER, teller=rev, due=(NOW, 9))
    open_dispute(vault, draft, teller=rev, now=NOW)
    shelf = vault.feedback
    said: list[Sighting | Opinion | Dispute] = [*shelf.sightings(INDICATOR), *shelf.opinions(INDICATOR)]
    said += shelf.disputes_of(INDICATOR)
    told = feedback_out(said, {INDICATOR: Tlp.AMBER}, operator="House B")
    assert feedback_out(said, {}, operator="House B") == []
    with open_vault(sqlite_url(tmp_path / "a.db")) as other:
        other.indicators.add([made_up.indicator()])
        for _ in range(2):
            kept = keep_feedback(
                other, [*told, dispute_definition()], teller=PARTNER, answer_days=14, file="f", now=LATER
            )
        assert (kept.sightings, kept.opinions, kept.disputes, kept.rejects) == (1, 1, 2, [])
        assert [(one.count, one.first_seen) for one in other.feedback.sightings(INDICATOR)] == [(3, SEEN.first)]
        assert {one.claim for one in other.feedback.disputes()} == {"It is a newspaper", "We are the Herald"}
        deaf = keep_feedback(other, told, teller=STRANGER, answer_days=14, file="f", now=LATER)
        assert len(deaf.rejects) == len(told)


def test_two_houses_that_saw_the_same_told_two_things_and_each_knows_its_own(vault: Vault) -> None:
    rev, marked = teller_at_desk(REV), {INDICATOR: Tlp.AMBER}
    sight(vault, INDICATOR, SEEN, teller=rev, now=NOW)
    give_opinion(vault, INDICATOR, OpinionValue.AGREE, "Seen", teller=rev, now=NOW)
    draft = drafted(INDICATOR, "We are the Herald", [], claimant=Claimant.PARTNER, teller=rev, due=(NOW, 9))
    open_dispute(vault, draft, teller=rev, now=NOW)
    said = vault.feedback.all_of(HOUSE)
    ours, theirs = ({held["id"] for held in feedback_out(said, marked, operator=name)} for name in ("A", "B"))
    assert len(ours | theirs) == 6
    assert ours == {held["id"] for held in feedback_out(said, marked, operator="A")}
    assert ours < ids_told(said, "A")
    assert not theirs & ids_told(said, "A")
    # What left before the ids named the house is still known for ours when a server gives it back.
    assert {said[0].id, said[1].id, said[2].id.replace("dispute--", "note--")} < ids_told(said, "A")


def test_an_opinion_needs_no_explanation_in_stix(vault: Vault) -> None:
    held = {"type": "opinion", "opinion": "agree", "object_refs": [INDICATOR]}
    kept = keep_feedback(vault, [held], teller=PARTNER, answer_days=14, file="f", now=LATER)
    assert (kept.opinions, kept.disputes, kept.rejects) == (1, 0, [])
    assert [one.reason for one in vault.feedback.opinions(INDICATOR)] == [NO_REASON]


@pytest.mark.parametrize(
    "held",
    [
        {"type": "sighting", "count": "many", "sighting_of_ref": INDICATOR},
        {"type": "sighting", "sighting_of_ref": INDICATOR},
        {"type": "opinion", "opinion": "perhaps", "object_refs": [INDICATOR]},
        {"type": "opinion", "object_refs": [INDICATOR]},
        {"type": "note", "labels": ["dispute"], "object_refs": [INDICATOR], "content": " "},
        {"type": "note", "labels": ["dispute"], "object_refs": [INDICATOR], "extensions": [1], "content": "x"},
    ],
)
def test_feedback_that_cannot_be_read_is_kept_aside(vault: Vault, held: dict[str, object]) -> None:
    kept = keep_feedback(vault, [held], teller=PARTNER, answer_days=14, file="f", now=LATER)
    assert len(kept.rejects) == 1
    assert events(vault) == []


def test_what_is_narrow_leaves_by_the_word_of_two(vault: Vault) -> None:
    parcel = Parcel("case--1", "v1", Tlp.RED, "partner--b")
    assert [needs_two(label) for label in Tlp] == [False, False, False, True, True]
    assert release_for(vault, parcel) is None
    with pytest.raises(NotAllowedError):
        ask_release(vault, parcel, "They are named", by=ANA, now=NOW)
    asked = ask_release(vault, parcel, "They are named", by=REV, now=NOW)
    assert ask_release(vault, parcel, "They are named, again", by=REV, now=NOW) == asked
    with pytest.raises(NotAllowedError, match="second person"):
        decide_release(vault, asked, ReleaseState.APPROVED, "Yes", by=REV, now=NOW)
    with pytest.raises(NotAllowedError, match="cleared"):
        decide_release(
            vault, asked, ReleaseState.APPROVED, "Yes", by=person("low", Role.REVIEWER, Tlp.AMBER), now=NOW
        )  # fmt: skip
    decide_release(vault, asked, ReleaseState.REFUSED, "Not yet", by=OTHER, now=NOW)
    with pytest.raises(UsageError, match="refused"):
        ask_release(vault, parcel, "They are named", by=REV, now=NOW)
    again = ask_release(vault, parcel._replace(version="v2"), "They are named", by=REV, now=NOW)
    assert decide_release(vault, again, ReleaseState.APPROVED, "Yes", by=OTHER, now=NOW).decided_by == "eva"
    assert events(vault) == ["release.asked", "release.decided", "release.asked", "release.decided"]


def asked(number: int, **more: object) -> GovernmentRequest:
    facts = {"asker": "Office of Examples", "country": "DE", "kind": RequestKind.REMOVAL, "legal_basis": "§ 1",
             "scope": f"Page {number}", "accounts": 2, "received_at": NOW, "due_at": LATER,
             "written_by": "rev"}  # fmt: skip
    return GovernmentRequest(id=request_id("Office", f"Page {number}", NOW.isoformat()), **(facts | more))


def test_requests_are_answered_once_and_counted_in_public(vault: Vault) -> None:
    for number, more in enumerate([{}, {"legal_basis": " "}, {"kind": RequestKind.INFORMATION, "country": "FR"}]):
        write_request(vault, asked(number, **more), by="rev", now=NOW)
    write_request(vault, asked(0), by="rev", now=NOW)
    answer_request(vault, asked(0), RequestState.REFUSED, "Satire", by=REV, now=LATER + timedelta(days=1))
    with pytest.raises(UsageError, match="answered once"):
        answer_request(
            vault, asked(1), RequestState.OPEN, "Later", by=REV, now=LATER
        )  # fmt: skip
    with pytest.raises(NotAllowedError):
        answer_request(vault, asked(1), RequestState.GRANTED, "Yes", by=ANA, now=LATER)
    report = transparency_report(vault.requests.all(), 2026)
    assert report == {
        "year": 2026, "requests": 3, "accounts": 6, "without_legal_basis": 1, "late": 1,
        "by_state": {"open": 2, "refused": 1},
        "rows": [
            {"country": "DE", "kind": "removal", "state": "open", "requests": 1},
            {"country": "DE", "kind": "removal", "state": "refused", "requests": 1},
            {"country": "FR", "kind": "information", "state": "open", "requests": 1},
        ],
    }  # fmt: skip
    assert transparency_report(vault.requests.all(), 2025)["requests"] == 0
    assert vault.indicators.count() == 1
    assert vault.cases.count() == 0


@pytest.mark.parametrize("more", [{"received_at": LATER}, {"due_at": NOW - timedelta(days=1)}])
def test_a_request_with_days_that_cannot_be_is_refused(vault: Vault, more: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        write_request(vault, asked(0, **more), by="rev", now=NOW)


def test_a_government_reports_and_requests_but_orders_nothing() -> None:
    assert may_send(PartnerKind.GOVERNMENT, "indicator")
    assert may_send(PartnerKind.GOVERNMENT, "report")
    assert not may_send(PartnerKind.GOVERNMENT, "course-of-action")
    assert not may_send(PartnerKind.ELECTION_AUTHORITY, "course-of-action")
    assert may_send(PartnerKind.PLATFORM, "course-of-action")
