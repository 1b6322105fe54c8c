"""Pairs: the table around the kernel."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pyarrow as pa
import pytest

from watchbell.detect.groups import groups_of_pairs
from watchbell.detect.pairs import in_widest, pairs_of_actions
from watchbell.errors import UsageError
from watchbell.model.actions import ACTIONS, PAIRS

START = datetime(2021, 6, 8, tzinfo=UTC)


def actions(*rows: tuple[str, str, str, float]) -> pa.Table:
    return pa.Table.from_pylist(
        [
            {
                "kind": kind,
                "account_id": account,
                "object_id": obj,
                "at": START + timedelta(seconds=at),
                "post_id": str(n),
            }
            for n, (kind, account, obj, at) in enumerate(rows)
        ],
        ACTIONS,
    )


def test_accounts_of_a_pair_are_in_the_order_of_their_text() -> None:
    found = pairs_of_actions(actions(("link", "10", "x", 0), ("link", "9", "x", 1)), window_s=5, min_shared=1)
    assert found.schema == PAIRS
    assert (found["account_a"][0].as_py(), found["account_b"][0].as_py()) == ("10", "9")


def test_each_kind_is_counted_by_itself() -> None:
    table = actions(("link", "a", "x", 0), ("link", "b", "x", 1), ("hashtag", "a", "x", 0), ("hashtag", "b", "x", 2))
    found = pairs_of_actions(table, window_s=5, min_shared=1).to_pylist()
    assert [(row["by"], row["median_gap_s"]) for row in found] == [("hashtag", 2.0), ("link", 1.0)]
    assert pairs_of_actions(table, window_s=5, min_shared=2).num_rows == 0


def test_several_windows_give_the_rows_of_each_narrowest_first() -> None:
    rows = [("link", "a", "x", 0), ("link", "b", "x", 5), ("link", "c", "x", 50), ("text", "a", "y", 0)]
    table = actions(*rows, ("text", "b", "y", 5), ("text", "c", "y", 50))
    alone = [pairs_of_actions(table, window_s=window_s, min_shared=1) for window_s in (5, 60)]
    together = pairs_of_actions(table, window_s=[60, 5, 60], min_shared=1)
    assert pa.concat_tables(alone).sort_by([("by", "ascending"), ("window_s", "ascending")]) == together
    assert [table.num_rows for table in alone] == [2, 6]


def test_a_pair_of_several_windows_is_added_up_once_as_the_widest_has_it() -> None:
    table = actions(("link", "a", "x", 0), ("link", "b", "x", 5), ("link", "a", "y", 0), ("link", "b", "y", 50))
    pairs = pairs_of_actions(table, window_s=[5, 60], min_shared=1)
    assert pairs["objects"].to_pylist() == [1, 2]
    assert in_widest(pl.DataFrame(pairs))["objects"].to_list() == [2]
    assert groups_of_pairs(pairs).equals(groups_of_pairs(pairs.slice(1)))
    assert groups_of_pairs(pairs.slice(0, 1)).num_rows == 2


def test_parts_of_a_second_count() -> None:
    table = actions(("link", "a", "x", 0), ("link", "b", "x", 0.25))
    assert pairs_of_actions(table, window_s=0.25, min_shared=1).num_rows == 1
    assert pairs_of_actions(table, window_s=0.249999, min_shared=1).num_rows == 0


def test_times_before_1970_are_times() -> None:
    table = pa.Table.from_pylist(
        [
            {
                "kind": "link",
                "account_id": name,
                "object_id": "x",
                "at": datetime(1969, 12, 31, tzinfo=UTC),
                "post_id": name,
            }
            for name in "ab"
        ],
        ACTIONS,
    )
    assert pairs_of_actions(table, window_s=0, min_shared=1)["first_at"][0].as_py().year == 1969


def test_nothing_in_nothing_out() -> None:
    assert pairs_of_actions(ACTIONS.empty_table(), window_s=1, min_shared=1).equals(PAIRS.empty_table())


@pytest.mark.parametrize(
    ("window_s", "min_shared"), [(-1, 1), (float("nan"), 1), (float("inf"), 1), (1, 0), ([60, -1], 1), ([], 1)]
)
def test_an_impossible_question_is_refused(window_s: float | list[float], min_shared: int) -> None:
    with pytest.raises(UsageError):
        pairs_of_actions(ACTIONS.empty_table(), window_s=window_s, min_shared=min_shared)
