"""The toolkit's rule, against what coordination-network-toolkit 1.5.2 prints, and against a join in SQLite."""

import hashlib
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchbell.detect.pairs import pairs_of_actions
from watchbell.detect.rules.toolkit import directed_weights, keep
from watchbell.errors import UsageError
from watchbell.model.actions import ACTIONS
from watchbell.sources.action_table import ActionColumns, read_actions

START = datetime(2021, 6, 8, tzinfo=UTC)
COLUMNS = ActionColumns("account_id", "object_id", "timestamp_share", "content_id")

# Edges, and the first hex digits of the SHA-256 of their sorted lines `user_1,user_2,weight`, as coordination-network-
# toolkit 1.5.2 prints them (compute co_retweet, no loops) by window and least weight, of the first row of each post.
PRINTED = {
    (10, 1): (2_184, "7e011b1c820d0a43"),
    (10, 2): (7, "0958cdd7b56ab969"),
    (10, 3): (2, "52cf317cc8679619"),
    (60, 1): (12_412, "5a8f537b028e43a4"),
    (60, 2): (95, "f2c02a31a9b27a6d"),
    (60, 3): (14, "8c5ef8e240734db6"),
}


def directed(pairs: pl.DataFrame, actions: pa.Table, window_s: float) -> pl.DataFrame:
    weights = directed_weights(pairs, pl.DataFrame(actions), window_s=window_s)
    return pl.concat(
        [
            pairs.select(a="account_a", b="account_b", weight=weights["a_to_b"]),
            pairs.select(a="account_b", b="account_a", weight=weights["b_to_a"]),
        ]
    )


@pytest.mark.shared
@pytest.mark.parametrize("window_s", [10, 60])
def test_edges_and_weights_are_those_that_the_toolkit_prints(shared_data: Path, tmp_path: Path, window_s: int) -> None:
    """The toolkit keeps the first row of a message id and drops the others; so must what both are given."""
    posts = pl.read_parquet(shared_data / "posts" / "russian_coord_tweets.parquet")
    first = tmp_path / "first.parquet"
    posts.unique(subset="content_id", keep="first", maintain_order=True).write_parquet(first)
    actions, _ = read_actions(first, COLUMNS, "repost")
    pairs = pl.DataFrame(pairs_of_actions(actions, window_s=window_s, min_shared=1))
    edges = directed(pairs, actions, window_s)
    for least in (1, 2, 3):
        lines = edges.filter(pl.col("weight") >= least).select(pl.concat_str("a", "b", "weight", separator=","))
        ours = sorted(lines.to_series())
        digest = hashlib.sha256("\n".join(ours).encode()).hexdigest()[:16]
        assert (len(ours), digest) == PRINTED[window_s, least]
        either = edges.filter(pl.col("weight") >= least).select(
            pl.min_horizontal("a", "b").alias("account_a"), pl.max_horizontal("a", "b").alias("account_b")
        )
        kept = pairs.filter(keep(pairs, actions, least)).select("account_a", "account_b")
        assert set(kept.iter_rows()) == set(either.iter_rows())


def in_sqlite(rows: list[tuple[str, str, int, str | None]], window_s: int) -> set[tuple[str, str, int]]:
    database = sqlite3.connect(":memory:")
    database.execute("create table act (account, object, at, post)")
    database.executemany(
        "insert into act values (?, ?, ?, ?)", [(*row[:3], row[3] or f"own {i}") for i, row in enumerate(rows)]
    )
    found = database.execute(
        "select x.account, y.account, count(distinct x.post) from act x join act y on x.object = y.object "
        "where x.account != y.account and abs(x.at - y.at) <= ? group by x.account, y.account",
        [window_s],
    ).fetchall()
    database.close()
    return set(found)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("abc"), st.sampled_from("xyz"), st.integers(0, 30), st.sampled_from(["1", "2", None])
        ),
        max_size=16,
        unique_by=lambda row: row[:3],
    ),
    st.integers(0, 12),
)
def test_weights_equal_a_join_in_sqlite(rows: list[tuple[str, str, int, str | None]], window_s: int) -> None:
    own = [(a, o, s, post and f"{a}{post}") for a, o, s, post in rows]
    actions = pa.Table.from_pylist(
        [
            {"kind": "link", "account_id": a, "object_id": o, "at": START + timedelta(seconds=s), "post_id": post}
            for a, o, s, post in own
        ],
        ACTIONS,
    )
    pairs = pl.DataFrame(pairs_of_actions(actions, window_s=window_s, min_shared=1))
    assert set(directed(pairs, actions, window_s).iter_rows()) == in_sqlite(own, window_s)


def test_a_level_below_one_post_is_refused() -> None:
    actions = pa.Table.from_pylist(
        [{"kind": "link", "account_id": a, "object_id": "x", "at": START, "post_id": a} for a in "ab"], ACTIONS
    )
    pairs = pl.DataFrame(pairs_of_actions(actions, window_s=1, min_shared=1))
    with pytest.raises(UsageError, match="a number of posts, from 1 up"):
        keep(pairs, actions, 0.5)
