"""The rhythm of an account: how varied the pauses between its posts are.

After Ghosh, Surachawala and Lerman, "Entropy-based Classification of 'Retweeting' Activity on Twitter", SNA-KDD 2011,
who tell automated from human activity by the entropy of the time between posts.
"""

import polars as pl

LEAST_PAUSES = 20
"""Of fewer pauses nothing is said. An account that posts at random moments (a Poisson process) and pauses 20 times came
never below 1.4 bits in 4,000 simulations at each of four mean pauses from 10 s to a day."""

MOST_BITS = 1.0
"""A rhythm looks automated at or below: as if no more than two lengths of pause were in use, equally often. One length
with a little jitter can fall on either side of a bin's edge and reach this; random moments give about 2.3 bits, and
people, who sleep and come in bursts, more."""


def rhythms(posts: pl.DataFrame) -> pl.DataFrame:
    """Return the entropy of each account's pauses, where it has at least `LEAST_PAUSES` of them.

    A pause is the time from one moment of posting to the next: posts at one moment, such as the pictures of an album,
    are one. Its bin is the whole part of the base-2 logarithm of its seconds, a pause under 2 s being in the first. The
    entropy is Shannon's, in bits, over the bins. Times told to the minute hide any finer rhythm.

    Args:
        posts: Columns `account_id` and `at`, one row for each post.

    Returns:
        Columns `account_id`, `pauses` and `bits`.
    """
    pause_s = pl.col("at").diff().over("account_id", order_by="at").dt.total_microseconds() / 1e6
    bins = pause_s.clip(lower_bound=1).log(2).floor().alias("bin")
    moments = posts.select("account_id", "at").unique()
    counted = moments.select("account_id", bins).drop_nulls("bin").group_by("account_id", "bin").len()
    part = pl.col("len") / pl.col("len").sum()
    return (
        counted.sort("account_id", "bin")
        .group_by("account_id", maintain_order=True)
        .agg(pauses=pl.col("len").sum().cast(pl.Int64), bits=(-part * part.log(2)).sum().abs())
        .filter(pl.col("pauses") >= LEAST_PAUSES)
    )
