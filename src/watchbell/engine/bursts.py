"""Who opens the bursts of a group: moments in which several of its members act on one object."""

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from watchbell.engine.slots import Array, Slots


class Openings(NamedTuple):
    """What each account did in bursts, as parallel arrays over the account codes."""

    bursts: Array
    """int64: bursts it was in."""
    opened: Array
    """int64: of them, those at whose first moment it acted."""
    expected: Array
    """float64: how many it would open if chance chose who does among the members of each burst."""
    variance: Array
    """float64: the variance of that number."""


def openings(slots: Slots, group_of: Array, window: int) -> Openings:
    """Return what each account did in the bursts of its group.

    On one object, the actions of a group's members go on in one burst while none comes later than the window after the
    last; a burst has two members or more. Time follows the slots.

    Args:
        slots: Sorted; see `Slots`.
        group_of: int64, each account's group from 0 up, -1 for one in no group.
        window: Inclusive, unit of the times.
    """
    burst, bursts = _numbered(slots.accounts, slots.objects, slots.times, group_of, window)
    members, openers, first = _sizes(slots.accounts, slots.times, burst, bursts, len(group_of))
    return Openings(*_counted(slots.accounts, slots.times, burst, (members, openers, first), len(group_of)))


def load() -> None:
    """Load what is compiled; see `local.load`."""
    two = np.array([0, 1])
    openings(Slots(two.astype(np.int32), np.zeros(2, np.int32), two, np.ones(2)), two, 1)


@njit(cache=True, nogil=True)
def _numbered(accounts: Array, objects: Array, times: Array, group_of: Array, window: Any) -> Any:
    """Return each slot's burst, from 0 up, -1 for one of no group; and how many there are."""
    groups = group_of.max() + 1 if len(group_of) else 0
    current, last = np.full(groups, -1, np.int64), np.full(groups, -1, np.int64)
    burst, bursts = np.full(len(accounts), -1, np.int32), 0
    for i in range(len(accounts)):
        group = group_of[accounts[i]]
        if group < 0:
            continue
        before = last[group]
        if before < 0 or objects[before] != objects[i] or times[i] - times[before] > window:
            current[group] = bursts
            bursts += 1
        burst[i], last[group] = current[group], i
    return burst, bursts


@njit(cache=True, nogil=True)
def _sizes(accounts: Array, times: Array, burst: Array, bursts: Any, known: Any) -> Any:
    """Return how many members each burst has, how many of them are at its first moment, and when that was."""
    members, openers = np.zeros(bursts, np.int32), np.zeros(bursts, np.int32)
    first, seen = np.zeros(bursts, np.int64), np.full(known, -1, np.int64)
    for i in range(len(accounts)):
        of = burst[i]
        # An account's slots in one burst follow each other: between them it is in no other.
        if of < 0 or seen[accounts[i]] == of:
            continue
        seen[accounts[i]] = of
        if members[of] == 0:
            first[of] = times[i]
        members[of] += 1
        openers[of] += times[i] == first[of]
    return members, openers, first


@njit(cache=True, nogil=True)
def _counted(accounts: Array, times: Array, burst: Array, sizes: Any, known: Any) -> Any:
    members, openers, first = sizes
    bursts, opened = np.zeros(known, np.int64), np.zeros(known, np.int64)
    expected, variance = np.zeros(known), np.zeros(known)
    seen = np.full(known, -1, np.int64)
    for i in range(len(accounts)):
        account, of = accounts[i], burst[i]
        if of < 0 or seen[account] == of:
            continue
        seen[account] = of
        if members[of] > 1:
            chance = openers[of] / members[of]
            bursts[account] += 1
            opened[account] += times[i] == first[of]
            expected[account] += chance
            variance[account] += chance * (1 - chance)
    return bursts, opened, expected, variance
