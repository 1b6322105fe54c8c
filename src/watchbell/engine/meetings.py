"""What given pairs of accounts have in common: the objects that both acted on, and how close in time they came."""

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from watchbell.engine.slots import Array, Slots


class Meetings(NamedTuple):
    """Objects on which two accounts came within a horizon, as parallel arrays; those of a pair lie together."""

    starts: Array
    """int64: the meetings of pair j are those from starts[j] to starts[j + 1]."""
    objects: Array
    """int64 codes, rising within a pair."""
    times: Array
    """int64: when the earlier of the two acted, where they came closest."""
    gaps: Array
    """int64: how much later the other did."""
    horizons: Array
    """int64: see `meetings`."""
    ways: Array
    """int64: how many post pairs of the two lie within the horizon."""


class Acts(NamedTuple):
    """What accounts did, account by account, so that any two can be laid side by side."""

    begins: Array
    """int64: the acts of account k are those from begins[k] to begins[k + 1]."""
    objects: Array
    """Codes, rising within an account."""
    times: Array
    births: Array
    """int64: when each object was first acted on."""


def acts_of(slots: Slots, accounts: Array) -> Acts:
    """Return what the given accounts did; what others did is left out."""
    births = np.zeros(int(slots.objects.max(initial=-1)) + 1, np.int64)
    births[slots.objects[::-1]] = slots.times[::-1]  # of one object's slots the first is written last, and stays
    asked = np.zeros(int(max(slots.accounts.max(initial=-1), accounts.max(initial=-1))) + 1, np.bool_)
    asked[accounts] = True
    return Acts(*_by_account(slots.accounts, slots.objects, slots.times, asked), births)


def meetings(acts: Acts, a: Array, b: Array, *, least: int, most: int) -> Meetings:
    """Return the objects on which the accounts a[j] and b[j] came within the horizon of each other.

    The horizon is the object's age when the earlier of the two acted, but at least `least` and at most `most` (unit of
    the times). Time follows the acts of the two accounts of each pair.
    """
    counts = _walk(acts, (a, b), (least, most), np.zeros(len(a) + 1, np.int64), _nothing(0))
    starts = np.concatenate(([0], np.cumsum(counts[:-1])))
    rows = _nothing(int(starts[-1]))
    _walk(acts, (a, b), (least, most), starts, rows)
    return Meetings(starts, *rows.T)


def load() -> None:
    """Load what is compiled; see `local.load`."""
    two = np.array([0, 1])
    acts = acts_of(Slots(two.astype(np.int32), np.zeros(2, np.int32), two, np.ones(2)), two)
    found = meetings(acts, two[:1], two[1:], least=1, most=1)
    heaviest(found, np.ones(1), moment=1, most=1)
    tails(np.ones(1), two)


@njit(cache=True, nogil=True)
def _by_account(accounts: Array, objects: Array, times: Array, asked: Array) -> tuple[Array, Array, Array]:
    """Return where the acts of each account begin, and the objects and times of those that are asked for."""
    begins = np.zeros(len(asked) + 1, np.int64)
    for i in range(len(accounts)):
        begins[accounts[i] + 1] += asked[accounts[i]]
    begins = np.cumsum(begins)
    free = begins.copy()
    theirs, at = np.empty(begins[-1], objects.dtype), np.empty(begins[-1], np.int64)
    for i in range(len(accounts)):
        account = accounts[i]
        if asked[account]:
            theirs[free[account]], at[free[account]] = objects[i], times[i]
            free[account] += 1
    return begins, theirs, at


def _nothing(rows: int) -> Array:
    return np.empty((rows, 5), np.int64)


@njit(cache=True, nogil=True)
def _walk(acts: Any, pairs: Any, limits: tuple[int, int], starts: Array, rows: Array) -> Array:
    """Count each pair's meetings and, where `rows` is not empty, write them to it from `starts` on."""
    begins, objects, times, births = acts
    a, b = pairs
    counts = np.zeros(len(a) + 1, np.int64)
    for j in range(len(a)):
        i, k = begins[a[j]], begins[b[j]]
        while i < begins[a[j] + 1] and k < begins[b[j] + 1]:
            if objects[i] != objects[k]:
                if objects[i] < objects[k]:
                    i += 1
                else:
                    k += 1
                continue
            i_end, k_end = _run_end(objects, i, begins[a[j] + 1]), _run_end(objects, k, begins[b[j] + 1])
            at, gap = _closest(times[i:i_end], times[k:k_end])
            horizon = min(max(at - births[objects[i]], limits[0]), limits[1])
            if gap <= horizon:
                if len(rows):
                    row = rows[starts[j] + counts[j]]
                    row[0], row[1], row[2], row[3] = objects[i], at, gap, horizon
                    row[4] = _within(times[i:i_end], times[k:k_end], horizon)
                counts[j] += 1
            i, k = i_end, k_end
    return counts


