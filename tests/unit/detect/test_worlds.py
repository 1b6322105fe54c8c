"""A simulated world holds what its recipe says, and nothing that gives the truth away."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from watchbell.detect.worlds.crowd import crowd
from watchbell.detect.worlds.recipe import Habit, Recipe
from watchbell.detect.worlds.stage import accounts_of, objects_of
from watchbell.detect.worlds.world import World, simulate
from watchbell.errors import UsageError
from watchbell.model.actions import ACTIONS

SMALL = Recipe(events=60_000, habits=(Habit(15, 12, 30), Habit(6, 30, 900)), fans=60, sources=3, wires=10)


@pytest.fixture(scope="module")
def world() -> World:
    return simulate(SMALL, 7)


def of_role(world: World, role: str) -> pl.DataFrame:
    return pl.DataFrame(world.actions).join(world.truth.filter(pl.col("role") == role), on="account_id")


def test_a_world_is_the_same_for_the_same_seed_and_another_for_another(world: World) -> None:
    again, other = simulate(SMALL, 7), simulate(SMALL, 8)
    assert again.actions.equals(world.actions)
    assert again.truth.equals(world.truth)
    assert not other.actions.equals(world.actions)


def test_actions_have_their_schema_and_lie_within_the_days_in_order(world: World) -> None:
    assert world.actions.schema.equals(ACTIONS)
    times = pl.DataFrame(world.actions)["at"]
    first_day = datetime(2024, 1, 1, tzinfo=UTC)
    assert times.is_sorted()
    assert first_day <= times[0]
    assert times[-1] < first_day + timedelta(days=SMALL.days)
    assert 0.9 * SMALL.events < len(times) < 1.1 * SMALL.events


def test_nobody_does_the_same_thing_twice(world: World) -> None:
    done = pl.DataFrame(world.actions).select("account_id", "object_id")
    assert done.n_unique() == done.height


def test_the_truth_tells_of_every_account(world: World) -> None:
    counts = dict(world.truth["role"].value_counts().iter_rows())
    assert counts == {"organic": 2_000 - 60 - 10 - 21, "fan": 60, "wire": 10, "planted": 21}
    groups = dict(world.truth.drop_nulls("group")["group"].value_counts().iter_rows())
    assert (groups["planted-1"], groups["planted-2"]) == (15, 6)
    assert set(groups) == {"fan-1", "fan-2", "fan-3", "wire-1", "wire-2", "planted-1", "planted-2"}
    assert set(pl.DataFrame(world.actions)["account_id"]) <= set(world.truth["account_id"])


def test_a_null_world_has_fans_but_nobody_who_acts_together() -> None:
    truth = simulate(SMALL.null(), 7).truth
    assert dict(truth["role"].value_counts().iter_rows()) == {"organic": 1_940, "fan": 60}


def test_account_numbers_do_not_tell_the_role(world: World) -> None:
    number = pl.col("account_id").str.strip_prefix("simulated:").cast(pl.Int64)
    planted = world.truth.filter(pl.col("role") == "planted").select(number).to_series()
    # 21 of 2,000 in random order: no stretch of 200 numbers holds them all, as one would if they stood together.
    assert planted.max() - planted.min() > 200  # type: ignore[operator]  # integers


def test_a_group_acts_within_its_spread_and_as_often_as_said() -> None:
    habit = Habit(accounts=40, campaigns=20, spread_s=45)
    recipe = Recipe(events=60_000, habits=(habit,), camouflage=0, fans=0, wires=0)
    done = of_role(simulate(recipe, 3), "planted")
    campaigns = done.group_by("object_id").agg(pl.len(), spread=(pl.col("at").max() - pl.col("at").min()))
    assert campaigns.height <= habit.campaigns
    assert campaigns["spread"].max() <= timedelta(seconds=habit.spread_s)  # type: ignore[operator]
    # Of 40 accounts six in ten take part; five standard deviations are 15.
    assert campaigns["len"].is_between(9, 39).all()
    assert done.height / (habit.accounts * campaigns.height) == pytest.approx(recipe.participation, abs=0.1)


def test_camouflage_is_most_of_what_planted_accounts_do(world: World) -> None:
    per_account = of_role(world, "planted").height / 21
    assert 0.6 * 12 + 10 < per_account < 0.6 * 30 + 60


def test_wires_of_a_service_publish_the_same_items_within_a_second(world: World) -> None:
    items = (
        of_role(world, "wire")
        .group_by("group", "object_id")
        .agg(pl.len(), spread=pl.col("at").max() - pl.col("at").min())
    )
    together = items.filter(pl.col("len") >= 4)
    assert together.height > 100
    assert (together["spread"] <= timedelta(seconds=1)).mean() > 0.9  # type: ignore[operator]


def test_fans_share_what_other_fans_of_their_source_share(world: World) -> None:
    done = of_role(world, "fan").select("account_id", "group", "object_id", "at")
    met = done.join(done, on="object_id", suffix="_b").filter(pl.col("account_id") < pl.col("account_id_b"))
    close = met.filter((pl.col("at") - pl.col("at_b")).abs() <= timedelta(minutes=10))
    # A third of all pairs of fans have one source; were fans nothing special, a third of the meetings would too.
    assert (close["group"] == close["group_b"]).mean() > 0.6  # type: ignore[operator]


def test_activity_and_popularity_are_heavy_tailed(world: World) -> None:
    for column in ("account_id", "object_id"):
        counts = np.sort(pl.DataFrame(world.actions)[column].value_counts()["count"].to_numpy())
        assert counts[-(len(counts) // 100) :].sum() > 0.1 * counts.sum()


def test_accounts_sleep(world: World) -> None:
    hours = of_role(world, "organic").with_columns(hour=pl.col("at").dt.hour().cast(pl.Int64))
    busy = hours.filter(pl.len().over("account_id") >= 100)
    angle = pl.col("hour") * (2 * np.pi / 24)
    # Length of the mean direction on the clock: 0 when all hours are alike, 1 when one hour is all.
    rhythm = busy.group_by("account_id").agg(length=(angle.cos().mean().pow(2) + angle.sin().mean().pow(2)).sqrt())
    assert rhythm["length"].median() > 0.3  # type: ignore[operator]


def test_shares_burst_after_birth_and_prefer_the_accounts_topic() -> None:
    chance = np.random.default_rng(1)
    accounts, objects = accounts_of(SMALL, chance), objects_of(SMALL, chance)
    deeds = crowd(chance, accounts, objects)
    delay = deeds.at_s - objects.birth_s[deeds.object]
    assert delay.min() >= 0
    assert np.median(delay) < 6 * 3_600 < 24 * 3_600 < delay.max()
    at_home = accounts.topic[deeds.account] == objects.topic[deeds.object]
    # Were preference nothing, two draws of 20 topics, common as 1, 1/2, 1/3 …, would be one topic in 12% of cases.
    assert at_home.mean() > 0.5


def test_one_object_in_ten_has_a_second_burst_of_minutes() -> None:
    chance = np.random.default_rng(1)
    accounts, objects = accounts_of(SMALL, chance), objects_of(SMALL, chance)
    deeds = crowd(chance, accounts, objects)
    echo = objects.echo_s[deeds.object]
    after = deeds.at_s - objects.birth_s[deeds.object] - echo
    soon = (after >= 0) & (after < 15 * 60)
    assert np.isfinite(objects.echo_s).mean() == pytest.approx(0.1, abs=0.02)
    # A third of an echoed object's shares come from the echo, nearly all of them in its first quarter of an hour.
    assert soon[np.isfinite(echo)].mean() > 0.3


def test_topics_that_no_account_prefers_are_shared_by_others() -> None:
    many = Recipe(events=2_000, habits=(), fans=0, wires=0, topics=1_000)
    world = simulate(many, 1)
    assert world.actions.num_rows > 1_500
    assert set(pl.DataFrame(world.actions)["account_id"]) <= set(world.truth["account_id"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"events": 10},
        {"events": 10_000},
        {"topics": 0},
        {"days": 0},
        {"participation": 1.5},
        {"participation": float("nan")},
        {"camouflage": -1.0},
        {"fans": -1},
        {"sources": 0},
        {"habits": (Habit(1, 5, 10),)},
        {"habits": (Habit(5, 100_000, 10),)},
    ],
)
def test_a_world_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        Recipe(**wrong)  # type: ignore[arg-type]
