"""The kernel on Spark: the slots are cut into stretches, and each task counts one with the functions of `kernel`.

A stretch is a run of slots (sorted by object and time) in which post pairs begin, with the slots that follow it within
the window. It may begin and end in the middle of an object, so an object too hot for one task is cut by time, and each
post pair is counted once: in the stretch that its earlier slot lies in. The post pairs that pass the sieve are
shuffled by pair, and a second round of tasks measures each pair from all its rows, as the local engine does.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from watchbell.engine import kernel
from watchbell.engine.local import MAX_CELL_COUNT, in_order, slot_pairs, stretches
from watchbell.engine.slots import Array, CoActions, Slots

# Slots and post pairs of one task. A post pair is 16 bytes while it is dealt and 36 when it is sent on, so that a task
# takes about 250 MB beside the 2^28 bytes of a full-grown sketch.
LOAD = 1 << 22
# Fewer post pairs are sooner shuffled, 40 MB of them, than sketched.
LEAST_SKETCHED = 1 << 20
# A cell of the sketch is one byte in a task and one bit on the way to it.
_MAX_CELL_BITS = 28
# Cells that one row of the shuffle speaks of, so that the tasks which add up cells can share them.
_STRIPE_BITS = 16

_STRETCH = pa.schema(
    [
        pa.field("stretch", pa.int32()),
        # How many of the slots are the stretch's own; the rest only follow them.
        pa.field("own", pa.int64()),
        *(pa.field(name, pa.binary()) for name in Slots._fields),
    ]
)
_TYPES = (np.int32, np.int32, np.int64, np.float64)
_CELLS = pa.schema([("stripe", pa.int32()), ("cells", pa.binary()), ("counts", pa.binary())])
_MET = pa.schema(
    [
        pa.field("part", pa.int32()),
        # Of the part's post pairs: the kernel's key, the object, the times of the earlier and the later slot, the mark.
        *(pa.field(name, pa.binary()) for name in ("pairs", "objects", "left", "right", "marks")),
    ]
)
_MET_TYPES = (np.uint64, np.int32, np.int64, np.int64, np.float64)
_MEASURED = pa.schema(
    [
        ("window", pa.int64()),
        # The kernel's key, which is unsigned: Spark has no such type, and the bits are the same.
        ("pair", pa.int64()),
        ("post_pairs", pa.int64()),
        ("objects", pa.int64()),
        ("first", pa.int64()),
        ("last", pa.int64()),
        ("median_gap", pa.float64()),
        ("weight", pa.float64()),
    ]
)

SLOT_BYTES, MET_BYTES = 24, 36
"""Of a slot and of a post pair on their way between machines, before Spark compresses them."""

_HALF, _LOW = np.uint64(32), np.uint64(0xFFFFFFFF)

Batches = Iterator[pa.RecordBatch]


class Sieve(NamedTuple):
    """Which cells of the sketch were reached: a bit each. Without any, every post pair passes."""

    bits: bytes
    cells: int

    def opened(self) -> tuple[Array, int]:
        """Return the sieve as the kernel takes it: cells, and the count that a pair's cell must reach."""
        if not self.cells:
            return np.zeros(1, np.uint8), 1
        # The kernel lets all through where the count is 1, so cells that were reached hold 2.
        return np.unpackbits(np.frombuffer(self.bits, np.uint8), count=self.cells) * np.uint8(2), 2


