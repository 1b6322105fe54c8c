"""Ads, and what was decided about each. None is ever deleted, and none replaced without its history."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select, update

from watchbell.clock import Clock, system_clock
from watchbell.errors import UsageError
from watchbell.model.ads import Ad, AdDecision, AdEvent, Removal, Verdict
from watchbell.vault.added import Added
from watchbell.vault.adhistory import AdHistoryShelf, enter, entry, records_of
from watchbell.vault.adsearch import AdPage, AdQuery, AdSort, search
from watchbell.vault.adwords import words_of
from watchbell.vault.columns import folded, plain
from watchbell.vault.database import BATCH, Database, batches, insert_new, insert_or_replace, lock
from watchbell.vault.ledger import Entry, write
from watchbell.vault.schema import ad_decisions, ad_history, ads

__all__ = ["AdPage", "AdQuery", "AdShelf", "AdSort"]


class AdShelf:
    """The ads of a vault."""

    def __init__(self, database: Database, clock: Clock = system_clock) -> None:
        """Read and write `database`; where nobody says when an ad came in, `clock` does."""
        self._database = database
        self._clock = clock
        self.history = AdHistoryShelf(database)

    def add(self, items: Iterable[Ad], at: datetime | None = None) -> Added:
        """Add ads. One that is known gets a new version where its source tells something else of it by now.

        Libraries go on counting the spend of an ad that runs. One that was removed here stays as it is.
        """
        new = known = 0
        for batch in batches(items):
            with self._database.write() as connection:
                added = _add(connection, batch, at or self._clock())
            new += added
            known += len(batch) - added
        return Added(new, known)

    def remove(self, ad_id: str, removal: Removal, said: Entry) -> Ad:
        """Put a tombstone in an ad's place and return it, with the entry in the ledger: both or neither.

        Raises:
            UsageError: there is no such ad, or it was removed before.
        """
        with self._database.write() as connection:
            lock(connection, ad_history)
            record = connection.scalar(select(ads.c.record).where(ads.c.id == ad_id))
            if record is None:
                raise UsageError(f"There is no ad {ad_id} in this library.")
            tombstone = _tombstone(Ad.model_validate_json(record), removal)
            stone = tombstone.model_dump_json()
            insert_or_replace(connection, ads, [_row(tombstone, stone)])
            if tombstone.content_hidden:  # what was decided quotes it
                connection.execute(update(ads).where(ads.c.id == ad_id).values(decision_seq=None))
            enter(connection, [entry(ad_id, AdEvent.REMOVED, removal.at, stone, record)])
            write(connection, said)
        return tombstone

    def decide(self, decisions: Iterable[AdDecision]) -> int:
        """Keep decisions beside the earlier ones; the latest of an ad counts. Return how many were new.

        Nothing more is decided about an ad that was removed.

        Raises:
            UsageError: a decision is about an ad that is not here; its batch is not kept.
        """
        new = 0
        for batch in batches(decisions):
            with self._database.write() as connection:
                new += _decide(connection, batch)
        return new

    def get(self, ad_id: str) -> Ad | None:
        """Return the ad, or None if there is none of that id."""
        with self._database.read() as connection:
            record = connection.scalar(select(ads.c.record).where(ads.c.id == ad_id))
        return None if record is None else Ad.model_validate_json(record)

    def decision(self, ad_id: str) -> AdDecision | None:
        """Return the decision that counts, or None while there is none."""
        decisions = self.decisions(ad_id)
        return decisions[0] if decisions else None

    def decisions(self, ad_id: str) -> list[AdDecision]:
        """Return all decisions on the ad, the latest first."""
        query = (
            select(ad_decisions.c.record)
            .where(ad_decisions.c.ad_id == ad_id)
            .order_by(ad_decisions.c.decided_at.desc(), ad_decisions.c.seq.desc())
        )
        with self._database.read() as connection:
            return [AdDecision.model_validate_json(record) for record in connection.scalars(query)]

    def search(self, query: AdQuery) -> AdPage:
        """Return one page of the ads that `query` asks for.

        Raises:
            UsageError: the query's cursor is not one that a page of the same query gave.
        """
        with self._database.read() as connection:
            return search(connection, query)

    def all(self) -> Iterator[Ad]:
        """Yield the ads in the order of their ids. Nothing stays open between two: the caller may write meanwhile."""
        query = select(ads.c.record).order_by(ads.c.id).limit(BATCH)
        page = self._select(query)
        while page:
            yield from page
            page = self._select(query.where(ads.c.id > page[-1].id))

    def records(self, size: int = 50_000) -> Iterator[list[tuple[str, str | None]]]:
        """Yield all ads and the decisions that count, as JSON text, in the order of the ads' ids, `size` at a time."""
        joined = ads.outerjoin(ad_decisions, ads.c.decision_seq == ad_decisions.c.seq)
        query = (
            select(ads.c.id, ads.c.record, ad_decisions.c.record.label("decision"))
            .select_from(joined)
            .order_by(ads.c.id)
            .limit(size)
        )
        last = None
        while rows := self._rows(query if last is None else query.where(ads.c.id > last)):
            yield [(row.record, row.decision) for row in rows]
            last = rows[-1].id

    def _rows(self, query: Select[Any]) -> Sequence[Any]:
        with self._database.read() as connection:
            return connection.execute(query).all()

    def count(self) -> int:
        """Return how many ads there are."""
        return self._database.count(ads)

    def verdicts(self) -> dict[Verdict, int]:
        """Return how many ads stand approved, in review and rejected; ads without a decision are in none."""
        query = (
            select(ad_decisions.c.verdict, func.count().label("ads"))
            .join(ads, ads.c.decision_seq == ad_decisions.c.seq)
            .group_by(ad_decisions.c.verdict)
        )
        with self._database.read() as connection:
            counts = {Verdict(row.verdict): row.ads for row in connection.execute(query)}
        return dict.fromkeys(Verdict, 0) | counts

    def _select(self, query: Select[Any]) -> list[Ad]:
        with self._database.read() as connection:
            return [Ad.model_validate_json(record) for record in connection.scalars(query)]


