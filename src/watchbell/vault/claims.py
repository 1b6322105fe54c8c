"""Who is deciding about what: one person at a time, for a while."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, or_, select

from watchbell.vault.database import Database, insert_or_replace
from watchbell.vault.schema import claims


class Claim(NamedTuple):
    """A person who is looking at something, and until when nobody else may decide about it."""

    username: str
    until: datetime


class ClaimShelf:
    """The claims of a vault: on ads, on evidence, on disclaimers, on appeals, each by its id."""

    def __init__(self, database: Database) -> None:
        """Read and write `database`."""
        self._database = database

    def take(self, subject: str, claim: Claim, now: datetime) -> Claim:
        """Claim what nobody else holds, or hold it longer. Return the claim that stands, perhaps another's."""
        row = {"subject": subject, "username": claim.username, "until": claim.until}
        with self._database.write() as connection:
            free = or_(claims.c.until <= now, claims.c.username == claim.username)
            insert_or_replace(connection, claims, [row], when=lambda _: free)
            standing = connection.execute(select(claims).where(claims.c.subject == subject)).one()
        return Claim(standing.username, standing.until)

    def release(self, subject: str, username: str) -> None:
        """Let others have what this person holds."""
        mine = (claims.c.subject == subject) & (claims.c.username == username)
        with self._database.write() as connection:
            connection.execute(delete(claims).where(mine))

    def of(self, subjects: Collection[str], now: datetime) -> dict[str, Claim]:
        """Return the claims on these that still hold."""
        query = select(claims).where(claims.c.subject.in_(subjects), claims.c.until > now)
        with self._database.read() as connection:
            return {row.subject: Claim(row.username, row.until) for row in connection.execute(query)}
