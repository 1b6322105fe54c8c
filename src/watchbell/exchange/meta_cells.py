"""What a cell of a kill-chain table holds: a value, several, one with words after it, a headline, or prose."""

import re
from typing import NamedTuple

from watchbell.exchange.values import Value, guess_value
from watchbell.model.addresses import refang
from watchbell.model.indicators import IndicatorKind

_BETWEEN = re.compile(r"[\s;]+|,\s+|,$|\s*\|\s*")
_JOINERS = frozenset({"and", "or", "&", "-", "–", "•", "*", ""})  # noqa: RUF001  # a dash that lists begin with
_TORN_OFF = re.compile(r"[\w/%.~?=&-]*[-/%\d][\w/%.~?=&-]*")
_OWN_CONTACT = re.compile(
    r"\bcontact (?:it|them|the (?:network|operation|campaign))\b.*?(\S+(?:@|\[at\]|\(at\))\S+)", re.DOTALL
)
# How Meta's analysts begin when they tell of an operation instead of quoting it.
_TOLD = re.compile(
    r"(?:the (?:\S+ )?(?:network|operation|operators|campaign|cluster|people|individuals|websites?|posts?|effort)|"
    r"this|these|they|its?|some|most|many|posting|posted|sharing|shared|publish|using|about \d|around \d|"
    r"in \w+, they|fake)\b",
    re.IGNORECASE,
)
# Shorter headlines are said by anybody: "The truth about X" is not one operation's.
_LEAST_WORDS = 4
_LEAST_SIGNS = 10
_SPACELESS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")


class Found(NamedTuple):
    """What a cell holds: values with the words they were written in, and what was said after them."""

    values: tuple[tuple[str, Value], ...]
    annotation: str


def values_in_cell(cell: str, platform: str | None = None) -> Found:
    """Read the values of a kill-chain cell: one, several, or one with words after it. Prose yields none.

    `platform` is where an `@name` in the cell lives, if the row tells.
    """
    cell = cell.strip()
    whole = guess_value(cell, platform)
    if whole is not None:
        return Found(((cell, whole),), "")
    words = [word for word in _BETWEEN.split(cell) if word.lower() not in _JOINERS]
    values = [(word, guess_value(word, platform)) for word in words]
    if not values or values[0][1] is None:
        return _contact_in(cell)
    if _is_torn(words, values):
        joined = "".join(words)
        value = guess_value(joined)
        return Found(((joined, value),) if value else (), "")
    kept = tuple((word, value) for word, value in values if value is not None)
    if len(kept) == len(values):
        return Found(kept, "")
    # Words follow: only what bears its scheme counts from there on ("addr, hosted with Titan.email service").
    kept = kept[:1] + tuple((word, value) for word, value in kept[1:] if "://" in refang(word))
    return Found(kept, cell[len(words[0]) :].strip(" \n,;()"))


def headline_in(cell: str) -> Value | None:
    """Return the words of the operation that a cell quotes, or None where it tells of them or they are too short.

    An ellipsis that its publisher put where the words go on is left out.
    """
    words = " ".join(cell.split()).rstrip("…. ")
    if _TOLD.match(words) or len(words) > MAX_HEADLINE:
        return None
    long_enough = len(words) >= _LEAST_SIGNS if _SPACELESS.search(words) else len(words.split()) >= _LEAST_WORDS
    return Value(IndicatorKind.TEXT, words) if long_enough else None


MAX_HEADLINE = 500
"""Characters of the longest cell that is taken for a headline; the longest of Meta's has 180."""


def _contact_in(cell: str) -> Found:
    """Return the e-mail address that an operation gave as its own in a sentence told of it."""
    found = _OWN_CONTACT.search(cell)
    value = guess_value(found[1].rstrip(".,;)")) if found else None
    if found is None or value is None or value.kind is not IndicatorKind.EMAIL:
        return Found((), cell)
    return Found(((found[1].rstrip(".,;)"), value),), cell)


def _is_torn(words: list[str], values: list[tuple[str, Value | None]]) -> bool:
    """Tell whether a page's address was torn by a line break in the PDF it was copied from."""
    first = values[0][1]
    if first is None or first.kind is not IndicatorKind.URL or "://" not in refang(words[0]):
        return False
    later = values[1:]
    return all(value is None and re.fullmatch(r"[\w/%.~?=&-]+", word) for word, value in later) and any(
        _TORN_OFF.fullmatch(word) for word, _ in later
    )
