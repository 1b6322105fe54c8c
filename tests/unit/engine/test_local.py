"""The kernel against a brute force that compares every slot with every other."""

import itertools
import tracemalloc
from collections import defaultdict
from statistics import median

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchbell.engine.local import LEAST_MEMORY, Budget, co_actions, viral
from watchbell.engine.slots import Slots
from watchbell.errors import UsageError

Action = tuple[int, int, int]


def slots(actions: list[Action]) -> Slots:
    ordered = sorted(set(actions), key=lambda action: (action[1], action[2], action[0]))
    columns = np.array(ordered, np.int64).reshape(-1, 3).T
    accounts, objects, times = columns[0].astype(np.int32), columns[1].astype(np.int32), columns[2].copy()
    return Slots(accounts, objects, times, 1.0 + objects)


def brute_force(actions: list[Action], window: int, floor: int) -> dict[tuple[int, int], tuple[float, ...]]:
    seen = defaultdict(list)
    for (a, obj, s), (b, other, t) in itertools.combinations(sorted(set(actions)), 2):
        if a != b and obj == other and abs(s - t) <= window:
            seen[min(a, b), max(a, b)].append((obj, min(s, t), max(s, t)))
    return {
        pair: (
            len(rows),
            len({obj for obj, _, _ in rows}),
            min(first for _, first, _ in rows),
            max(last for _, _, last in rows),
            median(last - first for _, first, last in rows),
            sum(1.0 + obj for obj in {obj for obj, _, _ in rows}),
        )
        for pair, rows in seen.items()
        if len(rows) >= floor
    }


Found = dict[tuple[int, int], tuple[float, ...]]


def found_in_each(
    actions: list[Action], windows: list[int], floor: int, threads: int = 2, turn: int = 1 << 30
) -> list[Found]:
    return [
        {(a, b): tuple(rest) for a, b, *rest in zip(*(column.tolist() for column in result), strict=True)}
        for result in co_actions(slots(actions), windows, floor, threads, Budget(turn))
    ]


def found(actions: list[Action], window: int, floor: int, threads: int = 2) -> Found:
    (result,) = found_in_each(actions, [window], floor, threads)
    return result


small = st.integers(0, 5)
worlds = st.lists(st.tuples(small, small, st.integers(0, 20)), max_size=60)


@given(worlds, st.integers(0, 21), st.integers(1, 4))
@settings(max_examples=300, deadline=None)
def test_pairs_equal_brute_force(actions: list[Action], window: int, floor: int) -> None:
    assert found(actions, window, floor) == brute_force(actions, window, floor)


@given(worlds, st.lists(st.integers(0, 21), min_size=1, max_size=4), st.integers(1, 4))
@settings(max_examples=200, deadline=None)
def test_each_of_several_windows_is_as_if_asked_alone(actions: list[Action], windows: list[int], floor: int) -> None:
    assert found_in_each(actions, windows, floor) == [brute_force(actions, window, floor) for window in windows]


@pytest.fixture(scope="module")
def crowd() -> list[Action]:
    """Return actions with two million post pairs within 200: many turns of the least memory."""
    chance = np.random.default_rng(0)
    return [(a, obj, t) for a, obj, t in chance.integers(0, (300, 400, 5_000), (100_000, 3)).tolist()]


@pytest.mark.parametrize(("threads", "turn"), [(1, 1 << 30), (2, 0), (5, 3 << 20), (3, LEAST_MEMORY)])
def test_result_depends_on_neither_threads_nor_memory(crowd: list[Action], threads: int, turn: int) -> None:
    first, *others = (co_actions(slots(crowd), [40, 200], 2, *rest) for rest in ((2,), (threads, Budget(turn))))
    for other in others:
        for ours, theirs in zip(first, other, strict=True):
            assert all(np.array_equal(one, two) for one, two in zip(ours, theirs, strict=True))
    assert first[1].post_pairs.sum() > 20 * LEAST_MEMORY / 16


