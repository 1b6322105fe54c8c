"""Pairs in, groups out: accounts that hang together."""

import random

import igraph
import polars as pl
import pyarrow as pa

from watchbell.detect.pairs import in_widest
from watchbell.ids import short_digest
from watchbell.model.actions import GROUPS


def groups_of_pairs(pairs: pa.Table, *, seed: int = 0) -> pa.Table:
    """Return the GROUPS that Leiden finds in PAIRS, largest first; the same for the same pairs and seed.

    All kinds of action lie in one graph whose edges weigh the distinct objects two accounts shared, once however many
    windows the pair is given in: what one hyperactive account cannot inflate. Leiden maximises modularity (Traag,
    Waltman and van Eck, Scientific Reports 9, 5233, 2019). A group's id is a digest of its members, so the same
    accounts keep the same id.
    """
    frame = pl.from_arrow(pairs)
    assert isinstance(frame, pl.DataFrame)
    if frame.is_empty():
        return GROUPS.empty_table()
    frame = in_widest(frame)
    member_of = _communities(frame, seed)
    inside = (
        frame.join(member_of.rename({"account_id": "account_a"}), on="account_a")
        .join(member_of.rename({"account_id": "account_b"}), on="account_b", suffix="_b")
        .filter(pl.col("community") == pl.col("community_b"))
    )
    return _described(inside).to_arrow().cast(GROUPS)


def _communities(pairs: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Return the community of each account, by Leiden."""
    edges = pairs.group_by("account_a", "account_b").agg(pl.col("objects").sum()).sort("account_a", "account_b")
    accounts = pl.concat([edges["account_a"], edges["account_b"]]).unique().sort()
    order = pl.Enum(accounts)
    ends = edges.select(pl.col("account_a", "account_b").cast(order).to_physical().cast(pl.Int64))
    graph = igraph.Graph(n=len(accounts), edges=ends.to_numpy(order="c"))
    igraph.set_random_number_generator(random.Random(seed))  # noqa: S311  # chance for a search, not for a secret
    found = graph.community_leiden("modularity", weights=edges["objects"].to_list(), n_iterations=-1)
    return pl.DataFrame({"account_id": accounts, "community": found.membership})


def _described(inside: pl.DataFrame) -> pl.DataFrame:
    """Return a row for each member from the pairs inside its community."""
    halves = [
        inside.select("community", "by", "objects", "first_at", "last_at", account_id=side)
        for side in ("account_a", "account_b")
    ]
    members = (
        pl.concat(halves)
        .group_by("community", "account_id")
        .agg(
            pl.col("by").unique().sort(),
            pl.col("objects").sum(),
            pl.col("first_at").min(),
            pl.col("last_at").max(),
        )
        .sort("community", "account_id")
    )
    named = members.group_by("community").agg(pl.col("account_id"), size=pl.len(), weight=pl.col("objects").sum() / 2)
    ids = pl.Series("group_id", [f"group-{short_digest(*accounts)}" for accounts in named["account_id"]])
    return (
        members.join(named.drop("account_id").with_columns(ids), on="community")
        .sort(["size", "group_id", "account_id"], descending=[True, False, False])
        .select(
            "group_id",
            "account_id",
            "by",
            pl.lit(None, pl.String).alias("role"),
            *(pl.lit(None, pl.Int64).alias(name) for name in ("bursts", "opened")),
            (pl.col("objects") / pl.col("weight")).alias("score"),
            pl.lit(None, pl.Float64).alias("q_value"),
            "first_at",
            "last_at",
        )
    )
