"""Is an ad political? A count of words that anyone can follow, from a lexicon that names its sources."""

import re
from collections.abc import Iterator
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

import yaml

from watchbell.ads.normalise import READ_AT_MOST, Normalised, normalise
from watchbell.model.ads import Ad

_WORDS_SHOWN = 4


class Answer(NamedTuple):
    """Political or not, and why, in a sentence that quotes the ad."""

    political: bool
    reason: str


class Word(NamedTuple):
    """A word of the ad that the lexicon holds."""

    plain: str
    quote: str
    topic: str
    weight: int


class Lexicon:
    """Weighted words of each topic, and the points that make an ad political."""

    def __init__(self, text: str) -> None:
        """Read the lexicon's YAML text."""
        written = yaml.safe_load(text)
        self.version: str = written["version"]
        self.threshold: int = written["threshold"]
        self.entries = tuple(_entries(written["topics"]))

    @classmethod
    @lru_cache(maxsize=1)
    def bundled(cls) -> "Lexicon":
        """Return the lexicon that comes with Watchbell."""
        return cls(lexicon_text())

    def words_in(self, plain: Normalised) -> list[Word]:
        """Return the lexicon's words in a text, each once, heaviest first; a longer expression hides its parts."""
        found: dict[str, Word] = {}
        taken: list[tuple[int, int]] = []
        for topic, weight, expression in self.entries:
            for match in expression.finditer(plain.text):
                start, end = match.span()
                if any(start < until and since < end for since, until in taken):
                    continue
                taken.append((start, end))
                word = Word(match.group(), plain.quote(start, end), topic, weight)
                found.setdefault(word.plain, word)
        return list(found.values())


def lexicon_text() -> str:
    """Return the bundled lexicon as written; the rules' version covers it."""
    return (resources.files("watchbell.ads") / "lexicon" / "political.yaml").read_text("utf-8")


def _entries(topics: dict[str, dict[str, dict[int, str]]]) -> Iterator[tuple[str, int, re.Pattern[str]]]:
    """Yield one compiled expression for each weight and topic, heaviest first."""
    for weight in (3, 2, 1):
        for topic, languages in topics.items():
            written = "|".join(words[weight] for words in languages.values() if weight in words)
            if written:
                yield topic, weight, re.compile(rf"\b(?:{written})\b")


def political(ad: Ad) -> Answer:
    """Return whether an ad is political: declared so, or by three points of the lexicon's words."""
    if ad.declared_political:
        return Answer(political=True, reason="The advertiser or the library declared it political.")
    words = " ".join(filter(None, (ad.text, ad.disclaimer, ad.advertiser, ad.payer)))
    return political_text(words[:READ_AT_MOST], Lexicon.bundled())


def political_text(text: str, lexicon: Lexicon) -> Answer:
    """Return whether a text is political by the points of its words."""
    words = lexicon.words_in(normalise(text))
    points = sum(word.weight for word in words)
    if not words:
        return Answer(political=False, reason="It has no word of elections, candidates, parties, offices or issues.")
    shown = ", ".join(f"“{word.quote}” ({word.topic})" for word in words[:_WORDS_SHOWN])
    more = f" and {len(words) - _WORDS_SHOWN} more" if len(words) > _WORDS_SHOWN else ""
    if points >= lexicon.threshold:
        return Answer(political=True, reason=f"Its words make it political: {shown}{more}.")
    return Answer(
        political=False, reason=f"Too little for a political ad ({points} of {lexicon.threshold} points): {shown}."
    )
