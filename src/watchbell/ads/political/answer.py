"""Is an ad political? A trained model over its words and the points of a lexicon, and the words that say so."""

from collections.abc import Iterator
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

import yaml

from watchbell.ads.expressions import WordSearch
from watchbell.ads.normalise import READ_AT_MOST, Normalised, normalise
from watchbell.ads.political.classifier import BITS, Classifier
from watchbell.engine.terms import terms_of
from watchbell.model.ads import Ad

_WORDS_SHOWN = 4
_WORDS_KEPT = 10_000
_EVEN_ODDS = 0.5


class Answer(NamedTuple):
    """Political or not, how likely, and why, in a sentence that quotes the ad."""

    political: bool
    reason: str
    probability: float | None = None
    """None where nothing was judged: somebody declared it."""
    unsure: bool = False
    """The model abstains: a person must look."""


class Word(NamedTuple):
    """A word of the ad that the lexicon holds."""

    text: Normalised
    span: tuple[int, int]
    topic: str
    weight: int

    @property
    def quote(self) -> str:
        """The word as the ad writes it."""
        return self.text.quote(*self.span)


class Lexicon:
    """Weighted words of each topic."""

    def __init__(self, text: str) -> None:
        """Read the lexicon's YAML text."""
        written = yaml.safe_load(text)
        self.version: str = written["version"]
        entries = tuple(_entries(written["topics"]))
        self.entries = tuple((topic, weight, WordSearch(expression)) for topic, weight, expression in entries)
        self._any = WordSearch("|".join(expression for _, _, expression in entries))
        self._seen: dict[bytes, tuple[str, int]] = {}

    @classmethod
    @lru_cache(maxsize=1)
    def bundled(cls) -> "Lexicon":
        """Return the lexicon that comes with Watchbell."""
        return cls(lexicon_text())

    def words_in(self, plain: Normalised) -> list[Word]:
        """Return the lexicon's words in a text, each once, heaviest first."""
        found: dict[str, Word] = {}
        for start, end in self._any.spans(plain.letters):
            known = self._known(plain.letters[start:end])
            found.setdefault(plain.text[start:end], Word(plain, (start, end), *known))
        return sorted(found.values(), key=lambda word: -word.weight)

    def _known(self, letters: bytes) -> tuple[str, int]:
        """Return topic and weight of an expression's words, the heaviest there is."""
        if letters not in self._seen:
            if len(self._seen) > _WORDS_KEPT:  # a hostile ad may fill it with its own
                self._seen.clear()
            self._seen[letters] = next(
                (topic, weight) for topic, weight, expression in self.entries if expression.found_in(letters)
            )
        return self._seen[letters]


def lexicon_text() -> str:
    """Return the bundled lexicon as written; the rules' version covers it."""
    return (resources.files("watchbell.ads.political") / "words.yaml").read_text("utf-8")


def _entries(topics: dict[str, dict[str, dict[int, str]]]) -> Iterator[tuple[str, int, str]]:
    """Yield one expression for each weight and topic, heaviest first."""
    for weight in (3, 2, 1):
        for topic, languages in topics.items():
            written = "|".join(words[weight] for words in languages.values() if weight in words)
            if written:
                yield topic, weight, rf"\b(?:{written})\b"


def political(ad: Ad, classifier: Classifier | None = None, plain: Normalised | None = None) -> Answer:
    """Return whether an ad is political: declared so, or likelier than not by its words.

    Args:
        ad: the ad; the names of advertiser and payer count among its words.
        classifier: the bundled one when None.
        plain: words of the ad in plain form, if somebody has brought them there: used where they are all it has.
    """
    if ad.declared_political:
        return Answer(political=True, reason="The advertiser or the library declared it political.")
    words = " ".join(filter(None, (ad.text, ad.disclaimer, ad.advertiser, ad.payer)))
    words = words[:READ_AT_MOST]
    known = plain is not None and plain.original == words
    return political_text(plain if plain and known else normalise(words), classifier or Classifier.bundled())


def political_text(plain: Normalised, classifier: Classifier) -> Answer:
    """Return whether a text is political: likelier than not, by the model."""
    words = Lexicon.bundled().words_in(plain)
    if not any(map(str.isalnum, plain.text)):
        return Answer(political=False, reason="It has no words.", probability=0.0)
    terms = terms_of(plain.text, BITS)
    probability = classifier.probability(terms, sum(word.weight for word in words))
    telling = [] if words else classifier.telling(terms)[:_WORDS_SHOWN]
    shown = _shown(words) if words else ", ".join(f"“{plain.quote(*span)}”" for span in telling)
    unsure = classifier.abstains(probability)
    return Answer(probability >= _EVEN_ODDS, _reason(probability, shown, unsure=unsure), probability, unsure)


def _reason(probability: float, shown: str, *, unsure: bool) -> str:
    odds = f"The model takes it for political with a probability of {probability:.0%}"
    doubt = ", too near even for a machine to decide" if unsure else ""
    return f"{odds}{doubt}. " + (f"Words that speak for it: {shown}." if shown else "No word speaks for it.")


def _shown(words: list[Word]) -> str:
    more = f" and {len(words) - _WORDS_SHOWN} more" if len(words) > _WORDS_SHOWN else ""
    return ", ".join(f"“{word.quote}” ({word.topic})" for word in words[:_WORDS_SHOWN]) + more
