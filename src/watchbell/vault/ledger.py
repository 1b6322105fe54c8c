"""The ledger: who did what, one entry after another, each sealed with the SHA-256 of the one before.

Whoever changes, removes or slips in an entry breaks the chain, and `verify` says so. Taking entries off the end cannot
be seen from the ledger alone: note its last hash elsewhere.
"""

import hashlib
import json
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, insert, select

from watchbell.model.record import Record, UtcDatetime
from watchbell.vault.columns import plain
from watchbell.vault.database import Database, lock
from watchbell.vault.schema import ledger

FIRST = "0" * 64
"""What stands as the hash before the first entry."""


class LedgerEntry(Record):
    """One entry of the ledger."""

    seq: int
    """1 for the first, without gaps."""
    at: UtcDatetime
    actor: str
    event: str
    subject: str
    details: dict[str, Any]
    previous: str
    """Hash of the entry before; zeros for the first."""

    def sealed(self) -> str:
        """Return the entry's hash: SHA-256, hexadecimal, over its JSON.

        The JSON has the fields above with the keys sorted, no spaces, ASCII only, and the time in ISO 8601 with
        microseconds and +00:00.
        """
        facts = self.model_dump() | {"at": self.at.isoformat(timespec="microseconds")}
        return hashlib.sha256(canonical(facts).encode()).hexdigest()


class Entry(NamedTuple):
    """What is to be written: who did what to what."""

    actor: str
    event: str
    subject: str
    details: dict[str, Any]
    """JSON-ready."""
    at: datetime


class Ledger:
    """The ledger of a vault. There is no way to change an entry."""

    def __init__(self, database: Database) -> None:
        """Read and write `database`."""
        self._database = database

    def append(self, actor: str, event: str, subject: str, details: dict[str, Any], at: datetime) -> str:
        """Add an entry and return its hash. `details` must be JSON-ready."""
        with self._database.write() as connection:
            return append(connection, actor, event, subject, details, at)

    def entries(self, limit: int = 100) -> list[LedgerEntry]:
        """Return the last entries, the latest first."""
        query = select(ledger).order_by(ledger.c.seq.desc()).limit(limit)
        with self._database.read() as connection:
            return [_entry(row) for row in connection.execute(query)]

    def about(self, subject: str, limit: int = 100) -> list[LedgerEntry]:
        """Return the last entries about one thing, the latest first."""
        query = select(ledger).where(ledger.c.subject == plain(subject)).order_by(ledger.c.seq.desc()).limit(limit)
        with self._database.read() as connection:
            return [_entry(row) for row in connection.execute(query)]

    def holds(self, event: str, subject: str, details: dict[str, Any]) -> bool:
        """Tell whether there is an entry of this event about one thing with these details."""
        same = (
            (ledger.c.subject == plain(subject)) & (ledger.c.event == event) & (ledger.c.details == canonical(details))
        )
        with self._database.read() as connection:
            return connection.scalar(select(ledger.c.seq).where(same).limit(1)) is not None

    def verify(self) -> bool:
        """Recompute every hash; tell whether each is right and follows the one before."""
        query = select(ledger).order_by(ledger.c.seq)
        seq, previous = 0, FIRST
        with (
            self._database.read() as connection,
            connection.execute(query, execution_options={"yield_per": 1_000}) as rows,
        ):
            for row in rows:
                seq += 1
                if not _holds(row, seq, previous):
                    return False
                previous = row.hash
        return True


def append(connection: Connection, actor: str, event: str, subject: str, details: dict[str, Any], at: datetime) -> str:
    """Add an entry within the caller's transaction, so that it is kept exactly when the deed is; return its hash."""
    lock(connection, ledger)
    last = connection.execute(select(ledger.c.seq, ledger.c.hash).order_by(ledger.c.seq.desc()).limit(1)).first()
    seq, previous = (last.seq + 1, last.hash) if last else (1, FIRST)
    entry = LedgerEntry(
        seq=seq,
        at=at,
        actor=plain(actor),
        event=plain(event),
        subject=plain(subject),
        details=json.loads(canonical(details)),  # as they will be read: a key that was a number is text by then
        previous=previous,
    )
    row = entry.model_dump() | {"details": canonical(entry.details), "hash": entry.sealed()}
    connection.execute(insert(ledger), row)
    return entry.sealed()


def write(connection: Connection, entry: Entry) -> str:
    """Add an entry as `append` does."""
    return append(connection, *entry)


def canonical(value: Any) -> str:
    """Write JSON in the one way that hashes alike everywhere.

    Raises:
        ValueError: there is a number that JSON cannot write.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _entry(row: Row[Any]) -> LedgerEntry:
    values = row._asdict() | {"details": json.loads(row.details)}
    del values["hash"]
    return LedgerEntry.model_validate(values)


def _holds(row: Row[Any], seq: int, previous: str) -> bool:
    """Tell whether a row is the entry that its hash was made for, in its place."""
    try:
        entry = _entry(row)
    except ValueError:
        return False
    return (entry.seq, entry.previous, entry.sealed()) == (seq, previous, row.hash)
