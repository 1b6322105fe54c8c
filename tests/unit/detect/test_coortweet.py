"""Pairs on CooRTweet's Russian retweets: equal to an independent join, and to what CooRTweet itself prints."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from watchbell.desk.investigations.investigate import Question, investigate
from watchbell.sources.action_table import ActionColumns, read_actions

pytestmark = pytest.mark.shared

COLUMNS = ActionColumns("account_id", "object_id", "timestamp_share", "content_id")
WITHOUT_FILTER = {10: (1_092, 1_098), 60: (6_206, 6_281)}


@pytest.fixture(scope="module")
def retweets(shared_data: Path) -> Path:
    return shared_data / "posts" / "russian_coord_tweets.parquet"


@pytest.fixture(scope="module")
def peer(shared_data: Path) -> Path:
    return shared_data / "peers"


def pairs(retweets: Path, window_s: int, min_shared: int = 1) -> pl.DataFrame:
    actions, rejects = read_actions(retweets, COLUMNS, "repost")
    assert rejects == []
    return pl.DataFrame(investigate(actions, Question(("repost",), window_s, min_shared)).pairs)


def joined(retweets: Path, window_s: int) -> pl.DataFrame:
    """Every pair by a self-join: another way to the same answer, with none of our code."""
    posts = pl.read_parquet(retweets).unique().with_columns(pl.col("object_id", "account_id").cast(pl.String))
    return (
        posts.join(posts, on="object_id")
        .filter(
            pl.col("account_id") < pl.col("account_id_right"),
            (pl.col("timestamp_share") - pl.col("timestamp_share_right")).abs() <= window_s,
        )
        .group_by(account_a="account_id", account_b="account_id_right")
        .agg(
            pl.len().cast(pl.Int64).alias("post_pairs"),
            pl.col("object_id").n_unique().cast(pl.Int64).alias("objects"),
            (pl.col("timestamp_share") - pl.col("timestamp_share_right")).abs().median().alias("median_gap_s"),
            pl.min_horizontal("timestamp_share", "timestamp_share_right").min().alias("first_s"),
        )
        .sort("account_a", "account_b")
    )


@pytest.mark.parametrize("window_s", [10, 60])
def test_pairs_equal_an_independent_join(retweets: Path, window_s: int) -> None:
    ours, theirs = pairs(retweets, window_s), joined(retweets, window_s)
    assert (ours.height, ours["post_pairs"].sum()) == WITHOUT_FILTER[window_s]
    columns = ["account_a", "account_b", "post_pairs", "objects", "median_gap_s"]
    assert ours.select(columns).equals(theirs.select(columns))
    assert ours["first_at"].to_list() == [datetime.fromtimestamp(at, UTC) for at in theirs["first_s"]]


@pytest.mark.parametrize("window_s", [10, 60])
def test_min_shared_keeps_exactly_the_pairs_that_reach_it(retweets: Path, window_s: int) -> None:
    every = pairs(retweets, window_s)
    kept = pairs(retweets, window_s, min_shared=2)
    # Pairs that are not kept count as p = 1, so q may only grow.
    assert kept.drop("q_value").equals(every.filter(pl.col("post_pairs") >= 2).drop("q_value"))


@pytest.mark.parametrize("window_s", [10, 60])
def test_each_edge_that_coortweet_prints_is_ours_with_its_weight(retweets: Path, peer: Path, window_s: int) -> None:
    """CooRTweet 2.1.3 was run with min_participation 2, so its edges are some of ours; the weights must be equal."""
    edges = pl.read_csv(peer / f"coortweet_edges_russian_w{window_s}.csv", infer_schema_length=None).select(
        account_a=pl.min_horizontal("from", "to"), account_b=pl.max_horizontal("from", "to"), weight="weight"
    )
    both = edges.join(pairs(retweets, window_s), on=["account_a", "account_b"], how="left")
    assert edges.height == {10: 442, 60: 3_721}[window_s]
    assert both["weight"].to_list() == both["post_pairs"].to_list()
