"""The Coordination Network Toolkit's rule: enough distinct posts of one account near the other's.

Source: coordination-network-toolkit 1.5.2 (QUT Digital Observatory; Graham, Bruns, Zhu and Campbell, "Like a virus",
2020), `compute co_retweet`, `co_link`, `co_reply` and `co_tweet`, whose networks differ only in the object.
"""

from collections.abc import Iterator

import polars as pl

from watchbell.detect.rule import Rule, in_each_network
from watchbell.errors import UsageError

_US = 1_000_000
_ROWS = 4_000_000


def directed_weights(pairs: pl.DataFrame, actions: pl.DataFrame, *, window_s: float) -> pl.DataFrame:
    """Return the toolkit's two directed weights of each pair, in the pairs' order.

    The weight from a to b counts the distinct posts of a for which b has one on the same object at most the window
    before or after. It differs by direction, and one post among many of the other's counts once.

    Args:
        pairs: Columns `account_a`, `account_b`.
        actions: ACTIONS of one kind.
        window_s: The window in seconds, inclusive.

    Returns:
        Columns `a_to_b` and `b_to_a`, int64.
    """
    window_us = round(window_s * _US)
    slots = _slots(actions)
    ends = pairs.select(one="account_a", other="account_b").with_row_index("row")
    return ends.select(
        a_to_b=_weights(ends, slots, window_us),
        b_to_a=_weights(ends.rename({"one": "other", "other": "one"}), slots, window_us),
    )


def _slots(actions: pl.DataFrame) -> pl.DataFrame:
    """Return who acted on what when, and in which post; an action of no named post is its own."""
    return actions.with_row_index("own").select(
        "account_id",
        "object_id",
        pl.col("at").dt.epoch("us"),
        post=pl.coalesce("post_id", pl.format("#{}", "own")),
    )


def _weights(ends: pl.DataFrame, slots: pl.DataFrame, window_us: int) -> pl.Series:
    """Return for each row how many posts of `one` lie within the window of `other`."""
    others = slots.select("object_id", "at", other="account_id", other_at="at").sort("at")
    counts = [
        chunk.join(slots, left_on="one", right_on="account_id")
        .sort("at")
        .join_asof(
            others,
            on="at",
            by=["other", "object_id"],
            strategy="nearest",
            tolerance=window_us,
            check_sortedness=False,
        )
        .filter(pl.col("other_at").is_not_null())
        .group_by("row")
        .agg(weight=pl.col("post").n_unique().cast(pl.Int64))
        for chunk in _chunks(ends, slots)
    ]
    found = pl.concat([pl.DataFrame(schema={"row": pl.UInt32, "weight": pl.Int64}), *counts])
    return ends.join(found, on="row", how="left", maintain_order="left")["weight"].fill_null(0)


def _chunks(ends: pl.DataFrame, slots: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Deal the pairs into parts whose join with the actions of `one` stays near `_ROWS` rows."""
    activity = slots.group_by(one="account_id").len()
    sized = ends.join(activity, on="one", maintain_order="left").with_columns(
        part=pl.col("len").cast(pl.Int64).cum_sum() // _ROWS
    )
    yield from (part.select("row", "one", "other") for part in sized.partition_by("part"))


def _judge(pairs: pl.DataFrame, actions: pl.DataFrame, level: float) -> pl.Series:
    if not level >= 1:
        raise UsageError(f"The level of the rule toolkit is a number of posts, from 1 up, not {level:g}.")
    # A post of a near b's is in at least one post pair: fewer post pairs than the level cannot reach it.
    candidates = pairs["post_pairs"] >= level
    weights = directed_weights(pairs.filter(candidates), actions, window_s=pairs["window_s"][0])
    heavy = weights.select(pl.max_horizontal("a_to_b", "b_to_a") >= level).to_series()
    kept = pl.Series("kept", candidates.to_numpy().copy())
    return kept.scatter(candidates.arg_true(), heavy)


keep = in_each_network(_judge)
"""Keep the pairs that the toolkit prints an edge of with `--min_edge_weight level`, in either direction."""

RULE = Rule(
    "toolkit",
    "Keeps the pairs in which one account has at least the given number of posts near the other's, as "
    "coordination-network-toolkit does.",
    keep,
)
