"""Which pairs are more than chance and taste: two tests, and the rate of false discoveries among the accounts named.

The test of slots (`slot_test.py`) asks how often two accounts would meet on such objects if chance seated them; it
knows nothing of taste. The test of timing (`timing.py`) takes as given what two accounts have in common. A pair is
named only where both fail to explain it.

1. Pairs with a small p in the slot test within some window pass a screen and are looked at closely.
2. A pair is as strange as s = max(p of slots, p of timing / n), the smallest over the windows; n accounts are judged.
   Of n(n-1)/2 pairs about n share a taste, so that one in n needs the test of timing, and this puts both on one scale.
   It only orders pairs: what follows holds for any order.
3. E(s) is how many of the pairs looked at would seem as strange by fine timing alone, each with its own meetings and
   given that it was looked at: the sum over pairs and windows of P(at least k meetings within the window), over the
   least probability of passing the screen, where k meetings on its heaviest objects reach s. A pair that could not
   reach s with all its meetings adds nothing (Tarone, Biometrics 46, 1990).
4. The pairs that chance would seat so are at most windows · n(n-1)/2 · p of slots; the larger of the two counts.
5. A false pair names two accounts. q is twice that number over the accounts named so far: Benjamini and Hochberg's
   procedure over accounts, each of which has the p-value of its strangest pair times the number of its pairs.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from watchbell.detect.slot_test import SlotTest
from watchbell.detect.timing import Common, Habits, by_timing, common
from watchbell.engine.slots import Array, CoActions, Slots

LEAST_ACTIONS = 5
"""An account with fewer actions is not judged: its habits cannot be told from so little."""

# The screen lets about so many pairs of people without taste through: its p is a thousand times that which one of them
# reaches, so that what is named passes it easily, and they are few enough to be looked at quickly. In small worlds p is
# at most the second number.
_PASSING, _LARGEST_SCREEN = 1_000, 1e-3
# Sums of the same weights in another order differ far below this.
_ALIKE = 1e-9
_LEAST_LOG = -700.0
# So unlikely a number of meetings changes no sum that counts, and more than half of all are.
_UNHEARD = 1e-18
# Some hundred meetings of each are a few megabytes.
_PAIRS_AT_ONCE = 512


class Judged(NamedTuple):
    """What chance would have done, for the pairs of one window in their order."""

    expected: Array
    """Post pairs (float64)."""
    p_value: Array
    """float64: the larger of the two tests' p, or that of the slot test alone for pairs that the screen holds back; NaN
    where an account has fewer than `LEAST_ACTIONS` actions."""
    q_value: Array
    """float64: of the accounts named with this pair, the share that is wrong, over all windows; NaN as above."""


def judged(
    slots: Slots, windows: Sequence[int], found: Sequence[CoActions], *, floor: int, any_dependence: bool = False
) -> list[Judged]:
    """Judge the pairs found within each window.

    Args:
        slots: all slots of one kind of action; times are microseconds.
        windows: in microseconds.
        found: for each window, every pair with at least `floor` post pairs.
        floor: 1 at least.
        any_dependence: whether q shall hold however the tests hang together (Benjamini and Yekutieli 2001), and not
            only where they do so positively.
    """
    tests = SlotTest.of(slots, windows)
    rates = [test.rates(pairs.a, pairs.b) for test, pairs in zip(tests, found, strict=True)]
    log_p = [test.log_p(pairs.weight, rate) for test, pairs, rate in zip(tests, found, rates, strict=True)]
    enough = np.bincount(slots.accounts) >= LEAST_ACTIONS if len(slots.accounts) else np.zeros(0, np.bool_)
    known = [enough[pairs.a] & enough[pairs.b] for pairs in found]
    accounts = max(int(enough.sum()), 1)
    screen = np.log(min(_LARGEST_SCREEN, _PASSING / max(_pairs_among(accounts), 1)))
    keys = _keys_of(found, [can & (p <= screen) for can, p in zip(known, log_p, strict=True)])
    a, b = keys >> 32, keys & 0xFFFFFFFF
    looked = _looked_at(slots, (a, b), windows, tests, _Screen(floor, screen, accounts))
    harmonic = np.log(accounts) + np.euler_gamma
    false_pairs = _false_pairs(looked, accounts)
    q_looked = share_named_wrongly(a, b, false_pairs * (harmonic if any_dependence else 1.0))
    p_timing = np.concatenate([part.p_timing for part in looked], axis=1)
    answers = []
    for test, rate, p, can, pairs, timing in zip(tests, rates, log_p, known, found, p_timing, strict=True):
        at, among = _places(pairs, keys)
        p_value, q_value = np.exp(p), np.ones(len(p))
        p_value[among] = np.maximum(p_value[among], timing[at[among]])
        q_value[among] = q_looked[at[among]]
        unknown = np.where(can, 0.0, np.nan)
        answers.append(Judged(rate * test.post_pairs, p_value + unknown, q_value + unknown))
    return answers


def _pairs_among(accounts: int) -> float:
    return accounts * (accounts - 1) / 2


def _keys_of(found: Sequence[CoActions], chosen: Sequence[Array]) -> Array:
    """Return the distinct pairs of those chosen within any window, as sorted keys."""
    keys = [_key(pairs.a[some], pairs.b[some]) for pairs, some in zip(found, chosen, strict=True)]
    return np.unique(np.concatenate([np.zeros(0, np.int64), *keys]))


def _key(a: Array, b: Array) -> Array:
    key: Array = (a.astype(np.int64) << 32) | b
    return key


def _places(pairs: CoActions, keys: Array) -> tuple[Array, Array]:
    """Return where each pair stands among the keys, and whether it does."""
    own = _key(pairs.a, pairs.b)
    at = np.minimum(np.searchsorted(keys, own), max(len(keys) - 1, 0))
    return at, keys[at] == own if len(keys) else np.zeros(len(own), np.bool_)


class _Screen(NamedTuple):
    """What a pair must show before it is looked at."""

    floor: int
    """Post pairs."""
    log_p: float
    """ln p of the slot test, at most."""
    accounts: int
    """How many are judged."""


class _Looked(NamedTuple):
    """What a close look at some pairs shows."""

    p_timing: Array
    """Windows by pairs: how likely so many meetings are by fine timing alone."""
    strange: Array
    """Of each pair: ln s in the window where it is smallest."""
    log_slots: Array
    """Of each pair: ln p of the slot test in that window."""
    reached: Array
    """Of each window and each pair's 1st, 2nd… k-th meeting: ln s that the k heaviest reach."""
    likely: Array
    """Likewise: how likely just k are within the window, by fine timing alone and given that the pair is looked at."""