def test_a_turn_takes_what_it_may(crowd: list[Action]) -> None:
    world = slots(crowd)
    tracemalloc.start()
    try:
        peaks = []
        for turn in (LEAST_MEMORY, 1 << 30):
            tracemalloc.reset_peak()
            co_actions(world, [200], 1_000, 1, Budget(turn))
            peaks.append(tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()
    assert peaks[0] < peaks[1] / 5


def test_window_is_inclusive_and_a_gap_beyond_it_is_none() -> None:
    assert found([(0, 7, 0), (1, 7, 10)], 10, 1) == {(0, 1): (1, 1, 0, 10, 10.0, 8.0)}
    assert found([(0, 7, 0), (1, 7, 11)], 10, 1) == {}


def test_an_account_does_not_pair_with_itself() -> None:
    assert found([(0, 7, 0), (0, 7, 1), (0, 7, 2)], 10, 1) == {}


def test_a_floor_above_what_a_sketch_cell_counts_is_exact() -> None:
    actions = [(account, obj, 0) for obj in range(300) for account in (0, 1)] + [(2, obj, 0) for obj in range(299)]
    assert {pair: row[0] for pair, row in found(actions, 0, 300).items()} == {(0, 1): 300}


def test_a_viral_object_is_counted_exactly() -> None:
    actions = [(account, 0, account) for account in range(3_000)]
    (result,) = co_actions(slots(actions), [5], 1)
    assert len(result.a) == sum(min(5, 2_999 - account) for account in range(3_000))


def test_nothing_in_nothing_out() -> None:
    assert found([], 10, 1) == {}


def test_a_thinned_object_keeps_its_expectation_and_makes_no_pair_up() -> None:
    """An object that two accounts post on all day, and ten thousand others once; one beside it is counted exactly."""
    chance = np.random.default_rng(5)
    busy = [(account, 0, t) for account in (0, 1) for t in chance.choice(86_400, 20_000, replace=False).tolist()]
    crowd = [(account, 0, t) for account, t in enumerate(chance.integers(0, 86_400, 10_000).tolist(), start=2)]
    world = slots([*busy, *crowd, (7, 1, 0), (8, 1, 1), (7, 1, 50), (8, 1, 51)])
    (exact,) = co_actions(world, [60], 2)
    (seen,) = co_actions(world, [60], 2, budget=Budget(of_object=20_000))
    (object_,) = viral(world, 60, 20_000)
    assert (object_.object, object_.slots) == (0, 50_000)
    post_pairs = {(int(a), int(b)): int(n) for a, b, n in zip(exact.a, exact.b, exact.post_pairs, strict=True)}
    estimated = {(int(a), int(b)): int(n) for a, b, n in zip(seen.a, seen.b, seen.post_pairs, strict=True)}
    assert estimated.keys() <= post_pairs.keys()
    assert estimated[7, 8] == post_pairs[7, 8] == 4
    # About 5,000 rows are left of the two's 560,000, so the error is a few per cent.
    assert estimated[0, 1] == pytest.approx(post_pairs[0, 1], rel=0.15)
    assert object_.kept == pytest.approx(50_000 / object_.factor**0.5, rel=0.1)
    assert post_pairs[0, 1] / object_.factor < 20_000


def test_an_account_that_repeats_itself_a_million_times_costs_no_more_than_the_budget() -> None:
    count = 1_000_000
    zeros = np.zeros(count, np.int32)
    accounts = np.arange(count, dtype=np.int32) // (count // 2)
    world = Slots(accounts, zeros, np.sort(np.arange(count) % 10), np.ones(count))
    (found,) = co_actions(world, [60], 2, budget=Budget(turn=1 << 24, of_object=1 << 22))
    assert found.post_pairs[0] == pytest.approx((count / 2) ** 2, rel=0.1)


def test_an_answer_too_large_for_the_memory_is_a_sentence() -> None:
    everybody = [(account, obj, 0) for account in range(50) for obj in (0, 1)]
    assert len(co_actions(slots(everybody), [0], 2, budget=Budget(answer=50 * 49 // 2))[0].a) == 50 * 49 // 2
    with pytest.raises(UsageError, match="--min-shared"):
        co_actions(slots(everybody), [0], 2, budget=Budget(answer=1_000))
