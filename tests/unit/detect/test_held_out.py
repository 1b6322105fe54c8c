"""Groups on the objects that did not find them: what acts together is confirmed, what came together once is not."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from watchbell.detect.groups import groups_of_pairs
from watchbell.detect.held_out import with_held_out_q
from watchbell.detect.pairs import pairs_of_actions
from watchbell.model.actions import ACTIONS, GROUPS

START = datetime(2021, 6, 8, tzinfo=UTC)
ACCOUNTS, OBJECTS, COUNT = 120, 600, 6_000


def world(seed: int) -> pl.DataFrame:
    """Return actions of accounts of which none acts with another, over a month."""
    chance = np.random.default_rng(seed)
    objects = (OBJECTS * chance.random(COUNT) ** 2).astype(int)
    at = 30 * 86_400 * chance.random(OBJECTS)[objects] + chance.exponential(7_200, COUNT)
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


def together(honest: pl.DataFrame, names: str) -> pl.DataFrame:
    """Return the world with accounts in it that follow one of its accounts within seconds, whatever it does."""
    led = honest.filter(pl.col("account_id") == "a060")
    copies = [
        led.with_columns(account_id=pl.lit(name), at=pl.col("at") + timedelta(seconds=lag), post_id="post_id")
        for lag, name in enumerate(names, 1)
    ]
    return pl.concat([honest, *copies])


def grouped(actions: pl.DataFrame) -> tuple[pl.DataFrame, pa.Table]:
    """Return the groups of all pairs with two post pairs, and what is known of them on halves."""
    table = actions.to_arrow().cast(ACTIONS)
    found = groups_of_pairs(pairs_of_actions(table, window_s=60, min_shared=2))
    return pl.DataFrame(with_held_out_q(found, table, window_s=60, min_shared=2)), found


@pytest.mark.parametrize("seed", range(3))
def test_who_acts_together_is_confirmed(seed: int) -> None:
    held, found = grouped(together(world(seed), "xyz"))
    q_of = dict(held.select("account_id", "q_value").iter_rows())
    assert q_of["x"] == q_of["y"] == q_of["z"] <= 0.01
    assert held.drop("q_value").equals(pl.DataFrame(found).drop("q_value"))


@pytest.mark.parametrize("seed", range(6))
def test_where_nobody_does_nothing_is_confirmed(seed: int) -> None:
    held, found = grouped(world(seed))
    assert found.num_rows
    assert held["q_value"].is_between(0.05, 1).all()


def test_of_no_groups_nothing_is_known() -> None:
    held = with_held_out_q(GROUPS.empty_table(), ACTIONS.empty_table(), window_s=60, min_shared=2)
    assert held.schema == GROUPS
    assert held.num_rows == 0
