"""Who may be told of objects that are nothing without others: whoever may hear those others, and nobody else.

`heard_rank` of a stored object counts what it needs. It is settled anew whenever something is added or taken out, so
that every question asked of a collection, be it for objects, a manifest or versions, gives the same answer.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import CTE, Connection, bindparam, delete, insert, or_, select, update

from watchbell.clock import moment_text
from watchbell.model.collections import SharedObject
from watchbell.vault.schema_exchange import collection_needs, collection_objects

_held, _needs = collection_objects.c, collection_needs.c


class Version(NamedTuple):
    """What names a version of an object in a collection."""

    object_id: str
    partner_id: str
    version_us: int


@dataclass(slots=True)
class _Standing:
    """Whom a version is for: as it lies in the database, and as it should."""

    before: int
    marking: int
    rank: int
    needs: dict[int, list[tuple[str, bool]]] = field(default_factory=lambda: defaultdict(list))
    """Number of the need → the objects that meet it, and whether they must be heard whole."""


def need_rows(shared: SharedObject, collection_id: str, partner_id: str) -> list[dict[str, Any]]:
    """Return the rows that keep what an object needs."""
    return [
        {
            "collection_id": collection_id,
            "object_id": shared.object_id,
            "partner_id": partner_id,
            "version_us": shared.version_us,
            "number": number,
            "ref_id": ref,
            "whole": need.whole,
            "own_rank": shared.heard_from.rank,
        }
        for number, need in enumerate(shared.needs)
        for ref in need.ids
    ]


def add_needs(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Keep what some new objects need."""
    if rows:
        connection.execute(insert(collection_needs), rows)


def forget_needs(connection: Connection, collection_id: str, versions: Iterable[Version]) -> None:
    """Drop what some objects need that are not there any more."""
    statement = delete(collection_needs).where(
        _needs.collection_id == collection_id,
        _needs.object_id == bindparam("object"),
        _needs.partner_id == bindparam("partner"),
        _needs.version_us == bindparam("version"),
    )
    keys = ("object", "partner", "version")
    if values := [dict(zip(keys, version, strict=True)) for version in versions]:
        connection.execute(statement, values)


def settle(connection: Connection, collection_id: str, changed: Iterable[str], moment: int) -> int:
    """Bring `heard_rank` in line with what objects need, after some objects came, went or were widened.

    What more readers may hear than before moves to the end of the collection, where those find it who have read on.

    Args:
        connection: a transaction that holds the collection's row.
        collection_id: the collection.
        changed: ids of the objects that came, went or were widened.
        moment: the first moment that nothing was added at yet, in microseconds since 1970.

    Returns:
        The first moment that is free after that.
    """
    known = _read(connection, collection_id, list(changed))
    _raise_ranks(known)
    moved = {version: one for version, one in known.items() if one.needs and one.rank != one.before}
    for version, one in moved.items():
        values: dict[str, Any] = {"heard_rank": one.rank}
        if one.rank < one.before:
            values |= at_the_end(version, moment)
            moment += 1
        change(connection, collection_id, version, values)
    return moment


def at_the_end(version: Version, moment: int) -> dict[str, Any]:
    """Return the values by which a version moves to the end of its collection."""
    return {"added": moment} | ({} if version.version_us else {"version": moment_text(moment)})


def change(connection: Connection, collection_id: str, version: Version, values: dict[str, Any]) -> None:
    """Change some values of a version."""
    where = (
        _held.collection_id == collection_id,
        _held.object_id == version.object_id,
        _held.partner_id == version.partner_id,
        _held.version_us == version.version_us,
    )
    connection.execute(update(collection_objects).where(*where).values(values))


def _read(connection: Connection, collection_id: str, changed: list[str]) -> dict[Version, _Standing]:
    """Return all that needs what changed, over however many steps, and what that needs in its turn."""
    reached = _reached(collection_id, changed)
    needs = select(collection_needs).where(
        _needs.collection_id == collection_id, _needs.object_id.in_(select(reached.c.object_id))
    )
    rows = connection.execute(needs).all()
    if not rows:
        return {}
    referred = select(_needs.ref_id).where(
        _needs.collection_id == collection_id, _needs.object_id.in_(select(reached.c.object_id))
    )
    columns = (_held.object_id, _held.partner_id, _held.version_us, _held.heard_rank, _held.marking_rank)
    standing = select(*columns).where(
        _held.collection_id == collection_id,
        or_(_held.object_id.in_(select(reached.c.object_id)), _held.object_id.in_(referred)),
    )
    known = {
        Version(*row[:3]): _Standing(row.heard_rank, row.marking_rank, row.heard_rank)
        for row in connection.execute(standing)
    }
    for row in rows:
        one = known.get(Version(row.object_id, row.partner_id, row.version_us))
        if one is not None:
            one.rank = row.own_rank
            one.needs[row.number].append((row.ref_id, row.whole))
    return known


def _reached(collection_id: str, changed: list[str]) -> CTE:
    first = select(_needs.object_id).where(
        _needs.collection_id == collection_id, or_(_needs.ref_id.in_(changed), _needs.object_id.in_(changed))
    )
    reached = first.cte("reached", recursive=True)
    step = select(_needs.object_id).where(_needs.collection_id == collection_id, _needs.ref_id == reached.c.object_id)
    return reached.union(step)


def _raise_ranks(known: dict[Version, _Standing]) -> None:
    """Raise each rank as far as its needs ask and no further: from below, so that no circle holds itself up."""
    versions: dict[str, dict[str, list[_Standing]]] = defaultdict(lambda: defaultdict(list))
    users: dict[str, list[Version]] = defaultdict(list)
    for version, one in known.items():
        versions[version.object_id][version.partner_id].append(one)
        for refs in one.needs.values():
            for ref, _ in refs:
                users[ref].append(version)

    def rank_of(ref: str, whole: bool) -> int:  # noqa: FBT001  # as it stands in the need
        tellers = versions[ref].values()
        if whole:
            return max((max(one.rank, one.marking) for told in tellers for one in told), default=0)
        # Of two partners the one who lets fewer hear of it: nobody opens another's object by telling of it as well.
        return max((min(one.rank for one in told) for told in tellers), default=0)

    waiting = [version for version, one in known.items() if one.needs]
    while waiting:
        version = waiting.pop()
        one = known[version]
        needed = max(min(rank_of(*need) for need in refs) for refs in one.needs.values())
        if needed > one.rank:
            one.rank = needed
            waiting += users[version.object_id]
