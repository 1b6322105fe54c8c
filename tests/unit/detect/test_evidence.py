"""The posts behind a pair are those that the kernel counted."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from watchbell.detect.evidence import POST_PAIRS, post_pairs
from watchbell.detect.pairs import pairs_of_actions
from watchbell.model.actions import ACTIONS

START = datetime(2021, 6, 8, 10, tzinfo=UTC)
ACTION = st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), st.integers(0, 40), st.integers(0, 5))


def table(rows: list[tuple[str, str, int, int]]) -> pa.Table:
    made = {
        ("link" if number % 2 else "text", account, thing, START + timedelta(seconds=second), f"post{number}")
        for account, thing, second, number in rows
    }
    return pa.Table.from_pylist([dict(zip(ACTIONS.names, row, strict=True)) for row in sorted(made)], ACTIONS)


@settings(max_examples=60, deadline=None)
@given(st.lists(ACTION, max_size=40), st.sampled_from([0, 1, 7, 100]))
def test_there_are_as_many_as_the_kernel_counts(rows: list[tuple[str, str, int, int]], window_s: int) -> None:
    actions = table(rows)
    counted = pl.DataFrame(pairs_of_actions(actions, window_s=window_s, min_shared=1))
    found = pl.DataFrame(post_pairs(actions, "a", "b", window_s))
    by_trace = dict(found.group_by("by").len().iter_rows())
    assert by_trace == dict(counted.select("by", "post_pairs").iter_rows())
    assert found["gap_s"].abs().max() in (None, *range(window_s + 1))


def test_a_gap_is_how_much_later_b_acted_and_the_window_is_inclusive() -> None:
    actions = table([("a", "x", 10, 1), ("b", "x", 3, 1), ("b", "x", 17, 3), ("b", "x", 18, 5)])
    found = post_pairs(actions, "a", "b", 7)
    assert found.schema == POST_PAIRS
    assert pl.DataFrame(found).select("post_a", "post_b", "gap_s").rows() == [
        ("post1", "post1", -7.0),
        ("post1", "post3", 7.0),
    ]


def test_two_accounts_that_repeat_themselves_all_day_cost_little() -> None:
    each = 40_000
    rows = pl.DataFrame({"second": range(each)}).join(pl.DataFrame({"account_id": ["a", "b"]}), how="cross")
    actions = rows.select(
        pl.lit("link").alias("kind"),
        "account_id",
        pl.lit("x").alias("object_id"),
        (START + pl.duration(minutes="second")).alias("at"),
        pl.lit(None, pl.String).alias("post_id"),
    )
    assert post_pairs(actions.to_arrow().cast(ACTIONS), "a", "b", 10).num_rows == each
