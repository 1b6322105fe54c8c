"""CooRTweet's rule, against the edges that CooRTweet 2.1.3 itself prints, and against its filter written out slowly."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchbell.detect.pairs import pairs_of_actions
from watchbell.detect.rules.quantile import keep, participating
from watchbell.errors import UsageError
from watchbell.model.actions import ACTIONS
from watchbell.sources.action_table import ActionColumns, read_actions

START = datetime(2021, 6, 8, tzinfo=UTC)
EDGES = {10: 442, 60: 3_721}
COLUMNS = ActionColumns("account_id", "object_id", "timestamp_share", "content_id")


def actions(rows: list[tuple[str, str, int]]) -> pa.Table:
    return pa.Table.from_pylist(
        [
            {"kind": "link", "account_id": a, "object_id": o, "at": START + timedelta(seconds=s), "post_id": f"p{i}"}
            for i, (a, o, s) in enumerate(rows)
        ],
        ACTIONS,
    )


@pytest.mark.shared
@pytest.mark.parametrize("window_s", [10, 60])
def test_the_filter_leaves_exactly_the_edges_that_coortweet_prints(shared_data: Path, window_s: int) -> None:
    table, _ = read_actions(shared_data / "posts" / "russian_coord_tweets.parquet", COLUMNS, "repost")
    pairs = pl.DataFrame(pairs_of_actions(table, window_s=window_s, min_shared=1))
    printed = pl.read_csv(
        shared_data / "peers" / f"coortweet_edges_russian_w{window_s}.csv", infer_schema_length=None
    ).select(
        account_a=pl.min_horizontal("from", "to"),
        account_b=pl.max_horizontal("from", "to"),
        post_pairs="weight",
        above_the_median=pl.col("weight_threshold") == 1,
    )
    ours = pairs.filter(participating(pairs, pl.DataFrame(table), window_s=window_s, least=2))
    assert ours.height == EDGES[window_s]
    edge = ["account_a", "account_b", "post_pairs"]
    assert ours.select(edge).sort(edge).equals(printed.select(edge).sort(edge))
    heavy = pairs.filter(keep(pairs, table, 0.5))
    assert heavy.select(edge).sort(edge).equals(printed.filter("above_the_median").select(edge).sort(edge))


def slowly(rows: list[tuple[str, str, int]], window_s: int, least: int) -> set[tuple[str, str]]:
    """The filter, one step after the other over lists."""
    busy = [row for row in rows if sum(row[0] == other[0] for other in rows) >= least]
    close = [
        (x, y)
        for x, y in permutations(enumerate(busy), 2)
        if x[1][0] != y[1][0] and x[1][1] == y[1][1] and abs(x[1][2] - y[1][2]) <= window_s
    ]
    taking_part = [account for account, _, _ in {x[0]: x[1] for x, _ in close}.values()]
    return {
        (x[1][0], y[1][0])
        for x, y in close
        if x[1][0] < y[1][0] and any(taking_part.count(end[1][0]) >= least for end in (x, y))
    }


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("xyz"), st.integers(0, 30)), max_size=16, unique=True),
    st.integers(0, 12),
    st.integers(1, 3),
)
def test_the_filter_equals_itself_written_out(rows: list[tuple[str, str, int]], window_s: int, least: int) -> None:
    table = actions(rows)
    pairs = pl.DataFrame(pairs_of_actions(table, window_s=window_s, min_shared=1))
    kept = pairs.filter(participating(pairs, pl.DataFrame(table), window_s=window_s, least=least))
    assert set(kept.select("account_a", "account_b").iter_rows()) == slowly(rows, window_s, least)


def test_a_weight_must_exceed_the_quantile_not_reach_it() -> None:
    rows = [(a, f"{pair}{i}", 100 * i) for pair, n in (("ab", 2), ("cd", 2), ("ef", 5)) for i in range(n) for a in pair]
    table = actions(rows)
    pairs = pl.DataFrame(pairs_of_actions(table, window_s=10, min_shared=1))
    assert pairs["post_pairs"].to_list() == [2, 2, 5]
    assert keep(pairs, table, 0.5).to_list() == [False, False, True]
    assert keep(pairs, table, 1.0).to_list() == [False, False, False]


def test_a_level_outside_0_to_1_is_refused() -> None:
    table = actions([("a", "x", 0), ("b", "x", 1), ("a", "y", 0), ("b", "y", 1)])
    pairs = pl.DataFrame(pairs_of_actions(table, window_s=10, min_shared=1))
    with pytest.raises(UsageError, match="from 0 to 1, not 99"):
        keep(pairs, table, 99)
