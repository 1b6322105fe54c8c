"""The disparity filter: an edge counts when it takes more of an account's strength than chance would give it.

Source: Serrano, Boguñá and Vespignani, "Extracting the multiscale backbone of complex weighted networks", PNAS 106(16),
2009, equation 2.
"""

import polars as pl

from watchbell.detect.rule import Rule, in_each_network, share


def alphas(pairs: pl.DataFrame) -> pl.Series:
    """Return for each pair the smaller of its two accounts' alphas.

    For an account with k pairs and strength s (the sum of their weights), a pair of weight w has
    alpha = (1 - w/s)^(k - 1): how likely one of k pieces is at least as large when s is broken at random. With a single
    pair alpha is 1, so the pair is judged from its other end. The weight is `post_pairs`.

    Args:
        pairs: PAIRS of one kind and window.
    """
    edges = pairs.select("account_a", "account_b", weight="post_pairs").with_row_index("row")
    ends = pl.concat([edges.select("row", "weight", account=end) for end in ("account_a", "account_b")])
    strength, degree = pl.col("weight").sum().over("account"), pl.len().over("account")
    alpha = (1 - pl.col("weight") / strength).pow(degree.cast(pl.Int64) - 1)
    return ends.with_columns(alpha=alpha).group_by("row").agg(pl.col("alpha").min()).sort("row")["alpha"]


def _judge(pairs: pl.DataFrame, _actions: pl.DataFrame, level: float) -> pl.Series:
    return alphas(pairs) < share(level, "the filter's significance alpha")


keep = in_each_network(_judge)
"""Keep the pairs whose alpha is below `level` for at least one of the two accounts. No correction for many tests is
made, as in the paper. Two accounts tied to nobody else are never kept."""

RULE = Rule(
    "disparity",
    "Keeps the pairs that take an unlikely part of an account's post pairs (disparity filter); the level is the "
    "probability alpha, such as 0.05.",
    keep,
    usual=0.05,
)
