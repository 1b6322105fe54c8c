"""Ads and the decisions about them, on both databases."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from watchbell.errors import UsageError
from watchbell.model.ad_changes import Change
from watchbell.model.ads import (
    Ad,
    AdDecision,
    Count,
    DisclaimerFinding,
    DisclaimerState,
    Money,
    PolicyFinding,
    Removal,
    RemovalReason,
    Restoration,
    Targeting,
    Verdict,
)
from watchbell.vault.added import Added
from watchbell.vault.ads import AdQuery, BroughtIn
from watchbell.vault.ledger import Entry
from watchbell.vault.vault import Vault

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)


def ad(number: int, **changes: object) -> Ad:
    return Ad.model_validate({"id": f"jsonl:{number:05}", "source": "jsonl", "platform": "facebook"} | changes)


def decision(about: Ad, verdict: Verdict = Verdict.APPROVE, **changes: object) -> AdDecision:
    facts: dict[str, object] = {
        "ad_id": about.id,
        "content_digest": about.content_digest,
        "verdict": verdict,
        "political": True,
        "political_reason": "It names a candidate.",
        "disclaimer": DisclaimerFinding(state=DisclaimerState.MISSING, reason="None was given."),
        "rules_version": "1",
        "decided_at": NOON,
    }
    return AdDecision.model_validate(facts | changes)


def test_an_ad_comes_back_as_it_went_in(vault: Vault) -> None:
    full = ad(
        1,
        text="Vote \x00 on the 9th\nof November",
        advertiser="Blacktivist",
        payer="Жизнь",
        payer_address="1 Main St",
        registration_id="C00000001",
        disclaimer="Paid for by …",
        declared_political=True,
        spend=Money(currency="RUB", lower=Decimal("0.10"), upper=None),
        impressions=Count(lower=1000, upper=4999),
        clicks=2**40,
        started_at=NOON,
        ended_at=NOON + timedelta(microseconds=1),
        targeting=(Targeting(dimension="region", value="Maryland", excluded=True),),
        links=("https://example.org/",),
        media=("a.png",),
        language="en",
        country="US",
        synthetic=True,
        removed=Removal(reason=RemovalReason.MISTAKE, note="A test", by="A house", at=NOON),
    )
    assert vault.ads.add([full]) == Added(1, 0)
    assert vault.ads.get(full.id) == full
    assert list(vault.ads.all()) == [full]
    assert vault.ads.get("jsonl:none") is None


def test_adding_again_changes_nothing(vault: Vault) -> None:
    items = [ad(number, text="Vote") for number in range(20)]
    assert vault.ads.add(items) == Added(20, 0)
    assert vault.ads.add(items) == Added(0, 20)
    assert list(vault.ads.all()) == items
    assert vault.ads.count() == 20


def test_what_the_library_says_later_of_an_ad_counts_and_its_decision_stays(vault: Vault) -> None:
    vault.ads.add([ad(1, clicks=5)])
    vault.ads.decide([decision(ad(1))])
    assert vault.ads.add([ad(1, clicks=7)]) == Added(0, 1)
    assert vault.ads.get(ad(1).id) == ad(1, clicks=7)
    assert vault.ads.decision(ad(1).id) == decision(ad(1))


def test_the_latest_decision_counts_and_the_earlier_ones_are_kept(vault: Vault) -> None:
    vault.ads.add([ad(1), ad(2)])
    first = decision(ad(1), Verdict.REJECT, policies=(PolicyFinding(code="VI-METHOD", quote="by text", reason="No."),))
    overturned = decision(ad(1), decided_at=NOON + timedelta(hours=1), decided_by="ana")
    older = decision(ad(1), Verdict.REVIEW, decided_at=NOON - timedelta(hours=1))
    assert vault.ads.decision(ad(1).id) is None
    assert vault.ads.decide([first]) == 1
    assert vault.ads.decide([overturned, older]) == 2
    assert vault.ads.decision(ad(1).id) == overturned
    assert vault.ads.decisions(ad(1).id) == [overturned, first, older]
    assert vault.ads.decisions(ad(2).id) == []


def test_of_two_decisions_at_one_time_the_last_told_counts(vault: Vault) -> None:
    vault.ads.add([ad(1)])
    vault.ads.decide([decision(ad(1), Verdict.REJECT), decision(ad(1), Verdict.REVIEW)])
    assert vault.ads.decision(ad(1).id) == decision(ad(1), Verdict.REVIEW)


def test_a_decision_told_twice_is_one(vault: Vault) -> None:
    vault.ads.add([ad(1)])
    assert vault.ads.decide([decision(ad(1)), decision(ad(1))]) == 1
    assert vault.ads.decide([decision(ad(1))]) == 0
    assert vault.ads.decisions(ad(1).id) == [decision(ad(1))]


def test_a_decision_about_an_ad_that_is_not_there_is_refused(vault: Vault) -> None:
    vault.ads.add([ad(1)])
    with pytest.raises(UsageError, match="no ad jsonl:00002"):
        vault.ads.decide([decision(ad(1)), decision(ad(2))])
    assert vault.ads.decisions(ad(1).id) == []


def test_verdicts_count_each_ad_once_by_its_latest_decision(vault: Vault) -> None:
    items = [ad(number) for number in range(6)]
    vault.ads.add(items)
    assert vault.ads.verdicts() == {Verdict.APPROVE: 0, Verdict.REVIEW: 0, Verdict.REJECT: 0}
    vault.ads.decide(decision(item, Verdict.REVIEW) for item in items[:5])
    vault.ads.decide([decision(items[0], Verdict.REJECT, decided_at=NOON + timedelta(days=1))])
    assert vault.ads.verdicts() == {Verdict.APPROVE: 0, Verdict.REVIEW: 4, Verdict.REJECT: 1}


def test_twenty_thousand_go_in_with_their_decisions(vault: Vault) -> None:
    items = [ad(number, text="Vote early, vote safely. " * 10) for number in range(20_000)]
    assert vault.ads.add(items) == Added(20_000, 0)
    assert vault.ads.decide(map(decision, items)) == 20_000
    assert vault.ads.verdicts()[Verdict.APPROVE] == 20_000


def in_view_of(_: AdDecision | None, review: AdDecision, __: Change | None) -> AdDecision:
    return review


def test_a_batch_whose_decisions_cannot_be_kept_leaves_nothing(vault: Vault) -> None:
    by_ana = decision(ad(1), decided_by="ana")
    vault.ads.add([ad(1)])
    vault.ads.decide([by_ana])
    wrong = ad(1, text="The election was moved to Wednesday.")
    with pytest.raises(UsageError, match="no ad jsonl:00003"):
        vault.ads.bring_in([wrong, ad(2)], [decision(wrong), decision(ad(3))], in_view_of)
    assert vault.ads.get(ad(1).id) == ad(1)
    assert vault.ads.decisions(ad(1).id) == [by_ana]
    assert vault.ads.decision(ad(1).id) == by_ana
    assert len(vault.ads.history.versions(ad(1).id)) == 1
    assert vault.ads.get(ad(2).id) is None


def test_no_decision_counts_of_an_ad_that_shows_something_else(vault: Vault) -> None:
    vault.ads.add([ad(1, text="Vote")])
    vault.ads.decide([decision(ad(1, text="Vote"), decided_by="ana")])
    vault.ads.add([ad(1, text="Do not vote")])
    assert vault.ads.decision(ad(1).id) is None
    assert vault.ads.undecided() == 1
    assert vault.ads.verdicts()[Verdict.APPROVE] == 0
    assert [told for _, told in vault.ads.search(AdQuery()).ads] == [None]
    assert [told for page in vault.ads.records() for _, told in page] == [None]
    assert len(vault.ads.decisions(ad(1).id)) == 1


def test_a_decision_outlives_a_removal_only_if_it_counted(vault: Vault) -> None:
    vault.ads.add([ad(1, text="Vote"), ad(2)])
    vault.ads.decide([decision(ad(1, text="Vote")), decision(ad(2))])
    vault.ads.add([ad(1, text="Do not vote")])
    for number in (1, 2):
        removal = Removal(reason=RemovalReason.PERSONAL_DATA, by="House", at=NOON)
        vault.ads.remove(ad(number).id, removal, Entry("ana", "ad.removed", ad(number).id, {}, NOON))
        back = Restoration(reason="In error", by="House", at=NOON)
        vault.ads.restore(ad(number).id, back, Entry("ana", "ad.restored", ad(number).id, {}, NOON))
    assert vault.ads.decision(ad(1).id) is None
    assert vault.ads.decision(ad(2).id) == decision(ad(2))


def test_ads_come_in_with_what_holds_of_them(vault: Vault) -> None:
    asked = []

    def kept(last: AdDecision | None, review: AdDecision, change: Change | None) -> AdDecision:
        asked.append((last, change))
        return last or review

    first, other = ad(1, text="Vote"), ad(1, text="Do not vote")
    assert vault.ads.bring_in([first, ad(2)], [decision(first)], kept) == BroughtIn(2, 1, [decision(first)])
    assert vault.ads.bring_in([first], [decision(first)], kept) == BroughtIn(0, 0, [decision(first)])
    vault.ads.bring_in([other], [decision(other)], kept)
    vault.ads.bring_in([other], [decision(other)], kept)
    assert asked[1:] == [(decision(first), None), (decision(first), Change.CONTENT), (decision(first), Change.CONTENT)]
    assert vault.ads.decision(ad(1).id) is None
