"""Runs of detect: when, and what came out in short. Their tables lie in the workspace's `runs/`."""

import json
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from watchbell.vault.database import Database, insert_or_replace
from watchbell.vault.schema import runs


class Run(NamedTuple):
    """One run of detect."""

    run_id: str
    at: datetime
    summary: dict[str, Any]


class RunShelf:
    """The runs of a vault."""

    def __init__(self, database: Database) -> None:
        """Read and write `database`."""
        self._database = database

    def put(self, run_id: str, at: datetime, summary: dict[str, Any]) -> None:
        """Add the run, in the place of one with the same id."""
        with self._database.write() as connection:
            insert_or_replace(connection, runs, [{"run_id": run_id, "at": at, "summary": json.dumps(summary)}])

    def all(self) -> list[Run]:
        """Return the runs, the latest first."""
        with self._database.read() as connection:
            rows = connection.execute(select(runs).order_by(runs.c.at.desc(), runs.c.run_id))
            return [Run(row.run_id, row.at, json.loads(row.summary)) for row in rows]
