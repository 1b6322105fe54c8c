"""CooRTweet's rule: an edge counts when it is heavier than a quantile of all edges.

Source: CooRTweet 2.1.3, `detect_groups(min_participation = 2)` and `generate_coordinated_network(edge_weight = level,
subgraph = 1)`; Righetti and Balluff, "CooRTweet: A Generalized R Software for Coordinated Network Detection",
Computational Communication Research 7(1), 2025. The method goes back to Giglietto, Righetti, Rossi and Marino, "It
takes a village to manipulate the media", Information, Communication & Society 23(6), 2020.
"""

import polars as pl

from watchbell.detect.rule import Rule, in_each_network, share

_LEAST_POSTS = 2
_US = 1_000_000


def participating(pairs: pl.DataFrame, actions: pl.DataFrame, *, window_s: float, least: int) -> pl.Series:
    """Return for each pair whether it passes CooRTweet's participation filter.

    Both accounts must have at least `least` actions. Then an action takes part when its post is within the window of
    another such account's on the same object, and one of the two accounts must have at least `least` that take part.

    Args:
        pairs: PAIRS of one kind and window.
        actions: ACTIONS of that kind.
        window_s: The window of the pairs.
        least: CooRTweet's `min_participation`.
    """
    busy = actions.filter(pl.len().over("account_id") >= least)
    posts = _near_another(busy, round(window_s * _US))
    partners = posts.group_by("account_id").len().filter(pl.col("len") >= least)["account_id"]
    ends = ("account_a", "account_b")
    return pairs.select(
        pl.all_horizontal(pl.col(end).is_in(busy["account_id"].unique().implode()) for end in ends)
        & pl.any_horizontal(pl.col(end).is_in(partners.implode()) for end in ends)
    ).to_series()


def _near_another(actions: pl.DataFrame, window_us: int) -> pl.DataFrame:
    """Return the actions whose post is at most the window away from another account's on the same object.

    On each object, one account's actions in a row are a turn. The nearest action of anybody else is the end of the
    turn before or the start of the turn after.
    """
    ordered = actions.with_columns(at=pl.col("at").dt.epoch("us")).sort("object_id", "at", "account_id")
    new_turn = (pl.col("object_id") != pl.col("object_id").shift()) | (
        pl.col("account_id") != pl.col("account_id").shift()
    )
    turns = ordered.with_columns(turn=new_turn.fill_null(value=True).cum_sum())
    neighbours = (
        turns.group_by("turn", maintain_order=True)
        .agg(pl.col("object_id").first(), start=pl.col("at").first(), end=pl.col("at").last())
        .select(
            "turn",
            before=pl.col("end").shift().over("object_id"),
            after=pl.col("start").shift(-1).over("object_id"),
        )
    )
    gaps = pl.min_horizontal(pl.col("at") - pl.col("before"), pl.col("after") - pl.col("at"))
    near = turns.join(neighbours, on="turn").with_columns(near=gaps.fill_null(window_us + 1) <= window_us)
    posts = near.filter("near")["post_id"].drop_nulls().unique()
    return near.filter(pl.col("near") | pl.col("post_id").is_in(posts.implode()).fill_null(value=False))


def _judge(pairs: pl.DataFrame, actions: pl.DataFrame, level: float) -> pl.Series:
    quantile = share(level, "a quantile of the edge weights")
    passed = participating(pairs, actions, window_s=pairs["window_s"][0], least=_LEAST_POSTS)
    threshold = pairs["post_pairs"].filter(passed).quantile(quantile, "linear")
    if threshold is None:
        return passed
    return passed & (pairs["post_pairs"] > threshold)


keep = in_each_network(_judge)
"""Keep the pairs that pass the participation filter (2, CooRTweet's default) and whose `post_pairs` exceed the quantile
`level` of those that pass (linear interpolation, type 7 of R's `quantile`). CooRTweet takes the quantile over every
edge: to reproduce it the pairs must be all there are (`min_shared` 1)."""

RULE = Rule(
    "quantile",
    "Keeps the pairs with more post pairs than the given quantile of all pairs, as CooRTweet does; 0.99 keeps at most "
    "the heaviest 1%.",
    keep,
    usual=0.99,
)
