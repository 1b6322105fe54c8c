"""Are two names one name? Of people on documents, and of payers that only look like others."""

import importlib
import re
import unicodedata

from rapidfuzz import fuzz

from watchbell.ads.normalise import normalise

SAME_WORD = 85
"""Words of a person's name less alike than this (rapidfuzz ratio, 0 to 100) are different: Öberg and OEBERG have 91,
Erikson and Eriksson 93; Anna and Anne have 75."""

_NOT_WORD = re.compile(r"[^a-z0-9]+")
_APOSTROPHES = re.compile("['\u2019\u02bc`]")
_PAIRS = (("rn", "m"), ("vv", "w"))
_INITIALS = re.compile(r"\b[a-z](?: [a-z]\b)+")
_YEAR = re.compile(r"(?:19|20)\d\d")
# How the registers of the FEC and the IRS shorten words.
_LONG = {
    "assn": "association",
    "assoc": "association",
    "cmte": "committee",
    "comm": "committee",
    "corp": "corporation",
    "fdn": "foundation",
    "intl": "international",
    "natl": "national",
    "pac": "political action",
    "superpac": "super political action",
    "soc": "society",
    "univ": "university",
    "4": "for",
}
# What one register writes and another leaves out: legal forms, and words that join others.
_MAY_LACK = frozenset(
    {"a", "an", "and", "the", "of", "for", "to"}
    | {"committee", "corporation", "inc", "incorporated", "llc", "llp", "lp", "ltd"}
)
_ALIKE = str.maketrans("0135lq|$", "oiesigis")


def same_person(claimed: str, family: str, given: str) -> bool:
    """Tell whether a name as told is the name on a document.

    Every part of the family name, and the first given name, must be told; and nothing told may be on no document.
    A document may have more given names than a person uses.
    """
    told, surname, first_names = words(claimed), words(family), words(given)
    if not told or not surname:
        return False
    wanted = surname + first_names[:1]
    return all(_among(word, told) for word in wanted) and all(_among(word, surname + first_names) for word in told)


def same_organisation(told: str, registered: str) -> bool:
    """Tell whether an organisation's name as told is the registered one, its words in any order and shortened or not.

    Every word that tells one organisation from another must be in both. A year may be lacking, but may not be another.

    >>> same_organisation("Nat'l Assn. of Example & Sons, Inc.", "NATIONAL ASSOCIATION OF EXAMPLE AND SONS")
    True
    >>> same_organisation("Green Party of Alaska", "GREEN PARTY OF TEXAS")
    False
    """
    one, other = _telling(told), _telling(registered)
    years = [[word for word in words if _YEAR.fullmatch(word)] for words in (one, other)]
    if not all(years):
        one, other = ([word for word in words if not _YEAR.fullmatch(word)] for words in (one, other))
    return bool(one) and (sorted(one) == sorted(other) or "".join(one) == "".join(other))


def _telling(name: str) -> list[str]:
    """Return the words of an organisation's name written out, without those that any name may have or lack."""
    # U.S. and US, D R I V E and DRIVE are one word each.
    spelt = _INITIALS.sub(lambda initials: initials.group().replace(" ", ""), " ".join(words(name)))
    long = " ".join(_LONG.get(word, word) for word in spelt.split()).split()
    return [word for word in long if word not in _MAY_LACK] or long


def _among(word: str, others: list[str]) -> bool:
    return any(fuzz.ratio(word, other) >= SAME_WORD for other in others)


def words(name: str) -> list[str]:
    """Return the words of a name in lower case without accents; sharp s is written out as documents do."""
    # Documents leave an apostrophe out and put a filler for a hyphen (ICAO Doc 9303 part 3, section 4.6).
    bare = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", name.casefold()))
    return [word for word in _NOT_WORD.split("".join(s for s in bare if not unicodedata.combining(s))) if word]


def skeleton(name: str) -> str:
    """Return a name with all that looks the same written the same, and nothing between its letters.

    >>> skeleton("Hi11ary for Arnerica") == skeleton("HILLARY FOR AMERICA")
    True
    """
    plain = _NOT_WORD.sub("", normalise(name).text.translate(_ALIKE))
    for pair, single in _PAIRS:
        plain = plain.replace(pair, single)
    return plain


def mixes_scripts(name: str) -> bool:
    """Tell whether a name has letters of one script that pass for those of another it is written in (UTS #39)."""
    return bool(importlib.import_module("confusable_homoglyphs.confusables").is_dangerous(name))
