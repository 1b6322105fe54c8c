"""The kernel on this machine: one process, a thread for each core."""

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise

import numpy as np

from watchbell.engine import kernel
from watchbell.engine.slots import Array, CoActions, Slots

# Post pairs of one partition: 2^16 rows of 16 bytes and their hash table stay in a core's second-level cache.
_PARTITION_ROWS = 1 << 16
# A sketch cell counts up to 255: a higher floor is left to the exact count.
MAX_CELL_COUNT = 255
# A sketch cell is one byte; more than 2^30 of them (1 GiB) would cost more than the pairs they spare.
_MAX_CELL_BITS = 30


Sieve = tuple[Array, int]
"""A sketch's cells, and the count that a pair's cell must reach."""


def co_actions(slots: Slots, windows: Sequence[int], floor: int, threads: int | None = None) -> list[CoActions]:
    """Return for each window every pair of accounts with at least `floor` post pairs within it.

    Windows are inclusive, in the unit of the times. All are counted in one pass, which costs little more than the
    widest alone. Exact, and the same for any number of threads. Memory follows the post pairs that pass the sketch (16
    bytes each), time the post pairs in the widest window.
    """
    workers = threads or os.cpu_count() or 1
    ends = kernel.reach(slots.objects, slots.times, max(windows))
    post_pairs = int(followers_of(ends).sum())
    with ThreadPoolExecutor(workers) as pool:
        sieve = _sketched(slots, ends, min(floor, MAX_CELL_COUNT), post_pairs, pool)
        dealt, starts = _dealt(slots, ends, sieve, post_pairs, pool)
        parts = pool.map(lambda part: _measured(dealt[part[0] : part[1]], slots, windows, floor), pairwise(starts))
        return [in_order(of_window) for of_window in zip(*parts, strict=True)]


def _measured(dealt: Array, slots: Slots, windows: Sequence[int], floor: int) -> list[tuple[Array, ...]]:
    grouped = kernel.group(dealt[:, 0])
    columns = (slots.objects, slots.times, slots.marks)
    return [kernel.measure(dealt[:, 1], grouped, columns, window, floor) for window in windows]


def followers(slots: Slots, window: int) -> Array:
    """Return for each slot how many later slots of its object lie within `window`, whoever sits in them (int64)."""
    return followers_of(kernel.reach(slots.objects, slots.times, window))


def followers_of(ends: Array) -> Array:
    """Return how many slots lie in each slot's reach, given where it ends; see `kernel.reach`."""
    count: Array = ends - np.arange(1, len(ends) + 1)
    return count


def load() -> None:
    """Load the compiled kernel, so that the first question does not wait for it. Takes about a second."""
    two = np.array([0, 1])
    co_actions(Slots(two.astype(np.int32), np.zeros(2, np.int32), two, np.ones(2)), windows=[1], floor=2, threads=1)


def _sketched(slots: Slots, ends: Array, floor: int, post_pairs: int, pool: ThreadPoolExecutor) -> Sieve:
    """Return a sieve that lets every pair with at least `floor` post pairs through, and few others."""
    if floor <= 1:
        return np.zeros(1, np.uint8), floor
    cells = np.zeros(1 << min(_MAX_CELL_BITS, max(10, post_pairs.bit_length() + 1)), np.uint8)
    # A power of two of sharers, each with its own stretch of the cells.
    sharers = 1 << ((os.cpu_count() or 1).bit_length() - 1)
    _run(pool, (partial(kernel.sketch, slots.accounts, ends, (k, sharers), cells, floor) for k in range(sharers)))
    return cells, floor


def _dealt(slots: Slots, ends: Array, sieve: Sieve, post_pairs: int, pool: ThreadPoolExecutor) -> tuple[Array, Array]:
    """Return the post pairs dealt into partitions (rows of key and slots), and where each partition starts."""
    partitions = 1 << max(0, (post_pairs // _PARTITION_ROWS).bit_length())
    runs = stretches(ends, parts=8)
    counts = np.zeros((len(runs), partitions), np.int64)
    _run(
        pool,
        (
            partial(kernel.tally, slots.accounts, ends, stretch, sieve, row)
            for stretch, row in zip(runs, counts, strict=True)
        ),
    )
    starts = np.concatenate(([0], np.cumsum(counts.sum(axis=0))))
    # Within a partition the rows of an earlier stretch come first, so that rows stay in slot order.
    places = starts[:-1] + np.cumsum(counts, axis=0) - counts
    dealt = np.empty((int(starts[-1]), 2), np.uint64)
    _run(
        pool,
        (
            partial(kernel.deal, slots.accounts, ends, stretch, sieve, row, dealt)
            for stretch, row in zip(runs, places, strict=True)
        ),
    )
    return dealt, starts


def stretches(ends: Array, parts: int) -> list[tuple[int, int]]:
    """Cut the slots into runs with about the same number of post pairs each."""
    load = np.cumsum(ends - np.arange(len(ends)))
    if len(load) == 0:
        return []
    marks = np.searchsorted(load, np.linspace(0, load[-1], parts + 1)[1:-1])
    edges = np.unique(np.concatenate(([0], marks, [len(ends)])))
    return [(int(lo), int(hi)) for lo, hi in pairwise(edges)]


def _run(pool: ThreadPoolExecutor, jobs: Iterable[Callable[[], None]]) -> None:
    for running in [pool.submit(job) for job in jobs]:
        running.result()


def in_order(parts: Sequence[tuple[Array, ...]]) -> CoActions:
    """Return what `kernel.measure` says of each part as one, sorted by pair."""
    keys, *measures = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(keys)
    a, b = (keys >> np.uint64(32)).astype(np.int64), (keys & np.uint64(0xFFFFFFFF)).astype(np.int64)
    return CoActions(a[order], b[order], *(measure[order] for measure in measures))
