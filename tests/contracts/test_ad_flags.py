"""Flags on ads are kept, stand in the order in which they are owed, and are answered once."""

from datetime import UTC, datetime, timedelta

import pytest

from watchbell.errors import UsageError
from watchbell.model.ads import Ad
from watchbell.model.flags import AdFlag, FlagReason, FlagState
from watchbell.vault.ledger import Entry
from watchbell.vault.vault import Vault

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def flag(number: int, due_days: int = 7) -> AdFlag:
    return AdFlag(
        id=f"flag-{number:02}",
        ad_id="jsonl:1",
        reason=FlagReason.WRONG_PAYER,
        words="It was not them.",
        email="ann@example.org",
        made_at=NOW,
        due_at=NOW + timedelta(days=due_days),
        due_by="the house",
    )


def entry(event: str) -> Entry:
    return Entry("public", event, "jsonl:1", {}, NOW)


@pytest.fixture
def flagged(vault: Vault) -> Vault:
    vault.ads.add([Ad(id="jsonl:1", source="jsonl", platform="facebook")])
    for number in range(6):
        vault.ad_flags.add(flag(number, due_days=6 - number // 2), entry("ad.flagged"))
    return vault


def test_those_owed_first_stand_first_and_pages_have_no_gap(flagged: Vault) -> None:
    seen: list[str] = []
    page = flagged.ad_flags.waiting(limit=2)
    while page:
        seen += [one.id for one in page]
        page = flagged.ad_flags.waiting(page[-1], 2)
    assert seen == [f"flag-{number:02}" for number in (4, 5, 2, 3, 0, 1)]


def test_a_flag_is_answered_once(flagged: Vault) -> None:
    answered = flag(4).model_copy(
        update={"state": FlagState.UPHELD, "answer": "So it is.", "answered_at": NOW, "answered_by": "rev"}
    )
    flagged.ad_flags.answer(answered, entry("flag.answered"))
    with pytest.raises(UsageError, match="already"):
        flagged.ad_flags.answer(answered, entry("flag.answered"))
    assert flagged.ad_flags.get("flag-04") == answered
    assert flagged.ad_flags.of_ad("jsonl:1") == {FlagState.OPEN: 5, FlagState.UPHELD: 1}
    assert flagged.ad_flags.count(NOW + timedelta(days=5, hours=1)) == (5, 3, 1)


def test_each_step_is_in_the_ledger(flagged: Vault) -> None:
    assert [one.event for one in flagged.ledger.about("jsonl:1")] == ["ad.flagged"] * 6
