"""The permutation test against permutations: what it promises must hold when chance really did it."""

import numpy as np
import pytest

from watchbell.detect.slot_test import SlotTest, marks
from watchbell.engine.local import co_actions
from watchbell.engine.slots import Array, CoActions, Slots

ACCOUNTS, OBJECTS, COUNT = 120, 300, 6_000
SECOND = 1_000_000
WINDOW = 600 * SECOND


def world(seed: int) -> Slots:
    """Return slots in which popularity, bursts and activity are skewed, and chance alone decides who sits where."""
    chance = np.random.default_rng(seed)
    objects = (OBJECTS * chance.random(COUNT) ** 2).astype(np.int32)
    at = 86_400 * chance.random(OBJECTS)[objects] + chance.exponential(1_800, COUNT)
    order = np.lexsort((at, objects))
    accounts = (ACCOUNTS * chance.random(COUNT) ** 2).astype(np.int32)
    objects = objects[order]
    return Slots(accounts, objects, (at[order] * SECOND).astype(np.int64), marks(objects, ACCOUNTS))


def in_question(slots: Slots) -> tuple[SlotTest, CoActions, Array]:
    """Return the test, every pair that met, and each one's rate."""
    (found,) = co_actions(slots, [WINDOW], 1)
    (test,) = SlotTest.of(slots, [WINDOW])
    return test, found, test.rates(found.a, found.b)


@pytest.mark.parametrize("level", [0.05, 0.01, 0.001, 0.0001])
def test_small_p_values_are_as_rare_as_they_say_when_chance_did_it(level: float) -> None:
    worlds, small = 12, 0
    for seed in range(worlds):
        test, found, rate = in_question(world(seed))
        small += int((test.log_p(found.weight, rate) <= np.log(level)).sum())
    pairs = worlds * ACCOUNTS * (ACCOUNTS - 1) // 2
    assert small <= level * pairs + 3 * (level * pairs) ** 0.5


def test_expected_post_pairs_are_what_permutations_give_on_average() -> None:
    original, chance = world(0), np.random.default_rng(1)
    busy = np.argsort(-np.bincount(original.accounts))[:10]
    counts = []
    for _ in range(30):
        _, found, _ = in_question(original._replace(accounts=chance.permutation(original.accounts)))
        counts.append(found.post_pairs[np.isin(found.a, busy) & np.isin(found.b, busy)].sum())
    test, _, _ = in_question(original)
    a, b = (busy[side] for side in np.triu_indices(len(busy), 1))
    assert (test.rates(a, b) * test.post_pairs).sum() == pytest.approx(np.mean(counts), rel=0.1)


def test_an_object_weighs_less_the_more_share_it() -> None:
    weights = marks(np.array([0, 1, 1, 2, 2, 2], np.int32), accounts=100)
    assert weights.tolist() == pytest.approx(np.log1p(100 / np.array([1, 2, 2, 3, 3, 3])).tolist())


def test_more_weight_is_less_likely_and_none_is_certain() -> None:
    test, found, rate = in_question(world(2))
    weight = np.linspace(0, 3 * found.weight.max(), 50)
    log_p = test.log_p(weight, np.full(50, rate[0]))
    assert log_p[0] == 0
    assert (np.diff(log_p) <= 1e-12).all()


def test_equal_weights_give_the_tail_of_a_poisson_number() -> None:
    slots = Slots(
        np.arange(2_000, dtype=np.int32),
        np.repeat(np.arange(1_000), 2).astype(np.int32),
        np.zeros(2_000, np.int64),
        np.ones(2_000),
    )
    (test,) = SlotTest.of(slots, [0])
    mean = 1e-5 * test.post_pairs
    for number in (2, 3, 5):
        exact = mean**number / np.prod(np.arange(1, number + 1))  # the terms after it are a hundredth and less
        (log_p,) = test.log_p(np.array([float(number)]), np.array([1e-5]))
        assert exact <= np.exp(log_p) <= 1.1 * exact
