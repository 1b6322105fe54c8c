"""Sums over many ads, with bounds: where a source gives ranges the sum is one too, and its width can be seen.

What a source says of spend it says of a whole ad. An ad aimed at three regions was paid for once, so what went to one
of them is only known between two bounds: at least what was spent on ads aimed there alone, at most what was spent on
all ads aimed there.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from watchbell.ads.elections.calendar import AHEAD, Election
from watchbell.ads.library import fields_of

PLACES = r"region|location|metro|district|city"
"""What the sources call places that an ad was aimed at."""
SPOTS = r"postal|zip|radius"
"""What they call places that have a number and no name."""
_CIRCLE = r"latitude (-?\d+\.?\d{0,3})\d*;longitude (-?\d+\.?\d{0,3})\d*;radius ([\d.]+)"
FIELDS = (
    *("id", "source", "country", "advertiser", "payer", "payer_address", "registration_id", "text", "synthetic"),
    *("started_at", "ended_at", "spend", "targeting", "sums_up", "impressions", "seen_by"),
)
# Sums are exact: 38 digits are what Arrow's decimals hold, and no source gives more than nine behind the point.
_EXACT = pl.Decimal(38, 9)
# Days or months in a row that a picture still shows: a month's days, or fifty years.
_LONGEST = 600


@dataclass(frozen=True, slots=True)
class Within:
    """Which ads of many are asked about; None asks for all."""

    country: str | None = None
    """ISO 3166-1 alpha-2."""
    began_from: datetime | None = None
    began_until: datetime | None = None
    """Not that moment itself."""
    place: str | None = None
    """Words that must all stand in the name of one place that an ad was aimed at."""

    @classmethod
    def before(cls, election: Election) -> "Within":
        """Return what asks for the ads of an election's country that began shortly before it, up to its last day."""
        first, end = election.days[0] - AHEAD, election.days[-1] + timedelta(days=1)
        country = election.jurisdiction.partition("-")[0]
        return cls(
            # The Union is no country of an ad; its member states are many.
            country=None if country == "EU" else country,
            began_from=datetime.combine(first, time(), UTC),
            began_until=datetime.combine(end, time(), UTC),
        )

    def of(self, ads: pl.DataFrame) -> pl.DataFrame:
        """Return those of some ads, as `told_ads` tells of them."""
        wanted = [pl.lit(value=True)]
        if self.country:
            wanted.append(pl.col("country").str.to_uppercase() == self.country.upper())
        if self.began_from:
            wanted.append(pl.col("started_at") >= self.began_from)
        if self.began_until:
            wanted.append(pl.col("started_at") < self.began_until)
        if self.place:
            wanted.append(pl.col("targeting").list.eval(_aimed_at(self.place.casefold().split())).list.any())
        return ads.filter(*wanted)