def _looked_at(
    slots: Slots, pairs: tuple[Array, Array], windows: Sequence[int], tests: Sequence[SlotTest], screen: _Screen
) -> list[_Looked]:
    """Look at pairs closely, some at a time: what a look brings to mind stays in a core's cache."""
    habits = Habits.of(slots, np.concatenate(pairs))

    def look(start: int) -> _Looked:
        a, b = (side[start : start + _PAIRS_AT_ONCE] for side in pairs)
        shared = common(habits, a, b)
        at_windows = [
            _at_window(shared, window, test, test.rates(a, b), screen)
            for window, test in zip(windows, tests, strict=True)
        ]
        return _strangeness(shared, at_windows, screen.accounts)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(look, range(0, max(len(pairs[0]), 1), _PAIRS_AT_ONCE)))


class _AtWindow(NamedTuple):
    """What the meetings within one window say of pairs that are looked at."""

    log_slots: Array
    """Of each pair: ln p of the slot test, for the meetings it has."""
    p_timing: Array
    """Of each pair: how likely so many meetings are by fine timing alone."""
    passing: Array
    """Of each pair: at least so likely was it to pass the screen here, by fine timing alone."""
    best: Array
    """Of each pair's 1st, 2nd… k-th meeting: ln p of the slot test for the k heaviest."""
    at_least: Array
    """Likewise: how likely at least k are within the window, by fine timing alone."""


