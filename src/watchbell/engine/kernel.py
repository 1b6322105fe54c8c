"""The kernel: every pair of accounts that acted on the same object within a window, counted over arrays.

The slots (one action each) lie sorted by (object, time). Two pointers give each slot its reach: the slots after
it on the same object within the window. Each slot with each one in its reach is a post pair; the two accounts
make its key. Keys are dealt by hash into partitions small enough for the processor's cache, and each partition
is grouped by itself. Pairs below `floor` are dropped before they are grouped, by a sketch that may keep a pair
too many (two keys in one cell) and never loses one; the exact count decides at the end.

The functions hold no lock and share no writes, so threads can run them side by side, and the result does not
depend on how many do.
"""

from typing import Any

import numpy as np
from numba import njit

from watchbell.engine.slots import Array

# 2^64 divided by the golden ratio, the multiplier of Fibonacci hashing (Knuth, TAOCP vol. 3, section 6.4).
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)


@njit(cache=True, nogil=True)
def _key(a: Any, b: Any) -> Any:
    if a > b:
        a, b = b, a
    return (np.uint64(a) << _HALF) | np.uint64(b)


@njit(cache=True, nogil=True)
def _bucket(key: Any, bits: Any) -> Any:
    """Return the top `bits` bits of the key's hash; 0 bits give bucket 0."""
    if bits == 0:
        return 0
    mixed = key * _GOLDEN
    mixed = (mixed ^ (mixed >> np.uint64(29))) * _GOLDEN
    return np.int64(mixed >> np.uint64(64 - bits))


@njit(cache=True, nogil=True)
def reach(objects: Array, times: Array, window: int) -> Array:
    """Return for each slot the end (exclusive) of the slots on its object that follow it within `window`, inclusive."""
    n = len(objects)
    ends = np.empty(n, np.int64)
    end = 0
    for i in range(n):
        end = max(end, i + 1)
        while end < n and objects[end] == objects[i] and times[end] - times[i] <= window:
            end += 1
        ends[i] = end
    return ends


@njit(cache=True, nogil=True)
def sketch(accounts: Array, ends: Array, turn: tuple[int, int], cells: Array, floor: int) -> None:
    """Count post pairs into `cells` (uint8, a power of two), up to `floor`, for the share `turn` = (k, 2^m) of them.

    Each of the 2^m sharers writes its own stretch of `cells` and no other's.
    """
    bits = np.int64(np.round(np.log2(len(cells))))
    share_bits = np.int64(np.round(np.log2(turn[1])))
    for i in range(len(accounts)):
        for j in range(i + 1, ends[i]):
            if accounts[i] != accounts[j]:
                cell = _bucket(_key(accounts[i], accounts[j]), bits)
                if cell >> (bits - share_bits) == turn[0] and cells[cell] < floor:
                    cells[cell] += 1


@njit(cache=True, nogil=True)
def tally(accounts: Array, ends: Array, stretch: tuple[int, int], sieve: tuple[Array, int], counts: Array) -> None:
    """Add to `counts` (one for each partition) the post pairs that start in `stretch` and pass the sieve.

    `sieve` holds the sketch's cells and the floor that a pair's cell must reach.
    """
    cells, floor = sieve
    bits = np.int64(np.round(np.log2(len(counts))))
    cell_bits = np.int64(np.round(np.log2(len(cells))))
    for i in range(stretch[0], stretch[1]):
        for j in range(i + 1, ends[i]):
            if accounts[i] != accounts[j]:
                key = _key(accounts[i], accounts[j])
                if floor <= 1 or cells[_bucket(key, cell_bits)] >= floor:
                    counts[_bucket(key, bits)] += 1


@njit(cache=True, nogil=True)
def deal(
    accounts: Array, ends: Array, stretch: tuple[int, int], sieve: tuple[Array, int], places: Array, dealt: Array
) -> None:
    """Write the post pairs that `tally` counted as (key, left slot, right slot) rows of `dealt`.

    `places` holds the next free row of each partition for this stretch, -1 for one that is not dealt this time; rows of
    a partition stay in slot order.
    """
    cells, floor = sieve
    bits = np.int64(np.round(np.log2(len(places))))
    cell_bits = np.int64(np.round(np.log2(len(cells))))
    for i in range(stretch[0], stretch[1]):
        for j in range(i + 1, ends[i]):
            if accounts[i] != accounts[j]:
                key = _key(accounts[i], accounts[j])
                if floor <= 1 or cells[_bucket(key, cell_bits)] >= floor:
                    partition = _bucket(key, bits)
                    row = places[partition]
                    if row >= 0:
                        dealt[row, 0] = key
                        dealt[row, 1] = (np.uint64(i) << _HALF) | np.uint64(j)
                        places[partition] = row + 1


@njit(cache=True, nogil=True)
def sift(keys: Array, cells: Array, floor: int) -> Array:
    """Return the rows whose key may have `floor` of them, in order: all that have, and few others.

    `cells` (uint8, a power of two) is written over; `floor` is at most what a cell counts to.
    """
    cells[:] = 0
    shift = np.uint64(64 - np.int64(np.round(np.log2(len(cells)))))
    for row in range(len(keys)):
        cell = (keys[row] * _GOLDEN) >> shift
        cells[cell] += cells[cell] < floor
    passed = np.empty(len(keys), np.int64)
    found = 0
    for row in range(len(keys)):
        passed[found] = row
        found += cells[(keys[row] * _GOLDEN) >> shift] >= floor
    return passed[:found]


