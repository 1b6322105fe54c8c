"""Lexicons: the notation, the walk over the words, and what languages a text may be in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbell.ads.concepts import Concepts, Lexicon

LANGUAGES = ("de", "en", "es", "fr")
SMALL = Concepts(
    [
        Lexicon(
            language="en",
            common="the a to is",
            concepts={
                "polls": "polls, polling place/places",
                "closed": "is? closed/shut, no longer open",
                "time": "{hour}",
            },
        ),
        Lexicon(language="de", common="der die das ist", concepts={"polls": "wahllokal*"}),
    ]
)


def said(text: str, language: str = "en") -> dict[str, str]:
    """Return what is spotted, by concept, in the text's own words."""
    reading = SMALL.read(text)
    return {
        name: text[reading.spans[one.first][0] : reading.spans[one.last][1]]
        for one in reading.spotted
        for name in SMALL.names()
        if one.concepts & SMALL.mask([name], language)
    }


def test_either_word_a_missing_word_and_a_phrase_are_found() -> None:
    assert said("the polling places, closed") == {"polls": "polling places", "closed": "closed"}
    assert said("the polls: no longer open") == {"polls": "polls", "closed": "no longer open"}
    assert said("polling is fun") == {}


def test_an_ending_and_a_shape_are_found() -> None:
    assert said("im wahllokale", "de") == {"polls": "wahllokale"}
    assert said("at 7pm") == {"time": "7pm"}


def test_no_expression_reaches_over_the_end_of_a_sentence() -> None:
    assert said("they said no. longer open") == {}


def test_sentences_are_numbered() -> None:
    assert [one.sentence for one in SMALL.read("the polls. shut! polls").spotted] == [0, 1, 2]


def test_a_language_is_told_by_its_common_words() -> None:
    assert SMALL.languages_of(SMALL.read("die polls")) == ("de",)
    assert SMALL.languages_of(SMALL.read("the polls")) == ("en",)
    assert SMALL.languages_of(SMALL.read("polls")) == ("en", "de")


def test_what_a_telling_word_stands_for_is_in_no_text_without_it() -> None:
    assert SMALL.telling_words(["closed"]) == {"closed", "shut", "longer"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_speaks_of_voting(language: str) -> None:
    concepts = Concepts.bundled()
    assert all(concepts.mask([name], language) for name in ("vote", "ballot", "election", "polls", "police", "not"))


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    reading = Concepts.bundled().read(text)
    assert all(0 <= one.first <= one.last < len(reading.spans) for one in reading.spotted)
