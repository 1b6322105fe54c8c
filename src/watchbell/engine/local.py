"""The kernel on this machine: one process, a thread for each core."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from watchbell.engine import kernel
from watchbell.engine.slots import Array, CoActions, Slots
from watchbell.engine.thinning import Viral, thinned
from watchbell.errors import UsageError

# Post pairs of one partition: 2^15 rows of 16 bytes and their sketch stay in a core's second-level cache.
_PARTITION_ROWS = 1 << 15
_ROW_BYTES = 16
# A cell of a sketch is one byte, and four of them to a row let one chance pair in five through.
_CELLS = 4 * _PARTITION_ROWS
MAX_CELL_COUNT = 255
"""What a cell of a sketch counts to; a higher floor is left to the exact count."""
LEAST_MEMORY = _ROW_BYTES * _PARTITION_ROWS
"""With less than this for post pairs (bytes), more time goes into beginning than into counting."""
# Many times the cores, for stretches with as many post pairs need not take as long.
_STRETCHES = 32
# Where slots may be cut, for an array as long as they are would be gigabytes.
_MOST_CUTS = 1 << 20
_TOO_MANY = (
    "More than {pairs:,} pairs of accounts have {floor} post pairs: more than fit into the memory. Ask for more post "
    "pairs with --min-shared, for a narrower window, or give more memory with --memory."
)
_EVERY_PAIR = np.zeros(1, np.uint8), 1


class Budget(NamedTuple):
    """What counting may take, besides the slots themselves."""

    turn: int = 1 << 30
    """Bytes for the post pairs of one turn; at least `LEAST_MEMORY` are taken."""
    of_object: int | None = None
    """Post pairs of one object; one with more is thinned. None: every object is counted exactly."""
    answer: int | None = None
    """Pairs with `floor` post pairs, all windows together. None: as many as there are."""


NO_LIMIT = Budget()


def co_actions(
    slots: Slots, windows: Sequence[int], floor: int, threads: int | None = None, budget: Budget = NO_LIMIT
) -> list[CoActions]:
    """Return for each window every pair of accounts with at least `floor` post pairs within it.

    Exact where no object is thinned; the same for any number of threads and any size of a turn. Time follows the post
    pairs in the widest window. They are counted in as many turns as `budget.turn` makes necessary: a turn deals the
    pairs whose keys lie in its range, so the post pairs of two accounts are never parted.

    Args:
        slots: Sorted; see `Slots`.
        windows: Inclusive, in the unit of the times. All are counted at once, which costs little more than the widest.
        floor: At least 1.
        threads: All cores when None.
        budget: What it may take.

    Raises:
        UsageError: the answer has more pairs than the budget allows.
    """
    slots, factors, _ = _thinned(slots, max(windows), budget.of_object)
    ends = kernel.reach(slots.objects, slots.times, max(windows))
    columns = (slots.objects, slots.times, slots.marks, factors)
    pairs = 0
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        parts = stretches(ends, _STRETCHES)
        counts = _tallied(slots, ends, parts, pool)
        found: list[list[tuple[Array, ...]]] = []
        for turn in _turns(counts.sum(axis=0), max(budget.turn, LEAST_MEMORY) // _ROW_BYTES):
            dealt = _dealt(slots, ends, (parts, counts), turn, pool)
            of_turn = list(pool.map(partial(_measured, columns=columns, windows=windows, floor=floor), dealt))
            del dealt  # or two turns would be in memory at once
            found += of_turn
            pairs += sum(len(measures[0]) for part in of_turn for measures in part)
            if budget.answer is not None and pairs > budget.answer:
                raise UsageError(_TOO_MANY.format(floor=floor, pairs=budget.answer))
    return [in_order(of_window) for of_window in zip(*found, strict=True)]


def viral(slots: Slots, window: int, most: int | None) -> list[Viral]:
    """Return the objects with more than `most` post pairs within the window; `co_actions` thins them."""
    return _thinned(slots, window, most)[2]


def _thinned(slots: Slots, window: int, most: int | None) -> tuple[Slots, Array, list[Viral]]:
    largest = int(np.bincount(slots.objects).max()) if len(slots.objects) else 0
    if most is None or largest * (largest - 1) // 2 <= most:  # however close they lie
        return slots, np.zeros(0, np.int64), []
    return thinned(slots, followers(slots, window), most)


def _measured(dealt: Array, columns: Any, windows: Sequence[int], floor: int) -> list[tuple[Array, ...]]:
    if floor > 1:
        dealt = dealt[kernel.sift(dealt[:, 0], np.empty(_CELLS, np.uint8), min(floor, MAX_CELL_COUNT))]
    grouped = kernel.group(dealt[:, 0])
    return [kernel.measure(dealt[:, 1], grouped, columns, window, floor) for window in windows]


def followers(slots: Slots, window: int) -> Array:
    """Return for each slot how many later slots of its object lie within `window`, whoever sits in them (int64)."""
    count: Array = kernel.reach(slots.objects, slots.times, window) - np.arange(1, len(slots.objects) + 1)
    return count


def slot_pairs(ends: Array) -> int:
    """Return how many pairs of slots lie in reach, given where each slot's reach ends; see `kernel.reach`."""
    return int(ends.sum()) - len(ends) * (len(ends) + 1) // 2


