"""Slots put in order: object by object, each object's by time, and equal times by account."""

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
from numba import njit

from watchbell.engine.slots import Array

# Up to so many slots an object's are sorted by insertion: most objects have few, and no memory is asked for.
_FEW = 48
_STRETCHES = 32


def ordered(accounts: Array, objects: Array, times: Array) -> tuple[Array, Array, Array]:
    """Return accounts (int32), objects (int32 codes from 0 up) and times (int64) sorted by object, time and account.

    Time follows the number of slots, but for objects that have very many.
    """
    shares = np.bincount(objects)
    starts = np.concatenate(([0], np.cumsum(shares)))
    accounts, times = _dealt(accounts, objects, times, starts)
    edges = np.searchsorted(starts, np.linspace(0, len(objects), _STRETCHES + 1))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda stretch: _sort(accounts, times, starts, *stretch), pairwise(edges)))
    return accounts, np.repeat(np.arange(len(shares), dtype=np.int32), shares), times


@njit(cache=True, nogil=True)
def _dealt(accounts: Array, objects: Array, times: Array, starts: Array) -> tuple[Array, Array]:
    """Return accounts and times object by object."""
    free = starts[:-1].copy()
    dealt_accounts, dealt_times = np.empty_like(accounts), np.empty_like(times)
    for i in range(len(objects)):
        place = free[objects[i]]
        free[objects[i]] = place + 1
        dealt_accounts[place], dealt_times[place] = accounts[i], times[i]
    return dealt_accounts, dealt_times


@njit(cache=True, nogil=True)
def _sort(accounts: Array, times: Array, starts: Array, first: Any, last: Any) -> None:
    """Sort the slots of the objects from `first` up to `last`, where they lie."""
    for obj in range(first, last):
        of_object = slice(starts[obj], starts[obj + 1])
        if starts[obj + 1] - starts[obj] <= _FEW:
            _insert(accounts[of_object], times[of_object])
        else:
            order = np.argsort(accounts[of_object], kind="mergesort")
            order = order[np.argsort(times[of_object][order], kind="mergesort")]
            accounts[of_object] = accounts[of_object][order]
            times[of_object] = times[of_object][order]


@njit(cache=True, nogil=True)
def _insert(accounts: Array, times: Array) -> None:
    for i in range(1, len(times)):
        account, time = accounts[i], times[i]
        j = i
        while j > 0 and (times[j - 1] > time or (times[j - 1] == time and accounts[j - 1] > account)):
            accounts[j], times[j] = accounts[j - 1], times[j - 1]
            j -= 1
        accounts[j], times[j] = account, time


def load() -> None:
    """Load what is compiled; see `local.load`."""
    none = np.zeros(0, np.int32)
    ordered(none, none, none.astype(np.int64))
