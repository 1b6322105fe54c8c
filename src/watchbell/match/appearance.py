"""What a name looks like to a hurried reader: letters of other scripts, digits and pairs that pass for one letter."""

import importlib
import unicodedata
from functools import cache, lru_cache

from watchbell.errors import MissingExtraError

# Besides Unicode's confusables: what passes for another letter in a browser's address line.
_ALIKE = str.maketrans("0135lq", "oiesig")
_PAIRS = (("rn", "m"), ("vv", "w"))


def appearance(label: str) -> str:
    """Return a label (ASCII, lower case) with what looks the same written the same.

    >>> appearance("blld") == appearance("bild"), appearance("rnako") == appearance("mako")
    (True, True)
    """
    for pair, single in _PAIRS:
        if pair in label:
            label = label.replace(pair, single)
    return label.translate(_ALIKE)


@lru_cache(maxsize=100_000)
def spelled_in_ascii(label: str) -> str:
    """Return a label in punycode as the ASCII letters that it shows: `xn--sddeutsche-9db` → `suddeutsche`.

    Accents are left out; letters of other scripts become the Latin letters that Unicode lists as confusable with them
    (Unicode Technical Standard 39). Other labels are returned as they are.
    """
    if not label.startswith("xn--"):
        return label
    try:
        shown = label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, OverflowError):
        return label
    return latin(shown)


def latin(text: str) -> str:
    """Return text in lower case, without accents, and with Latin letters for those that look like them."""
    table = _latin_lookalikes()
    bare = (sign for sign in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(sign))
    return "".join(table.get(sign, sign) for sign in bare).lower()


def has_lookalike_letters(text: str) -> bool:
    """Say whether text mixes letters that only look Latin with others that are."""
    table = _latin_lookalikes()
    return any(sign in table for sign in text) and any(sign.isascii() for sign in text)


@cache
def _latin_lookalikes() -> dict[str, str]:
    """Return for each sign of another script the ASCII letter that it passes for.

    Raises:
        MissingExtraError: the extra `desk`, which brings Unicode's list, is not installed.
    """
    try:
        confusables = importlib.import_module("confusable_homoglyphs.confusables")
    except ModuleNotFoundError as error:
        raise MissingExtraError("Telling lookalikes in other scripts", "desk") from error
    return {
        other["c"]: letter
        for letter in "abcdefghijklmnopqrstuvwxyz"
        for other in confusables.confusables_data.get(letter, ())
        if len(other["c"]) == 1 and not other["c"].isascii()
    }
