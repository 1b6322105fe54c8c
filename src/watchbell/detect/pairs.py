"""Actions in, pairs out: which two accounts acted on the same objects within the window, and how often."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import polars as pl
import pyarrow as pa

from watchbell.detect.seats import Seats, seats_of
from watchbell.detect.significance import Judged, judged
from watchbell.engine.places import HERE, Engine
from watchbell.engine.slots import CoActions
from watchbell.errors import UsageError
from watchbell.model.actions import PAIRS

_US = 1_000_000


class ThinnedObject(NamedTuple):
    """An object on which so many acted at once that some of its actions stand for all; see `engine.thinning`."""

    by: str
    object_id: str
    actions: int
    kept: int
    factor: int
    """How many post pairs each that was counted stands for."""


def each_window(window_s: float | Sequence[float]) -> tuple[float, ...]:
    """Return the different windows of one or of several, the narrowest first.

    Raises:
        UsageError: one is negative or not finite, or there is none.
    """
    windows = sorted({window_s} if isinstance(window_s, int | float) else set(window_s))
    for window in windows:
        if not 0 <= window < math.inf:
            raise UsageError(f"The window must be a number of seconds from 0 up, not {window}.")
    if not windows:
        raise UsageError("Name one window at least, such as 60s.")
    return tuple(windows)


def in_widest(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return each pair of PAIRS once for a kind of action, as the widest of its windows has it, in the old order.

    Windows lie in each other: what two accounts did within 10 s they also did within 60 s. Whoever adds pairs up, in a
    network or a total, adds these.
    """
    return pairs.filter(pl.col("window_s") == pl.col("window_s").max().over("account_a", "account_b", "by"))


def pairs_of_actions(
    actions: pa.Table,
    *,
    window_s: float | Sequence[float],
    min_shared: int,
    engine: Engine = HERE,
    any_dependence: bool = False,
) -> pa.Table:
    """Return the PAIRS of accounts in ACTIONS or CODED_ACTIONS; see `pairs_of_seats`."""
    return pairs_of_seats(
        seats_of(actions), window_s=window_s, min_shared=min_shared, engine=engine, any_dependence=any_dependence
    )


def pairs_of_seats(
    seats: Sequence[Seats],
    *,
    window_s: float | Sequence[float],
    min_shared: int,
    engine: Engine = HERE,
    thinned: list[ThinnedObject] | None = None,
    any_dependence: bool = False,
) -> pa.Table:
    """Return the PAIRS of accounts, sorted by kind, window and accounts; each kind of action by itself.

    Args:
        seats: Of each kind of action, as `seats_of` returns them.
        window_s: Two actions on an object are a post pair when they are at most this many seconds apart. With several,
            a pair has a row for each window in which it has `min_shared` post pairs: rules judge each window as a
            network of its own, and an analyst sees in which one a pair stands out.
        min_shared: Least number of post pairs that a pair of accounts must have.
        engine: Where to count. The result is the same for any, but for objects that are thinned.
        thinned: Where given, the objects are added to it of which not every action could be counted.
        any_dependence: Whether rates of false discovery shall hold however the tests hang together; see `judged`.

    Raises:
        UsageError: a window is negative or not finite, there is none, or `min_shared` is below 1.
    """
    windows = each_window(window_s)
    if min_shared < 1:
        raise UsageError(f"min_shared must be at least 1, not {min_shared}.")
    windows_us = [round(window_s * _US) for window_s in windows]
    found: list[pl.DataFrame] = []
    thinned = [] if thinned is None else thinned
    for kind, slots, accounts, objects in seats:
        counted = engine.co_actions(slots, windows_us, min_shared)
        chances = judged(slots, windows_us, counted, floor=min_shared, any_dependence=any_dependence)
        found += [
            _described(pairs, chance, accounts)
            .with_columns(by=pl.lit(kind), window_s=pl.lit(float(window_s)))
            .select(PAIRS.names)
            for window_s, pairs, chance in zip(windows, counted, chances, strict=True)
        ]
        viral = engine.viral(slots, windows_us[-1])
        thinned += [
            ThinnedObject(kind, objects[each.object].as_py(), each.slots, each.kept, each.factor) for each in viral
        ]
    if not found:
        return PAIRS.empty_table()
    return pl.concat(found).to_arrow().cast(PAIRS)


def _described(found: CoActions, by_chance: Judged, names: pl.Series) -> pl.DataFrame:
    """Return all of PAIRS but the kind and the window."""
    times = {"first_at": found.first, "last_at": found.last}
    chance = {name: pl.Series(values).fill_nan(None) for name, values in by_chance._asdict().items()}
    return pl.DataFrame(
        {
            "account_a": names.gather(found.a),
            "account_b": names.gather(found.b),
            "post_pairs": found.post_pairs,
            "objects": found.objects,
            **{name: pl.Series(values).cast(pl.Datetime("us", "UTC")) for name, values in times.items()},
            "median_gap_s": found.median_gap / _US,
            **chance,
        }
    )
