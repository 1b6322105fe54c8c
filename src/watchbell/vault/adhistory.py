"""What happened to each ad: every import and removal is an entry, and what an ad was before stays readable."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, insert, select

from watchbell.model.ads import Ad, AdEvent, AdVersion, Restoration
from watchbell.vault.database import IDS_AT_ONCE, Database, batches
from watchbell.vault.schema import ad_history, ads


class HistoryEntry(NamedTuple):
    """That something happened to an ad, without what it was."""

    seq: int
    """Ascends; an entry that is kept later has a higher one."""
    ad_id: str
    event: AdEvent
    at: datetime
    digest: str
    """SHA-256, hexadecimal, of the ad's record as JSON text."""


class Standing(NamedTuple):
    """What the last entry says of an ad, and what is there."""

    ad_id: str
    digest: str
    record: str | None
    """None: the ad is not there."""


class AdHistoryShelf:
    """The history of a vault's ads. There is no way to change it."""

    def __init__(self, database: Database) -> None:
        """Read `database`."""
        self._database = database

    def versions(self, ad_id: str) -> list[AdVersion]:
        """Return what the ad was and is, the version that stands first.

        Of an ad whose content a removal hides, only that there were versions.
        """
        query = select(ad_history).where(ad_history.c.ad_id == ad_id).order_by(ad_history.c.seq)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
            record = connection.scalar(select(ads.c.record).where(ads.c.id == ad_id))
        return _versions(rows, record)[::-1]

    def entries(
        self, after: int = 0, until: int | None = None, size: int = IDS_AT_ONCE
    ) -> Iterator[list[HistoryEntry]]:
        """Yield the entries past `after`, up to and with `until`, in their order, `size` at a time."""
        columns = ad_history.c
        query = select(columns.seq, columns.ad_id, columns.event, columns.at, columns.digest)
        if until is not None:
            query = query.where(columns.seq <= until)
        for rows in self._pages(query, after, size):
            yield [HistoryEntry(row.seq, row.ad_id, AdEvent(row.event), row.at, row.digest) for row in rows]

    def standing(self, size: int = IDS_AT_ONCE) -> Iterator[list[Standing]]:
        """Yield what each ad's last entry says, and the record that is there for it."""
        later = ad_history.alias("later")
        follows = select(later.c.seq).where(later.c.ad_id == ad_history.c.ad_id, later.c.seq > ad_history.c.seq)
        query = (
            select(ad_history.c.seq, ad_history.c.ad_id, ad_history.c.digest, ads.c.record)
            .select_from(ad_history.outerjoin(ads, ads.c.id == ad_history.c.ad_id))
            .where(~follows.exists())
        )
        for rows in self._pages(query, 0, size):
            yield [Standing(row.ad_id, row.digest, row.record) for row in rows]

    def without(self) -> list[str]:
        """Return the ids of ads of which no entry tells how they came in: none, unless somebody meddled."""
        told = select(ad_history.c.seq).where(ad_history.c.ad_id == ads.c.id)
        with self._database.read() as connection:
            return list(connection.scalars(select(ads.c.id).where(~told.exists()).order_by(ads.c.id)))

    def _pages(self, query: Select[Any], after: int, size: int) -> Iterator[Sequence[Row[Any]]]:
        ordered, last = query.order_by(ad_history.c.seq).limit(size), after
        while True:
            with self._database.read() as connection:
                rows = connection.execute(ordered.where(ad_history.c.seq > last)).all()
            if not rows:
                return
            yield rows
            last = rows[-1].seq


def records_of(connection: Connection, ad_ids: Iterable[str]) -> dict[str, str]:
    """Return the records of those of these ads that are there."""
    found: dict[str, str] = {}
    for some in batches(ad_ids, IDS_AT_ONCE):
        query = select(ads.c.id, ads.c.record).where(ads.c.id.in_(some))
        found |= {row.id: row.record for row in connection.execute(query)}
    return found


def enter(connection: Connection, entries: Sequence[Mapping[str, Any]]) -> None:
    """Add entries within the caller's transaction, which holds the `lock` on the table: their order is that of time."""
    if entries:
        connection.execute(insert(ad_history), entries)


def entry(ad_id: str, event: AdEvent, at: datetime, record: str, before: str | None) -> dict[str, Any]:
    """Return the row that says what became of an ad."""
    row = {"ad_id": ad_id, "event": event, "at": at, "digest": digest_of(record), "before": before}
    return row | {"restoration": None}


def digest_of(record: str) -> str:
    """Return the SHA-256, hexadecimal, of an ad's record as JSON text."""
    return hashlib.sha256(record.encode()).hexdigest()


def _versions(rows: Sequence[Row[Any]], record: str | None) -> list[AdVersion]:
    # Each entry has what stood before it, so what stood after it is with the next one.
    after = [*(row.before for row in rows[1:]), record][: len(rows)]
    hidden = record is None or Ad.model_validate_json(record).content_hidden
    return [
        AdVersion(
            number=number,
            at=row.at,
            event=AdEvent(row.event),
            digest=row.digest,
            changed=() if hidden else _changed(row.before, stood),
            record=None if hidden and stood != record else stood,
            restoration=Restoration.model_validate_json(row.restoration) if row.restoration else None,
        )
        for number, (row, stood) in enumerate(zip(rows, after, strict=True), 1)
    ]


def _changed(before: str | None, after: str | None) -> tuple[str, ...]:
    if before is None or after is None:
        return ()
    old, new = json.loads(before), json.loads(after)
    return tuple(name for name in Ad.model_fields if old.get(name) != new.get(name))