def _add(connection: Connection, batch: Sequence[Ad], at: datetime) -> int:
    """Return how many of the ads were new."""
    lock(connection, ad_history)
    standing = records_of(connection, {plain(ad.id) for ad in batch})
    known = len(standing)
    rows, entries = dict[str, dict[str, Any]](), list[dict[str, Any]]()
    for ad in batch:
        key, record = plain(ad.id), ad.model_dump_json()
        before = standing.get(key)
        if before is not None and (record == before or _stays(Ad.model_validate_json(before), ad)):
            continue
        event = AdEvent.REMOVED if ad.removed else AdEvent.ADDED if before is None else AdEvent.CHANGED
        entries.append(entry(ad.id, event, at, record, before))
        rows[key], standing[key] = _row(ad, record), record
    if rows:
        insert_or_replace(connection, ads, list(rows.values()))
    enter(connection, entries)
    return len(standing) - known


def _stays(known: Ad, newcomer: Ad) -> bool:
    return known.removed is not None or known == newcomer


def _tombstone(ad: Ad, removal: Removal) -> Ad:
    if ad.removed is not None:
        raise UsageError(f"The ad {ad.id} was removed on {ad.removed.at:%Y-%m-%d} already.")
    stone = ad.model_copy(update={"removed": removal})
    return stone.without_content() if stone.content_hidden else stone


def _decide(connection: Connection, decisions: list[AdDecision]) -> int:
    """Return how many decisions were new."""
    ids = sorted({decision.ad_id for decision in decisions})
    removed = {
        row.id: row.removed for row in connection.execute(select(ads.c.id, ads.c.removed).where(ads.c.id.in_(ids)))
    }
    if unknown := [ad_id for ad_id in ids if ad_id not in removed]:
        raise UsageError(f"There is no ad {unknown[0]} to decide about ({len(unknown)} such); import the ads first.")
    ids = [ad_id for ad_id in ids if not removed[ad_id]]
    rows = [_decision_row(decision) for decision in decisions if not removed[decision.ad_id]]
    new = insert_new(connection, ad_decisions, rows)
    latest = (
        select(ad_decisions.c.seq)
        .where(ad_decisions.c.ad_id == ads.c.id)
        .order_by(ad_decisions.c.decided_at.desc(), ad_decisions.c.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    connection.execute(update(ads).where(ads.c.id.in_(ids)).values(decision_seq=latest))
    return new


def _row(ad: Ad, record: str) -> dict[str, Any]:
    return {
        "id": ad.id,
        "source": folded(ad.source),
        "platform": folded(ad.platform),
        "advertiser": folded(ad.advertiser),
        "payer": folded(ad.payer),
        "country": folded(ad.country),
        "declared_political": ad.declared_political,
        "started_at": ad.started_at,
        "spend": None if ad.spend is None else float(ad.spend.lower),
        "words": words_of(ad),
        "removed": ad.removed is not None,
        "record": record,
    }


def _decision_row(decision: AdDecision) -> dict[str, Any]:
    record = decision.model_dump_json()
    return {
        "ad_id": decision.ad_id,
        "verdict": decision.verdict,
        "political": decision.political,
        "decided_at": decision.decided_at,
        "digest": hashlib.sha256(record.encode()).hexdigest(),
        "record": record,
    }
