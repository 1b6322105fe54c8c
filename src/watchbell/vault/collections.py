"""Collections of STIX objects, and who may open which. What a caller asks for is built in `collection_queries.py`."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, exists, func, insert, or_, select, update

from watchbell.model.collections import HOUSE, Access, Collection, HeldObject, ObjectPage, Refusal, SharedObject, Wanted
from watchbell.model.partners import Membership, Partner, Scope
from watchbell.model.tlp import Tlp
from watchbell.vault.collection_adding import add_objects, hidden_query, remove_objects
from watchbell.vault.collection_queries import page_query, page_values
from watchbell.vault.columns import Instant
from watchbell.vault.database import Database, batches
from watchbell.vault.partners import in_force
from watchbell.vault.schema_exchange import collection_objects, collections, memberships

# Objects added in one transaction: a reader of SQLite waits for no more than some hundredths of a second.
BATCH = 1_000
# Bytes of objects after which a page ends, so that a page of the largest objects still fits in memory.
PAGE_BYTES = 8 * 1024 * 1024
# Objects fetched at once.
CHUNK = 100


# Asked with every request, so built once.
_MINE = (memberships.c.partner_id == bindparam("partner")) & in_force(bindparam("now", type_=Instant))
_OPEN_TO = (
    select(collections.c.record, memberships.c.record)
    .outerjoin(memberships, (memberships.c.group_id == collections.c.group_id) & _MINE)
    .where(or_(memberships.c.partner_id.is_not(None), collections.c.partner_id == bindparam("partner")))
    .order_by(collections.c.id)
)
_NAMED_OPEN_TO = _OPEN_TO.where(or_(collections.c.id == bindparam("name"), collections.c.alias == bindparam("name")))


class CollectionShelf:
    """The collections of a vault and the objects in them."""

    def __init__(self, database: Database) -> None:
        """Read and write `database`."""
        self._database = database

    def put(self, collection: Collection) -> None:
        """Add the collection, or change the one of the same id; its objects stay."""
        typed = collection.model_dump(include={"id", "alias", "group_id", "partner_id"})
        row = typed | {"record": collection.model_dump_json()}
        with self._database.write() as connection:
            changed = connection.execute(update(collections).where(collections.c.id == collection.id).values(row))
            if not changed.rowcount:
                connection.execute(insert(collections), row | {"last_added": 0})

    def get(self, name: str) -> Collection | None:
        """Return the collection of this id or alias, or None if there is none."""
        query = select(collections.c.record).where(or_(collections.c.id == name, collections.c.alias == name))
        with self._database.read() as connection:
            record = connection.scalar(query)
        return None if record is None else Collection.model_validate_json(record)

    def all(self) -> list[Collection]:
        """Return the collections in the order of their ids."""
        with self._database.read() as connection:
            records = connection.scalars(select(collections.c.record).order_by(collections.c.id))
            return [Collection.model_validate_json(record) for record in records]

    def open_to(
        self, partner: Partner, scopes: Iterable[Scope], now: datetime, name: str | None = None
    ) -> list[Access]:
        """Return the collections that a partner may know of, with what they may do in each, in the order of ids.

        Args:
            partner: whose machine asks.
            scopes: what that machine may do at all.
            now: decides which agreements are in force.
            name: only the collection of this id or alias.
        """
        values = {"partner": partner.id, "now": now, "name": name}
        with self._database.read() as connection:
            found = connection.execute(_OPEN_TO if name is None else _NAMED_OPEN_TO, values).all()
        return [_access(row, partner, frozenset(scopes)) for row in found]

    def page(self, access: Access, wanted: Wanted, *, bodies: bool = True) -> ObjectPage:
        """Return the next objects that the caller may hear, at most `wanted.limit` and about `PAGE_BYTES` of them."""
        found: list[HeldObject] = []
        size, after = 0, wanted.after
        values = page_values(access, wanted)
        with self._database.read() as connection:
            while True:
                # One more than is asked for tells whether there are more.
                limit = min(CHUNK, wanted.limit - len(found)) + 1
                query = page_query(wanted, bodies=bodies)
                rows = connection.execute(query, values | {"after": after, "most": limit}).all()
                for row in rows[: limit - 1]:
                    if size >= PAGE_BYTES:
                        return ObjectPage(found, more=True)
                    found.append(HeldObject._make(row))
                    size += len(row.body)
                if len(rows) < limit or len(found) >= wanted.limit:
                    return ObjectPage(found, more=len(rows) == limit)
                after = found[-1].added

    def add(self, access: Access, objects: Iterable[SharedObject], now: datetime) -> tuple[int, list[Refusal]]:
        """Put a partner's objects into a collection; return how many are there now, and which were refused and why.

        The same version again changes nothing. A version that is here with other content is refused, and so is a
        version of an object that another partner told of first, where the caller may hear that one.
        """
        added, refused = 0, []
        for batch in batches(objects, BATCH):
            with self._database.write() as connection:
                problems = add_objects(connection, access, batch, now)
            added += len(batch) - len(problems)
            refused += problems
        return added, refused

    def remove(self, access: Access, wanted: Wanted) -> int:
        """Take the caller's own objects that match out of the collection; return how many there were."""
        values = page_values(access, wanted) | {"after": 0, "most": BATCH}
        query = page_query(wanted, bodies=False)
        mine: list[int] = []
        with self._database.write() as connection:
            while rows := connection.execute(query, values).all():
                values["after"] = rows[-1].added
                mine += [row.added for row in rows if row.partner_id == access.partner_id]
            for batch in batches(mine, BATCH):
                remove_objects(connection, access, batch)
        return len(mine)

    def hidden_of(self, access: Access, ids: Iterable[str]) -> set[str]:
        """Return which of these objects a partner told the collection, but not for the caller."""
        hidden: set[str] = set()
        for batch in batches(ids, BATCH):
            with self._database.read() as connection:
                hidden.update(connection.scalars(hidden_query(access, batch)))
        return hidden

    def markings_of(self, collection_id: str, partner_id: str, ids: Iterable[str]) -> list[dict[str, Any]]:
        """Return the marking definitions of these ids that a partner put into a collection."""
        query = select(collection_objects.c.body).where(
            collection_objects.c.collection_id == collection_id,
            collection_objects.c.object_id.in_(ids),
            collection_objects.c.type == "marking-definition",
            collection_objects.c.partner_id == partner_id,
        )
        with self._database.read() as connection:
            return [json.loads(body) for body in connection.scalars(query)]

    def told_by_house(self, object_id: str) -> list[Collection]:
        """Return the collections in which we told of an object."""
        told = exists().where(
            collection_objects.c.collection_id == collections.c.id,
            collection_objects.c.object_id == object_id,
            collection_objects.c.partner_id == HOUSE,
        )
        with self._database.read() as connection:
            records = connection.scalars(select(collections.c.record).where(told).order_by(collections.c.id))
            return [Collection.model_validate_json(record) for record in records]

    def count(self, collection_id: str) -> int:
        """Return how many objects a collection has, every version counted."""
        query = select(func.count()).where(collection_objects.c.collection_id == collection_id)
        with self._database.read() as connection:
            return connection.scalar(query) or 0


def access_of_house(collection: Collection) -> Access:
    """Return our own access: to everything."""
    return Access(collection, HOUSE, Tlp.RED, can_read=True, can_write=True)


def _access(row: Row[Any, Any], partner: Partner, scopes: frozenset[Scope]) -> Access:
    collection = Collection.model_validate_json(row[0])
    place = None if row[1] is None else Membership.model_validate_json(row[1])
    return Access(
        collection,
        partner.id,
        place.clearance if place else partner.clearance,
        can_read=collection.offers and Scope.READ in scopes,
        can_write=collection.accepts and Scope.WRITE in scopes,
    )
