"""Who received what, and when: one line for each object, version, partner and way out, written the first time."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, bindparam, func, literal, select

from watchbell.vault.columns import Instant
from watchbell.vault.database import Database, batches, insert_new, insert_new_from
from watchbell.vault.schema_exchange import collection_objects, deliveries

TAXII = "taxii"
"""The way out that the TAXII server is."""

_RECEIVED = select(
    collection_objects.c.object_id,
    collection_objects.c.version,
    bindparam("partner").label("partner_id"),
    literal(TAXII).label("way"),
    bindparam("at", type_=Instant).label("at"),
).where(
    collection_objects.c.collection_id == bindparam("collection"),
    collection_objects.c.added.in_(bindparam("added", expanding=True)),
)


class Delivery(NamedTuple):
    """An object that a partner received."""

    partner_id: str
    object_id: str
    version: str
    """Its `modified`, else its `created`, as written; of an object that has neither, when it was added."""
    way: str
    at: datetime
    """The first time."""


class DeliveryShelf:
    """The deliveries of a vault."""

    def __init__(self, database: Database) -> None:
        """Read and write `database`."""
        self._database = database

    def note(self, partner_id: str, way: str, objects: Iterable[tuple[str, str]], at: datetime) -> None:
        """Write down that a partner received objects, each as its id and version. What is known keeps its time."""
        told = {"partner_id": partner_id, "way": way, "at": at}
        for batch in batches(objects):
            rows = [told | {"object_id": object_id, "version": version} for object_id, version in batch]
            with self._database.write() as connection:
                insert_new(connection, deliveries, rows)

    def note_page(self, partner_id: str, collection_id: str, added: Sequence[int], at: datetime) -> None:
        """Write down that a partner received, over TAXII, what was added to a collection at these moments.

        One statement that copies within the database: a partner's first walk through a collection waits for it.
        """
        if not added:
            return
        values = {"collection": collection_id, "added": list(added), "partner": partner_id, "at": at}
        with self._database.write() as connection:
            insert_new_from(connection, deliveries, _RECEIVED, values)

    def of_object(self, object_id: str) -> list[Delivery]:
        """Return who received any version of an object, the first to receive it first."""
        return self._where(deliveries.c.object_id == object_id)

    def to_partner(self, partner_id: str) -> list[Delivery]:
        """Return what a partner received, in the order of time."""
        return self._where(deliveries.c.partner_id == partner_id)

    def counts(self) -> dict[str, int]:
        """Return how many versions of objects each partner received; those that had none are not there."""
        query = select(deliveries.c.partner_id, func.count()).group_by(deliveries.c.partner_id)
        with self._database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def _where(self, condition: ColumnElement[bool]) -> list[Delivery]:
        columns = [deliveries.c[name] for name in Delivery._fields]
        query = select(*columns).where(condition).order_by(deliveries.c.at, *deliveries.primary_key)
        with self._database.read() as connection:
            return [Delivery(*row) for row in connection.execute(query)]
