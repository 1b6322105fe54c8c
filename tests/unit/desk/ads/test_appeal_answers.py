"""Appeals are answered by somebody who had no part in the decision, and candidates' ads take two to reject."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests import made_up_payers
from tests.made_up_payers import BARE, RUNS, STRANGE, reviewer
from watchbell.ads.advertisers.routebook import RouteBook
from watchbell.desk.ads.appeal_answers import answer_appeal, appeals_of, take_appeal, undo_answer
from watchbell.desk.ads.appeals import open_appeal
from watchbell.desk.ads.payers import link_library
from watchbell.desk.ads.queue import decide_ad, undo
from watchbell.desk.advertisers.office import Office
from watchbell.errors import NotAllowedError, UsageError
from watchbell.model.ads import Ad, Verdict
from watchbell.model.appeals import Appeal, AppealState
from watchbell.model.partners import Role
from watchbell.settings import Settings
from watchbell.vault.vault import open_vault, sqlite_url

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
ANN, BOB, KIM, LEE = (reviewer(NOW, name) for name in ("ann", "bob", "kim", "lee"))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with open_vault(sqlite_url(tmp_path / "w.db")) as vault:
        settings = Settings(identity_key_file=made_up_payers.key_beside(tmp_path))
        opened = Office(vault, settings, RouteBook.bundled())
        made_up_payers.add_advertisers(opened, NOW)
        yield opened


def ad(office: Office, ad_id: str) -> Ad:
    found = office.vault.ads.get(ad_id)
    assert found is not None
    return found


def rejected_by_two(office: Office) -> Appeal:
    """Let Ann propose to reject an ad and Bob reject it, and the advertiser appeal."""
    advertiser = office.vault.advertisers.all()[0]
    first = decide_ad(office.vault, ad(office, RUNS), Verdict.REJECT, "It lies.", by=ANN, now=NOW)
    assert (first.verdict, first.proposed) == (Verdict.REVIEW, Verdict.REJECT)
    decide_ad(office.vault, ad(office, RUNS), Verdict.REJECT, "So it does.", by=BOB, now=NOW + timedelta(minutes=1))
    return open_appeal(office.vault, advertiser, RUNS, "It does not.", by="anna", now=LATER)


def test_it_takes_two_to_reject_an_ad_of_a_candidate_and_one_for_another(office: Office) -> None:
    one = decide_ad(office.vault, ad(office, STRANGE), Verdict.REJECT, "Forged words.", by=ANN, now=NOW)
    assert one.verdict is Verdict.REJECT
    rejected_by_two(office)


def test_nobody_who_had_a_part_in_the_decision_answers(office: Office) -> None:
    appeal = rejected_by_two(office)
    for person in (ANN, BOB):
        with pytest.raises(NotAllowedError, match="somebody else answers"):
            answer_appeal(office.vault, appeal, AppealState.GRANTED, "True.", by=person, now=LATER)
    assert [one.is_own for one in appeals_of(office.vault, AppealState.OPEN, BOB, LATER)] == [False, True]
    analyst = ANN.model_copy(update={"role": Role.ANALYST, "username": "ana"})
    with pytest.raises(NotAllowedError):
        take_appeal(office.vault, appeal, by=analyst, now=LATER)
    answered = answer_appeal(office.vault, appeal, AppealState.GRANTED, "True.", by=KIM, now=LATER)
    assert (answered.state, answered.answered_by) == (AppealState.GRANTED, "kim")
    verdicts = [one.verdict for one in office.vault.ads.decisions(RUNS)]
    assert verdicts[:2] == [Verdict.APPROVE, Verdict.REJECT]
    with pytest.raises(UsageError, match="has been answered"):
        answer_appeal(office.vault, appeal, AppealState.REFUSED, "No.", by=KIM, now=LATER)


def test_an_appeal_that_is_refused_leaves_the_decision_as_it_is(office: Office) -> None:
    appeal = rejected_by_two(office)
    before = office.vault.ads.decisions(RUNS)
    refused = answer_appeal(office.vault, appeal, AppealState.REFUSED, "The words say it.", by=KIM, now=LATER)
    for seen in (appeal, refused):  # as somebody has it on a page that was opened before, and after
        with pytest.raises(UsageError, match="has been answered"):
            answer_appeal(office.vault, seen, AppealState.GRANTED, "True.", by=LEE, now=LATER)
    assert office.vault.ads.decisions(RUNS) == before
    last = office.vault.ledger.entries(1)[0]
    assert (last.event, last.subject, last.details["state"]) == ("appeal.answered", appeal.id, "refused")


def test_one_person_holds_an_appeal_and_it_needs_an_answer_in_words(office: Office) -> None:
    appeal = office.vault.appeals.all()[0]
    take_appeal(office.vault, appeal, by=ANN, now=NOW)
    with pytest.raises(UsageError, match="ann is looking at this"):
        answer_appeal(office.vault, appeal, AppealState.GRANTED, "True.", by=BOB, now=NOW)
    for state, words, wrong in (
        (AppealState.GRANTED, " ", "in words"),
        (AppealState.OPEN, "Yes", "granted or refused"),
    ):
        with pytest.raises(UsageError, match=wrong):
            answer_appeal(office.vault, appeal, state, words, by=ANN, now=NOW)


def test_what_was_decided_anew_is_not_granted(office: Office) -> None:
    appeal = office.vault.appeals.all()[0]
    decide_ad(office.vault, ad(office, BARE), Verdict.APPROVE, "The film says it.", by=ANN, now=NOW)
    with pytest.raises(UsageError, match="decided anew since"):
        answer_appeal(office.vault, appeal, AppealState.GRANTED, "True.", by=BOB, now=LATER)
    answer_appeal(office.vault, appeal, AppealState.REFUSED, "It runs already.", by=BOB, now=LATER)


def test_linking_the_library_again_changes_nothing(office: Office) -> None:
    before = {one.id: office.vault.ads.decisions(one.id) for one in office.vault.ads.all()}
    done = link_library(office, LATER)
    assert (done.ads, done.paid, done.decided) == (3, 2, 0)
    assert {one.id: office.vault.ads.decisions(one.id) for one in office.vault.ads.all()} == before


def test_an_answer_is_taken_back_within_a_minute_and_the_appeal_waits_for_anybody_again(office: Office) -> None:
    appeal, vault = rejected_by_two(office), office.vault
    granted = answer_appeal(vault, appeal, AppealState.GRANTED, "True.", by=KIM, now=LATER)
    soon, late = LATER + timedelta(seconds=59), LATER + timedelta(seconds=61)
    assert [one.turn.undo_until for one in appeals_of(vault, AppealState.GRANTED, KIM, soon)] == [
        LATER + timedelta(minutes=1)
    ]
    for person, at in ((BOB, soon), (KIM, late)):
        with pytest.raises(UsageError, match="within a minute"):
            undo_answer(vault, granted, by=person, now=at)
    waits = undo_answer(vault, granted, by=KIM, now=soon)
    assert (waits.state, waits.answer, waits.answered_by) == (AppealState.OPEN, None, None)
    assert [one.verdict for one in vault.ads.decisions(RUNS)][:3] == [Verdict.REJECT, Verdict.APPROVE, Verdict.REJECT]
    assert [one.stands for one in appeals_of(vault, AppealState.OPEN, KIM, late) if one.appeal.id == appeal.id] == [
        True
    ]
    with pytest.raises(UsageError, match="appealed against before"):
        open_appeal(vault, office.vault.advertisers.all()[0], RUNS, "Once more.", by="anna", now=late)
    with pytest.raises(NotAllowedError, match="somebody else answers"):
        answer_appeal(vault, waits, AppealState.GRANTED, "True.", by=BOB, now=late)
    refused = answer_appeal(vault, waits, AppealState.REFUSED, "It does lie.", by=KIM, now=late)
    undo_answer(vault, refused, by=KIM, now=late)
    assert [one.event for one in vault.ledger.about(appeal.id)].count("appeal.undone") == 2


def test_taking_the_ads_decision_back_opens_the_appeal_that_it_answered(office: Office) -> None:
    appeal, vault = rejected_by_two(office), office.vault
    answer_appeal(vault, appeal, AppealState.GRANTED, "True.", by=KIM, now=LATER)
    assert undo(vault, ad(office, RUNS), by=KIM, now=LATER + timedelta(seconds=5)).verdict is Verdict.REJECT
    kept = vault.appeals.get(appeal.id)
    assert kept is not None
    assert kept.state is AppealState.OPEN
    assert vault.ads.decisions(RUNS)[0].verdict is Verdict.REJECT


def test_an_answer_is_not_taken_back_over_a_newer_decision(office: Office) -> None:
    appeal, vault = rejected_by_two(office), office.vault
    granted = answer_appeal(vault, appeal, AppealState.GRANTED, "True.", by=KIM, now=LATER)
    soon = LATER + timedelta(seconds=5)
    decide_ad(vault, ad(office, RUNS), Verdict.REVIEW, "Look again.", by=BOB, now=soon)
    with pytest.raises(UsageError, match="decided anew since"):
        undo_answer(vault, granted, by=KIM, now=soon)
    assert vault.ads.decisions(RUNS)[0].decided_by == "bob"