@njit(cache=True, nogil=True)
def _number(keys: Array) -> tuple[Array, Array, Array]:
    """Number the distinct keys in order of appearance: (number of each row, distinct keys, rows of each)."""
    size = 16
    while size < 2 * len(keys):
        size *= 2
    mask = size - 1
    table = np.full(size, -1, np.int64)
    numbers = np.empty(len(keys), np.int64)
    distinct = np.empty(len(keys), np.uint64)
    rows = np.zeros(len(keys), np.int64)
    found = 0
    for r in range(len(keys)):
        at = np.int64((keys[r] * _GOLDEN) >> np.uint64(20)) & mask
        while table[at] >= 0 and distinct[table[at]] != keys[r]:
            at = (at + 1) & mask
        if table[at] < 0:
            table[at] = found
            distinct[found] = keys[r]
            found += 1
        numbers[r] = table[at]
        rows[numbers[r]] += 1
    return numbers, distinct[:found], rows[:found]


@njit(cache=True, nogil=True)
def _in_order(numbers: Array, rows: Array) -> tuple[Array, Array]:
    """Return the rows grouped by number, in their old order within each, and where each number starts."""
    starts = np.zeros(len(rows) + 1, np.int64)
    for k in range(len(rows)):
        starts[k + 1] = starts[k] + rows[k]
    free = starts[:-1].copy()
    order = np.empty(len(numbers), np.int64)
    for r in range(len(numbers)):
        order[free[numbers[r]]] = r
        free[numbers[r]] += 1
    return order, starts


@njit(cache=True, nogil=True)
def group(keys: Array) -> tuple[Array, Array, Array]:
    """Group one partition's post pairs by accounts.

    Returns:
        The distinct keys in order of appearance; the rows key by key, in their old order within each; and where the
        rows of each key start (one more entry than keys).
    """
    numbers, distinct, rows = _number(keys)
    order, starts = _in_order(numbers, rows)
    return distinct, order, starts


@njit(cache=True, nogil=True)
def _measured(met: Array, rows: Array, slots: tuple[Array, Array, Array, Array], window: int, gaps: Array) -> Any:
    """Measure one pair from the rows of `met` (two slots in each) that lie within the window; write into `gaps`.

    Returns:
        Rows; post pairs that they stand for; distinct objects; first and last time; the distinct objects' marks, added.
    """
    objects, times, marks, factors = slots
    count, stands, shared, weight, previous = 0, 0, 0, 0.0, -1
    first, last = np.iinfo(np.int64).max, np.iinfo(np.int64).min
    for row in rows:
        left, right = np.int64(met[row] >> _HALF), np.int64(met[row] & _LOW)
        gap = times[right] - times[left]
        if gap > window:
            continue
        gaps[count] = gap
        count += 1
        stands += factors[left] if len(factors) else 1
        first, last = min(first, times[left]), max(last, times[right])
        # Rows are in slot order and slots in object order: an object's rows stand together.
        if objects[left] != previous:
            previous = objects[left]
            shared += 1
            weight += marks[left]
    return count, stands, shared, first, last, weight


@njit(cache=True, nogil=True)
def measure(
    met: Array,
    grouped: tuple[Array, Array, Array],
    slots: tuple[Array, Array, Array, Array],
    window: int,
    floor: int,
) -> tuple[Array, Array, Array, Array, Array, Array, Array]:
    """Keep the pairs of one partition with at least `floor` post pairs within `window`, and measure them.

    Args:
        met: The two slots of each row, as `deal` writes them.
        grouped: What `group` makes of the rows' keys.
        slots: Objects, times and marks of all slots; and how many post pairs one stands for in each (int64), or nothing
            where each is itself.
        window: Inclusive, unit of the times.
        floor: At least 1; what was seen counts, not what it stands for.

    Returns:
        For each kept pair, in order of appearance: its key (uint64, lower account code in the high half), post pairs,
        distinct objects, first and last time (as in `times`), the median gap (float64, unit of `times`), and the
        marks of the distinct objects, added up (float64).
    """
    distinct, order, starts = grouped
    sizes = starts[1:] - starts[:-1]
    enough = np.flatnonzero(sizes >= floor)
    keys, median, weight = np.empty(len(enough), np.uint64), np.empty(len(enough)), np.empty(len(enough))
    counts, shared = np.empty(len(enough), np.int64), np.empty(len(enough), np.int64)
    first, last = np.empty(len(enough), np.int64), np.empty(len(enough), np.int64)
    gaps = np.empty(sizes.max() if len(sizes) else 0, np.int64)
    kept = 0
    for k in enough:
        found = _measured(met, order[starts[k] : starts[k + 1]], slots, window, gaps)
        if found[0] >= floor:
            keys[kept] = distinct[k]
            counts[kept], shared[kept], first[kept], last[kept], weight[kept] = found[1:]
            median[kept] = gaps[0] if found[0] == 1 else np.median(gaps[: found[0]])
            kept += 1
    return keys[:kept], counts[:kept], shared[:kept], first[:kept], last[:kept], median[:kept], weight[:kept]
