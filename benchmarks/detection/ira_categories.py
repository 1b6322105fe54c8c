"""Claim: groups found on half of what real operators shared tell their teams apart far better than chance.

The accounts of the Internet Research Agency alone, nothing made up or transplanted. Half of the things that they shared
(texts without links, hashtags; chosen by hash) is what is looked at, within one window. Linvill and Warren coded the
accounts' categories by hand, from what they say; the groups know only who acted when on what. Beside each figure: the
same with the categories dealt out anew among the accounts that are in groups, the mean of many deals.

The times are told to the minute. Accounts coded Unknown are left out; who is in no group is not judged, and counted.

Data: `ira_tweets_a.parquet` and `ira_authors.csv`, made from FiveThirtyEight's release of Linvill and Warren's set.

    python benchmarks/detection/ira_categories.py [--window 60] [--min-shared 5] [--rule shared]
"""

import argparse

import igraph
import numpy as np
import polars as pl
import pyarrow as pa

from trials import shared_data
from watchbell.desk.investigations.investigate import Question, investigate
from watchbell.model.actions import ACTIONS

_DEALS = 200
# Shorter texts are greetings and single words.
_LEAST_CHARACTERS = 20


def actions(seed: int) -> pa.Table:
    """Return ACTIONS on half of the texts and hashtags."""
    tweets = pl.scan_parquet(shared_data("posts/ira_tweets_a.parquet"))
    words = pl.col("content").str.replace_all(r"https?://\S+", "").str.to_lowercase().str.strip_chars()
    each = tweets.select(
        account_id=pl.format("ira:{}", "author_id"),
        at=pl.col("publish_date").dt.replace_time_zone("UTC"),
        text=words,
        hashtag=words.str.extract_all(r"#\w+"),
    ).with_row_index("post")
    texts = each.filter(pl.col("text").str.len_chars() >= _LEAST_CHARACTERS).with_columns(object_id="text")
    tags = each.explode("hashtag").drop_nulls("hashtag").with_columns(object_id="hashtag")
    parts = [
        part.select(pl.lit(kind).alias("kind"), "account_id", "object_id", "at", post_id=pl.col("post").cast(pl.String))
        for kind, part in (("text", texts), ("hashtag", tags))
    ]
    half = pl.concat(parts).filter(pl.col("object_id").hash(seed) % 2 == 0)
    return half.unique(maintain_order=True).collect().to_arrow().cast(ACTIONS)


def told_right(groups: np.ndarray, categories: np.ndarray) -> float:
    """Return the share of accounts whose category is what most of the others in their group are."""
    table = np.zeros((groups.max() + 1, categories.max() + 1), np.int64)
    np.add.at(table, (groups, categories), 1)
    others = table[groups]
    others[np.arange(len(groups)), categories] -= 1
    # Of equal numbers, the first category; an account whose group has no other is told wrong.
    return float(((others.argmax(axis=1) == categories) & (others.max(axis=1) > 0)).mean())


def agreement(groups: np.ndarray, categories: np.ndarray) -> np.ndarray:
    """Return the share told right, normalised mutual information and the adjusted Rand index."""
    compared = [
        igraph.compare_communities(groups.tolist(), categories.tolist(), method) for method in ("nmi", "adjusted_rand")
    ]
    return np.array([told_right(groups, categories), *compared])


def main() -> None:
    """Print how well the categories are recovered, beside chance."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--window", type=float, default=60)
    options.add_argument("--min-shared", type=int, default=5)
    options.add_argument("--rule", default="shared")
    options.add_argument("--seed", type=int, default=1)
    asked = options.parse_args()
    half = actions(asked.seed)
    found = investigate(half, Question(("text", "hashtag"), asked.window, asked.min_shared, asked.rule))
    authors = pl.read_csv(shared_data("posts/ira_authors.csv"), columns=["author_id", "account_category"])
    coded = authors.filter(pl.col("account_category") != "Unknown").select(
        account_id=pl.format("ira:{}", "author_id"), category="account_category"
    )
    seen = coded.join(pl.DataFrame(half).select("account_id").unique(), on="account_id", how="semi").height
    known = pl.DataFrame(found.groups).join(coded, on="account_id").sort("account_id")
    groups, categories = (
        known[column].rank("dense").to_numpy().astype(np.int64) - 1 for column in ("group_id", "category")
    )
    chance = np.random.default_rng(asked.seed)
    dealt = np.mean([agreement(groups, chance.permutation(categories)) for _ in range(_DEALS)], axis=0)
    sizes = dict(known["category"].value_counts(sort=True).iter_rows())
    print(f"{half.num_rows:,} actions on half of the things; {known.height:,} of {seen:,} coded accounts are in "
          f"{known['group_id'].n_unique():,} groups: {sizes}")  # fmt: skip
    names = ("category told right from the others of its group", "normalised mutual information", "adjusted Rand index")
    for name, value, by_chance in zip(names, agreement(groups, categories), dealt, strict=True):
        print(f"{name}: {value:.3f}, by chance {by_chance:.3f}")


if __name__ == "__main__":
    main()
