"""Whether groups stand on objects that did not find them.

Objects are dealt into halves. What one half finds, pairs with a small p and the groups that they make, is tested on the
other, where nothing was searched for: each pair by chance seats and by fine timing (`significance.p_values`), the pairs
of a group together by the harmonic mean of their p-values (Vovk and Wang, Biometrika 107, 2020: e·ln K times the mean
of K is a p-value however they hang together). The halves change places, and Benjamini and Hochberg's procedure runs
over all the groups of both.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl
import pyarrow as pa

from watchbell.detect.groups import groups_of_pairs
from watchbell.detect.pairs import each_window, pairs_of_actions
from watchbell.detect.seats import Seats, seats_of
from watchbell.detect.significance import p_values
from watchbell.detect.stability import halves_of
from watchbell.engine.places import HERE, Engine
from watchbell.engine.slots import Array
from watchbell.model.actions import GROUPS, PAIRS

# So many pairs of people without taste may be found on the half that searches. More would join the groups and weaken
# them; fewer, and half of the objects would show little.
_FOUND_BY_CHANCE = 100
_US = 1_000_000


def with_held_out_q(
    groups: pa.Table, actions: pa.Table, *, window_s: float | Sequence[float], min_shared: int, engine: Engine = HERE
) -> pa.Table:
    """Return GROUPS with their q: the false discovery rate at which a group is confirmed.

    A group has the q of the best confirmed of the halves' groups of which it holds more than half of the accounts, and
    1 where there is none: it is then no less synchronised, but half of the objects is too little to show it.

    Args:
        groups: GROUPS.
        actions: ACTIONS that they come from.
        window_s: as asked.
        min_shared: as asked.
        engine: Where to count.
    """
    windows = each_window(window_s)
    tested = []
    one, other = halves_of(actions)
    for half, (here, there) in enumerate(((one, other), (other, one))):
        pairs = pl.DataFrame(pairs_of_actions(here, window_s=windows, min_shared=min_shared, engine=engine))
        accounts = len(here["account_id"].unique())
        found = pairs.filter(pl.col("p_value") <= _FOUND_BY_CHANCE / max(accounts * (accounts - 1) / 2, 1))
        members = pl.DataFrame(groups_of_pairs(found.to_arrow().cast(PAIRS))).select("account_id", cluster="group_id")
        tested.append(_tested(found, members, there, windows).with_columns(half=pl.lit(half)))
    confirmed = pl.concat(tested).with_columns(q_value=_benjamini_hochberg("p_value"))
    held = _held(pl.DataFrame(groups).select("group_id", "account_id"), confirmed)
    joined = pl.DataFrame(groups).drop("q_value").join(held, on="group_id", how="left", maintain_order="left")
    return joined.with_columns(pl.col("q_value").fill_null(1.0)).select(GROUPS.names).to_arrow().cast(GROUPS)


def _tested(found: pl.DataFrame, members: pl.DataFrame, there: pa.Table, windows: Sequence[float]) -> pl.DataFrame:
    """Return each cluster with its accounts and its p on the other half."""
    inside = (
        found.select("account_a", "account_b", "by")
        .unique(maintain_order=True)
        .join(members, left_on="account_a", right_on="account_id")
        .join(members, left_on=["account_b", "cluster"], right_on=["account_id", "cluster"])
    )
    kinds = inside.partition_by("by", as_dict=True, maintain_order=True)
    seats = {seated.kind: seated for seated in seats_of(there)}
    parts = [
        pairs.select("cluster", p=pl.Series(_p_there(pairs, seats.get(str(by)), windows)))
        for (by,), pairs in kinds.items()
    ]
    empty = pl.DataFrame(schema={"cluster": pl.String, "p": pl.Float64})
    number = pl.len()
    factor = pl.when(number == 1).then(1.0).otherwise(pl.max_horizontal(number.log() * np.e, 2.0))
    mean = number / (1 / pl.col("p")).sum()
    together = pl.concat([empty, *parts]).group_by("cluster").agg(p_value=(factor * mean).clip(upper_bound=1.0))
    accounts = members.group_by("cluster").agg("account_id")
    return together.join(accounts, on="cluster").sort("cluster")


def _p_there(pairs: pl.DataFrame, seats: Seats | None, windows: Sequence[float]) -> Array:
    """Return each pair's p on the other half, the least over the windows times their number; 1 where one is absent."""
    if seats is None:
        return np.ones(pairs.height)
    code = pl.DataFrame({"name": seats.accounts, "code": np.arange(len(seats.accounts), dtype=np.int64)})
    ends = [
        pairs.select(name=side).join(code, on="name", how="left", maintain_order="left")["code"]
        for side in ("account_a", "account_b")
    ]
    here = (ends[0].is_not_null() & ends[1].is_not_null()).to_numpy()
    p = np.ones(pairs.height)
    a, b = (end.filter(pl.Series(here)).cast(pl.Int64).to_numpy() for end in ends)
    each = p_values(seats.slots, [round(window * _US) for window in windows], a, b)
    p[here] = np.minimum(each.min(axis=0) * len(windows), 1.0)
    return np.maximum(p, np.finfo(float).tiny)


def _benjamini_hochberg(p: str) -> pl.Expr:
    share = pl.col(p) * pl.len() / pl.col(p).rank("max")
    ordered = share.sort_by(p).reverse().cum_min().reverse()
    return ordered.gather(pl.col(p).rank("ordinal") - 1).clip(upper_bound=1.0)


def _held(members: pl.DataFrame, confirmed: pl.DataFrame) -> pl.DataFrame:
    """Return each group's q."""
    clusters = confirmed.with_columns(size=pl.col("account_id").list.len()).explode("account_id")
    return (
        clusters.join(members, on="account_id")
        .group_by("group_id", "half", "cluster", "size", "q_value")
        .len("common")
        .filter(2 * pl.col("common") > pl.col("size"))
        .group_by("group_id")
        .agg(pl.col("q_value").min())
    )
