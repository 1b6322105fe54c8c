"""Ads, and what was decided about each."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Select, func, select, update

from watchbell.errors import UsageError
from watchbell.model.ads import Ad, AdDecision, Verdict
from watchbell.vault.added import Added
from watchbell.vault.adsearch import AdPage, AdQuery, AdSort, search
from watchbell.vault.adwords import words_of
from watchbell.vault.columns import folded
from watchbell.vault.database import BATCH, Database, batches, insert_new, insert_or_replace
from watchbell.vault.schema import ad_decisions, ads

__all__ = ["AdPage", "AdQuery", "AdShelf", "AdSort"]


class AdShelf:
    """The ads of a vault."""

    def __init__(self, database: Database) -> None:
        """Read and write `database`."""
        self._database = database

    def add(self, items: Iterable[Ad]) -> Added:
        """Add ads; one that is known is replaced, for libraries go on counting the spend of an ad that runs."""
        new = known = 0
        for batch in batches(items):
            with self._database.write() as connection:
                added = _add(connection, [_row(ad) for ad in batch])
            new += added
            known += len(batch) - added
        return Added(new, known)

    def decide(self, decisions: Iterable[AdDecision]) -> int:
        """Keep decisions beside the earlier ones; the latest of an ad counts. Return how many were new.

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


def _add(connection: Connection, rows: list[dict[str, Any]]) -> int:
    """Return how many rows were new."""
    new = insert_new(connection, ads, rows)
    if new < len(rows):
        insert_or_replace(connection, ads, rows, when=lambda newcomer: newcomer.record != ads.c.record)
    return new


def _decide(connection: Connection, decisions: list[AdDecision]) -> int:
    """Return how many decisions were new."""
    ids = sorted({decision.ad_id for decision in decisions})
    known = set(connection.scalars(select(ads.c.id).where(ads.c.id.in_(ids))))
    if unknown := [ad_id for ad_id in ids if ad_id not in known]:
        raise UsageError(f"There is no ad {unknown[0]} to decide about ({len(unknown)} such); import the ads first.")
    new = insert_new(connection, ad_decisions, [_decision_row(decision) for decision in decisions])
    latest = (
        select(ad_decisions.c.seq)
        .where(ad_decisions.c.ad_id == ads.c.id)
        .order_by(ad_decisions.c.decided_at.desc(), ad_decisions.c.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    connection.execute(update(ads).where(ads.c.id.in_(ids)).values(decision_seq=latest))
    return new


def _row(ad: Ad) -> dict[str, Any]:
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
        "record": ad.model_dump_json(),
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
