"""Hits: where partners' indicators were found."""

from collections.abc import Collection
from typing import Any, NamedTuple

import pyarrow as pa
from sqlalchemy import ColumnElement, Select, Text, and_, exists, func, or_, select, true

from watchbell.model.audiences import Audience
from watchbell.model.indicators import HITS
from watchbell.model.tlp import Tlp
from watchbell.vault.added import Added
from watchbell.vault.audiences import heard
from watchbell.vault.database import BATCH, IDS_AT_ONCE, Database, batches, insert_new
from watchbell.vault.schema import hits, indicators


class HitFilter(NamedTuple):
    """Which hits to show; what is empty leaves none out."""

    text: str = ""
    """Stands in the indicator's value, its source or the words found, in any letter case."""
    kind: str = ""
    relation: str = ""
    target_kind: str = ""
    least: int = 0
    """The least confidence; hits that do not say count as 0."""

    @property
    def condition(self) -> ColumnElement[bool]:
        """Return what a hit must fulfil."""
        words = func.lower(hits.c.indicator_value + "\n" + hits.c.source + "\n" + hits.c.matched, type_=Text)
        return and_(
            words.contains(self.text.lower(), autoescape=True) if self.text else true(),
            hits.c.indicator_kind == self.kind if self.kind else true(),
            hits.c.relation == self.relation if self.relation else true(),
            hits.c.target_kind == self.target_kind if self.target_kind else true(),
            func.coalesce(hits.c.confidence, 0) >= self.least if self.least else true(),
        )


class HitShelf:
    """The hits of a vault."""

    def __init__(self, database: Database, audience: Audience | None = None) -> None:
        """Read and write `database`; what is read is what `audience` may hear, and all of it where there is none."""
        self._database = database
        self._heard = _heard(audience)

    def heard_by(self, audience: Audience) -> "HitShelf":
        """Return the shelf as an audience may see it: the rest is not there, not even in counts."""
        return HitShelf(self._database, audience)

    def add(self, found: pa.Table) -> Added:
        """Add hits (HITS); one that is known stays as it is."""
        new = 0
        for batch in found.select(HITS.names).to_batches(max_chunksize=BATCH):
            with self._database.write() as connection:
                new += insert_new(connection, hits, batch.to_pylist())
        return Added(new, known=found.num_rows - new)

    def all(self) -> pa.Table:
        """Return all hits (HITS) in the order of their ids."""
        return self._table([select(hits)])

    def page(self, asked: HitFilter, *, start: int = 0, limit: int = 50) -> tuple[list[dict[str, Any]], int]:
        """Return some of the hits asked for, the latest first and those without a time last, and how many there are."""
        fit = asked.condition & self._heard
        order = (hits.c.at.is_(None), hits.c.at.desc(), hits.c.hit_id)
        with self._database.read() as connection:
            found = connection.execute(select(hits).where(fit).order_by(*order).offset(start).limit(limit))
            shown = [row._asdict() for row in found]
            return shown, connection.scalar(select(func.count()).select_from(hits).where(fit)) or 0

    def kinds(self) -> list[str]:
        """Return the kinds of indicators that have hits."""
        with self._database.read() as connection:
            kind = hits.c.indicator_kind
            return list(connection.scalars(select(kind).where(self._heard).distinct().order_by(kind)))

    def of_targets(self, target_kind: str, ids: Collection[str]) -> pa.Table:
        """Return the hits in these posts or ads (HITS), in the order of their ids."""
        mine = select(hits).where(hits.c.target_kind == target_kind)
        return self._table([mine.where(hits.c.target_id.in_(some)) for some in batches(ids, IDS_AT_ONCE)])

    def of_indicator(self, indicator_id: str) -> pa.Table:
        """Return the hits of an indicator (HITS), in the order of their ids."""
        return self._table([select(hits).where(hits.c.indicator_id == indicator_id)])

    def count(self) -> int:
        """Return how many hits there are."""
        with self._database.read() as connection:
            return connection.scalar(select(func.count()).select_from(hits).where(self._heard)) or 0

    def _table(self, queries: list[Select[Any]]) -> pa.Table:
        with self._database.read() as connection:
            rows = [row._asdict() for query in queries for row in connection.execute(query.where(self._heard))]
        return pa.Table.from_pylist(rows, schema=HITS).sort_by("hit_id")


def _heard(audience: Audience | None) -> ColumnElement[bool]:
    """Return the condition that a hit may be heard: as its indicator is marked today, or was when it is gone."""
    if audience is None:
        return true()
    its = indicators.c.id == hits.c.indicator_id
    wide = [label for label in Tlp if audience.hears(label)]
    today = exists().where(its, heard(audience, indicators.c.tlp_rank, indicators.c.group_id))
    return or_(today, ~exists().where(its) & hits.c.tlp.in_(wide))
