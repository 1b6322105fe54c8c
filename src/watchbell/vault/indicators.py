"""Indicators that partners published or shared."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, false, func, select

from watchbell.model.audiences import Audience
from watchbell.model.indicators import Indicator, IndicatorKind
from watchbell.model.tlp import Tlp
from watchbell.vault.added import Added
from watchbell.vault.audiences import heard
from watchbell.vault.columns import folded, has_words
from watchbell.vault.database import BATCH, IDS_AT_ONCE, Database, batches, insert_new, insert_or_replace, lock
from watchbell.vault.ledger import Entry, write
from watchbell.vault.schema import indicator_versions, indicators


class IndicatorShelf:
    """The indicators of a vault."""

    def __init__(self, database: Database, audience: Audience | None = None) -> None:
        """Read and write `database`; what is read is what `audience` may hear, and all of it where there is none."""
        self._database = database
        self._heard = heard(audience, indicators.c.tlp_rank, indicators.c.group_id)

    def heard_by(self, audience: Audience) -> "IndicatorShelf":
        """Return the shelf as an audience may see it: the rest is not there, not even in counts."""
        return IndicatorShelf(self._database, audience)

    def add(self, items: Iterable[Indicator]) -> Added:
        """Add indicators; one that is known is replaced where the newcomer's `modified` is later."""
        new = known = 0
        for batch in batches(items):
            with self._database.write() as connection:
                added = _add(connection, [_row(item) for item in batch])
            new += added
            known += len(batch) - added
        return Added(new, known)

    def replace(self, item: Indicator, entry: Entry) -> bool:
        """Put a later version in the place of the one that stands, and say why in the ledger: both or neither.

        Return whether it took the place: it does not where the one that stands is as late, or revoked.
        """
        with self._database.write() as connection:
            lock(connection, indicators)
            _add(connection, [_row(item)])
            record = connection.scalar(select(indicators.c.record).where(indicators.c.id == item.id))
            taken: bool = record == item.model_dump_json()
            if taken:
                write(connection, entry)
        return taken

    def get(self, indicator_id: str) -> Indicator | None:
        """Return the indicator, or None if there is none of that id."""
        found = self._select(select(indicators.c.record).where(indicators.c.id == indicator_id))
        return found[0] if found else None

    def versions(self, indicator_id: str) -> list[Indicator]:
        """Return what the indicator was and is, the version that stands first; none where it may not be heard."""
        standing = self.get(indicator_id)
        if standing is None:
            return []
        before = indicator_versions
        query = select(before.c.record).where(before.c.id == indicator_id).order_by(before.c.modified.desc())
        return [standing, *self._records(query)]

    def all(
        self, *, kinds: Collection[IndicatorKind] | None = None, up_to: Tlp | None = None, text: str | None = None
    ) -> Iterator[Indicator]:
        """Yield the indicators in the order of their ids: of these kinds, marked `up_to` or wider, with every word.

        Nothing stays open between two of them: the caller may write meanwhile.
        """
        query = select(indicators.c.record).order_by(indicators.c.id).limit(BATCH)
        if kinds is not None:
            query = query.where(indicators.c.kind.in_(kinds))
        if up_to is not None:
            query = query.where(indicators.c.tlp_rank <= up_to.rank)
        if text:
            query = query.where(has_words(indicators.c.words, text))
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

    def of_other_sources(self, ids: Collection[str], source: str) -> set[str]:
        """Return which of these ids stand for indicators that somebody else published."""
        found: set[str] = set()
        for some in batches(ids, IDS_AT_ONCE):
            known = self._records(select(indicators.c.record).where(indicators.c.id.in_(some)))
            found |= {item.id for item in known if item.source != source}
        return found

    def count(self) -> int:
        """Return how many indicators there are."""
        with self._database.read() as connection:
            return connection.scalar(select(func.count()).select_from(indicators).where(self._heard)) or 0

    def stamp(self) -> tuple[int, int, str]:
        """Return what changes whenever an indicator comes, is taken back, or gets a later version."""
        columns = indicators.c
        query = select(func.count(), func.count().filter(columns.revoked), func.max(columns.modified)).where(
            self._heard
        )
        with self._database.read() as connection:
            count, revoked, latest = connection.execute(query).one()
        return count, revoked, str(latest)

    def _select(self, query: Select[Any]) -> list[Indicator]:
        return self._records(query.where(self._heard))

    def _records(self, query: Select[Any]) -> list[Indicator]:
        with self._database.read() as connection:
            return [Indicator.model_validate_json(record) for record in connection.scalars(query)]


def _add(connection: Connection, rows: list[dict[str, Any]]) -> int:
    """Return how many rows were new."""
    new = insert_new(connection, indicators, rows)
    if new < len(rows):
        _keep_versions(connection, rows)
        insert_or_replace(connection, indicators, rows, when=_replaces)
    return new


def _replaces(newcomer: Any) -> ColumnElement[bool]:
    """Return the condition that a newcomer takes the place of what is there: nothing follows a revoked version.

    STIX 2.1 section 3.6 has it so, and a file that is imported again brings no indicator back that was retracted.
    """
    return and_(newcomer.modified > indicators.c.modified, indicators.c.revoked == false())


def _keep_versions(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Lay aside what a later version among the rows is about to replace."""
    later = {row["id"]: row["modified"] for row in rows}
    columns = indicators.c
    replaced: list[str] = []
    for ids in batches(later, IDS_AT_ONCE):
        # Records are fetched only where one makes way: an import again, where none does, stays as fast as it was.
        known = select(columns.id, columns.modified).where(columns.id.in_(ids), columns.revoked == false())
        replaced += [row.id for row in connection.execute(known) if row.modified < later[row.id]]
    for ids in batches(replaced, IDS_AT_ONCE):
        before = select(columns.id, columns.modified, columns.record).where(columns.id.in_(ids))
        insert_new(connection, indicator_versions, [row._asdict() for row in connection.execute(before)])


def _row(item: Indicator) -> dict[str, Any]:
    return {
        "id": item.id,
        "kind": item.kind,
        "tlp_rank": item.tlp.rank,
        "modified": item.modified,
        "words": folded(item.value, item.published_as, item.platform, item.source, item.description),
        "record": item.model_dump_json(),
        "group_id": item.group,
        "revoked": item.revoked,
    }
