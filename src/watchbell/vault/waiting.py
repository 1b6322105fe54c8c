"""What partners said of indicators that are not here yet."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, select, tuple_

from watchbell.model.feedback import Waiting
from watchbell.vault.database import IDS_AT_ONCE, Database, batches, insert_or_replace
from watchbell.vault.schema import indicators
from watchbell.vault.schema_feedback import waiting_feedback

_columns = waiting_feedback.c
_KEY = ("place", "partner_id", "object_id", "indicator_id")


class WaitingShelf:
    """The feedback of a vault that waits for its indicator."""

    def __init__(self, database: Database) -> None:
        """Read and write `database`."""
        self._database = database

    def put(self, said: Sequence[Waiting]) -> None:
        """Let feedback wait; what waits already from the same object on the same indicator makes way for it."""
        rows = [one.model_dump(include={*_KEY, "told_at"}) | {"record": one.model_dump_json()} for one in said]
        for batch in batches(rows):
            with self._database.write() as connection:
                insert_or_replace(connection, waiting_feedback, batch)

    def of(self, place: str, partner_id: str) -> set[tuple[str, str]]:
        """Return what waits of a partner in a collection: ids of objects, each with that of an indicator."""
        query = select(_columns.object_id, _columns.indicator_id).where(*_in(place, partner_id))
        with self._database.read() as connection:
            return {(row.object_id, row.indicator_id) for row in connection.execute(query)}

    def all(self) -> list[Waiting]:
        """Return all that waits, in the order in which it was told."""
        query = select(_columns.record).order_by(_columns.told_at, *(_columns[name] for name in _KEY))
        with self._database.read() as connection:
            return [Waiting.model_validate_json(record) for record in connection.scalars(query)]

    def ready(self) -> list[Waiting]:
        """Return what waits for indicators that are here now, in the order in which it was told."""
        here = select(indicators.c.id).where(indicators.c.id == _columns.indicator_id).exists()
        query = select(_columns.record).where(here).order_by(_columns.told_at, *(_columns[name] for name in _KEY))
        with self._database.read() as connection:
            return [Waiting.model_validate_json(record) for record in connection.scalars(query)]

    def drop(self, place: str, partner_id: str, object_ids: Iterable[str]) -> None:
        """Let some objects of a partner wait no longer."""
        for ids in batches(object_ids, IDS_AT_ONCE):
            self._delete(*_in(place, partner_id), _columns.object_id.in_(ids))

    def done(self, said: Iterable[Waiting]) -> None:
        """Let go of what waited and waits no longer."""
        for some in batches(said, IDS_AT_ONCE // len(_KEY)):
            keys = [tuple(getattr(one, name) for name in _KEY) for one in some]
            self._delete(tuple_(*(_columns[name] for name in _KEY)).in_(keys))

    def forget(self, before: datetime) -> None:
        """Let go of what was told before a day, for its indicator did not come."""
        self._delete(_columns.told_at < before)

    def _delete(self, *conditions: ColumnElement[bool]) -> None:
        with self._database.write() as connection:
            connection.execute(delete(waiting_feedback).where(*conditions))


def _in(place: str, partner_id: str) -> tuple[Any, ...]:
    return _columns.place == place, _columns.partner_id == partner_id
