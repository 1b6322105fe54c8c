"""The words by which ads are found, cut by one rule so that SQLite and PostgreSQL find the same ads.

An ad's words stand in one text, a space around each: `` vote tuesday payer¦acme platform¦facebook ``.

A word is a run of letters, marks and digits, without differences of case or of compatible characters. Scripts that put
no space between words (Han, kana, Thai, Lao, Khmer, Burmese) are cut into single characters and pairs.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from watchbell.model.ads import Ad, Targeting
from watchbell.vault.columns import folded

# Stands between a field's name and its word. No letter, mark or digit, so no written word has it; not ASCII, so FTS5's
# tokenizer `ascii` keeps it inside a word.
_OF = "¦"
# PostgreSQL takes words of 2,047 bytes and 1 MiB of words in one tsvector (documentation, Text Search, Limitations).
# Longer words are cut, here and in a question alike; what an ad says beyond 900 kB of different words is not found.
_LONGEST, _MOST_BYTES = 100, 900_000
_SPACELESS = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+)"
)

WHOLE = ("platform", "source", "country", "language")
"""Fields that are found by their whole value."""
# What the sources call places below the country; postal codes and radii are numbers that nobody looks for as words.
_PLACE = re.compile(r"region|location|metro|district|city", re.IGNORECASE)

# Of what an ad has besides words: whether its spend is known. Ads are sorted by it.
KNOWN, UNKNOWN = "known", "unknown"


class _Spaces(dict[int, int]):
    """For `str.translate`: a space for whatever is no letter, mark or digit."""

    def __missing__(self, code: int) -> int:
        self[code] = code if unicodedata.category(chr(code))[0] in "LMN" else ord(" ")
        return self[code]


_SPACES = _Spaces()


@dataclass(frozen=True, slots=True)
class Term:
    """A word that an ad must have; or, with `begins`, the beginning of one."""

    word: str
    begins: bool = False


def words_of(ad: Ad) -> str:
    """Return all words by which the ad is found, a space around each."""
    named = (f"{name}{_OF}{word}" for name in ("payer", "advertiser") for word in _indexed(folded(getattr(ad, name))))
    whole = (_whole(name, one) for name in WHOLE for one in _each(getattr(ad, name)))
    placed = (f"place{_OF}{word}" for aim in ad.targeting if _is_place(aim) for word in _indexed(folded(aim.value)))
    # Snap and others tell only for readers of which languages an ad is.
    spoken = (_whole("language", aim.value) for aim in ad.targeting if aim.dimension == "language" and not aim.excluded)
    spend = _whole("spend", KNOWN if ad.spend else UNKNOWN)
    shown = (picture.words for picture in ad.pictures)
    written = _indexed(folded(ad.text, ad.advertiser, ad.payer, ad.disclaimer, *shown))
    return f" {' '.join(_bounded(dict.fromkeys([*named, *whole, *placed, *spoken, spend, *written])))} "


def terms(asked: str, field: str | None = None) -> list[Term]:
    """Return the words that a question asks for; `vot*` asks for a word that begins so.

    Args:
        asked: as a person wrote it.
        field: `payer`, `advertiser` or `place`, whose name must have them; else they may stand anywhere.
    """
    of = f"{field}{_OF}" if field else ""
    found = []
    for part in folded(asked).split():
        cut = list(_asked(part))
        found += [Term(of + word, begins=part.endswith("*") and word == cut[-1]) for word in cut]
    return list(dict.fromkeys(found))


def whole_term(field: str, value: str) -> Term:
    """Return the term of a field that must have this value: one of `WHOLE`; or `KNOWN` of `spend`."""
    return Term(_whole(field, value))


def _is_place(aim: Targeting) -> bool:
    return not aim.excluded and _PLACE.search(aim.dimension) is not None


def _each(written: str | None) -> list[str]:
    """Return each of several platforms or countries that stand in one field."""
    return written.split(", ") if written else []


def _whole(field: str, value: str) -> str:
    return f"{field}{_OF}{_OF.join(_runs(folded(value)))}"[:_LONGEST]


def _runs(text: str) -> list[str]:
    return [run[:_LONGEST] for run in text.translate(_SPACES).split()]


def _indexed(text: str) -> Iterator[str]:
    """Yield the words under which a text is kept."""
    for run in _runs(text):
        for number, part in enumerate(_SPACELESS.split(run)):
            if number % 2:
                yield from part
                yield from map("".join, pairwise(part))
            elif part:
                yield part


def _asked(text: str) -> Iterator[str]:
    """Yield the words to ask for: of a script without spaces the pairs, or the one character if there is no second."""
    for run in _runs(text):
        for number, part in enumerate(_SPACELESS.split(run)):
            if number % 2 and len(part) > 1:
                yield from map("".join, pairwise(part))
            elif part:
                yield part


def _bounded(words: Iterable[str]) -> Iterator[str]:
    room = _MOST_BYTES
    for word in words:
        room -= len(word.encode()) + 1
        if room < 0:
            return
        yield word