@njit(cache=True, nogil=True)
def _run_end(objects: Array, start: int, end: int) -> int:
    at = start
    while at < end and objects[at] == objects[start]:
        at += 1
    return at


@njit(cache=True, nogil=True)
def _closest(one: Array, other: Array) -> Any:
    """Return the earlier time of the closest two, and how far apart they are; both arrays are sorted."""
    i = k = 0
    at, gap = 0, 2**62
    while i < len(one) and k < len(other):
        apart = abs(one[i] - other[k])
        if apart < gap:
            at, gap = min(one[i], other[k]), apart
        if one[i] < other[k]:
            i += 1
        else:
            k += 1
    return at, gap


@njit(cache=True, nogil=True)
def _within(one: Array, other: Array, horizon: int) -> int:
    """Return how many times of `other` lie within the horizon of those of `one`, one by one; both are sorted."""
    low = high = count = 0
    for time in one:
        while low < len(other) and other[low] < time - horizon:
            low += 1
        while high < len(other) and other[high] <= time + horizon:
            high += 1
        count += high - low
    return count


def heaviest(found: Meetings, weights: Array, *, moment: int, most: int) -> tuple[Array, Array]:
    """Choose of each pair's meetings at one moment the heaviest: the first of them, where several weigh the same.

    A moment goes on while the next meeting is at most `moment` (unit of the times) after the last.

    Returns:
        The places of those chosen, pair by pair, the heaviest first, and at most `most` of each pair; and where each
        pair's begin (one more entry than pairs).
    """
    chosen = np.empty(len(weights), np.int64)
    counts = _chosen(found.times, weights, found.starts, (moment, most), chosen)
    starts = np.concatenate(([0], np.cumsum(counts)))
    return _closed_up(chosen, found.starts, starts), starts


@njit(cache=True, nogil=True)
def _chosen(times: Array, weights: Array, starts: Array, limits: tuple[int, int], chosen: Array) -> Array:
    """Write each run's places to the beginning of its run in `chosen`, and return how many there are."""
    moment, most = limits
    counts = np.zeros(len(starts) - 1, np.int64)
    for j in range(len(counts)):
        run = slice(starts[j], starts[j + 1])
        by_time = starts[j] + np.argsort(times[run], kind="mergesort")
        best = chosen[run]
        kept = 0
        for k in range(len(by_time)):
            place = by_time[k]
            if k == 0 or times[place] - times[by_time[k - 1]] > moment:
                best[kept] = place
                kept += 1
            elif weights[place] > weights[best[kept - 1]]:
                best[kept - 1] = place
        best[:kept] = best[:kept][np.argsort(-weights[best[:kept]], kind="mergesort")]
        counts[j] = min(kept, most)
    return counts


@njit(cache=True, nogil=True)
def _closed_up(values: Array, starts: Array, close: Array) -> Array:
    """Return the first values of each run, those of one run after those of the run before."""
    found = np.empty(close[-1], values.dtype)
    for j in range(len(close) - 1):
        found[close[j] : close[j + 1]] = values[starts[j] : starts[j] + close[j + 1] - close[j]]
    return found


@njit(cache=True, nogil=True)
def tails(probabilities: Array, starts: Array) -> Array:
    """Return how likely it is that at least 1, 2, 3… of the events in each run happen, each with its own probability.

    Exact (the Poisson binomial distribution, convolved one event at a time), for independent events.

    Args:
        probabilities: float64.
        starts: Run j goes from starts[j] to starts[j + 1]. Time follows the square of its length.
    """
    found = np.zeros(len(probabilities))
    for j in range(len(starts) - 1):
        run = probabilities[starts[j] : starts[j + 1]]
        exactly = np.zeros(len(run) + 1)
        exactly[0] = 1
        for r in range(len(run)):
            for k in range(r + 1, 0, -1):
                exactly[k] = exactly[k] * (1 - run[r]) + exactly[k - 1] * run[r]
            exactly[0] *= 1 - run[r]
        at_least = 0.0
        for k in range(len(run), 0, -1):
            at_least += exactly[k]
            found[starts[j] + k - 1] = min(at_least, 1.0)
    return found
