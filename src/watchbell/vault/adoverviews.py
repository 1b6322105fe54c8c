"""Sums over the whole ad library, kept for its overview until they are made again."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, insert, select

from watchbell.vault.database import Database, batches, lock
from watchbell.vault.schema_library import ad_overviews

# Records are some ten thousand characters each.
_AT_ONCE = 200


class KeptOverview(NamedTuple):
    """The sums over the ads of a country and a span of time."""

    country: str
    """Empty: all countries."""
    span: str
    """Empty: all of the time."""
    ads: int
    record: str
    """JSON text."""


class Choice(NamedTuple):
    """A country or a span of which there are sums, and over how many ads."""

    name: str
    ads: int


class AdOverviewShelf:
    """The sums of a vault's ads."""

    def __init__(self, database: Database) -> None:
        """Read and write `database`."""
        self._database = database

    def replace(self, made: Iterable[KeptOverview], at: datetime) -> int:
        """Keep these sums in the place of all that were kept before, and return how many there are."""
        count = 0
        with self._database.write() as connection:
            lock(connection, ad_overviews)
            connection.execute(delete(ad_overviews))
            for batch in batches(made, _AT_ONCE):
                connection.execute(insert(ad_overviews), [one._asdict() | {"made_at": at} for one in batch])
                count += len(batch)
        return count

    def get(self, country: str = "", span: str = "") -> tuple[str, datetime] | None:
        """Return the sums of a country and a span as JSON text, and when they were made; None where there are none."""
        table = ad_overviews
        query = select(table.c.record, table.c.made_at).where(table.c.country == country, table.c.span == span)
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return None if row is None else (row.record, row.made_at)

    def countries(self) -> list[Choice]:
        """Return the countries of which there are sums, by their letters."""
        table = ad_overviews
        query = select(table.c.country, table.c.ads).where(table.c.span == "", table.c.country != "")
        with self._database.read() as connection:
            return [Choice(*row) for row in connection.execute(query.order_by(table.c.country))]

    def elections(self, ids: Sequence[str]) -> list[Choice]:
        """Return those of some elections of which there are sums, of their own country or of many."""
        table = ad_overviews
        query = select(table.c.span, table.c.ads).where(table.c.span.in_(ids))
        with self._database.read() as connection:
            return [Choice(*row) for row in connection.execute(query.order_by(table.c.span))]

    def spans(self, country: str = "") -> list[Choice]:
        """Return the spans of which there are sums for a country, in the order of their names."""
        table = ad_overviews
        query = select(table.c.span, table.c.ads).where(table.c.country == country, table.c.span != "")
        with self._database.read() as connection:
            return [Choice(*row) for row in connection.execute(query.order_by(table.c.span))]
