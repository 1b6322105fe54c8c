"""Appeals against decisions on ads, on every database."""

from datetime import UTC, datetime, timedelta

import pytest

from watchbell.errors import UsageError
from watchbell.model.ads import Ad, AdDecision, DisclaimerFinding, DisclaimerState, Removal, RemovalReason, Verdict
from watchbell.model.appeals import Appeal, AppealState
from watchbell.vault.ledger import Entry
from watchbell.vault.vault import Vault

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
APPEAL = Appeal(
    id="appeal--1",
    ad_id="a:1",
    advertiser_id="advertiser--1",
    verdict=Verdict.REJECT,
    decided_at=NOW,
    decided_by="rev",
    reasons="The date is that of the runoff.",
    opened_at=NOW,
)
OPENED = Entry("advertiser--1", "appeal.opened", APPEAL.id, {}, NOW)
ANSWERED = Entry("kim", "appeal.answered", APPEAL.id, {}, NOW)
NOT_TO_BE_WRITTEN = ANSWERED._replace(details={"when": NOW})
AD = Ad(id="a:1", source="a", platform="p", text="Vote")
REJECTED = AdDecision(
    ad_id=AD.id,
    content_digest=AD.content_digest,
    verdict=Verdict.REJECT,
    political=True,
    political_reason="-",
    disclaimer=DisclaimerFinding(state=DisclaimerState.MISSING, reason="-"),
    rules_version="1",
    decided_at=NOW,
)
GRANTED = REJECTED.model_copy(update={"verdict": Verdict.APPROVE, "decided_by": "kim", "decided_at": NOW + HOUR})


def test_a_decision_is_appealed_against_once_and_answered_once(vault: Vault) -> None:
    vault.ads.add([Ad(id="a:1", source="a", platform="p")])
    assert vault.appeals.open(APPEAL, OPENED)
    assert not vault.appeals.open(APPEAL.model_copy(update={"reasons": "Other ones."}), OPENED)
    assert vault.appeals.about("a:1") == vault.appeals.all(AppealState.OPEN) == [APPEAL]
    answered = APPEAL.model_copy(update={"state": AppealState.REFUSED, "answer": "It is not."})
    vault.appeals.answer(answered, ANSWERED)
    with pytest.raises(UsageError, match="has been answered"):
        vault.appeals.answer(answered, ANSWERED)
    assert vault.appeals.get(APPEAL.id) == answered
    assert vault.appeals.all(AppealState.OPEN) == []
    undone = ANSWERED._replace(event="appeal.undone")
    vault.appeals.reopen(APPEAL, undone)
    with pytest.raises(UsageError, match="waits already"):
        vault.appeals.reopen(APPEAL, undone)
    assert vault.appeals.all(AppealState.OPEN) == [APPEAL]
    assert [entry.event for entry in vault.ledger.about(APPEAL.id)] == [
        "appeal.undone",
        "appeal.answered",
        "appeal.opened",
    ]


def test_a_decision_an_answer_and_the_entry_are_kept_together_or_not_at_all(vault: Vault) -> None:
    vault.ads.add([AD])
    vault.ads.decide([REJECTED])
    vault.appeals.open(APPEAL, OPENED)
    answered = APPEAL.model_copy(update={"state": AppealState.GRANTED, "answer": "True."})
    with pytest.raises(TypeError):
        vault.ads.sign(GRANTED, NOT_TO_BE_WRITTEN)
    with pytest.raises(TypeError):
        vault.appeals.answer(answered, NOT_TO_BE_WRITTEN, GRANTED)
    assert (vault.ads.decisions(AD.id), vault.appeals.all(AppealState.OPEN)) == ([REJECTED], [APPEAL])
    vault.appeals.answer(APPEAL.model_copy(update={"state": AppealState.REFUSED}), ANSWERED)
    with pytest.raises(UsageError, match="has been answered"):
        vault.appeals.answer(answered, ANSWERED, GRANTED)
    assert vault.ads.decisions(AD.id) == [REJECTED]
    with pytest.raises(TypeError):
        vault.appeals.reopen(APPEAL, NOT_TO_BE_WRITTEN, GRANTED)
    assert (vault.ads.decisions(AD.id), vault.appeals.all(AppealState.OPEN)) == ([REJECTED], [])
    assert vault.ledger.verify()
    vault.appeals.reopen(APPEAL, ANSWERED)
    vault.appeals.answer(answered, ANSWERED, GRANTED)
    assert vault.ads.decision(AD.id) == GRANTED


def test_nothing_is_signed_about_an_ad_that_shows_something_else_by_now(vault: Vault) -> None:
    vault.ads.add([AD])
    vault.ads.add([AD.model_copy(update={"text": "Do not vote"})])
    with pytest.raises(UsageError, match="was changed meanwhile"):
        vault.ads.sign(GRANTED, ANSWERED)
    with pytest.raises(UsageError, match="There is no ad"):
        vault.ads.sign(GRANTED.model_copy(update={"ad_id": "a:none"}), ANSWERED)
    vault.ads.add([AD])
    vault.ads.remove(AD.id, Removal(reason=RemovalReason.MISTAKE, by="A house", at=NOW), ANSWERED)
    with pytest.raises(UsageError, match="taken out"):
        vault.ads.sign(GRANTED, ANSWERED)
    assert vault.ads.decisions(AD.id) == []
