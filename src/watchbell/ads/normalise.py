"""Undo the tricks that hide words from a rule, and remember where each letter came from.

A rule reads the plain form (lower case, no accents, no look-alikes); a finding quotes the ad's own words.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from watchbell.ads.concepts import Concepts
from watchbell.ads.expressions import BEYOND_ASCII, Sieve, ascii_of, translated

READ_AT_MOST = 20_000
"""Characters of an ad that a review reads. Libraries allow a few thousand; more would only buy time from the rules."""

_LETTERS_KEPT = 8192

# Letters of other alphabets, and small capitals, that are drawn like Latin ones: the pairs of Unicode's
# confusables.txt (UTS #39) that occur in words people vote with. NFKD undoes full width, ligatures and styled letters.
_LOOKALIKES = str.maketrans(
    "аеорсухіјѕһԁԛԝвкмнтгαονρτυικηχεɑɡᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢıłøđ",  # that is the point
    "aeopcyxijshdqwbkmhtraovptuiknxeagabcdefghijklmnoprstuvwyzilod",
)
# Letters in brackets, in dark circles and in dark squares, which NFKD leaves or brackets.
_FRAMED = {first + place: chr(ord("a") + place) for first in (0x249C, 0x1F110, 0x1F150, 0x1F170) for place in range(26)}
# Letters that only pass for Latin ones inside a word that has Latin ones too: Дon't.
_LOOSE_LOOKALIKES = str.maketrans(
    "дбгилпяшщцчзэєфюДБГИЛПЯШЩЦЧЗЭЄФЮδβλσωπθγμξψφζΔΛΣΩΠΘΓΞΨΦ",
    "dbrnnnrwwuyeeeooDBRNANRWWUYEEEOOdbaowneyueyozDAEONOREYO",
)
_LETTER = "[a-z'\u2019\u0370-\u04ff]"
_MIXED = re.compile(f"(?<!{_LETTER})(?={_LETTER}*?[a-z])(?={_LETTER}*?[\u0370-\u04ff]){_LETTER}+", re.IGNORECASE)
# Two regional indicators are a flag; three and more may be a word.
_REGIONAL = re.compile("[\U0001f1e6-\U0001f1ff](?:['\u2019]?[\U0001f1e6-\U0001f1ff]){2,}")
_DISGUISED = re.compile("[\u0370-\u04ff\U0001f1e6-\U0001f1ff]")
_QUOTES = str.maketrans(dict.fromkeys("‘’ʼ`´′", "'") | dict.fromkeys("“”„«»″‹›", '"') | dict.fromkeys("–—‐‑−", "-"))  # noqa: RUF001
_DIGIT_LETTERS = str.maketrans("013457@$", "oieastas")

# The expressions below begin with the sign they are about, which `re` then finds without trying each place.
# Inside a word, or among spread letters: d o n ' t.
_APOSTROPHE = re.compile(r"'(?:(?<=[a-z]')(?=[a-z])|(?<= [a-z] ') (?=[a-z](?:\s|$)))")
# Two letters alone may be initials: they are a word where another spread word follows.
_SPACED = re.compile(
    r"(?<![a-z0-9])[a-z](?:([ .\-_*|])(?:[a-z0]\1){1,40}[a-z]| [a-z](?= {2,3}[a-z] [a-z]))(?![a-z0-9])"
)
# Digits read as letters only where they stand inside a word (v0te, el3ction), open one (3lection) or close one (vot3):
# dates, sums and ordinals stay as they are.
_LEET = re.compile(
    r"[013457@$]{2,4}(?:(?<=[a-z][013457@$]{2})|(?<=[a-z][013457@$]{3})|(?<=[a-z][013457@$]{4}))(?=[a-z])|"
    r"[013457@$](?:(?<=[a-z].)(?=[a-z])|(?<![\w$@].)(?=[a-z]{4})|(?<=[a-z]{3}[013457])(?!\w))"
)
_SPREAD = Sieve([_SPACED.pattern])


Places = np.ndarray[Any, np.dtype[np.intp]] | range
"""For each character of a text, where it stands in the original."""


@dataclass(frozen=True, slots=True)
class Normalised:
    """A text in plain form and the place each of its characters has in the original."""

    original: str
    text: str
    origin: Places
    letters: bytes
    """The plain form with one ASCII sign for each character, see `expressions.ascii_of`."""

    def quote(self, start: int, end: int) -> str:
        """Return the original words behind `text[start:end]` (`start < end`)."""
        return self.original[self.origin[start] : self.origin[end - 1] + 1].strip()


def normalise(text: str) -> Normalised:
    """Return `text` in plain form: lower case, accents, zero-width signs, look-alikes and spread letters undone."""
    plain, origin = _folded(_undisguised(text))
    if "'" in plain:
        plain, origin = _without(plain, origin, _places(_APOSTROPHE, plain))
        plain = plain.replace("'", '"')
    letters = ascii_of(plain)
    if _SPREAD.passing(letters):
        plain, origin = _without(plain, origin, _spread_signs(plain))
        letters = ascii_of(plain)
    if _LEET.search(plain):
        plain = _LEET.sub(lambda match: match.group().translate(_DIGIT_LETTERS), plain)
        letters = ascii_of(plain)
    return Normalised(text, plain, origin, letters)


def mixed_words(text: str) -> list[str]:
    """Return the words that have Latin letters beside Cyrillic or Greek ones."""
    return [] if text.isascii() else _MIXED.findall(text)


def _undisguised(text: str) -> str:
    """Return a text, sign for sign, with the letters of flags and of mixed scripts that make known words."""
    if text.isascii() or not _DISGUISED.search(text):
        return text
    return _REGIONAL.sub(lambda run: _unflagged(run.group()), _MIXED.sub(lambda word: _unmixed(word.group()), text))


def _unflagged(run: str) -> str:
    """Return a run of regional indicators as letters where it is a word, or cannot be flags alone."""
    letters = run.translate({0x1F1E6 + place: 0x1F170 + place for place in range(26)})
    plain = "".join(map(_folded_letter, letters)).replace("'", "")
    return letters if len(plain) % 2 == 1 or plain in Concepts.bundled().words else run


def _unmixed(word: str) -> str:
    """Return a word with the letters that look like its Latin ones, where that makes a word that rules know."""
    undone = word.translate(_LOOSE_LOOKALIKES)
    plain = "".join(map(_folded_letter, undone)).replace("'", "")
    return undone if plain in Concepts.bundled().words else word


def _folded(text: str) -> tuple[str, Places]:
    if text.isascii():
        return text.lower().replace("`", "'"), range(len(text))
    plain = translated(text, _folding).lower().replace("`", "'")
    resized = _folding.resized.intersection("".join(BEYOND_ASCII.findall(text)))
    if not resized:
        return plain, range(len(text))
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    lengths = np.ones(len(text), np.intp)
    for letter in resized:
        lengths[codes == ord(letter)] = len(_folding[ord(letter)])
    return plain, np.repeat(np.arange(len(text)), lengths)


class _Folding(dict[int, str]):
    """What each character is read as; filled as characters come up."""

    def __init__(self) -> None:
        super().__init__()
        self.resized: set[str] = set()
        """Characters that are read as none or several."""

    def __missing__(self, code: int) -> str:
        folded = _folded_letter(chr(code))
        if len(self) > _LETTERS_KEPT:  # a hostile text may hold every character there is
            self.clear()
        self[code] = folded
        if len(folded) != 1:
            self.resized.add(chr(code))
        return folded


def _folded_letter(letter: str) -> str:
    """Return what one character is read as: nothing for marks and invisible signs."""
    parts = unicodedata.normalize("NFKD", letter.translate(_QUOTES).translate(_FRAMED)).casefold()
    seen = "".join(part for part in parts if unicodedata.category(part) not in {"Mn", "Me", "Cf"})
    return seen.translate(_LOOKALIKES).translate(_QUOTES)


_folding = _Folding()


def _places(pattern: re.Pattern[str], text: str) -> Iterable[int]:
    return (place for match in pattern.finditer(text) for place in range(*match.span()))


def _without(text: str, origin: Places, places: Iterable[int]) -> tuple[str, Places]:
    """Return text and origin without the characters at `places`, which ascend."""
    gone = list(places)
    if not gone:
        return text, origin
    bounds = [-1, *gone, len(text)]
    kept = np.ones(len(text), np.bool_)
    kept[gone] = False
    places_before = np.arange(len(text)) if isinstance(origin, range) else origin
    return "".join(text[before + 1 : after] for before, after in pairwise(bounds)), places_before[kept]


def _spread_signs(text: str) -> Iterable[int]:
    """Yield the places of the signs between the letters of spread words: `v o t e`, `v.o.t.e`."""
    for run in _SPACED.finditer(text):
        letters = run.group()[::2]
        borders = _word_borders(letters)
        yield from (run.start() + 2 * place - 1 for place in range(1, len(letters)) if place not in borders)


def _word_borders(letters: str) -> set[int]:
    """Return where one known word ends and the next begins, the fewest words; none if the letters are not all known."""
    words = Concepts.bundled().words
    borders: list[set[int] | None] = [set(), *[None] * len(letters)]
    for end in range(1, len(letters) + 1):
        for start in range(end):
            before, best = borders[start], borders[end]
            if before is None or letters[start:end] not in words:
                continue
            if best is None or len(before) + 1 < len(best):
                borders[end] = before | {end}
    return (borders[-1] or set()) - {len(letters)}
