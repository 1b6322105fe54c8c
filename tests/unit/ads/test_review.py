"""The decision as a whole: what rejects, what holds, what passes, and that it can be replayed."""

from datetime import UTC, datetime, timedelta

from watchbell.ads.elections.calendar import Calendar
from watchbell.ads.review import _TOGETHER, review, review_each
from watchbell.ads.rules.rulebook import RuleBook
from watchbell.model.ads import Ad, AdDecision, Verdict

RULES = RuleBook.bundled()
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def decided(**fields: object) -> AdDecision:
    ad = Ad.model_validate({"id": "a:1", "source": "a", "platform": "p"} | fields)
    return review(ad, RULES, now=NOW)


def codes(decision: AdDecision) -> list[str]:
    return [finding.code for finding in decision.policies]


def test_an_ordinary_ad_is_approved() -> None:
    decision = decided(text="20% off all shoes")
    assert (decision.verdict, decision.political, codes(decision)) == (Verdict.APPROVE, False, [])


def test_a_political_ad_that_says_who_paid_is_approved() -> None:
    decision = decided(text="Vote for Ann Lee on Tuesday. Paid for by Friends of Ann Lee")
    assert (decision.verdict, decision.political) == (Verdict.APPROVE, True)


def test_a_political_ad_that_does_not_is_held() -> None:
    decision = decided(text="Vote for Ann Lee on Tuesday")
    assert (decision.verdict, codes(decision)) == (Verdict.REVIEW, ["DISC-MISSING"])


def test_interference_is_rejected_whoever_paid() -> None:
    decision = decided(text="Skip the line: vote by text message!", payer="Lee Campaign")
    assert (decision.verdict, codes(decision)) == (Verdict.REJECT, ["VI-METHOD"])


def test_a_rule_broken_in_the_disclaimer_counts_too() -> None:
    assert decided(text="Shoes", disclaimer="Don't vote on Tuesday").verdict is Verdict.REJECT


def test_padding_buys_no_approval() -> None:
    decision = decided(text="shoes " * 5000 + "Don't vote on Tuesday")
    assert (decision.verdict, codes(decision)) == (Verdict.REVIEW, ["TEXT-TOO-LONG"])


def test_a_decision_can_be_replayed() -> None:
    ad = Ad(id="a:1", source="a", platform="p", text="The election is rigged. Vote by phone!")
    first, later = review(ad, RULES, now=NOW), review(ad, RULES, now=NOW + timedelta(days=9))
    assert first == later.model_copy(update={"decided_at": NOW})
    assert first.rules_version == f"{RULES.version}+{Calendar.bundled().version}"


def test_words_in_a_picture_are_reviewed() -> None:
    shown = [{"name": "a.png", "words": "DO NOT VOTE\nON TUESDAY"}]
    decision = decided(text="A message for you", media=["a.png"], pictures=shown)
    assert decision.verdict is Verdict.REJECT
    assert "AD-DONTVOTE" in codes(decision)


def test_a_picture_that_could_not_be_read_holds_the_ad() -> None:
    decision = decided(text="Shoes", media=["a.png"], pictures=[{"name": "a.png", "problem": "it is no picture"}])
    assert (decision.verdict, codes(decision)) == (Verdict.REVIEW, ["IMAGE-UNREAD"])
    assert "it is no picture" in decision.policies[0].reason


def test_many_ads_are_decided_as_each_alone() -> None:
    words = [example for rule in RULES.rules for example in (*rule.hits, *rule.misses)] * 3
    ads = [Ad(id=f"a:{number}", source="a", platform="p", text=text, country="US") for number, text in enumerate(words)]
    assert list(review_each(ads, RULES, now=NOW)) == [review(ad, RULES, now=NOW) for ad in ads]
    assert len(ads) > _TOGETHER
