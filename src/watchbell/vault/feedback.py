"""What others say of indicators: sightings, opinions, disputes."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Column, ColumnElement, Table, func, select

from watchbell.model.feedback import Dispute, DisputeState, Opinion, Sighting
from watchbell.model.record import Record
from watchbell.vault.database import IDS_AT_ONCE, Database, batches, insert_or_replace
from watchbell.vault.ledger import Entry, write
from watchbell.vault.schema_feedback import disputes, opinions, sightings

_TABLES: Mapping[type[Record], Table] = {Sighting: sightings, Opinion: opinions, Dispute: disputes}
Kept = TypeVar("Kept", bound=Record)


class FeedbackShelf:
    """The sightings, opinions and disputes of a vault. Each is kept with its entry in the ledger, both or neither."""

    def __init__(self, database: Database) -> None:
        """Read and write `database`."""
        self._database = database

    def put_sighting(self, sighting: Sighting, entry: Entry) -> None:
        """Add the sighting, in the place of the one of its id."""
        self._put(sightings, _typed(sighting, "id", "indicator_id", "last_seen"), sighting, entry)

    def put_opinion(self, opinion: Opinion, entry: Entry) -> None:
        """Add the opinion, in the place of the one of its id."""
        self._put(opinions, _typed(opinion, "id", "indicator_id", "told_at"), opinion, entry)

    def put_dispute(self, dispute: Dispute, entry: Entry) -> None:
        """Add the dispute, in the place of the one of its id."""
        self._put(disputes, _typed(dispute, "id", "indicator_id", "state", "due_at"), dispute, entry)

    def sightings(self, indicator_id: str) -> list[Sighting]:
        """Return the sightings of an indicator, the latest first."""
        return self._of(Sighting, sightings.c.last_seen.desc(), sightings.c.indicator_id == indicator_id)

    def opinions(self, indicator_id: str) -> list[Opinion]:
        """Return the opinions of an indicator, the latest first."""
        return self._of(Opinion, opinions.c.told_at.desc(), opinions.c.indicator_id == indicator_id)

    def disputes_of(self, indicator_id: str) -> list[Dispute]:
        """Return the disputes of an indicator, the latest answer owed first."""
        return self._of(Dispute, disputes.c.due_at.desc(), disputes.c.indicator_id == indicator_id)

    def dispute(self, dispute_id: str) -> Dispute | None:
        """Return the dispute, or None if there is none of that id."""
        found = self._of(Dispute, disputes.c.id, disputes.c.id == dispute_id)
        return found[0] if found else None

    def disputes(self, *, open_only: bool = False) -> list[Dispute]:
        """Return the disputes: the open ones first, by the day on which an answer is owed."""
        is_open = disputes.c.state == DisputeState.OPEN
        found = self._of(Dispute, disputes.c.due_at, *([is_open] if open_only else []))
        return sorted(found, key=lambda dispute: dispute.state is not DisputeState.OPEN)

    def disputes_since(self, partner_id: str, since: datetime) -> int:
        """Return how many disputes a partner opened at a moment or later."""
        # An answer is owed later than the dispute was opened, and the column is there for that.
        found = self._of(Dispute, disputes.c.id, disputes.c.due_at >= since)
        return sum(one.partner_id == partner_id and one.opened_at >= since for one in found)

    def all_of(self, partner_id: str) -> Sequence[Sighting | Opinion | Dispute]:
        """Return all that a partner said, by kind, in the order of ids."""
        said: list[Sighting | Opinion | Dispute] = [
            *self._of(Sighting, sightings.c.id),
            *self._of(Opinion, opinions.c.id),
            *self._of(Dispute, disputes.c.id),
        ]
        return [one for one in said if one.partner_id == partner_id]

    def last_seen(self, indicator_ids: Collection[str]) -> dict[str, datetime]:
        """Return when each of these indicators was last sighted; those that never were are not there."""
        latest = func.max(sightings.c.last_seen, type_=sightings.c.last_seen.type)
        query = select(sightings.c.indicator_id, latest).group_by(sightings.c.indicator_id)
        seen: dict[str, datetime] = {}
        with self._database.read() as connection:
            for ids in batches(indicator_ids, IDS_AT_ONCE):
                rows = connection.execute(query.where(sightings.c.indicator_id.in_(ids)))
                seen |= {row[0]: row[1] for row in rows}
        return seen

    def _put(self, table: Table, row: dict[str, Any], item: Record, entry: Entry) -> None:
        with self._database.write() as connection:
            insert_or_replace(connection, table, [row | {"record": item.model_dump_json()}])
            write(connection, entry)

    def _of(
        self, kind: type[Kept], order: Column[Any] | ColumnElement[Any], *conditions: ColumnElement[bool]
    ) -> list[Kept]:
        table = _TABLES[kind]
        query = select(table.c.record).where(*conditions).order_by(order, table.c.id)
        with self._database.read() as connection:
            return [kind.model_validate_json(record) for record in connection.scalars(query)]


def _typed(item: Record, *columns: str) -> dict[str, Any]:
    return {name: getattr(item, name) for name in columns}
