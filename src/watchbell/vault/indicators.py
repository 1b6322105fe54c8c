"""Indicators that partners published or shared."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, Select, select

from watchbell.model.indicators import Indicator, IndicatorKind
from watchbell.model.tlp import Tlp
from watchbell.vault.added import Added
from watchbell.vault.columns import folded, has_words
from watchbell.vault.database import BATCH, Database, batches, insert_new, insert_or_replace
from watchbell.vault.schema import indicators


class IndicatorShelf:
    """The indicators of a vault."""

    def __init__(self, database: Database) -> None:
        """Read and write `database`."""
        self._database = database

    def add(self, items: Iterable[Indicator]) -> Added:
        """Add indicators; one that is known is replaced where the newcomer's `modified` is later."""
        new = known = 0
        for batch in batches(items):
            with self._database.write() as connection:
                added = _add(connection, [_row(item) for item in batch])
            new += added
            known += len(batch) - added
        return Added(new, known)

    def get(self, indicator_id: str) -> Indicator | None:
        """Return the indicator, or None if there is none of that id."""
        found = self._select(select(indicators.c.record).where(indicators.c.id == indicator_id))
        return found[0] if found else None

    def all(self, *, kinds: Collection[IndicatorKind] | None = None, up_to: Tlp | None = None) -> Iterator[Indicator]:
        """Yield the indicators in the order of their ids: of these kinds, marked `up_to` or wider.

        Nothing stays open between two of them: the caller may write meanwhile.
        """
        query = select(indicators.c.record).order_by(indicators.c.id).limit(BATCH)
        if kinds is not None:
            query = query.where(indicators.c.kind.in_(kinds))
        if up_to is not None:
            query = query.where(indicators.c.tlp_rank <= up_to.rank)
        page = self._select(query)
        while page:
            yield from page
            page = self._select(query.where(indicators.c.id > page[-1].id))

    def page(self, *, after: str | None = None, limit: int = 50, text: str | None = None) -> list[Indicator]:
        """Return the next indicators after the id `after` that have every word of `text`, in the order of ids."""
        query = select(indicators.c.record).order_by(indicators.c.id).limit(limit)
        if after is not None:
            query = query.where(indicators.c.id > after)
        if text:
            query = query.where(has_words(indicators.c.words, text))
        return self._select(query)

    def count(self) -> int:
        """Return how many indicators there are."""
        return self._database.count(indicators)

    def _select(self, query: Select[Any]) -> list[Indicator]:
        with self._database.read() as connection:
            return [Indicator.model_validate_json(record) for record in connection.scalars(query)]


def _add(connection: Connection, rows: list[dict[str, Any]]) -> int:
    """Return how many rows were new."""
    new = insert_new(connection, indicators, rows)
    if new < len(rows):
        insert_or_replace(connection, indicators, rows, when=lambda newcomer: newcomer.modified > indicators.c.modified)
    return new


def _row(item: Indicator) -> dict[str, Any]:
    return {
        "id": item.id,
        "kind": item.kind,
        "tlp_rank": item.tlp.rank,
        "modified": item.modified,
        "words": folded(item.value, item.published_as, item.platform, item.source, item.description),
        "record": item.model_dump_json(),
    }
