"""Appeals against decisions on ads, on every database."""

from datetime import UTC, datetime

import pytest

from watchbell.errors import UsageError
from watchbell.model.ads import Ad, Verdict
from watchbell.model.appeals import Appeal, AppealState
from watchbell.vault.ledger import Entry
from watchbell.vault.vault import Vault

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
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
