"""What the slots say before anybody is compared: how many lie close in time, when accounts act, how the clock ticks."""

from typing import Any

import numpy as np
from numba import njit

from watchbell.engine.slots import Array, Slots

HOURS = 24
_HOUR_US = 3_600_000_000


def close_slots(slots: Slots, window: int) -> tuple[Array, Array]:
    """Return how many pairs of slots lie within the window: on each object (int64), and in each hour of the day (UTC).

    Whoever sits in them; a pair counts in the hour of the earlier. The window is inclusive, in microseconds.
    """
    return _close(slots.objects, slots.times, window)


def hourly(slots: Slots) -> Array:
    """Return how many actions each account has in each hour of the day (UTC): float32, accounts by 24."""
    return _hourly(slots.accounts, slots.times)


def tick(times: Array) -> int:
    """Return the largest unit of which all times are whole numbers after the first, at least 1."""
    return max(int(_tick(times)), 1)


def load() -> None:
    """Load what is compiled; see `loading`."""
    two = np.array([0, 1])
    slots = Slots(two.astype(np.int32), np.zeros(2, np.int32), two, np.ones(2))
    close_slots(slots, 1)
    hourly(slots)
    tick(two)


@njit(cache=True, nogil=True)
def _close(objects: Array, times: Array, window: Any) -> tuple[Array, Array]:
    on_object = np.zeros(objects[-1] + 1 if len(objects) else 0, np.int64)
    in_hour = np.zeros(HOURS, np.int64)
    end = 0
    for i in range(len(objects)):
        end = max(end, i + 1)
        while end < len(objects) and objects[end] == objects[i] and times[end] - times[i] <= window:
            end += 1
        on_object[objects[i]] += end - i - 1
        in_hour[times[i] // _HOUR_US % HOURS] += end - i - 1
    return on_object, in_hour


@njit(cache=True, nogil=True)
def _hourly(accounts: Array, times: Array) -> Array:
    counts = np.zeros((accounts.max() + 1 if len(accounts) else 0, HOURS), np.float32)
    for i in range(len(accounts)):
        counts[accounts[i], times[i] // _HOUR_US % HOURS] += 1
    return counts


@njit(cache=True, nogil=True)
def _tick(times: Array) -> Any:
    unit = 0
    for i in range(len(times)):
        rest = abs(times[i] - times[0])
        while rest:
            unit, rest = rest, unit % rest
        if unit == 1:
            break
    return unit
