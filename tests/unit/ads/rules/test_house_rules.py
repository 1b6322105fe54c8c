"""An operator's own rules: what they see, what follows, and what they cannot do."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbell.ads.review import Aids, review
from watchbell.ads.rules.house_rules import HouseRule, HouseRules, Seen
from watchbell.ads.rules.rulebook import RuleBook
from watchbell.errors import InputError
from watchbell.model.ads import Ad, AdDecision, Money, Targeting, Verdict

NOW = datetime(2026, 1, 1, tzinfo=UTC)
AD = Ad(
    id="a:1",
    source="a",
    platform="p",
    text="Vote for Ann Lee",
    payer="Friends of Lee",
    spend=Money(currency="USD", lower=Decimal(20_000), upper=None),
    targeting=(Targeting(dimension="age", value="13-17"),),
)


def rules(when: str, verdict: Verdict = Verdict.REVIEW) -> HouseRules:
    rule = HouseRule(code="HOUSE-TEST", title="A test", reason="We said so.", verdict=verdict, when=when)
    return HouseRules([rule], "rules.yaml")


def decided(when: str, verdict: Verdict = Verdict.REVIEW, ad: Ad = AD) -> AdDecision:
    return review(ad, RuleBook.bundled(), now=NOW, aids=Aids(house=rules(when, verdict)))


@pytest.mark.parametrize(
    "when",
    [
        "ad.spend_lower > 10000.0",
        'ad.targeting.exists(t, t.dimension == "age" && t.value == "13-17" && !t.excluded)',
        'ad.text_lower.contains("ann lee") && political',
        "probability > 0.5 && codes.size() == 0",
        'ad.disclaimer == "" && ad.payer_disclosed',
    ],
)
def test_a_rule_sees_the_ad_and_what_was_found(when: str) -> None:
    decision = decided(when, Verdict.REJECT)
    assert decision.verdict is Verdict.REJECT
    assert [(one.code, one.reason) for one in decision.policies] == [("HOUSE-TEST", "We said so.")]


def test_a_rule_that_is_not_touched_changes_nothing_but_the_version() -> None:
    plain, ruled = review(AD, RuleBook.bundled(), now=NOW), decided("ad.spend_lower > 1000000.0")
    assert ruled.verdict is plain.verdict is Verdict.APPROVE
    assert ruled.rules_version.startswith(plain.rules_version)
    assert ruled.rules_version != plain.rules_version


@pytest.mark.parametrize(
    "when",
    ['ad.targeting[7].value == "x"', "1000 / (ad.impressions_lower - ad.impressions_lower) > 5", "ad.text_lower"],
)
def test_what_cannot_be_told_holds_the_ad_and_says_so(when: str) -> None:
    decision = decided(when, Verdict.REJECT)
    assert decision.verdict is Verdict.REVIEW
    assert "could not be asked of this ad" in decision.policies[0].reason


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("ad.spend >", "cannot be read"),
        ("advert.payer == ''", "there is no advert; there are ad, codes, political, probability"),
        ("codes.all(a, codes.all(b, codes.all(c, a == c)))", "at most 2 of"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_when_it_is_read(when: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        rules(when)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rules: {", "cannot be read"),
        ("[]", "has no list `rules`"),
        ("rules: [{code: x}]", "rule 1, code"),
        ("rules: [{code: HOUSE-AB, title: abc, reason: abc, verdict: approve, when: 'true'}]", "rule 1, verdict"),
    ],
)
def test_a_broken_file_names_rule_and_field(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text(text)
    with pytest.raises(InputError, match=said):
        HouseRules.read(file)


@given(st.text(max_size=200), st.lists(st.text(max_size=20), max_size=5))
def test_any_ad_can_be_asked_about(text: str, links: list[str]) -> None:
    ad = AD.model_copy(update={"text": text or None, "links": tuple(links)})
    when = 'ad.text.contains("a") || ad.links.exists(l, l.startsWith("http"))'
    judged = rules(when).judge(ad, Seen(political=True, probability=None, codes=()))
    assert bool(judged) == ("a" in text or any(link.startswith("http") for link in links))
