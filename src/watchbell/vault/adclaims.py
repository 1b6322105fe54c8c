"""Who is reviewing which ad: one person at a time, for a while."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, or_, select

from watchbell.vault.database import Database, insert_or_replace
from watchbell.vault.schema import ad_claims


class Claim(NamedTuple):
    """A person who is reviewing an ad, and until when nobody else may."""

    username: str
    until: datetime


class AdClaimShelf:
    """The claims of a vault."""

    def __init__(self, database: Database) -> None:
        """Read and write `database`."""
        self._database = database

    def take(self, ad_id: str, claim: Claim, now: datetime) -> Claim:
        """Claim an ad that nobody else holds, or hold it longer. Return the claim that stands, perhaps another's."""
        row = {"ad_id": ad_id, "username": claim.username, "until": claim.until}
        with self._database.write() as connection:
            free = or_(ad_claims.c.until <= now, ad_claims.c.username == claim.username)
            insert_or_replace(connection, ad_claims, [row], when=lambda _: free)
            standing = connection.execute(select(ad_claims).where(ad_claims.c.ad_id == ad_id)).one()
        return Claim(standing.username, standing.until)

    def release(self, ad_id: str, username: str) -> None:
        """Let others have an ad that this person holds."""
        mine = (ad_claims.c.ad_id == ad_id) & (ad_claims.c.username == username)
        with self._database.write() as connection:
            connection.execute(delete(ad_claims).where(mine))

    def of(self, ad_ids: Collection[str], now: datetime) -> dict[str, Claim]:
        """Return the claims on these ads that still hold."""
        query = select(ad_claims).where(ad_claims.c.ad_id.in_(ad_ids), ad_claims.c.until > now)
        with self._database.read() as connection:
            return {row.ad_id: Claim(row.username, row.until) for row in connection.execute(query)}