def load() -> None:
    """Load the compiled kernel, so that the first question does not wait for it. Takes about a second."""
    two = np.array([0, 1])
    co_actions(Slots(two.astype(np.int32), np.zeros(2, np.int32), two, np.ones(2)), windows=[1], floor=2, threads=1)


def _tallied(slots: Slots, ends: Array, parts: Sequence[tuple[int, int]], pool: ThreadPoolExecutor) -> Array:
    """Return how many post pairs each stretch of slots has for each partition of the keys."""
    partitions = 1 << max(0, (slot_pairs(ends) // _PARTITION_ROWS).bit_length())
    counts = np.zeros((len(parts), partitions), np.int64)
    _run(
        pool,
        (
            partial(kernel.tally, slots.accounts, ends, stretch, _EVERY_PAIR, row)
            for stretch, row in zip(parts, counts, strict=True)
        ),
    )
    return counts


def _turns(rows: Array, most: int) -> Iterator[slice]:
    """Cut the partitions into runs that have at most so many rows together, one partition at least."""
    first, total = 0, 0
    for partition, count in enumerate(rows.tolist()):
        if total + count > most and partition > first:
            yield slice(first, partition)
            first, total = partition, 0
        total += count
    yield slice(first, len(rows))


def _dealt(
    slots: Slots,
    ends: Array,
    tallied: tuple[Sequence[tuple[int, int]], Array],
    turn: slice,
    pool: ThreadPoolExecutor,
) -> list[Array]:
    """Return the post pairs of each of a turn's partitions: rows of key and slots."""
    parts, counts = tallied
    mine = counts[:, turn]
    starts = np.concatenate(([0], np.cumsum(mine.sum(axis=0))))
    places = np.full(counts.shape, -1)
    # Within a partition the rows of an earlier stretch come first, so that rows stay in slot order.
    places[:, turn] = starts[:-1] + np.cumsum(mine, axis=0) - mine
    dealt = np.empty((int(starts[-1]), 2), np.uint64)
    _run(
        pool,
        (
            partial(kernel.deal, slots.accounts, ends, stretch, _EVERY_PAIR, row, dealt)
            for stretch, row in zip(parts, places, strict=True)
        ),
    )
    return [dealt[low:high] for low, high in pairwise(starts)]


def stretches(ends: Array, parts: int) -> list[tuple[int, int]]:
    """Cut the slots into runs with about the same number of post pairs each."""
    starts = np.arange(0, len(ends), 1 + len(ends) // _MOST_CUTS)
    if len(starts) == 0:
        return []
    load = np.cumsum(np.add.reduceat(ends, starts))
    # Of what is added up, the places of the slots themselves are no slots in reach.
    load[:-1] -= starts[1:] * (starts[1:] - 1) // 2
    load[-1] -= len(ends) * (len(ends) - 1) // 2
    marks = starts[np.searchsorted(load, np.linspace(0, load[-1], parts + 1)[1:-1])]
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