def co_actions(session: Any, slots: Slots, windows: Sequence[int], floor: int) -> list[CoActions]:
    """Return for each window every pair of accounts with at least `floor` post pairs within it.

    The same as `engine.local.co_actions` in every bit.

    Args:
        session: a SparkSession, whose workers have this release of Watchbell.
        slots: as the kernel takes them.
        windows: inclusive, in the unit of the times.
        floor: at least 1.
    """
    widest = max(windows)
    ends = kernel.reach(slots.objects, slots.times, widest)
    post_pairs = slot_pairs(ends)
    tasks = max(1, -(-(len(ends) + post_pairs) // LOAD))
    cut = session.createDataFrame(stretched(slots, ends, tasks)).repartitionByRange(tasks, "stretch").persist()
    try:
        sieve = _sketched(cut, tasks, widest, min(floor, MAX_CELL_COUNT), post_pairs)
        parts = 1 << (tasks - 1).bit_length()
        met = _mapped(cut, partial(_met, window=widest, sieve=sieve, parts=parts), _MET)
        of_part = met.repartition(parts, "part").groupBy("part")
        table = of_part.applyInArrow(_measuring(windows, floor), _spark_schema(_MEASURED)).toArrow()
    finally:
        cut.unpersist()
    return [_of_window(table.filter(pa.compute.field("window") == window)) for window in windows]


def _mapped(frame: Any, task: Callable[[Batches], Batches], schema: pa.Schema) -> Any:
    return frame.mapInArrow(task, _spark_schema(schema))


def _spark_schema(schema: pa.Schema) -> Any:
    from pyspark.sql.pandas.types import from_arrow_schema  # noqa: PLC0415  # the extra `spark`

    return from_arrow_schema(schema)


def stretched(slots: Slots, ends: Array, tasks: int) -> pa.Table:
    """Return the slots as rows of `_STRETCH`, cut so that each has about the same number of post pairs."""
    # A batch each: a column of bytes holds 2 GiB at most.
    batches = [
        pa.RecordBatch.from_pylist(
            [
                {
                    "stretch": number,
                    "own": high - low,
                    **{name: column[low : ends[high - 1]].tobytes() for name, column in slots._asdict().items()},
                }
            ],
            _STRETCH,
        )
        for number, (low, high) in enumerate(stretches(ends, tasks))
    ]
    return pa.Table.from_batches(batches, _STRETCH)


def _slots_in(batches: Batches, window: int) -> Iterator[tuple[Slots, Array]]:
    """Yield the slots of each stretch, and the end of the slots within each one's reach: none for what only follows."""
    for batch in batches:
        for row in batch.to_pylist():
            slots = Slots(*(np.frombuffer(row[name], kind) for name, kind in zip(Slots._fields, _TYPES, strict=True)))
            ends = kernel.reach(slots.objects, slots.times, window)
            following = np.arange(row["own"], len(ends))
            ends[following] = following + 1
            yield slots, ends


def sketch_bits(post_pairs: int, floor: int) -> int:
    """Return how many bits number a sketch's cells; 0 where none is worth its cost.

    It takes two more rounds of tasks, and with more post pairs than half its cells nearly every cell is reached.
    """
    bits = min(_MAX_CELL_BITS, max(_STRIPE_BITS, post_pairs.bit_length() + 1))
    return bits if floor > 1 and LEAST_SKETCHED <= post_pairs <= 1 << (bits - 1) else 0


def _sketched(cut: Any, tasks: int, window: int, floor: int, post_pairs: int) -> Sieve:
    """Return a sieve that lets every pair with at least `floor` post pairs through, and few others."""
    bits = sketch_bits(post_pairs, floor)
    if not bits:
        return Sieve(b"", 0)
    counted = _mapped(cut, partial(_cells, window=window, bits=bits, floor=floor), _CELLS)
    cells = np.zeros((1 << (bits - _STRIPE_BITS), (1 << _STRIPE_BITS) // 8), np.uint8)
    summed = counted.repartition(min(tasks, len(cells)), "stripe")
    reached = _mapped(summed, partial(_reached, floor=floor), _CELLS).toArrow()
    for row in reached.to_pylist():
        cells[row["stripe"]] = np.frombuffer(row["cells"], np.uint8)
    return Sieve(cells.tobytes(), 1 << bits)


def _cells(batches: Batches, *, window: int, bits: int, floor: int) -> Batches:
    """Count a task's post pairs into a sketch and yield the cells that are not empty, stripe by stripe."""
    cells = np.zeros(1 << bits, np.uint8)
    for slots, ends in _slots_in(batches, window):
        kernel.sketch(slots.accounts, ends, (0, 1), cells, floor)
    rows = [
        {"stripe": stripe, "cells": touched.astype(np.uint16).tobytes(), "counts": counts[touched].tobytes()}
        for stripe, counts in enumerate(cells.reshape(-1, 1 << _STRIPE_BITS))
        if len(touched := np.flatnonzero(counts))
    ]
    yield pa.RecordBatch.from_pylist(rows, _CELLS)


def _reached(batches: Batches, *, floor: int) -> Batches:
    """Add up what the tasks counted, and yield for each stripe a bit for each of its cells."""
    totals: dict[int, Array] = {}
    for batch in batches:
        for row in batch.to_pylist():
            total = totals.setdefault(row["stripe"], np.zeros(1 << _STRIPE_BITS, np.uint32))
            total[np.frombuffer(row["cells"], np.uint16)] += np.frombuffer(row["counts"], np.uint8)
    rows = [
        {"stripe": stripe, "cells": np.packbits(total >= floor).tobytes(), "counts": b""}
        for stripe, total in totals.items()
    ]
    yield pa.RecordBatch.from_pylist(rows, _CELLS)


def _met(batches: Batches, *, window: int, sieve: Sieve, parts: int) -> Batches:
    """Yield the post pairs that pass the sieve, dealt by pair into `parts`, a power of two."""
    opened = sieve.opened()
    for slots, ends in _slots_in(batches, window):
        whole, counts = (0, len(ends)), np.zeros(parts, np.int64)
        kernel.tally(slots.accounts, ends, whole, opened, counts)
        starts = np.concatenate(([0], np.cumsum(counts)))
        dealt = np.empty((starts[-1], 2), np.uint64)
        kernel.deal(slots.accounts, ends, whole, opened, starts[:-1].copy(), dealt)
        left, right = (dealt[:, 1] >> _HALF).astype(np.int64), (dealt[:, 1] & _LOW).astype(np.int64)
        columns = (dealt[:, 0], slots.objects[left], slots.times[left], slots.times[right], slots.marks[left])
        rows = [
            [part, *(column[low:high].tobytes() for column in columns)]
            for part, (low, high) in enumerate(pairwise(starts.tolist()))
            if low < high
        ]
        yield pa.RecordBatch.from_pylist([dict(zip(_MET.names, row, strict=True)) for row in rows], _MET)


def _measuring(windows: Sequence[int], floor: int) -> Callable[[pa.Table], pa.Table]:
    def measured(part: pa.Table) -> pa.Table:  # Spark reads these types, which a `partial` does not show
        return _measured(part, windows, floor)

    return measured


def _measured(part: pa.Table, windows: Sequence[int], floor: int) -> pa.Table:
    """Return a row for each pair of one part and window, measured from all post pairs of the pair."""
    columns = (b"".join(part[name].to_pylist()) for name in _MET.names[1:])
    arrays = [np.frombuffer(column, kind) for column, kind in zip(columns, _MET_TYPES, strict=True)]
    order = np.argsort(arrays[1], kind="stable")  # as the kernel wants them: an object's rows stand together
    pairs, objects, left, right, marks = (array[order] for array in arrays)
    # Each row's two slots, as the kernel takes them: side by side.
    times, every = np.column_stack((left, right)).ravel(), np.zeros(0, np.int64)  # no object is thinned
    slots = (np.repeat(objects, 2), times, np.repeat(marks, 2), every)
    first = 2 * np.arange(len(pairs), dtype=np.uint64)
    grouped = kernel.group(pairs)
    tables = []
    for window in windows:
        keys, *measures = kernel.measure((first << _HALF) | (first + np.uint64(1)), grouped, slots, window, floor)
        found = (np.full(len(keys), window), keys.view(np.int64), *measures)
        tables.append(pa.Table.from_arrays([pa.array(column) for column in found], schema=_MEASURED))
    return pa.concat_tables(tables)


def _of_window(found: pa.Table) -> CoActions:
    keys, *measures = (found[name].to_numpy() for name in _MEASURED.names[1:])
    return in_order([(keys.view(np.uint64), *measures)])
