"""Actions in, pairs out: which two accounts acted on the same objects within the window, and how often."""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from watchbell.detect.significance import Judged, judged
from watchbell.detect.slot_test import marks
from watchbell.engine.places import HERE, Engine
from watchbell.engine.slots import Array, CoActions, Slots
from watchbell.engine.thinning import Viral
from watchbell.errors import UsageError
from watchbell.model.actions import PAIRS

_US = 1_000_000


class ThinnedObject(NamedTuple):
    """An object on which so many acted at once that some of its actions stand for all; see `engine.thinning`."""

    by: str
    object_id: str
    actions: int
    kept: int
    factor: int
    """How many post pairs each that was counted stands for."""


def each_window(window_s: float | Sequence[float]) -> tuple[float, ...]:
    """Return the different windows of one or of several, the narrowest first.

    Raises:
        UsageError: one is negative or not finite, or there is none.
    """
    windows = sorted({window_s} if isinstance(window_s, int | float) else set(window_s))
    for window in windows:
        if not 0 <= window < math.inf:
            raise UsageError(f"The window must be a number of seconds from 0 up, not {window}.")
    if not windows:
        raise UsageError("Name one window at least, such as 60s.")
    return tuple(windows)


def in_widest(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return each pair of PAIRS once for a kind of action, as the widest of its windows has it, in the old order.

    Windows lie in each other: what two accounts did within 10 s they also did within 60 s. Whoever adds pairs up, in a
    network or a total, adds these.
    """
    return pairs.filter(pl.col("window_s") == pl.col("window_s").max().over("account_a", "account_b", "by"))


def pairs_of_actions(
    actions: pa.Table,
    *,
    window_s: float | Sequence[float],
    min_shared: int,
    engine: Engine = HERE,
    thinned: list[ThinnedObject] | None = None,
    any_dependence: bool = False,
) -> pa.Table:
    """Return the PAIRS of accounts in ACTIONS, sorted by kind, window and accounts; each kind of action by itself.

    Args:
        actions: ACTIONS or CODED_ACTIONS.
        window_s: Two actions on an object are a post pair when they are at most this many seconds apart. With several,
            a pair has a row for each window in which it has `min_shared` post pairs: rules judge each window as a
            network of its own, and an analyst sees in which one a pair stands out.
        min_shared: Least number of post pairs that a pair of accounts must have.
        engine: Where to count. The result is the same for any, but for objects that are thinned.
        thinned: Where given, the objects are added to it of which not every action could be counted.
        any_dependence: Whether rates of false discovery shall hold however the tests hang together; see `judged`.

    Raises:
        UsageError: a window is negative or not finite, there is none, or `min_shared` is below 1.
    """
    windows = each_window(window_s)
    if min_shared < 1:
        raise UsageError(f"min_shared must be at least 1, not {min_shared}.")
    windows_us = [round(window_s * _US) for window_s in windows]
    found: list[pl.DataFrame] = []
    thinned = [] if thinned is None else thinned
    for kind, of_kind in _kinds(actions):
        slots, names = slots_of(of_kind)
        counted = engine.co_actions(slots, windows_us, min_shared)
        chances = judged(slots, windows_us, counted, floor=min_shared, any_dependence=any_dependence)
        found += [
            _described(pairs, chance, names)
            .with_columns(by=pl.lit(kind), window_s=pl.lit(float(window_s)))
            .select(PAIRS.names)
            for window_s, pairs, chance in zip(windows, counted, chances, strict=True)
        ]
        thinned += _thinned(of_kind, engine.viral(slots, windows_us[-1]), kind)
    if not found:
        return PAIRS.empty_table()
    return pl.concat(found).to_arrow().cast(PAIRS)


def _thinned(actions: pa.Table, viral: Sequence[Viral], kind: str) -> list[ThinnedObject]:
    if not viral:
        return []
    _, names = _coded(actions["object_id"])
    return [ThinnedObject(kind, names[each.object], each.slots, each.kept, each.factor) for each in viral]


def _kinds(actions: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    kinds = sorted(actions["kind"].unique().to_pylist())
    for kind in kinds:
        yield kind, actions if len(kinds) == 1 else actions.filter(pc.equal(actions["kind"], kind))


def load_kernel() -> None:
    """Load the compiled kernel: worth doing in a thread while files are read, for it takes about a second."""
    from watchbell.engine import local, meetings, ordering  # noqa: PLC0415  # that is what takes the second

    local.load()
    ordering.load()
    meetings.load()


def _described(found: CoActions, by_chance: Judged, names: pl.Series) -> pl.DataFrame:
    """Return all of PAIRS but the kind and the window."""
    times = {"first_at": found.first, "last_at": found.last}
    chance = {name: pl.Series(values).fill_nan(None) for name, values in by_chance._asdict().items()}
    return pl.DataFrame(
        {
            "account_a": names.gather(found.a),
            "account_b": names.gather(found.b),
            "post_pairs": found.post_pairs,
            "objects": found.objects,
            **{name: pl.Series(values).cast(pl.Datetime("us", "UTC")) for name, values in times.items()},
            "median_gap_s": found.median_gap / _US,
            **chance,
        }
    )


def slots_of(actions: pa.Table) -> tuple[Slots, pl.Series]:
    """Return ACTIONS of one kind as the kernel takes them, and the account names in the order of their codes."""
    from watchbell.engine.ordering import ordered  # noqa: PLC0415  # see `load_kernel`

    accounts, names = _coded(actions["account_id"])
    objects, _ = _coded(actions["object_id"])
    order = names.arg_sort().to_numpy()
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    account, obj, at = ordered(rank[accounts], objects, pl.Series(actions["at"].cast(pa.int64())).to_numpy())
    return Slots(account, obj, at, marks(obj, len(names))), names.gather(order)


def _coded(ids: pa.ChunkedArray) -> tuple[Array, pl.Series]:
    """Return int32 codes in the order of first appearance, and the id that each stands for."""
    coded = ids if pa.types.is_dictionary(ids.type) else ids.dictionary_encode()
    chunks = coded.unify_dictionaries().chunks
    # By way of Polars: Arrow's own way to NumPy loads pandas where it is installed, and that takes a second.
    codes = [np.zeros(0, np.int32), *(pl.Series(chunk.indices).to_numpy() for chunk in chunks)]
    return np.concatenate(codes), pl.Series(chunks[0].dictionary if chunks else [], dtype=pl.String)
