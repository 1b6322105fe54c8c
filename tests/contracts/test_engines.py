"""One suite, two places to count: this machine and Spark. Whatever is asked, both find the same, to the last bit."""

import itertools
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from watchbell.detect.pairs import pairs_of_actions
from watchbell.detect.worlds.recipe import Habit, Recipe
from watchbell.detect.worlds.world import simulate
from watchbell.engine import spark_counting
from watchbell.engine.kernel import reach
from watchbell.engine.places import HERE, Engine, Spark
from watchbell.engine.slots import CoActions, Slots
from watchbell.model.actions import ACTIONS

Rows = Sequence[tuple[int, int, int]]
"""Account, object, time."""

DEMO = Path(__file__).parents[2] / "src/watchbell/desk/demo_data"


@pytest.fixture(params=["local", pytest.param("spark", marks=pytest.mark.spark)])
def engine(request: pytest.FixtureRequest) -> Engine:
    return HERE if request.param == "local" else Spark(request.getfixturevalue("spark"))


@pytest.fixture
def _many_small_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut small worlds as a cluster cuts large ones: many tasks, and pruned by a sketch."""
    monkeypatch.setattr(spark_counting, "LOAD", 3_000)
    monkeypatch.setattr(spark_counting, "LEAST_SKETCHED", 1)


def slots_of(rows: Rows) -> Slots:
    ordered = sorted(set(rows), key=lambda row: (row[1], row[2], row[0]))
    accounts, objects, times = np.array(ordered, np.int64).reshape(-1, 3).T
    # A third has no exact binary form: sums of it show in which order they were made.
    return Slots(accounts.astype(np.int32), objects.astype(np.int32), times.copy(), 1 / (3.0 + objects))


def by_brute_force(rows: Rows, window: int, floor: int) -> dict[tuple[int, int], tuple[float, ...]]:
    met = defaultdict(list)
    for _, of_object in itertools.groupby(sorted(set(rows), key=lambda row: row[1]), key=lambda row: row[1]):
        for (a, obj, s), (b, _, t) in itertools.combinations(of_object, 2):
            if a != b and abs(s - t) <= window:
                met[min(a, b), max(a, b)].append((obj, min(s, t), max(s, t)))
    return {
        pair: (
            len(seen),
            len({obj for obj, _, _ in seen}),
            min(first for _, first, _ in seen),
            max(last for _, _, last in seen),
            median(last - first for _, first, last in seen),
        )
        for pair, seen in met.items()
        if len(seen) >= floor
    }


def said(found: CoActions) -> dict[tuple[int, int], tuple[float, ...]]:
    return {(a, b): tuple(rest[:5]) for a, b, *rest in zip(*(column.tolist() for column in found), strict=True)}


def small_worlds() -> list[tuple[int, int, int]]:
    """Return 200 random worlds side by side, with many ties and many gaps that equal the window."""
    chance = np.random.default_rng(5)
    return [
        (6 * world + account, 4 * world + obj, at)
        for world in range(200)
        for account, obj, at in chance.integers(0, (6, 4, 20), (int(chance.integers(0, 40)), 3)).tolist()
    ]


def hot_object() -> list[tuple[int, int, int]]:
    """Return one object that is larger than a task, between two that are not; the same accounts meet on all three."""
    chance = np.random.default_rng(6)
    hot = [(account, 1, at) for account, at in chance.integers(0, (40, 900), (600, 2)).tolist()]
    return [*hot, *((account, obj, 10 * account) for obj in (0, 2) for account in range(40))]


WORLDS: dict[str, Callable[[], Rows]] = {"small worlds": small_worlds, "a hot object": hot_object, "nothing": list}


@pytest.mark.usefixtures("_many_small_tasks")
@pytest.mark.parametrize("world", WORLDS)
def test_pairs_equal_brute_force(engine: Engine, world: str) -> None:
    rows = WORLDS[world]()
    found = engine.co_actions(slots_of(rows), [0, 5, 20], 2)
    assert [said(within) for within in found] == [by_brute_force(rows, window, 2) for window in (0, 5, 20)]


@pytest.mark.usefixtures("_many_small_tasks")
@pytest.mark.parametrize("floor", [1, 300])
def test_any_floor_is_exact(engine: Engine, floor: int) -> None:
    rows = [(account, obj, 0) for obj in range(300) for account in (0, 1)] + [(2, obj, 0) for obj in range(299)]
    (found,) = engine.co_actions(slots_of(rows), [0], floor)
    assert said(found) == by_brute_force(rows, 0, floor)


def test_a_hot_object_is_cut_by_time_and_each_stretch_carries_what_follows_within_the_window() -> None:
    slots, window = slots_of(hot_object()), 20
    rows = spark_counting.stretched(slots, reach(slots.objects, slots.times, window), 4).to_pylist()
    assert sum(row["own"] for row in rows) == len(slots.accounts)
    times = [np.frombuffer(row["times"], np.int64) for row in rows if 1 in np.frombuffer(row["objects"], np.int32)]
    assert len(times) > 2
    following = [of_stretch[row["own"] :] for row, of_stretch in zip(rows[1:-1], times[1:-1], strict=True)]
    assert all(len(after) for after in following)


def actions(frame: pl.DataFrame, kind: str, account: str, obj: str, at: str | pl.Expr) -> pa.Table:
    named = frame.select(
        kind=pl.lit(kind),
        account_id=pl.col(account).cast(pl.String),
        object_id=pl.col(obj).cast(pl.String),
        at=(pl.col(at) if isinstance(at, str) else at).cast(pl.Datetime("us")).dt.replace_time_zone("UTC"),
        post_id=pl.lit(None, pl.String),
    )
    return named.drop_nulls(["account_id", "object_id", "at"]).unique(maintain_order=True).to_arrow().cast(ACTIONS)


def retweets(_: Any) -> pa.Table:
    """CooRTweet's Russian retweets, whole: they come with the demo."""
    frame = pl.read_parquet(DEMO / "coortweet/russian_coord_tweets.parquet")
    at = (pl.col("timestamp_share") * 1e6).cast(pl.Int64)
    return actions(frame, "repost", "account_id", "object_id", at)


