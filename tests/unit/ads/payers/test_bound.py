"""Whose ad is it, and are its words bound to them?"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from watchbell.ads.payers.bound import PayerBook, Whose, changed, delivery, judged_anew
from watchbell.ads.payers.disclaimers import disclaimer
from watchbell.ads.review import Aids, review
from watchbell.ads.rules.rulebook import RuleBook
from watchbell.model.ads import Ad, AdDecision, Verdict
from watchbell.model.advertisers import DisclaimerVerdict, PayerDisclaimer
from watchbell.model.payers import AccountFace, AdAccount, Delivery

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
TEXT = "Paid for by Hallmark Cards PAC, www.hallmark.example. Not authorized by any candidate or candidate's committee."
BOUND = PayerDisclaimer(
    id="d1",
    advertiser_id="a1",
    payer="Hallmark Cards PAC",
    text=TEXT,
    adapted="Paid for by Hallmark Cards PAC",
    verdict=DisclaimerVerdict.APPROVED,
    reason="The name was verified.",
    made_at=NOW,
    decided_by="watchbell",
)
OTHER = BOUND.model_copy(
    update={"id": "d2", "advertiser_id": "a2", "payer": "Ohio Club", "text": "Paid for by Ohio Club.", "adapted": None}
)
HELD = OTHER.model_copy(update={"id": "d3", "text": "Paid for by Held.", "verdict": DisclaimerVerdict.HELD})
ACCOUNT = AdAccount(platform="facebook", account="77", advertiser_id="a1", bound_at=NOW, bound_by="ann")
BOOK = PayerBook([BOUND, OTHER, HELD], [ACCOUNT])
AD = Ad(
    id="x:1",
    source="x",
    platform="facebook, instagram",
    text="Vote for Ann Lee on 3 November",
    advertiser="Hallmark",
    account_id="77",
    disclaimer=TEXT,
    declared_political=True,
    started_at=NOW - timedelta(days=2),
)


def whose(book: PayerBook = BOOK, **fields: object) -> Whose:
    ad = AD.model_copy(update=fields)
    return book.whose(ad, disclaimer(ad, political=True))


def codes(found: Whose) -> list[str]:
    return [finding.code for finding in found.findings]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"disclaimer": "PAID FOR BY  Hallmark Cards PAC."},
        {"disclaimer": None, "payer": "hallmark cards pac"},
        {"disclaimer": None, "text": f"Vote for Ann Lee. {TEXT}"},
        {"account_id": None, "advertiser": None},
    ],
)
def test_bound_words_on_a_bound_account_are_theirs(fields: dict[str, Any]) -> None:
    found = whose(**fields)
    assert found.findings == ()
    assert found.paid is not None
    assert (found.paid.advertiser_id, found.paid.disclaimer_id) == ("a1", "d1")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"account_id": "78"}, "PAYER-ACCOUNT"),
        ({"account_id": None}, "PAYER-ACCOUNT"),
        ({"disclaimer": "Paid for by Ohio Club."}, "PAYER-ACCOUNT"),
        ({"disclaimer": "Paid for by Held."}, "PAYER-UNBOUND"),
        ({"disclaimer": "Paid for by Hallmark Cards PAC, www.forged.example."}, "PAYER-UNBOUND"),
        ({"account_id": "78", "disclaimer": "Paid for by HaIlmark Cards PAC"}, "PAYER-LOOKALIKE"),
    ],
)
def test_words_that_are_not_bound_to_the_account_are_held(fields: dict[str, Any], code: str) -> None:
    assert codes(whose(**fields)) == [code]


def test_an_ad_of_an_account_without_words_is_theirs_and_bears_none() -> None:
    paid = whose(disclaimer=None).paid
    assert paid is not None
    assert paid.disclaimer_id is None


def test_strangers_are_let_be_unless_all_must_be_bound() -> None:
    stranger: dict[str, Any] = {"account_id": "9", "disclaimer": "Paid for by Somebody Else"}
    assert whose(**stranger) == Whose()
    assert codes(whose(PayerBook([BOUND], [], all_bound=True), **stranger)) == ["PAYER-UNBOUND"]


def reviewed(book: PayerBook, **fields: object) -> AdDecision:
    return review(AD.model_copy(update=fields), RuleBook.bundled(), now=NOW, aids=Aids(payers=book))


def test_the_review_holds_what_is_not_bound_and_lets_go_when_it_is() -> None:
    held = reviewed(PayerBook([BOUND], []))
    assert (held.verdict, [one.code for one in held.policies]) == (Verdict.REVIEW, ["PAYER-ACCOUNT"])
    assert judged_anew(held, ()).verdict is Verdict.APPROVE
    assert judged_anew(held, held.policies) is held
    assert reviewed(BOOK).verdict is Verdict.APPROVE
    undisclosed = reviewed(BOOK, disclaimer=None)
    assert judged_anew(undisclosed, ()) is undisclosed


def test_whether_an_ad_runs_follows_from_the_decision_and_the_standing() -> None:
    fine, held = reviewed(BOOK), reviewed(PayerBook([BOUND], []))
    assert delivery(AD, fine, NOW) is Delivery.RUNS
    assert delivery(AD, fine, NOW, may_run=False) is Delivery.PAUSED
    assert delivery(AD, held, NOW, may_run=False) is Delivery.HELD
    assert delivery(AD, held.model_copy(update={"verdict": Verdict.REJECT}), NOW) is Delivery.STOPPED
    assert delivery(AD, None, NOW) is Delivery.RUNS
    assert delivery(AD.model_copy(update={"ended_at": NOW}), fine, NOW, may_run=False) is Delivery.ENDED


def test_an_ad_that_ran_without_a_disclaimer_is_stopped_until_a_person_says_otherwise() -> None:
    bare = AD.model_copy(update={"disclaimer": None})
    decision = reviewed(BOOK, disclaimer=None)
    assert delivery(bare, decision, NOW) is Delivery.UNDISCLOSED
    assert delivery(bare.model_copy(update={"started_at": None}), decision, NOW) is Delivery.HELD
    assert delivery(bare, decision.model_copy(update={"verdict": Verdict.APPROVE}), NOW) is Delivery.RUNS


def test_a_change_of_name_or_countries_is_seen_and_an_unknown_country_is_none() -> None:
    face = AccountFace(platform="facebook", account="77", name="Hallmark", countries=("US",), first_at=NOW)
    assert changed(face, face.model_copy(update={"name": "HALLMARK ", "countries": ()})) == {}
    other = face.model_copy(update={"name": "Patriots", "countries": ("MK", "US")})
    assert changed(face, other) == {
        "name": ("Hallmark", "Patriots"),
        "countries of administrators": ("US", "MK, US"),
    }
