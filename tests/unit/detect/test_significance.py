"""Which pairs are named: not what chance did, nor taste; copies, and at the rate that is promised."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from watchbell.detect.pairs import pairs_of_actions
from watchbell.detect.scores import accounts_in
from watchbell.detect.significance import LEAST_ACTIONS, share_named_wrongly
from watchbell.model.actions import ACTIONS

START = datetime(2021, 6, 8, tzinfo=UTC)
ACCOUNTS, OBJECTS, COUNT = 120, 300, 6_000
WINDOWS_S = (60.0, 600.0)


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


def pairs(actions: pl.DataFrame, min_shared: int = 1, *, any_dependence: bool = False) -> pl.DataFrame:
    table = actions.to_arrow().cast(ACTIONS)
    return pl.DataFrame(
        pairs_of_actions(table, window_s=WINDOWS_S, min_shared=min_shared, any_dependence=any_dependence)
    )


def named(found: pl.DataFrame) -> set[str]:
    return accounts_in(found.filter(pl.col("q_value") <= 0.05))


def copies(of: pl.DataFrame, names: str) -> pl.DataFrame:
    """Return what accounts do that follow these actions one after another within seconds."""
    return pl.concat(
        of.with_columns(account_id=pl.lit(name), at=pl.col("at") + timedelta(seconds=lag), post_id="post_id")
        for lag, name in enumerate(names, 1)
    )


@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_named_where_there_is_nothing(seed: int) -> None:
    assert named(pairs(world(seed))) == set()


def test_accounts_that_copy_each_other_stand_out_and_nobody_else() -> None:
    honest = world(3)
    first = honest.filter(pl.col("account_id") == "a060").head(12)
    found = named(pairs(pl.concat([honest, copies(first, "xyz")]), min_shared=2))
    assert {"x", "y", "z"} <= found <= {"a060", "x", "y", "z"}


def test_those_who_share_the_same_things_in_their_own_time_are_not_named() -> None:
    honest, chance = world(4), np.random.default_rng(4)
    taste = honest.sort("at").unique("object_id", keep="first", maintain_order=True).head(40)
    fans = [
        taste.with_columns(
            account_id=pl.lit(name),
            at=pl.col("at") + pl.Series((600e6 * np.exp(chance.normal(0, 1, 40))).astype(int)).cast(pl.Duration("us")),
        )
        for name in ("fan-a", "fan-b")
    ]
    found = pairs(pl.concat([honest, *fans]))
    row = found.filter(pl.col("account_a") == "fan-a", pl.col("account_b") == "fan-b", pl.col("window_s") == 600)
    assert row["objects"][0] > 3 * row["expected"][0]
    assert row["q_value"][0] > 0.05


def test_a_pair_has_one_rate_for_all_windows() -> None:
    honest = world(3)
    first = honest.filter(pl.col("account_id") == "a060").head(12)
    found = pairs(pl.concat([honest, copies(first, "xy")]))
    rates = found.group_by("account_a", "account_b").agg(pl.col("q_value").n_unique(), windows=pl.len())
    assert rates.filter(pl.col("windows") > 1).height
    assert rates["q_value"].max() == 1


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


def test_the_rate_is_benjamini_and_hochbergs_over_accounts() -> None:
    chance = np.random.default_rng(6)
    a, b = np.triu_indices(12, 1)
    p_value = np.where(chance.random(len(a)) < 0.2, 1e-4, 1) * chance.random(len(a))
    false_pairs = p_value * len(a)
    # Of each account: its least p, times its pairs; ranked among the accounts.
    own = {n: p_value[(a == n) | (b == n)].min() * 11 for n in range(12)}
    for level in (0.01, 0.05, 0.3, 0.9):
        limit = max((p for p in own.values() if p * 12 <= level * sum(q <= p for q in own.values())), default=-1)
        kept = share_named_wrongly(a, b, false_pairs) <= level
        assert set(a[kept]) | set(b[kept]) == {n for n, p in own.items() if p <= limit}


def test_under_any_dependence_the_rate_is_larger_by_the_harmonic_number_of_accounts() -> None:
    honest = world(3)
    first = honest.filter(pl.col("account_id") == "a060").head(6)
    actions = pl.concat([honest, copies(first, "xy")])
    plain, strict = pairs(actions), pairs(actions, any_dependence=True)
    judged = actions.group_by("account_id").len().filter(pl.col("len") >= LEAST_ACTIONS).height
    least, less = (min(found["q_value"].drop_nulls()) for found in (plain, strict))
    assert 0 < least < 0.05
    assert less == pytest.approx(least * sum(1 / k for k in range(1, judged + 1)), rel=0.01)
