"""Times as exports write them. A time is understood or refused; it is never guessed into another day."""

import math
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from watchbell.sources.post import FieldError

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# The span from EARLIEST to LATEST in seconds, milliseconds, microseconds and nanoseconds do not overlap.
_UNITS = (1, 10**3, 10**6, 10**9)
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_ISO_DAY = re.compile(r"\d{8}")
_DATE_ONLY = re.compile(r"\d{4}-\d{2}-\d{2}|\d{8}")
_ZONE_IN_TEXT = re.compile(r"(?:Z|[+-]\d{2}:?\d{2}| (?:UTC|GMT|E[SD]T))$", re.IGNORECASE)
_TWITTER = "%a %b %d %H:%M:%S %z %Y"
# CrowdTangle writes New York's time with its abbreviation.
_ZONES = {" UTC": "+00:00", " GMT": "+00:00", " EST": "-05:00", " EDT": "-04:00"}


def instant(value: Any, field: str) -> datetime:
    """Return the instant that a value means, in UTC.

    ISO 8601 with or without a zone (without: UTC), Twitter's own form, New York's EST and EDT, and time since
    1970 in seconds, milliseconds, microseconds or nanoseconds, told by magnitude.

    Raises:
        FieldError: it is none of these, or is not between 1990 and 2100.
    """
    at = _parsed(value)
    if at is None:
        raise FieldError(
            field, f"{_shown(value)} is no time that can be told for sure; write it as 2021-06-08T14:03:22Z."
        )
    if not EARLIEST <= at < LATEST:
        raise FieldError(
            field, f"{_shown(value)} is not between 1990 and 2100; a post cannot be from then. Correct it."
        )
    return at


def instant_or_none(value: Any) -> datetime | None:
    """Return the instant that a value means, None where it means none: for facts that are not worth a post."""
    at = _parsed(value)
    return at if at is not None and EARLIEST <= at < LATEST else None


def lacks_zone(value: Any) -> bool:
    """Tell whether a time leaves its zone open, so that UTC is assumed."""
    if isinstance(value, datetime):
        return value.tzinfo is None
    return isinstance(value, str) and not _NUMBER.fullmatch(value.strip()) and not _ZONE_IN_TEXT.search(value.strip())


def lacks_clock(value: Any) -> bool:
    """Tell whether a time is a day only."""
    if isinstance(value, str):
        return _DATE_ONLY.fullmatch(value.strip()) is not None
    return isinstance(value, date) and not isinstance(value, datetime)


def _parsed(value: Any) -> datetime | None:
    if isinstance(value, str):
        return _of_text(value.strip())
    if isinstance(value, datetime):
        return _in_utc(value)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _of_epoch(value)
    return None


def _of_text(text: str) -> datetime | None:
    if _NUMBER.fullmatch(text):
        is_whole = text.lstrip("+-").isdigit() and len(text) < 20  # noqa: PLR2004  # nanoseconds have 19 digits
        at = _of_epoch(int(text) if is_whole else float(text))
        if at is not None or not _ISO_DAY.fullmatch(text):
            return at
    zone = _ZONES.get(text[-4:].upper())
    try:
        return _in_utc(datetime.fromisoformat(text if zone is None else text[:-4] + zone))
    except ValueError:
        return _of_twitter(text)


def _of_twitter(text: str) -> datetime | None:
    try:
        return _in_utc(datetime.strptime(text, _TWITTER))  # noqa: DTZ007  # the form has %z
    except ValueError:
        return None


def _in_utc(at: datetime) -> datetime | None:
    try:
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError:  # the year 1 or 9999 in another zone
        return None


def _of_epoch(number: float) -> datetime | None:
    if not math.isfinite(number):
        return None
    for unit in _UNITS:
        if EARLIEST.timestamp() * unit <= number < LATEST.timestamp() * unit:
            return _EPOCH + timedelta(microseconds=_microseconds(number, unit))
    return None


def _microseconds(number: float, unit: int) -> int:
    # Whole numbers stay whole: a float holds no microseconds of our century.
    return int(number) * 10**6 // unit if isinstance(number, int) else round(number * (10**6 / unit))


def _shown(value: Any) -> str:
    return "An empty time" if value is None or value == "" else repr(value)[:80]
