"""TF-IDF similarity: an edge counts when the two accounts' objects are alike, rare objects weighing more.

Sources: Pacheco, Hui, Torres-Lugo, Truong, Flammini and Menczer, "Uncovering Coordinated Networks on Social Media:
Methods and Case Studies", ICWSM 2021 (case study 4, co-retweets, keeps the most similar edges); Luceri, Pantè,
Burghardt and Ferrara, "Unmasking the Web of Deceit", WWW 2024, whose published code fixes the form of TF-IDF.
"""

import polars as pl

from watchbell.detect.bipartite import holdings_of, over_common_objects
from watchbell.detect.rule import Rule, in_each_network, share

# Sums of the same numbers in another order differ far below this; alike must be equal, or chance breaks their ties.
_DECIMALS = 12


def cosines(pairs: pl.DataFrame, actions: pl.DataFrame) -> pl.Series:
    """Return for each pair the cosine of its accounts' TF-IDF vectors over objects, 0 to 1, whenever they acted.

    An account holds an object or does not. Of n accounts that hold an object somebody else holds too, d hold this one:
    it weighs ln((1+n)/(1+d)) + 1, and vectors have length 1 (scikit-learn's `TfidfTransformer` as it comes).

    Args:
        pairs: Columns `account_a`, `account_b`.
        actions: ACTIONS of one kind.
    """
    holders = pl.len().over("object_id").cast(pl.Float64)
    common = holdings_of(actions).with_columns(holders=holders).filter(pl.col("holders") > 1)
    accounts = pl.col("account_id").n_unique()
    weighed = common.with_columns(weight=((1 + accounts) / (1 + pl.col("holders"))).log() + 1)
    vectors = weighed.select(
        "account_id",
        "object_id",
        weight=pl.col("weight") / pl.col("weight").pow(2).sum().sqrt().over("account_id"),
    )
    found = over_common_objects(pairs, vectors, (pl.col("weight") * pl.col("weight_b")).sum())
    every = pl.DataFrame({"row": pl.arange(pairs.height, dtype=pl.UInt32, eager=True)})
    total = every.join(found, on="row", how="left", maintain_order="left")["total"].fill_null(0.0)
    return total.round(_DECIMALS)


def _judge(pairs: pl.DataFrame, actions: pl.DataFrame, level: float) -> pl.Series:
    quantile = share(level, "a quantile of the similarities")
    similar = cosines(pairs, actions)
    threshold = similar.quantile(quantile, "linear")
    return similar >= threshold


keep = in_each_network(_judge)
"""Keep the pairs whose cosine is at or above the quantile `level` of all pairs'. Pacheco et al. compare accounts over
all time: to reproduce them the pairs must be all there are (`min_shared` 1, a window as long as the data). Filters that
papers put before it, such as a least number of posts of each account, are the analyst's."""

RULE = Rule(
    "tfidf",
    "Keeps the pairs whose objects are most alike by TF-IDF cosine, whenever they acted; the level is a quantile, and "
    "0.995 keeps the most similar 0.5%.",
    keep,
    usual=0.995,
)
