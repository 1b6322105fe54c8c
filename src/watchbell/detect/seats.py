"""Actions as the kernel takes them: who acts, and on what, as numbers, in the order of objects and times."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from watchbell.detect.slot_test import marks
from watchbell.engine.slots import Array, Slots


class Seats(NamedTuple):
    """All actions of one kind."""

    kind: str
    slots: Slots
    accounts: pl.Series
    """The account names in the order of their codes, which is that of text."""
    objects: pa.Array
    """The object names in the order of theirs."""


def seats_of(actions: pa.Table) -> list[Seats]:
    """Return the seats of ACTIONS or CODED_ACTIONS, for each kind by itself, sorted by kind."""
    return [_seated(kind, of_kind) for kind, of_kind in _kinds(actions)]


def _kinds(actions: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    kinds = sorted(actions["kind"].unique().to_pylist())
    for kind in kinds:
        yield kind, actions if len(kinds) == 1 else actions.filter(pc.equal(actions["kind"], kind))


def _seated(kind: str, actions: pa.Table) -> Seats:
    from watchbell.engine.ordering import ordered  # noqa: PLC0415  # see `engine.loading`

    accounts, ids = _coded(actions["account_id"])
    objects, things = _coded(actions["object_id"])
    names = pl.Series(ids, dtype=pl.String)
    order = names.arg_sort().to_numpy()
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    account, obj, at = ordered(rank[accounts], objects, pl.Series(actions["at"].cast(pa.int64())).to_numpy())
    return Seats(kind, Slots(account, obj, at, marks(obj, len(names))), names.gather(order), things)


def _coded(ids: pa.ChunkedArray) -> tuple[Array, pa.Array]:
    """Return int32 codes in the order of first appearance, and the id that each stands for."""
    coded = ids if pa.types.is_dictionary(ids.type) else ids.dictionary_encode()
    chunks = coded.unify_dictionaries().chunks
    # By way of Polars: Arrow's own way to NumPy loads pandas where it is installed, and that takes a second.
    codes = [np.zeros(0, np.int32), *(pl.Series(chunk.indices).to_numpy() for chunk in chunks)]
    return np.concatenate(codes), chunks[0].dictionary if chunks else pa.nulls(0, pa.string())