def scenario(_: Any) -> pa.Table:
    """The demo's made-up campaign, of two kinds of action."""
    frame = pl.read_ndjson(DEMO / "scenario/posts.jsonl", infer_schema_length=None)
    at = pl.col("created_at").str.to_datetime(time_zone="UTC").dt.replace_time_zone(None)
    both = [actions(frame, kind, "account_id", column, at) for kind, column in (("text", "text"), ("post", "post_id"))]
    return pa.concat_tables(both)


def simulated(_: Any) -> pa.Table:
    return simulate(Recipe(events=20_000, habits=(Habit(15, 12, 30), Habit(6, 30, 900))), 3).actions


def telegram(get: Callable[[str], Any]) -> pa.Table:
    frame = pl.read_parquet(get("shared_data") / "posts/telegram_channels.parquet")
    at = pl.col("date").str.to_datetime(strict=False, time_zone="UTC").dt.replace_time_zone(None)
    forwarded = pl.concat_str("forward_msg_from_peer_id", "forward_msg_date", separator=" ")
    return actions(frame.with_columns(forwarded=forwarded), "repost", "channel_id", "forwarded", at)


def russian_agency(get: Callable[[str], Any]) -> pa.Table:
    frame = pl.read_parquet(get("shared_data") / "posts/ira_tweets_a.parquet", n_rows=150_000)
    return actions(frame, "text", "author_id", "content", "publish_date")


SETS: list[Any] = [
    retweets,
    scenario,
    simulated,
    pytest.param(telegram, marks=pytest.mark.shared),
    pytest.param(russian_agency, marks=pytest.mark.shared),
]


@pytest.mark.spark
@pytest.mark.usefixtures("_many_small_tasks")
@pytest.mark.parametrize("data", SETS)
def test_every_column_of_every_pair_is_the_same(
    data: Callable[[Callable[[str], Any]], pa.Table],
    spark: Any,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(spark_counting, "LOAD", 50_000)
    table = data(request.getfixturevalue)
    here, there = (
        pairs_of_actions(table, window_s=(10, 60), min_shared=2, engine=place) for place in (HERE, Spark(spark))
    )
    assert here.num_rows > 0
    assert there.equals(here)


@pytest.mark.usefixtures("_many_small_tasks")
def test_times_before_1970_and_parts_of_a_second_count(engine: Engine) -> None:
    start = datetime(1969, 12, 31, tzinfo=UTC)
    rows = [
        {"kind": "link", "account_id": name, "object_id": "x", "at": start + timedelta(seconds=at), "post_id": name}
        for name, at in (("a", 0), ("b", 0.25), ("c", 0.500001))
    ]
    found = pairs_of_actions(pa.Table.from_pylist(rows, ACTIONS), window_s=0.25, min_shared=1, engine=engine)
    assert [(row["account_a"], row["account_b"], row["median_gap_s"]) for row in found.to_pylist()] == [
        ("a", "b", 0.25)
    ]
