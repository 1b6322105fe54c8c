"""The test of timing: what taste explains it must not find, and what it finds must be as rare as it says."""

import numpy as np
import pytest

from watchbell.detect.slot_test import marks
from watchbell.detect.timing import Common, Habits, by_timing, common
from watchbell.engine.slots import Array, Slots

SECOND, HOUR = 1_000_000, 3_600_000_000
COPIES = 2_000


def in_common(slots: Slots, a: Array, b: Array) -> Common:
    return common(Habits.of(slots, np.concatenate((a, b))), a, b)


def slots_of(accounts: Array, objects: Array, times: Array) -> Slots:
    order = np.lexsort((times, objects))
    coded = objects[order].astype(np.int32)
    weights = marks(coded, int(accounts.max()) + 1)
    return Slots(accounts[order].astype(np.int32), coded, times[order].astype(np.int64), weights)


def two_of_one_taste(delay: Array) -> Slots:
    """Return slots of `COPIES` pairs of accounts; each pair shares its own objects, each share with a delay of its own.

    Every object is somebody else's first.
    """
    pairs, per_pair, _ = delay.shape
    objects = np.broadcast_to(np.arange(pairs * per_pair).reshape(pairs, per_pair, 1), delay.shape)
    born = 48 * HOUR * objects
    accounts = np.broadcast_to(np.arange(pairs * 2).reshape(pairs, 1, 2), delay.shape)
    first = np.full(pairs * per_pair, 2 * pairs)
    return slots_of(
        np.concatenate([accounts.ravel(), first]),
        np.concatenate([objects.ravel(), np.arange(pairs * per_pair)]),
        np.concatenate([(born + delay * SECOND).ravel(), born[:, :, 0].ravel()]),
    )


DELAYS = {
    "within minutes of it, as fans do": lambda chance, size: np.rint(600 * np.exp(chance.normal(0, 1, size))),
    "within hours, as everybody does": lambda chance, size: np.rint(9_720 * np.exp(chance.normal(0, 1.2, size))),
    "as 1 over time, from a minute on": lambda chance, size: np.rint(60 * 1_440 ** chance.random(size)),
}


@pytest.mark.parametrize("habit", DELAYS)
@pytest.mark.parametrize("window_s", [10, 60, 600, 3_600])
def test_taste_alone_is_found_no_more_often_than_the_p_value_says(habit: str, window_s: int) -> None:
    slots = two_of_one_taste(DELAYS[habit](np.random.default_rng(7), (COPIES, 12, 2)))
    a = np.arange(0, 2 * COPIES, 2)
    shared = in_common(slots, a, a + 1)
    met = shared.total(shared.gaps <= window_s * SECOND).astype(int)
    chance = by_timing(shared, window_s * SECOND)
    p_value = np.where(met > 0, chance[np.maximum(shared.starts[:-1] + met - 1, 0)], 1.0)
    for level in (0.1, 0.01, 0.001):
        assert (p_value <= level).mean() <= level + 3 * (level / COPIES) ** 0.5


def one_pair(times: list[tuple[int, int]], *, apart: int = HOUR) -> Slots:
    """Return slots of two accounts that meet on objects born two days before, at these seconds, hours apart."""
    own = [
        (account, o, o * apart + 48 * HOUR + at * SECOND)
        for o, pair in enumerate(times)
        for account, at in enumerate(pair)
    ]
    born = [(2, o, o * apart) for o in range(len(times))]
    return slots_of(*(np.array(column) for column in zip(*own, *born, strict=True)))


def test_acting_as_one_stands_out() -> None:
    shared = in_common(one_pair([(0, 3), (5, 1), (2, 9), (7, 7), (0, 10)]), np.array([0]), np.array([1]))
    assert by_timing(shared, 10 * SECOND)[4] == pytest.approx((3 * 11 / 10_801) ** 5)


def test_what_happens_within_a_minute_is_one_meeting_that_on_the_rarest() -> None:
    slots = one_pair([(0, 3), (10, 12), (20, 21)], apart=0)
    popular = slots_of(
        np.concatenate([slots.accounts, np.arange(3, 9)]),
        np.concatenate([slots.objects, np.zeros(3, np.int32), np.full(3, 2)]),
        np.concatenate([slots.times, np.zeros(6, np.int64)]),
    )
    shared = in_common(popular, np.array([0]), np.array([1]))
    assert shared.gaps.tolist() == [2 * SECOND]


def test_repeating_oneself_makes_a_meeting_likelier() -> None:
    loud = one_pair([(0, 3)])
    again = slots_of(
        np.concatenate([loud.accounts, np.zeros(9, np.int32)]),
        np.concatenate([loud.objects, np.zeros(9, np.int32)]),
        np.concatenate([loud.times, 48 * HOUR + 600 * SECOND * np.arange(1, 10)]),
    )
    once, often = (by_timing(in_common(slots, np.array([0]), np.array([1])), 10 * SECOND)[0] for slots in (loud, again))
    assert often == pytest.approx(10 * once)


def test_times_to_the_minute_are_no_evidence_of_seconds() -> None:
    exact = in_common(one_pair([(0, 60), (0, 0)]), np.array([0]), np.array([1]))
    assert exact.tick == 60 * SECOND
    assert by_timing(exact, 0)[0] > 2 * 3 * 60 / 10_860 * 0.95


def test_no_pairs_have_nothing_in_common() -> None:
    shared = in_common(one_pair([(0, 1)]), np.zeros(0, np.int64), np.zeros(0, np.int64))
    assert by_timing(shared, SECOND).tolist() == []
