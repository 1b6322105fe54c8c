"""Who saw a payer's ads: what sources say of single ads, weighed by how often each was shown.

A source gives the share of those who saw an ad that were in a region, or of an age and gender, and how often it was
shown, often as a range. The share over many ads is then only known between bounds: the least and the greatest that any
impressions within the ranges can give.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True)
class SeenPart:
    """A region, or an age and gender: between which bounds its share of all impressions lies, from 0 to 1."""

    name: str
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class WhoSaw:
    """Who saw some ads, as far as sources say."""

    ads: int
    """Of so many ads the source tells who saw them, and between which bounds they were shown."""
    open_ads: int
    """Of so many more it tells who saw them, but not at most how often they were shown; they are left out."""
    least: int
    most: int
    """How often those ads were shown."""
    regions: tuple[SeenPart, ...]
    people: tuple[SeenPart, ...]


def who_saw(ads: pl.DataFrame) -> WhoSaw | None:
    """Return who saw ads (as `sums.told_ads` tells of them), or None where no source tells of any."""
    shown = pl.col("impressions").struct
    told = ads.filter(pl.col("seen_by").list.len() > 0, pl.col("impressions").is_not_null()).select(
        "id", "seen_by", least=shown.field("lower"), most=shown.field("upper")
    )
    bounded = told.drop_nulls("most").filter(pl.col("most") > 0)
    if bounded.is_empty():
        return None
    seen = bounded.explode("seen_by").unnest("seen_by").with_columns(pl.col("share").cast(pl.Float64))
    people = pl.concat_str("age", "gender", separator=", ", ignore_nulls=True)
    return WhoSaw(
        ads=bounded.height,
        open_ads=told.height - bounded.height,
        least=int(bounded["least"].sum()),
        most=int(bounded["most"].sum()),
        regions=_parts(seen.filter(pl.col("region").is_not_null()).with_columns(name="region")),
        people=_parts(seen.filter(pl.col("region").is_null()).with_columns(name=people)),
    )


def _parts(seen: pl.DataFrame) -> tuple[SeenPart, ...]:
    """Return the bounds of each name over the ads that tell of this kind of parts, the greatest first."""
    weights = seen.select("id", "least", "most").unique("id")
    shares = seen.group_by("name", "id").agg(pl.col("share").sum())
    found = []
    for (name,), mine in shares.group_by("name"):
        rows = weights.join(mine.select("id", "share"), on="id", how="left").fill_null(0)
        weighed = list(rows.select("share", "least", "most").iter_rows())
        lower = 1 - _greatest((1 - share, least, most) for share, least, most in weighed)
        found.append(SeenPart(str(name), max(lower, 0.0), min(_greatest(weighed), 1.0)))
    return tuple(sorted(found, key=lambda part: (-part.upper, -part.lower, part.name)))


def _greatest(weighed: Iterable[tuple[float, int, int]]) -> float:
    """Return the greatest mean of shares that weights within their bounds can give.

    It is reached where the ads with the highest shares weigh the most they can and the others the least: the weights
    are changed from the highest share down as long as the mean rises.
    """
    ordered: Sequence[tuple[float, int, int]] = sorted(weighed, reverse=True)
    over = sum(share * least for share, least, _ in ordered)
    under = float(sum(least for _, least, _ in ordered))
    for share, least, most in ordered:
        if under and share * under <= over:
            break
        over, under = over + share * (most - least), under + most - least
    return over / under if under else 0.0
