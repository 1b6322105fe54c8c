"""The permutation test against permutations: what it promises must hold when chance really did it."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbell.detect.pairs import pairs_of_actions, slots_of
from watchbell.detect.significance import LEAST_ACTIONS, hypotheses, marks, q_values
from watchbell.model.actions import ACTIONS

START = datetime(2021, 6, 8, tzinfo=UTC)
ACCOUNTS, OBJECTS, COUNT = 120, 300, 6_000
WINDOW_S = 600


def world(seed: int) -> pl.DataFrame:
    """Return actions in which popularity, bursts and activity are skewed, and chance alone decides who acts where."""
    chance = np.random.default_rng(seed)
    objects = (OBJECTS * chance.random(COUNT) ** 2).astype(int)
    at = 86_400 * chance.random(OBJECTS)[objects] + chance.exponential(1_800, COUNT)
    accounts = (ACCOUNTS * chance.random(COUNT) ** 2).astype(int)
    return pl.DataFrame(
        {
            "kind": "link",
            "account_id": [f"a{account:03}" for account in accounts],
            "object_id": [f"o{obj}" for obj in objects],
            "at": [START + timedelta(seconds=float(second)) for second in at],
            "post_id": [str(number) for number in range(COUNT)],
        }
    )


def pairs(actions: pl.DataFrame, min_shared: int = 1) -> pl.DataFrame:
    table = actions.to_arrow().cast(ACTIONS)
    return pl.DataFrame(pairs_of_actions(table, window_s=WINDOW_S, min_shared=min_shared))


@pytest.fixture(scope="module")
def null_worlds() -> list[pl.DataFrame]:
    return [pairs(world(seed)) for seed in range(12)]


@pytest.mark.parametrize("level", [0.05, 0.01, 0.001, 0.0001])
def test_small_p_values_are_as_rare_as_they_say_when_chance_did_it(
    null_worlds: list[pl.DataFrame], level: float
) -> None:
    tested = sum(hypotheses(slots_of(world(seed).to_arrow())[0]) for seed in range(len(null_worlds)))
    small = sum(found.filter(pl.col("p_value") <= level).height for found in null_worlds)
    assert small <= level * tested + 3 * (level * tested) ** 0.5


def test_nothing_is_discovered_where_there_is_nothing(null_worlds: list[pl.DataFrame]) -> None:
    assert [found.filter(pl.col("q_value") <= 0.05).height for found in null_worlds] == [0] * len(null_worlds)


def test_expected_post_pairs_are_what_permutations_give_on_average() -> None:
    original, chance = world(0), np.random.default_rng(1)
    shuffled = [original.with_columns(pl.col("account_id").gather(chance.permutation(COUNT))) for _ in range(30)]
    sizes = original["account_id"].value_counts().sort("count", descending=True)["account_id"].head(10)
    both = pl.col("account_a").is_in(sizes) & pl.col("account_b").is_in(sizes)
    mean = sum(pairs(permuted).filter(both)["post_pairs"].sum() for permuted in shuffled) / len(shuffled)
    assert pairs(original).filter(both)["expected"].sum() == pytest.approx(mean, rel=0.1)


def test_accounts_that_copy_each_other_stand_out_and_nobody_else() -> None:
    honest = world(3)
    first = honest.filter(pl.col("account_id") == "a060").head(12)
    copies = [
        first.with_columns(
            account_id=pl.lit(name), at=pl.col("at") + timedelta(seconds=lag), post_id=pl.col("post_id") + name
        )
        for lag, name in enumerate(("x", "y", "z"), 1)
    ]
    found = pairs(pl.concat([honest, *copies]), min_shared=2).filter(pl.col("q_value") <= 0.05)
    named = set(found["account_a"]) | set(found["account_b"])
    assert {"x", "y", "z"} <= named <= {"a060", "x", "y", "z"}


def test_who_acts_too_little_is_not_judged() -> None:
    few = [(name, f"o{number}", number) for number in range(LEAST_ACTIONS - 1) for name in ("a", "b")]
    table = pa.Table.from_pylist(
        [
            {"kind": "link", "account_id": name, "object_id": obj, "at": START + timedelta(hours=hour), "post_id": name}
            for name, obj, hour in few
        ],
        ACTIONS,
    )
    (row,) = pairs_of_actions(table, window_s=1, min_shared=1).to_pylist()
    assert row["expected"] > 0
    assert row["p_value"] is None
    assert row["q_value"] is None


def test_repeating_oneself_on_one_object_proves_nothing() -> None:
    base = world(5)
    loud = pl.concat(
        base.head(1).with_columns(
            account_id=pl.lit(name),
            object_id=pl.lit("o0"),
            at=pl.lit(START + timedelta(seconds=n)),
            post_id=pl.lit(f"{name}{n}"),
        )
        for n in range(40)
        for name in ("loud-a", "loud-b")
    )
    row = pairs(pl.concat([base, loud.select(base.columns)])).filter(
        pl.col("account_a") == "loud-a", pl.col("account_b") == "loud-b"
    )
    assert row["post_pairs"][0] == 1_600
    assert row["q_value"][0] > 0.05


def test_an_object_weighs_less_the_more_share_it() -> None:
    weights = marks(np.array([0, 1, 1, 2, 2, 2], np.int32))
    assert weights.tolist() == pytest.approx(np.log1p(100 / np.array([1, 2, 2, 3, 3, 3])).tolist())


@given(st.lists(st.floats(0, 1), max_size=30), st.integers(0, 50))
def test_q_values_are_those_of_benjamini_and_hochberg(p_values: list[float], unseen: int) -> None:
    tested = len(p_values) + unseen
    ranked = sorted(p_values)
    expected = [
        min([1.0, *(ranked[j] * tested / (j + 1) for j in range(len(ranked)) if ranked[j] >= p)]) for p in p_values
    ]
    assert q_values(pl.Series(p_values, dtype=pl.Float64), tested).to_list() == pytest.approx(expected)


def test_q_values_under_any_dependence_are_larger_by_the_harmonic_number() -> None:
    p_values = pl.Series([1e-6, 1e-5])
    plain, any_dependence = q_values(p_values, 100), q_values(p_values, 100, dependent=True)
    harmonic = sum(1 / k for k in range(1, 101))
    assert plain.to_list() == pytest.approx([1e-4, 5e-4])
    assert any_dependence.to_list() == pytest.approx([harmonic * 1e-4, harmonic * 5e-4], rel=0.01)


def test_what_was_not_judged_has_no_q() -> None:
    assert q_values(pl.Series([None, 0.5, None], dtype=pl.Float64), 1).to_list() == [None, 0.5, None]
