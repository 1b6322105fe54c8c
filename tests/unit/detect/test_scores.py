"""Precision and recall of named accounts, counted by hand."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbell.detect.scores import accounts_in, score

TRUTH = pl.DataFrame(
    {
        "account_id": ["p1", "p2", "p3", "q1", "f1", "w1", "o1"],
        "role": ["planted", "planted", "planted", "planted", "fan", "wire", "organic"],
        "group": ["one", "one", "one", "two", "fan-1", "wire-1", None],
    }
)


def test_a_score_counted_by_hand() -> None:
    found = score({"p1", "p2", "f1", "w1", "o1", "never seen"}, TRUTH)
    assert (found.named, found.right, found.coordinated) == (5, 2, 4)
    assert (found.fans, found.organic, found.set_aside) == (1, 2, 1)
    assert found.precision == pytest.approx(2 / 5)
    assert found.recall == pytest.approx(2 / 4)
    assert found.recall_of == {"one": pytest.approx(2 / 3), "two": 0.0}


def test_wires_count_as_wrong_when_they_are_not_set_aside() -> None:
    found = score({"p1", "w1"}, TRUTH, aside=())
    assert found.precision == pytest.approx(1 / 2)


def test_there_is_no_precision_of_nothing_and_no_recall_where_nobody_is_planted() -> None:
    assert score(set(), TRUTH).precision is None
    assert score({"o1"}, TRUTH.filter(pl.col("role") != "planted")).recall is None


def test_the_accounts_of_pairs() -> None:
    assert accounts_in(pl.DataFrame({"account_a": ["a", "a"], "account_b": ["b", "c"]})) == {"a", "b", "c"}


@given(st.sets(st.sampled_from([*TRUTH["account_id"], "x", "y"])))
def test_every_named_account_is_counted_once(named: set[str]) -> None:
    found = score(named, TRUTH)
    assert found.named + found.set_aside == len(named)
    assert found.right + found.fans + found.organic == found.named
