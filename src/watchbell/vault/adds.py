"""Envelopes on their way into a collection: kept until their objects are there, so that a killed process loses none."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, insert, or_, select, true, update

from watchbell.model.collections import Add, AddStatus, Refusal
from watchbell.vault.database import Database
from watchbell.vault.schema_exchange import adds

# An envelope of the largest size takes about ten seconds; whoever has not finished after this is dead.
CLAIM = timedelta(minutes=5)


class AddShelf:
    """The envelopes that partners sent to a vault."""

    def __init__(self, database: Database) -> None:
        """Read and write `database`."""
        self._database = database

    def begin(self, add: Add, envelope: bytes) -> None:
        """Keep an envelope; whoever calls has the claim on it."""
        row = {
            "id": add.id,
            "partner_id": add.partner_id,
            "username": add.username,
            "pending": True,
            "claimed_until": add.requested_at + CLAIM,
            "envelope": envelope,
            "record": add.model_dump_json(),
        }
        with self._database.write() as connection:
            connection.execute(insert(adds), row)

    def get(self, add_id: str) -> Add | None:
        """Return what became of an envelope, or None if there is none of that id."""
        with self._database.read() as connection:
            record = connection.scalar(select(adds.c.record).where(adds.c.id == add_id))
        return None if record is None else Add.model_validate_json(record)

    def envelope(self, add_id: str) -> bytes:
        """Return the bytes of an envelope that is pending; of another, none."""
        with self._database.read() as connection:
            return connection.scalar(select(adds.c.envelope).where(adds.c.id == add_id)) or b""

    def abandoned(self, now: datetime) -> list[str]:
        """Return the ids of pending envelopes on which nobody works any more."""
        query = select(adds.c.id).where(adds.c.pending == true(), _free(now)).order_by(adds.c.id)
        with self._database.read() as connection:
            return list(connection.scalars(query))

    def claim(self, add_id: str, now: datetime) -> bool:
        """Take a pending envelope over; False where somebody else works at it, or it is done."""
        where = (adds.c.id == add_id, adds.c.pending == true(), _free(now))
        with self._database.write() as connection:
            statement = update(adds).where(*where).values(claimed_until=now + CLAIM)
            return connection.execute(statement).rowcount > 0

    def hold(self, add_id: str, now: datetime) -> bool:
        """Renew the claim on a pending envelope; False where it is done."""
        with self._database.write() as connection:
            statement = update(adds).where(adds.c.id == add_id, adds.c.pending == true())
            return connection.execute(statement.values(claimed_until=now + CLAIM)).rowcount > 0

    def complete(self, add: Add, added: int, failures: Sequence[Refusal]) -> Add:
        """Note what became of the objects, and return the record; the envelope stays."""
        done = add.model_copy(
            update={"status": AddStatus.COMPLETE, "added": added, "failures": tuple(failures)},
        )
        with self._database.write() as connection:
            connection.execute(update(adds).where(adds.c.id == add.id).values(record=done.model_dump_json()))
        return done

    def let_go(self, add_id: str) -> None:
        """Let an envelope go that has nothing left to do."""
        with self._database.write() as connection:
            done = {"pending": False, "claimed_until": None, "envelope": None}
            connection.execute(update(adds).where(adds.c.id == add_id).values(done))


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(adds.c.claimed_until.is_(None), adds.c.claimed_until <= now)
