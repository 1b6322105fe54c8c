"""What may be asked of detect, as people write it."""

import re
from collections.abc import Iterable

from watchbell.errors import UsageError

DEFAULT_TRACES = ("link", "text", "media", "repost")
"""What is looked for where nobody says."""

_UNITS_S = {"": 1, "ms": 0.001, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}


def windows(texts: Iterable[str]) -> tuple[float, ...]:
    """Read lengths of time, each text one or several with commas between: `60s`, or `10s,60s,1h`.

    Raises:
        UsageError: one of them is none.
    """
    return tuple(seconds(part) for text in texts for part in text.split(","))


def seconds(text: str) -> float:
    """Read a length of time such as `60s`, `5m` or `1h`; a bare number is seconds.

    Raises:
        UsageError: it is none.
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([a-z]*)", text.strip().lower())
    if found is None or found[2] not in _UNITS_S:
        raise UsageError(f"{text!r} is no length of time. Write it as 10s, 5m or 1h.")
    return float(found[1]) * _UNITS_S[found[2]]
