"""Tries that have not succeeded: how many under each name, and when the last one was. Names are kept as hashes only."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, select

from watchbell.vault.database import Database, insert_or_replace, lock
from watchbell.vault.schema import attempts

MOST_NAMES = 10_000
"""Names are a stranger's choice, so their number is bounded; the one that was tried longest ago goes first."""


class Tried(NamedTuple):
    """What is kept of one name."""

    times: int
    last_at: datetime


class AttemptShelf:
    """The tries of a vault. Every process that serves it counts here, and a restart forgets nothing."""

    def __init__(self, database: Database) -> None:
        """Read and write `database`."""
        self._database = database

    def admit(self, name_hash: str, now: datetime, wait: Callable[[Tried], timedelta]) -> timedelta:
        """Count a try under a name and return zero; or return how long it must still wait, and count nothing.

        Of tries at the same moment each sees those before it, whichever process they came to.

        Args:
            name_hash: the hash of the name.
            now: the present.
            wait: tells how long whoever tried so often must wait.
        """
        with self._database.write() as connection:
            lock(connection, attempts)
            found = connection.execute(select(attempts).where(attempts.c.name_hash == name_hash)).first()
            tried = Tried(found.times, found.last_at) if found else Tried(0, now)
            pause = wait(tried)
            if not pause:
                row = {"name_hash": name_hash, "times": tried.times + 1, "last_at": now}
                insert_or_replace(connection, attempts, [row])
                _keep_within_bounds(connection)
        return pause

    def forget(self, name_hash: str) -> None:
        """Forget the tries under a name."""
        with self._database.write() as connection:
            connection.execute(delete(attempts).where(attempts.c.name_hash == name_hash))

    def forget_until(self, moment: datetime) -> None:
        """Forget the names that nobody has tried since a moment."""
        with self._database.write() as connection:
            connection.execute(delete(attempts).where(attempts.c.last_at <= moment))


def _keep_within_bounds(connection: Connection) -> None:
    kept = connection.scalar(select(func.count()).select_from(attempts)) or 0
    if kept > MOST_NAMES:
        oldest = select(attempts.c.name_hash).order_by(attempts.c.last_at, attempts.c.name_hash)
        gone = oldest.limit(kept - MOST_NAMES)
        connection.execute(delete(attempts).where(attempts.c.name_hash.in_(gone)))