def _at_window(shared: Common, window: int, test: SlotTest, rate: Array, screen: _Screen) -> _AtWindow:
    within, at_least = shared.gaps <= window, by_timing(shared, window)
    met = shared.total(within).astype(np.int64)
    p_timing = np.ones(len(rate))
    p_timing[met > 0] = at_least[(shared.starts[:-1] + met - 1)[met > 0]]
    each = rate[shared.pair]
    passes = (test.log_p(shared.lightest, each) <= screen.log_p) & (shared.rank >= screen.floor)
    # Where even all would not pass, meetings beyond the horizon helped; with all of them it passes for certain.
    passes |= shared.ends
    return _AtWindow(
        test.log_p(shared.total(within * shared.weights), rate),
        p_timing,
        shared.largest(passes * at_least),
        test.log_p(shared.running(shared.weights), each),
        at_least,
    )


def _strangeness(shared: Common, at_windows: Sequence[_AtWindow], accounts: int) -> _Looked:
    """Put the pairs in order, and say what would have had which place in it by chance."""
    passing = np.maximum(np.max([at.passing for at in at_windows], axis=0), np.exp(_LEAST_LOG))
    reached, likely, own = [], [], []
    for at in at_windows:
        given = np.minimum(at.at_least / passing[shared.pair], 1.0)
        reached.append(np.maximum(at.best, _log(given) - np.log(accounts)))
        likely.append(given - np.where(shared.ends, 0.0, np.append(given[1:], 0.0)))
        own.append(np.maximum(at.log_slots, _log(np.minimum(at.p_timing / passing, 1.0)) - np.log(accounts)))
    window = np.argmin(own, axis=0)
    log_slots = np.take_along_axis(np.array([at.log_slots for at in at_windows]), window[None], axis=0)[0]
    p_timing = np.array([at.p_timing for at in at_windows])
    every, mass = np.concatenate(reached), np.concatenate(likely)
    heard = mass > _UNHEARD
    return _Looked(p_timing, np.min(own, axis=0), log_slots, every[heard], mass[heard])


def _false_pairs(looked: Sequence[_Looked], accounts: int) -> Array:
    """Return for each pair how many pairs would by chance seem as strange."""
    strange, log_slots = (np.concatenate([part[column] for part in looked]) for column in (1, 2))
    order = np.argsort(strange)
    steps = strange[order] + _ALIKE
    mass = np.zeros(len(steps) + 1)
    for part in looked:
        np.add.at(mass, np.searchsorted(steps, part.reached), part.likely)
    by_timing_alone = np.empty(len(strange))
    by_timing_alone[order] = np.cumsum(mass)[:-1]
    by_seating = len(looked[0].p_timing) * _pairs_among(accounts) * np.exp(log_slots)
    larger: Array = np.maximum(by_timing_alone, by_seating)
    return larger


def _log(probability: Array) -> Array:
    logarithm: Array = np.log(np.maximum(probability, np.exp(_LEAST_LOG)))
    return logarithm


def share_named_wrongly(a: Array, b: Array, false_pairs: Array) -> Array:
    """Return q: of the accounts named with each pair or a stranger one, the share that chance would have named.

    Args:
        a: the pairs' accounts.
        b: likewise.
        false_pairs: how many pairs would by chance seem as strange as each.
    """
    strangest = np.full(int(max(a.max(initial=-1), b.max(initial=-1))) + 1, np.inf)
    np.minimum.at(strangest, a, false_pairs)
    np.minimum.at(strangest, b, false_pairs)
    named = np.searchsorted(np.sort(strangest), false_pairs, "right")
    order = np.argsort(false_pairs, kind="stable")
    share = 2.0 * false_pairs[order] / named[order]
    q_value = np.empty(len(order))
    q_value[order] = np.minimum(np.minimum.accumulate(share[::-1])[::-1], 1.0)
    return q_value


def p_values(slots: Slots, windows: Sequence[int], a: Array, b: Array) -> Array:
    """Return the larger p of the two tests for any pairs of accounts, met or not: windows by pairs.

    Args:
        slots: all slots of one kind of action; times are microseconds.
        windows: in microseconds.
        a: the pairs' account codes.
        b: likewise.
    """
    shared = common(Habits.of(slots, np.concatenate((a, b))), a, b)
    tests = SlotTest.of(slots, windows)
    at_windows = [
        _at_window(shared, window, test, test.rates(a, b), _Screen(1, 0.0, len(a)))
        for window, test in zip(windows, tests, strict=True)
    ]
    return np.array([np.maximum(np.exp(at.log_slots), at.p_timing) for at in at_windows])
