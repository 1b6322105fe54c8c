"""Adding objects to a collection: each gets its own moment, and nobody speaks in another's name."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, delete, func, insert, or_, select, update

from watchbell.clock import microseconds, moment_text
from watchbell.model.collections import Access, Refusal, SharedObject
from watchbell.vault.collection_needs import (
    Version,
    add_needs,
    at_the_end,
    change,
    forget_needs,
    need_rows,
    settle,
)
from watchbell.vault.schema_exchange import collection_objects, collections


def add_objects(connection: Connection, access: Access, batch: Sequence[SharedObject], now: datetime) -> list[Refusal]:
    """Add objects within one transaction and return which were refused.

    The collection's row is held until the end, so moments are handed out in the order in which they become visible: a
    reader who has seen one moment will never find an earlier one later.
    """
    where = collections.c.id == access.collection.id
    last = connection.scalar(select(collections.c.last_added).where(where).with_for_update()) or 0
    moment = max(last + 1, microseconds(now))
    here = _Here.of(connection, access, {shared.object_id for shared in batch})
    rows: list[dict[str, Any]] = []
    needs: list[dict[str, Any]] = []
    widened: list[SharedObject] = []
    refused: list[Refusal] = []
    for shared in batch:
        is_new, problem = here.judge(shared, access.partner_id)
        if problem is not None:
            refused.append(Refusal(shared.object_id, shared.version, problem))
        elif is_new:
            added = moment + len(rows)
            rows.append(_row(shared, access, added, here.add(shared, access.partner_id, added)))
            needs += need_rows(shared, access.collection.id, access.partner_id)
        elif here.is_wider(shared, access.partner_id):
            widened.append(shared)
    if rows:
        connection.execute(insert(collection_objects), rows)
    if rows or widened:
        add_needs(connection, needs)
        free = _widen(connection, access, widened, moment + len(rows))
        changed = [*(row["object_id"] for row in rows), *(shared.object_id for shared in widened)]
        free = settle(connection, access.collection.id, changed, free)
        connection.execute(update(collections).where(where).values(last_added=free - 1))
    return refused


def remove_objects(connection: Connection, access: Access, moments: Sequence[int]) -> None:
    """Take the objects that were added at some moments out, within one transaction."""
    objects, own = collection_objects.c, collections.c.id == access.collection.id
    last = connection.scalar(select(collections.c.last_added).where(own).with_for_update()) or 0
    where = (objects.collection_id == access.collection.id, objects.added.in_(moments))
    named = select(objects.object_id, objects.partner_id, objects.version_us).where(*where)
    gone = [Version(*row) for row in connection.execute(named)]
    connection.execute(delete(collection_objects).where(*where))
    forget_needs(connection, access.collection.id, gone)
    free = settle(connection, access.collection.id, {version.object_id for version in gone}, last + 1)
    connection.execute(update(collections).where(own).values(last_added=free - 1))


def hidden_query(access: Access, ids: Iterable[str]) -> Select[Any]:
    """Return the statement for which of some objects a partner told a collection, but not for the caller."""
    objects = collection_objects.c
    heard = case((visible_to(collection_objects, access.partner_id, access.clearance.rank), 1), else_=0)
    return (
        select(objects.object_id)
        .where(objects.collection_id == access.collection.id, objects.object_id.in_(ids))
        .group_by(objects.object_id, objects.partner_id)
        .having(func.max(heard) == 0)
    )


def visible_to(objects: Any, partner_id: Any, clearance_rank: Any) -> ColumnElement[bool]:
    """Return the condition that a caller may hear of an object: they are cleared for it, or it is their own."""
    return or_(objects.c.heard_rank <= clearance_rank, objects.c.partner_id == partner_id)


@dataclass(frozen=True, slots=True)
class _Here:
    """What the caller hears a collection say of some objects."""

    tellers: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    """Object → partner → when that partner first told of it."""
    bodies: dict[Version, bytes] = field(default_factory=dict)
    marking_ranks: dict[Version, int] = field(default_factory=dict)

    @classmethod
    def of(cls, connection: Connection, access: Access, ids: Iterable[str]) -> "_Here":
        """Read it from the database."""
        objects = collection_objects.c
        where = (
            objects.collection_id == access.collection.id,
            objects.object_id.in_(ids),
            visible_to(collection_objects, access.partner_id, access.clearance.rank),
        )
        grouped = select(objects.object_id, objects.partner_id, func.min(objects.first_added)).where(*where)
        here = cls()
        for object_id, partner_id, first in connection.execute(grouped.group_by("object_id", "partner_id")):
            here.tellers[object_id][partner_id] = first
        if here.tellers:
            columns = (objects.object_id, objects.partner_id, objects.version_us, objects.body, objects.marking_rank)
            for row in connection.execute(select(*columns).where(*where)):
                here.bodies[Version(*row[:3])] = row.body
                here.marking_ranks[Version(*row[:3])] = row.marking_rank
        return here

    def judge(self, shared: SharedObject, partner_id: str) -> tuple[bool, str | None]:
        """Return whether an object is new, and what speaks against taking it."""
        tellers = self.tellers.get(shared.object_id, {})
        is_ours = partner_id in tellers or not tellers
        teller = partner_id if is_ours else min(tellers, key=tellers.__getitem__)
        body = self.bodies.get(Version(shared.object_id, teller, shared.version_us))
        if body is not None and _is_same(body, shared.body):
            return False, None
        if not is_ours:
            return False, "Another partner shares this object; send a note, an opinion or a sighting of it instead."
        if body is None:
            return True, None
        return False, "This version is here with other content; a changed object needs a later modified."

    def is_wider(self, shared: SharedObject, partner_id: str) -> bool:
        """Tell whether a version that is here already is now told to more readers by the same partner."""
        known = self.marking_ranks.get(Version(shared.object_id, partner_id, shared.version_us))
        return known is not None and shared.marking.rank < known

    def add(self, shared: SharedObject, partner_id: str, added: int) -> int:
        """Note that an object is here now; return when its partner first told of it."""
        self.bodies[Version(shared.object_id, partner_id, shared.version_us)] = shared.body
        return self.tellers[shared.object_id].setdefault(partner_id, added)


def _widen(connection: Connection, access: Access, widened: Sequence[SharedObject], moment: int) -> int:
    """Let more readers hear some versions, at the end of the collection; return the first free moment after that."""
    for shared in widened:
        version = Version(shared.object_id, access.partner_id, shared.version_us)
        ranks = {"heard_rank": shared.heard_from.rank, "marking_rank": shared.marking.rank}
        change(connection, access.collection.id, version, ranks | at_the_end(version, moment))
        forget_needs(connection, access.collection.id, [version])
        add_needs(connection, need_rows(shared, access.collection.id, access.partner_id))
        moment += 1
    return moment


def _is_same(known: bytes, newcomer: bytes) -> bool:
    return known == newcomer or json.loads(known) == json.loads(newcomer)


def _row(shared: SharedObject, access: Access, added: int, first_added: int) -> dict[str, Any]:
    return {
        "collection_id": access.collection.id,
        "added": added,
        "first_added": first_added,
        "object_id": shared.object_id,
        "type": shared.type,
        "spec_version": shared.spec_version,
        "version": shared.version or moment_text(added),
        "version_us": shared.version_us,
        "partner_id": access.partner_id,
        "heard_rank": shared.heard_from.rank,
        "marking_rank": shared.marking.rank,
        "body": shared.body,
    }
