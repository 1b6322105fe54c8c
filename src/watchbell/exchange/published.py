"""What the readers of published files share: where a value was published, and what comes out of a row."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, NamedTuple

from watchbell.exchange.values import Value
from watchbell.files import Reject
from watchbell.model.indicators import Indicator, indicator_id
from watchbell.model.tlp import Tlp

if TYPE_CHECKING:
    from watchbell.exchange.feedback import Told  # which reads its times by `day`


@dataclass(frozen=True, slots=True)
class Note:
    """A row that was read and holds no indicator: a count, or words about how an operation works."""

    file: str
    row: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Publication:
    """Where values are read from, and what holds for all of them unless a row says otherwise."""

    file: str
    source: str
    tlp: Tlp
    published: datetime
    """When it was published, as far as the file tells; the time of reading otherwise."""
    is_named: bool = False
    """The person who imports said who published it; that holds whatever the file says."""
    is_marked: bool = False
    """The person who imports said how it is marked; a part can only be narrower."""


class ToldBy(NamedTuple):
    """What an organisation says of indicators that were published beside it."""

    organisation: str
    told: "Told"


Published = Indicator | Reject | Note | ToldBy


def indicator_of(
    value: Value,
    publication: Publication,
    row: int,
    *,
    published_as: str,
    **more: Any,
) -> Indicator:
    """Return the indicator that a publication's row makes of a value; `more` are further fields of Indicator."""
    source = more.pop("source", publication.source)
    published = more.pop("published", publication.published)
    fields: dict[str, Any] = {"valid_from": published, "tlp": publication.tlp} | more
    return Indicator(
        id=indicator_id(value.kind, value.platform, value.value, source),
        kind=value.kind,
        value=value.value,
        platform=value.platform,
        published_as=published_as,
        source=source,
        reference=f"{PurePath(publication.file).name}, row {row}",
        created=published,
        modified=published,
        **fields,
    )


def reject(publication: Publication, row: int, field: str | None, reason: str, values: Mapping[str, Any]) -> Reject:
    """Return the reject of a row, with the row as it stood."""
    raw = "; ".join(f"{name}={value}" for name, value in values.items() if value not in (None, ""))
    return Reject(publication.file, row, field, f"{reason[:1].upper()}{reason[1:]}.", raw[:2000])


def day(text: str) -> datetime | None:
    """Return the instant that an ISO 8601 day or time names (midnight UTC, UTC where no zone is given), or None."""
    try:
        at = datetime.fromisoformat(text.strip())
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):  # OverflowError: a zone that takes the time out of the years 1 to 9999
        return None


EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""STIX is of 2012: an object older than this comes from a clock that was never set."""
CLOCKS_DIFFER = timedelta(days=1)


def is_plausible(at: datetime, now: datetime) -> bool:
    """Tell whether an object can have been made at a time: a version of the year 2099 would hide all true ones."""
    return EARLIEST <= at <= now + CLOCKS_DIFFER


_QUARTER = re.compile(r"(?<![a-z0-9])q(?:[1-4]-)?([1-4])[ _-]+(20\d\d)", re.IGNORECASE)
_HALF = re.compile(r"(?<![a-z0-9])h([12])[ _-]+(20\d\d)", re.IGNORECASE)
_MONTH = re.compile(r"(?<!\d)(20\d\d)_(0[1-9]|1[0-2])_")
_YEAR = re.compile(r"(?<!\d)(20\d\d)_")


def published_in(name: str) -> datetime | None:
    """Return the first instant after the period that a file's name or folder tells, such as `Q2_2024` or `2021_07_…`.

    A report on a quarter appears after it, so its values count as published when the quarter is over.
    """
    for pattern, months in ((_QUARTER, 3), (_HALF, 6)):
        if found := pattern.search(name):
            return _after(int(found[2]), int(found[1]) * months)
    if found := _MONTH.search(name):
        return datetime(int(found[1]), int(found[2]), 1, tzinfo=UTC)
    if found := _YEAR.search(name):
        return datetime(int(found[1]), 1, 1, tzinfo=UTC)
    return None


def _after(year: int, month: int) -> datetime:
    return datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
