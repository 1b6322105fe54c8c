"""The Coordination Network Toolkit's rule: enough distinct posts of one account near the other's.

Source: coordination-network-toolkit 1.5.2 (QUT Digital Observatory; Graham, Bruns, Zhu and Campbell, "Like a virus",
2020), `compute co_retweet`, `co_link`, `co_reply` and `co_tweet`, whose networks differ only in the object.
"""

import polars as pl

from watchbell.detect.bipartite import in_parts
from watchbell.detect.rule import Rule, in_each_network
from watchbell.errors import UsageError

_US = 1_000_000


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
    names = pl.Enum(actions["account_id"].unique())
    slots = _slots(actions, names)
    ends = pairs.select(pl.col("account_a", "account_b").cast(names)).with_row_index("row")
    ends = ends.rename({"account_a": "one", "account_b": "other"})
    return ends.select(
        a_to_b=_weights(ends, slots, window_us),
        b_to_a=_weights(ends.rename({"one": "other", "other": "one"}), slots, window_us),
    )


def _slots(actions: pl.DataFrame, names: pl.Enum) -> pl.DataFrame:
    """Return who acted on what when, and in which post; an action of no named post is its own. All as short codes."""
    post = pl.coalesce("post_id", pl.format("#{}", "own"))
    return actions.with_row_index("own").select(
        pl.col("account_id").cast(names),
        pl.col("object_id").cast(pl.Categorical).to_physical(),
        pl.col("at").dt.epoch("us"),
        post=post.cast(pl.Categorical).to_physical(),
    )


def _weights(ends: pl.DataFrame, slots: pl.DataFrame, window_us: int) -> pl.Series:
    """Return for each row how many posts of `one` lie within the window of `other`."""
    others = slots.select("object_id", "at", other="account_id", other_at="at").sort("at")
    counts = [
        part.join(slots, left_on="one", right_on="account_id")
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
        for part in in_parts(ends, slots, "one")
    ]
    found = pl.concat([pl.DataFrame(schema={"row": pl.UInt32, "weight": pl.Int64}), *counts])
    return ends.join(found, on="row", how="left", maintain_order="left")["weight"].fill_null(0)


def _judge(pairs: pl.DataFrame, actions: pl.DataFrame, level: float) -> pl.Series:
    if not level >= 1:
        raise UsageError(f"The level of the rule toolkit is a number of posts, from 1 up, not {level:g}.")
    # A weight is at most the pair's post pairs, and of all pairs most have one.
    heavy = pairs["post_pairs"] >= level
    weights = directed_weights(pairs.filter(heavy), actions, window_s=pairs["window_s"][0])
    kept = weights.select(pl.max_horizontal("a_to_b", "b_to_a") >= level).to_series()
    return pl.arange(pairs.height, eager=True).is_in(heavy.arg_true().filter(kept).implode())


keep = in_each_network(_judge)
"""Keep the pairs that the toolkit prints an edge of with `--min_edge_weight level`, in either direction. A pair of that
weight has as many post pairs or more, so `min_shared` up to `level` loses none."""

RULE = Rule(
    "toolkit",
    "Keeps the pairs in which one account has at least the given number of posts near the other's, as "
    "coordination-network-toolkit does.",
    keep,
    usual=2.0,
)
