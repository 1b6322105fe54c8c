"""Claim: real operators' timing and copying is found among made-up people, and what was found tells their teams apart.

Semi-synthetic, and no more than that: the accounts of the Internet Research Agency act as they did in one month (who,
when, with whose words), but on objects of a simulated world of honest accounts. Each of their texts becomes an object
that the world's accounts share too, first seen about when the text was. The source has times to the minute; a random
second is added. So recall here says whether such timing and copying stands out, not how many are found on Twitter.

Data: `ira_tweets_a.parquet` and `ira_authors.csv`, made from FiveThirtyEight's release of Linvill and Warren's set.

    python benchmarks/detection/transplants.py [--events 4e5] [--month 2016-10] [--rules fdr quantile]
"""

import argparse
from datetime import UTC, datetime, timedelta

import igraph
import numpy as np
import polars as pl
import pyarrow as pa

from trials import add_options, chosen, judged, shared_data
from watchbell.detect.groups import groups_of_pairs
from watchbell.detect.scores import accounts_in, score
from watchbell.detect.worlds.recipe import Recipe
from watchbell.detect.worlds.world import KIND, World, simulate
from watchbell.model.actions import ACTIONS, PAIRS

_WORLD_STARTS = datetime(2024, 1, 1, tzinfo=UTC)
# Objects of the world among which a text finds its place: those first shared closest before it.
_NEAR = 200
# An account with fewer actions in the month cannot be judged (`significance.LEAST_ACTIONS`).
_LEAST_ACTIONS = 5


def operators(month: datetime, days: int, chance: np.random.Generator) -> pl.DataFrame:
    """Return what the operators did: account_id, category, text, at (moved to the world's days)."""
    tweets = pl.scan_parquet(shared_data("posts/ira_tweets_a.parquet"))
    authors = pl.scan_csv(shared_data("posts/ira_authors.csv")).select("author_id", category="account_category")
    text = pl.col("content").str.replace_all(r"https?://\S+", "").str.to_lowercase().str.strip_chars()
    at = pl.col("publish_date").dt.replace_time_zone("UTC")
    found = (
        tweets.filter(at.is_between(month, month + timedelta(days=days), closed="left"))
        .select("author_id", text=text, at=at - month + _WORLD_STARTS)
        .filter(pl.col("text").str.len_chars() > 0, pl.len().over("author_id") >= _LEAST_ACTIONS)
        .join(authors, on="author_id")
        .sort("author_id", "at", "text")
        .collect()
    )
    second = pl.Series(chance.integers(0, 60, found.height) * 1_000_000).cast(pl.Duration("us"))
    return found.select("category", "text", account_id=pl.format("ira:{}", "author_id"), at=pl.col("at") + second)


def transplanted(done: pl.DataFrame, world: World, chance: np.random.Generator) -> World:
    """Return the world with the operators in it, each of their texts on an object of its own."""
    born = pl.DataFrame(world.actions).group_by("object_id").agg(first=pl.col("at").min()).sort("first", "object_id")
    texts = done.group_by("text").agg(pl.col("at").min(), copied=pl.col("account_id").n_unique())
    # Where two texts fall on one object, the one that more accounts have stays.
    texts = texts.sort("copied", "at", "text", descending=[True, False, False])
    near = np.searchsorted(born["first"].dt.epoch().to_numpy(), texts["at"].dt.epoch().to_numpy())
    place = np.clip(near - chance.integers(0, _NEAR, len(near)), 0, born.height - 1)
    hosts = texts.select("text", object_id=born["object_id"].gather(place)).unique("object_id", maintain_order=True)
    actions = (
        done.join(hosts, on="text")
        .sort("at", "account_id", "object_id")
        .unique(["account_id", "object_id"], keep="first", maintain_order=True)
        .with_row_index("post")
        .select("account_id", "object_id", "at", kind=pl.lit(KIND), post_id=pl.format("ira:{}", "post"))
    )
    truth = done.select("account_id", role=pl.lit("planted"), group="category").unique(maintain_order=True)
    moved = actions.select(ACTIONS.names).to_arrow().cast(ACTIONS)
    return World(pa.concat_tables([world.actions, moved]), pl.concat([world.truth, truth]))


def agreement(kept: pl.DataFrame, truth: pl.DataFrame) -> tuple[int, float, float]:
    """Compare the groups of some pairs with the operators' categories, over the operators that are in a group.

    Returns:
        How many those are; normalised mutual information; the adjusted Rand index. Chance alone has an index of 0.
    """
    groups = pl.DataFrame(groups_of_pairs(kept.to_arrow().cast(PAIRS)))
    known = groups.join(truth.filter(pl.col("role") == "planted"), on="account_id")
    if known["group"].n_unique() <= 1:
        return known.height, float("nan"), float("nan")
    found, true = (known[column].rank("dense").cast(pl.Int64).to_list() for column in ("group_id", "group"))
    return known.height, *(igraph.compare_communities(found, true, method) for method in ("nmi", "adjusted_rand"))


def half(actions: pa.Table, seed: int) -> pa.Table:
    """Return the actions on half of the objects, chosen by hash."""
    frame = pl.DataFrame(actions)
    return frame.filter(pl.col("object_id").hash(seed) % 2 == 0).to_arrow().cast(ACTIONS)


def main() -> None:
    """Print what each rule finds, with all objects and with half of them."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--events", type=float, default=4e5)
    options.add_argument("--month", default="2016-10", help="Of the real accounts, such as 2016-10.")
    options.add_argument("--seed", type=int, default=3_000)
    add_options(options)
    asked = options.parse_args()
    recipe, chance = Recipe(events=int(asked.events)).null(), np.random.default_rng(asked.seed)
    month = datetime.strptime(asked.month, "%Y-%m").replace(tzinfo=UTC)
    world = transplanted(operators(month, recipe.days, chance), simulate(recipe, asked.seed), chance)
    sizes = world.truth.filter(pl.col("role") == "planted").group_by("group").len().sort("group").rows()
    print(f"{world.actions.num_rows:,} actions; operators by category: {dict(sizes)}")
    for trial, kept in judged(world.actions, chosen(asked)):
        found = score(accounts_in(kept), world.truth)
        recalls = ", ".join(f"{group} {recall:.2f}" for group, recall in found.recall_of.items())
        precision = "none named" if found.precision is None else f"{found.precision:.3f}"
        print(f"{trial!s:38s} precision {precision}, recall {found.recall or 0:.3f} ({recalls}), fans {found.fans}")
    for trial, kept in judged(half(world.actions, asked.seed), chosen(asked)):
        accounts, nmi, rand = agreement(kept, world.truth)
        print(
            f"{trial}, half of the objects: {accounts} operators in groups, categories NMI {nmi:.2f}, Rand {rand:.2f}"
        )


if __name__ == "__main__":
    main()
