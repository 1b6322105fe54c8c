"""Pairs on real posts, by every trace and in two windows at once, against a join that is none of our counting."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchbell.desk.investigations.investigate import Question, investigate
from watchbell.detect.actions import actions_of_posts, joined
from watchbell.detect.pairs import pairs_of_actions
from watchbell.detect.traces.catalogue import TRACES
from watchbell.engine.places import Local
from watchbell.model.actions import ACTIONS, CODED_ACTIONS
from watchbell.sources.reading import read_posts

OF_TELEGRAM = 400_000
WINDOWS_S = (10, 60)
POSTS = 25_000
COUNTED = ["account_a", "account_b", "by", "window_s", "post_pairs", "objects", "first_at", "last_at", "median_gap_s"]
READ: dict[str, dict[str, Any]] = {
    "ira_tweets_a": {"platform": "twitter"},
    "russian_coord_tweets": {
        "platform": "twitter",
        "mapping": {"account_id": "account_id", "created_at": "timestamp_share", "repost_of": "object_id"},
    },
    "telegram_channels": {},
}
SEEN = {
    "ira_tweets_a": {"domain", "exact_text", "hashtag", "hashtag_sequence", "link", "mention", "text"},
    "russian_coord_tweets": {"repost"},
    "telegram_channels": {"domain", "link", "repost"},
}


@pytest.fixture(scope="module")
def actions_in(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], pa.Table]:
    """Return what reads the actions of all traces in a part of a set."""

    def read(name: str) -> pa.Table:
        part = tmp_path_factory.mktemp("sets") / f"{name}.parquet"
        whole = pq.read_table(shared_data / "posts" / f"{name}.parquet")
        # Telegram's lie channel by channel: its part is a time that many channels have posts of.
        of_part = whole.sort_by("date").slice(OF_TELEGRAM) if "date" in whole.column_names else whole
        pq.write_table(of_part.slice(0, POSTS), part)
        tables = [table for table, _ in read_posts(part, **READ[name])]
        return joined(actions_of_posts(pa.concat_tables(tables), list(TRACES.values())))

    return read


def joined_pairs(actions: pa.Table, window_s: float, min_shared: int) -> pl.DataFrame:
    """Return pairs by a self-join of Polars over pieces of time: what lies within the window is in one or beside it."""
    width = round(window_s * 1e6) + 1
    one = pl.DataFrame(actions).with_columns(us=pl.col("at").dt.epoch("us")).with_columns(piece=pl.col("us") // width)
    other = one.with_columns(piece=pl.concat_list([pl.col("piece") + step for step in (-1, 0, 1)])).explode("piece")
    met = one.join(other, on=["kind", "object_id", "piece"], suffix="_b").with_columns(
        gap=(pl.col("us") - pl.col("us_b")).abs()
    )
    return (
        met.filter(pl.col("account_id") < pl.col("account_id_b"), pl.col("gap") <= window_s * 1e6)
        .group_by(account_a="account_id", account_b="account_id_b", by="kind")
        .agg(
            pl.lit(float(window_s)).alias("window_s"),
            pl.len().cast(pl.Int64).alias("post_pairs"),
            pl.col("object_id").n_unique().cast(pl.Int64).alias("objects"),
            pl.min_horizontal("at", "at_b").min().alias("first_at"),
            pl.max_horizontal("at", "at_b").max().alias("last_at"),
            (pl.col("gap").median() / 1e6).alias("median_gap_s"),
        )
        .filter(pl.col("post_pairs") >= min_shared)
        .select(COUNTED)
    )


def in_every_window(actions: pa.Table, windows_s: Sequence[float], min_shared: int) -> pl.DataFrame:
    parts = [joined_pairs(actions, window_s, min_shared) for window_s in windows_s]
    return pl.concat(parts).sort("by", "window_s", "account_a", "account_b")


@pytest.mark.shared
@pytest.mark.parametrize("name", sorted(READ))
@pytest.mark.parametrize("min_shared", [1, 2])
def test_every_trace_of_the_real_sets_is_counted_as_a_join_counts_it(
    actions_in: Callable[[str], pa.Table], name: str, min_shared: int
) -> None:
    actions = actions_in(name)
    assert SEEN[name] <= set(actions["kind"].unique().to_pylist())
    ours = pl.DataFrame(pairs_of_actions(actions, window_s=WINDOWS_S, min_shared=min_shared)).select(COUNTED)
    assert ours.equals(in_every_window(actions, WINDOWS_S, min_shared))
    assert ours.height > 0


few = st.sampled_from("abcde")
# Whole seconds fall on the edges of the windows, halves between them; equal times are common.
worlds = st.lists(st.tuples(st.sampled_from(["link", "text"]), few, few, st.integers(0, 40)), max_size=80)


@given(worlds, st.lists(st.integers(0, 22), min_size=1, max_size=3, unique=True), st.integers(1, 3))
@settings(max_examples=60, deadline=None)
def test_small_worlds_are_counted_as_a_join_counts_them(
    rows: list[tuple[str, str, str, int]], windows_s: list[int], min_shared: int
) -> None:
    halves = [{"kind": k, "account_id": a, "object_id": o, "at": 500_000 * t, "post_id": None} for k, a, o, t in rows]
    table = pa.Table.from_pylist(halves, ACTIONS)
    actions = pl.DataFrame(table).unique(maintain_order=True).to_arrow().cast(ACTIONS)
    ours = pairs_of_actions(actions, window_s=windows_s, min_shared=min_shared, engine=Local(threads=3))
    assert pl.DataFrame(ours).select(COUNTED).equals(in_every_window(actions, windows_s, min_shared))
    # Names coded or written out, in any order of rows: the same to the last bit.
    coded = actions.take(np.random.default_rng(len(rows)).permutation(len(actions))).cast(CODED_ACTIONS)
    assert pairs_of_actions(coded, window_s=windows_s, min_shared=min_shared).equals(ours)


def test_a_rule_that_reads_actions_reads_them_coded_or_written_out() -> None:
    rows = [("a", "x", 0), ("b", "x", 1), ("a", "y", 9), ("b", "y", 9), ("c", "y", 50)]
    table = [
        {"kind": "link", "account_id": a, "object_id": o, "at": t * 10**6, "post_id": f"{a}{t}"} for a, o, t in rows
    ]
    actions = pa.Table.from_pylist(table, ACTIONS)
    for rule in ("quantile", "toolkit", "tfidf", "svn", "fdr", "shared"):
        question = Question(("link",), 10, 1, rule, 0.5 if rule != "toolkit" else 2)
        plain, coded = (investigate(given, question) for given in (actions, actions.cast(CODED_ACTIONS)))
        assert plain.kept.equals(coded.kept)
        assert plain.groups.equals(coded.groups)
