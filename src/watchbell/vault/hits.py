"""Hits: where partners' indicators were found."""

from collections.abc import Collection
from typing import Any

import pyarrow as pa
from sqlalchemy import Select, select

from watchbell.model.indicators import HITS
from watchbell.vault.added import Added
from watchbell.vault.database import BATCH, Database, batches, insert_new
from watchbell.vault.schema import hits

# SQLite takes 32,766 parameters in a statement (SQLITE_MAX_VARIABLE_NUMBER), psycopg 65,535.
IDS_AT_ONCE = 5_000


class HitShelf:
    """The hits of a vault."""

    def __init__(self, database: Database) -> None:
        """Read and write `database`."""
        self._database = database

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

    def of_targets(self, target_kind: str, ids: Collection[str]) -> pa.Table:
        """Return the hits in these posts or ads (HITS), in the order of their ids."""
        mine = select(hits).where(hits.c.target_kind == target_kind)
        return self._table([mine.where(hits.c.target_id.in_(some)) for some in batches(ids, IDS_AT_ONCE)])

    def count(self) -> int:
        """Return how many hits there are."""
        return self._database.count(hits)

    def _table(self, queries: list[Select[Any]]) -> pa.Table:
        with self._database.read() as connection:
            rows = [row._asdict() for query in queries for row in connection.execute(query)]
        return pa.Table.from_pylist(rows, schema=HITS).sort_by("hit_id")