def _aimed_at(words: Sequence[str]) -> pl.Expr:
    aim = pl.element().struct
    place = aim.field("value").str.to_lowercase()
    named = (place.str.contains(word, literal=True) for word in words)
    return pl.all_horizontal(aim.field("dimension").str.contains(f"(?i){PLACES}"), ~aim.field("excluded"), *named)


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum in one currency."""

    currency: str
    ads: int
    lower: Decimal
    upper: Decimal | None
    """None: for one ad at least, its source says "more than" and no more."""

    @property
    def width(self) -> Decimal | None:
        """Return how far the bounds are apart; None where there is no upper one."""
        return None if self.upper is None else self.upper - self.lower


@dataclass(frozen=True, slots=True)
class Part:
    """The ads of a month, a region, an age: how many, and between which bounds their spend in one currency lies."""

    name: str
    ads: int
    lower: Decimal
    upper: Decimal | None


def told_ads(records: Sequence[str], fields: Sequence[str] = FIELDS) -> pl.DataFrame:
    """Return what is summed of ads (records as JSON text): some fields, the bounds of spend as decimals."""
    spend = pl.col("spend").struct
    return fields_of(records, fields).with_columns(
        spend.field("currency").alias("spend_currency"),
        *(spend.field(name).cast(_EXACT).alias(f"spend_{name}") for name in ("lower", "upper")),
    )


def amounts(ads: pl.DataFrame) -> list[Amount]:
    """Return the spend of these ads in each currency, the commonest first; ads without any are in none."""
    known = ads.filter(pl.col("spend_currency").is_not_null())
    found = known.group_by("spend_currency").agg(pl.len().alias("ads"), *_BOUNDS)
    rows = found.sort(["ads", "spend_currency"], descending=[True, False]).iter_rows()
    return [Amount(currency, count, lower, upper) for currency, count, lower, upper in rows]


def by(ads: pl.DataFrame, column: str) -> list[Part]:
    """Return the parts of ads of one currency by the value of a column, the most ads first."""
    named = ads.with_columns(pl.col(column).fill_null("not published").alias("name"))
    return _parts(named.group_by("name").agg(pl.len().alias("ads"), *_BOUNDS), "ads")


def by_month(ads: pl.DataFrame, currency: str) -> list[Part]:
    """Return spend by the month in which ads began to run, `2019-08`; one without any has 0. Undated ads are out."""
    return _by_time(ads, currency, "%Y-%m", _months_between)


def by_day(ads: pl.DataFrame, currency: str) -> list[Part]:
    """Return spend by the day on which ads began to run, `2019-08-17`; one without any has 0. Undated ads are out."""
    return _by_time(ads, currency, "%Y-%m-%d", _days_between)


def _by_time(ads: pl.DataFrame, currency: str, form: str, between: Callable[[str, str], list[str]]) -> list[Part]:
    dated = ads.filter(pl.col("started_at").is_not_null() & (pl.col("spend_currency") == currency))
    named = dated.with_columns(name=pl.col("started_at").dt.strftime(form))
    found = {part.name: part for part in _parts(named.group_by("name").agg(pl.len().alias("ads"), *_BOUNDS), "ads")}
    return [found.get(name) or nothing_in(name) for name in _stretch(found, between)]


def _stretch(names: Collection[str], between: Callable[[str, str], list[str]]) -> list[str]:
    """Return the names and all between them, but no desert of empty ones around an ad whose year was mistyped."""
    all_between = between(min(names), max(names)) if names else []
    return all_between if len(all_between) <= _LONGEST else sorted(names)


def months_of(names: Collection[str]) -> list[str]:
    """Return the months `2019-08` and those between them."""
    return _stretch(names, _months_between)


def _days_between(first: str, last: str) -> list[str]:
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    return [f"{begin + timedelta(days=n)}" for n in range((end - begin).days + 1)]


def _months_between(first: str, last: str) -> list[str]:
    (year, month), (until_year, until_month) = (map(int, name.split("-")) for name in (first, last))
    count = 12 * (until_year - year) + until_month - month + 1
    return [f"{year + (month - 1 + n) // 12:04}-{(month - 1 + n) % 12 + 1:02}" for n in range(count)]


def instant(value: object) -> datetime | None:
    """Return what Polars answers where it is a time: the least or greatest of a column, None of an empty one."""
    return value if isinstance(value, datetime) else None


def nothing_in(name: str) -> Part:
    """Return the part without any ad."""
    return Part(name, 0, Decimal(0), Decimal(0))


def by_aim(ads: pl.DataFrame, currency: str, dimension: str, *, excluded: bool = False) -> list[Part]:
    """Return what is known of each value that ads were aimed at (or kept away from), the most ads first.

    Args:
        ads: as `told_ads` tells of them.
        currency: whose sums are given; ads of other currencies are out.
        dimension: a regular expression for what the sources call it.
        excluded: the values that ads were kept away from.
    """
    aims = (
        ads.filter(pl.col("spend_currency") == currency)
        .select("id", "spend_lower", "spend_upper", "targeting")
        .explode("targeting")
        .drop_nulls("targeting")
        .unnest("targeting")
        .filter(pl.col("dimension").str.contains(f"(?i){dimension}") & (pl.col("excluded") == excluded))
        .with_columns(name=pl.col("value").str.strip_chars().str.replace(r", United States$", ""))
        .with_columns(pl.col("name").str.replace(_CIRCLE, "$3 around $1, $2"))
        .filter(pl.col("name") != "")
        .unique(["id", "name"])
    )
    alone = aims.with_columns(alone=pl.len().over("id") == 1)
    least = pl.col("spend_lower").filter(pl.col("alone")).sum().alias("lower")
    return _parts(alone.group_by("name").agg(pl.len().alias("ads"), least, _BOUNDS[1]), "ads")


def number_aimed(ads: pl.DataFrame, dimension: str) -> int:
    """Return how many of these ads say anything of a dimension."""
    said = pl.col("targeting").list.eval(pl.element().struct.field("dimension").str.contains(f"(?i){dimension}"))
    return ads.filter(said.list.any()).height


_BOUNDS: tuple[Any, Any] = (
    pl.col("spend_lower").sum().alias("lower"),
    # A sum that leaves out what is not known would look like an upper bound and be none.
    pl.when(pl.col("spend_upper").is_null().any()).then(None).otherwise(pl.col("spend_upper").sum()).alias("upper"),
)


def _parts(found: pl.DataFrame, first: str) -> list[Part]:
    rows = found.sort([first, "name"], descending=[True, False]).select("name", "ads", "lower", "upper").iter_rows()
    return [Part(*row) for row in rows]
