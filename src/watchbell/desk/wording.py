"""Words that a person must give before something happens: a reason, a claim, an answer."""

import unicodedata

from watchbell.errors import UsageError

LONGEST_WORDS = 4_000
# Letters by their category, and blank to the eye (Unicode: DEFAULT_IGNORABLE Hangul fillers).
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")


def worded(text: str, what: str = "reason") -> str:
    """Return the words without what surrounds them.

    Raises:
        UsageError: there is no letter or digit among them, or they are too long.
    """
    text = text.replace("\0", "").strip()
    if not any(unicodedata.category(sign)[0] in "LN" and sign not in _FILLERS for sign in text):
        raise UsageError(f"Say it in words: a {what} that is empty cannot be checked later.")
    if len(text) > LONGEST_WORDS:
        raise UsageError(f"The {what} is longer than {LONGEST_WORDS:,} characters. Shorten it.")
    return text
