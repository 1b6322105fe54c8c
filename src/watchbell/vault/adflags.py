"""Flags on ads: each one, and each answer, leaves an entry in the ledger."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, func, insert, or_, select, update

from watchbell.errors import UsageError
from watchbell.model.flags import AdFlag, FlagState
from watchbell.vault.database import Database
from watchbell.vault.ledger import Entry, write
from watchbell.vault.schema_library import ad_flags


class FlagCount(NamedTuple):
    """How many flags there are."""

    open: int
    late: int
    """Of the open ones, those whose time is over."""
    answered: int


class AdFlagShelf:
    """The flags of a vault."""

    def __init__(self, database: Database) -> None:
        """Read and write `database`."""
        self._database = database

    def add(self, flag: AdFlag, entry: Entry) -> None:
        """Keep a new flag, and write the entry: both or neither."""
        with self._database.write() as connection:
            connection.execute(insert(ad_flags), _row(flag))
            write(connection, entry)

    def get(self, flag_id: str) -> AdFlag | None:
        """Return the flag, or None if there is none of that id."""
        with self._database.read() as connection:
            record = connection.scalar(select(ad_flags.c.record).where(ad_flags.c.id == flag_id))
        return None if record is None else AdFlag.model_validate_json(record)

    def waiting(self, after: AdFlag | None = None, limit: int = 50) -> list[AdFlag]:
        """Return open flags, those owed first on top, from behind the flag `after`."""
        table = ad_flags
        query = select(table.c.record).where(table.c.state == FlagState.OPEN)
        if after is not None:
            same = and_(table.c.due_at == after.due_at, table.c.id > after.id)
            query = query.where(or_(table.c.due_at > after.due_at, same))
        query = query.order_by(table.c.due_at, table.c.id).limit(limit)
        with self._database.read() as connection:
            return [AdFlag.model_validate_json(record) for record in connection.scalars(query)]

    def of_ad(self, ad_id: str) -> dict[FlagState, int]:
        """Return how many flags an ad has in each state."""
        query = select(ad_flags.c.state, func.count()).where(ad_flags.c.ad_id == ad_id).group_by(ad_flags.c.state)
        with self._database.read() as connection:
            return {FlagState(state): number for state, number in connection.execute(query)}

    def answer(self, flag: AdFlag, entry: Entry) -> None:
        """Put the answered flag in the place of the open one, and write the entry: both or neither.

        Raises:
            UsageError: somebody answered it before.
        """
        waits = (ad_flags.c.id == flag.id) & (ad_flags.c.state == FlagState.OPEN)
        with self._database.write() as connection:
            if connection.execute(update(ad_flags).where(waits).values(_row(flag))).rowcount == 0:
                raise UsageError("Somebody has answered this flag already.")
            write(connection, entry)

    def note_receipt(self, flag: AdFlag) -> None:
        """Keep an open flag whose receipt was confirmed; one that was answered meanwhile stays as it is."""
        waits = (ad_flags.c.id == flag.id) & (ad_flags.c.state == FlagState.OPEN)
        with self._database.write() as connection:
            connection.execute(update(ad_flags).where(waits).values(_row(flag)))

    def note_told(self, flag: AdFlag) -> None:
        """Keep an answered flag whose answer has gone out."""
        with self._database.write() as connection:
            connection.execute(update(ad_flags).where(ad_flags.c.id == flag.id).values(_row(flag)))

    def count(self, now: datetime) -> FlagCount:
        """Return how many are open, late and answered."""
        is_open = ad_flags.c.state == FlagState.OPEN
        query = select(
            func.count().filter(is_open),
            func.count().filter(is_open, ad_flags.c.due_at < now),
            func.count().filter(~is_open),
        ).select_from(ad_flags)
        with self._database.read() as connection:
            return FlagCount(*connection.execute(query).one())


def _row(flag: AdFlag) -> dict[str, object]:
    row = {"id": flag.id, "ad_id": flag.ad_id, "state": flag.state, "due_at": flag.due_at}
    return row | {"record": flag.model_dump_json()}
