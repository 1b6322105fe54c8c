"""Node pruning: accounts count when they are central in the network of similarity.

Source: Luceri, Pantè, Burghardt and Ferrara, "Unmasking the Web of Deceit: Uncovering Coordinated Activity to Expose
Information Operations on Twitter", WWW 2024: eigenvector centrality in the network whose edges are the pairs with any
similarity, unweighted as in the code they published; accounts below a quantile of it are pruned.
"""

import warnings

import igraph
import polars as pl

from watchbell.detect.rule import Rule, in_each_network, share

# Accounts in the same position differ by the rounding of an iteration; this is far above it.
_DECIMALS = 6


def centralities(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return each account's eigenvector centrality, the highest 1: columns `account_id`, `centrality`.

    Args:
        pairs: Columns `account_a`, `account_b`; each row is an edge.
    """
    accounts = pl.concat([pairs["account_a"], pairs["account_b"]]).unique().sort()
    order = pl.Enum(accounts)
    ends = zip(*(pairs[end].cast(order).to_physical() for end in ("account_a", "account_b")), strict=True)
    with warnings.catch_warnings():
        # That a network in parts has its whole centrality in one of them is what the rule's docs say.
        warnings.filterwarnings("ignore", message="Some eigenvector centralities", category=RuntimeWarning)
        found = igraph.Graph(n=len(accounts), edges=list(ends)).eigenvector_centrality()
    return pl.DataFrame({"account_id": accounts, "centrality": pl.Series(found).round(_DECIMALS)})


def _judge(pairs: pl.DataFrame, _actions: pl.DataFrame, level: float) -> pl.Series:
    central = centralities(pairs)
    threshold = central["centrality"].quantile(share(level, "a quantile of the accounts' centrality"), "linear")
    kept = central.filter(pl.col("centrality") >= threshold, pl.col("centrality") > 0)["account_id"].implode()
    return pairs.select(pl.col("account_a").is_in(kept) & pl.col("account_b").is_in(kept)).to_series()


keep = in_each_network(_judge)
"""Keep the pairs between accounts whose centrality is at or above the quantile `level` of all accounts'. Central is the
core of the largest dense part of the network and no more: a small group apart from it is pruned, as in the paper."""

RULE = Rule(
    "centrality",
    "Keeps the pairs between the accounts most central in the network of all pairs; the level is a quantile of "
    "accounts, such as 0.99.",
    keep,
    usual=0.99,
)
