"""The sieve lets through every expression that matches, in any script, and passes most others over."""

import pickle
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbell.ads.expressions import Sieve, WordSearch, ascii_of
from watchbell.ads.normalise import normalise
from watchbell.ads.rules.rulebook import RuleBook

RULES = RuleBook.bundled()
EXPRESSIONS = [
    r"\b(?:bad|cab(?:bage)?) ?(?:face|deed)?d+",
    r"(?<=a )b(?! c)|^c$",
    r"\ba\b[^.!?;•]{0,5}?\bb\b",
    r"(?s:.{2,4}?)d\b",
    r"[^a-z0-9.]+(?:\w+ ){0,8}?\d",
    r"(?:\s|^)\W*c",
    r"é[^•é]|[é١]a",
    r"a[^_ ~]b",
]
WORDS = [example for rule in RULES.rules for example in (*rule.hits, *rule.misses)]


@given(st.text(alphabet="abcdef .•é١\u2028🗳0_", max_size=30))  # an Arabic digit
def test_what_matches_passes(text: str) -> None:
    matching = {number for number, one in enumerate(EXPRESSIONS) if re.search(one, text)}
    assert matching <= set(Sieve(EXPRESSIONS).passing(ascii_of(text)))


def test_another_process_has_the_same_sieve() -> None:
    sieve, text = Sieve(EXPRESSIONS), b"a b. bad"
    assert pickle.loads(pickle.dumps(sieve)).passing(text) == sieve.passing(text) != []


@pytest.mark.parametrize("text", WORDS)
def test_no_rule_is_passed_over_that_would_match(text: str) -> None:
    plain = normalise(text)
    matching = {id(pattern) for pattern in RULES.patterns if pattern.text.search(plain.text)}
    passing = {id(pattern) for patterns in RULES.patterns_for([plain])[0].values() for pattern in patterns}
    assert matching <= passing


def test_most_rules_are_passed_over() -> None:
    passing = sum(len(patterns) for found in RULES.patterns_for(map(normalise, WORDS)) for patterns in found.values())
    assert passing < 5 * len(WORDS)


@given(st.text(alphabet="vote eleción🗳.", max_size=30))
def test_words_are_found_where_they_stand(text: str) -> None:
    expression = r"\b(?:vot\w*|elec\w{1,3})\b"
    expected = [match.span() for match in re.finditer(expression, text)]
    assert list(WordSearch(expression).spans(ascii_of(text))) == expected


def test_a_lookaround_is_refused_where_there_is_no_second_look() -> None:
    with pytest.raises(ValueError, match="ASSERT"):
        WordSearch("vote(?! early)")
