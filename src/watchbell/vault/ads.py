"""Ads, and what was decided about each. None is ever deleted, and none replaced without its history."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, func, select, update

from watchbell.clock import Clock, system_clock
from watchbell.errors import UsageError
from watchbell.model.ad_changes import Change, change_between
from watchbell.model.ads import Ad, AdDecision, AdEvent, Removal, Restoration, Verdict
from watchbell.vault.added import Added
from watchbell.vault.adhistory import AdHistoryShelf, enter, entry, records_of
from watchbell.vault.adpictures import forget_picture_likeness
from watchbell.vault.adsearch import AdPage, AdQuery, AdSort, search
from watchbell.vault.adsums import forget_likeness
from watchbell.vault.adwords import words_of
from watchbell.vault.columns import folded, plain
from watchbell.vault.database import BATCH, IDS_AT_ONCE, Database, batches, insert_new, insert_or_replace, lock
from watchbell.vault.ledger import Entry, write
from watchbell.vault.schema import ad_decisions, ad_history, ads

__all__ = ["AdPage", "AdQuery", "AdShelf", "AdSort", "BroughtIn"]

_later = ad_decisions.alias()
# The last decision on an ad.
_LATEST = (
    select(_later.c.seq)
    .where(_later.c.ad_id == ads.c.id)
    .order_by(_later.c.decided_at.desc(), _later.c.seq.desc())
    .limit(1)
    .correlate(ads)
    .scalar_subquery()
)

InView = Callable[[AdDecision | None, AdDecision, Change | None], AdDecision]
"""Returns what holds of an ad: the last decision so far, what a review says now, how the ad shows something else."""


class BroughtIn(NamedTuple):
    """What became of ads that came in with their reviews."""

    new: int
    """Ads that were not known."""
    decided: int
    """Decisions that are new."""
    holding: list[AdDecision]
    """What holds of each ad that was reviewed, in their order."""


class AdShelf:
    """The ads of a vault."""

    def __init__(self, database: Database, clock: Clock = system_clock) -> None:
        """Read and write `database`; where nobody says when an ad came in, `clock` does."""
        self._database = database
        self._clock = clock
        self.history = AdHistoryShelf(database)

    def add(self, items: Iterable[Ad], at: datetime | None = None) -> Added:
        """Add ads. One that is known gets a new version where its source tells something else of it by now.

        Libraries go on counting the spend of an ad that runs. One that was removed here stays as it is. No decision
        counts any more of an ad that shows something else than before.
        """
        new = known = 0
        for batch in batches(items):
            with self._database.write() as connection:
                added, _ = _add(connection, batch, at or self._clock())
            new += added
            known += len(batch) - added
        return Added(new, known)

    def bring_in(
        self, items: Sequence[Ad], reviews: Sequence[AdDecision], in_view_of: InView, at: datetime | None = None
    ) -> BroughtIn:
        """Add ads as `add` does, with what holds of each after its review: all of them or nothing.

        Args:
            items: ads.
            reviews: what the rules say of those of them that are decided about.
            in_view_of: tells what holds, in view of the last decision so far.
            at: when they came in.
        """
        with self._database.write() as connection:
            lock(connection, ad_history)
            last = _last_decisions(connection, {plain(one.ad_id) for one in reviews})
            new, changed = _add(connection, items, at or self._clock())
            holding, anew = list[AdDecision](), list[AdDecision]()
            for one in reviews:
                before, counts = last.get(plain(one.ad_id), (None, False))
                change = changed.get(plain(one.ad_id)) if counts else Change.CONTENT
                holding.append(in_view_of(before, one, change))
                if holding[-1] is not before:
                    anew.append(holding[-1])
            decided = _decide(connection, anew) if anew else 0
        return BroughtIn(new, decided, holding)

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
            if tombstone.content_hidden:  # what was decided quotes it, and what is like it tells what it said
                connection.execute(update(ads).where(ads.c.id == ad_id).values(decision_seq=None))
                forget_likeness(connection, ad_id)
                forget_picture_likeness(connection, ad_id)
            enter(connection, [entry(ad_id, AdEvent.REMOVED, removal.at, stone, record)])
            write(connection, said)
        return tombstone

    def restore(self, ad_id: str, restoration: Restoration, said: Entry) -> Ad:
        """Put an ad back in the place of its tombstone and return it, with the entry in the ledger: both or neither.

        That it was removed stays in its history. The decision that stood then stands again.

        Raises:
            UsageError: there is no such ad, it is not removed, or it came in as a tombstone.
        """
        with self._database.write() as connection:
            lock(connection, ad_history)
            stone, record = _under_tombstone(connection, ad_id)
            ad = Ad.model_validate_json(record)
            insert_or_replace(connection, ads, [_row(ad, record)])
            _let_count(connection, ad)
            back = entry(ad_id, AdEvent.RESTORED, restoration.at, record, stone)
            enter(connection, [back | {"restoration": restoration.model_dump_json()}])
            write(connection, said)
        return ad

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

    def sign(self, decision: AdDecision, said: Entry) -> None:
        """Keep a person's decision, with the entry in the ledger: both or neither.

        Raises:
            UsageError: there is no such ad, it was removed, or it shows something else than what was decided about.
        """
        with self._database.write() as connection:
            sign(connection, decision)
            write(connection, said)

    def get(self, ad_id: str) -> Ad | None:
        """Return the ad, or None if there is none of that id."""
        with self._database.read() as connection:
            record = connection.scalar(select(ads.c.record).where(ads.c.id == ad_id))
        return None if record is None else Ad.model_validate_json(record)

    def decision(self, ad_id: str) -> AdDecision | None:
        """Return the decision that counts, or None while there is none: an ad that changed may wait for its own."""
        joined = ads.join(ad_decisions, ads.c.decision_seq == ad_decisions.c.seq)
        query = select(ad_decisions.c.record).select_from(joined).where(ads.c.id == ad_id)
        with self._database.read() as connection:
            record = connection.scalar(query)
        return None if record is None else AdDecision.model_validate_json(record)

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
            yield [(record, decision) for _, record, decision in rows]
            last = rows[-1].id

    def _rows(self, query: Select[Any]) -> Sequence[Any]:
        with self._database.read() as connection:
            return connection.execute(query).all()

    def count(self) -> int:
        """Return how many ads there are."""
        return self._database.count(ads)

    def verdicts(self) -> dict[Verdict, int]:
        """Return how many ads stand approved, in review and rejected; undecided and removed ones are in none."""
        query = (
            select(ad_decisions.c.verdict, func.count().label("ads"))
            .join(ads, ads.c.decision_seq == ad_decisions.c.seq)
            .where(~ads.c.removed)
            .group_by(ad_decisions.c.verdict)
        )
        with self._database.read() as connection:
            counts = {Verdict(row.verdict): row.ads for row in connection.execute(query)}
        return dict.fromkeys(Verdict, 0) | counts

    def undecided(self) -> int:
        """Return how many ads have no decision, removed ones aside."""
        query = select(func.count()).select_from(ads).where(ads.c.decision_seq.is_(None), ~ads.c.removed)
        with self._database.read() as connection:
            return connection.scalar(query) or 0

    def _select(self, query: Select[Any]) -> list[Ad]:
        with self._database.read() as connection:
            return [Ad.model_validate_json(record) for record in connection.scalars(query)]


def sign(connection: Connection, decision: AdDecision) -> None:
    """Keep a person's decision within the caller's transaction, as `AdShelf.sign` does."""
    lock(connection, ad_history)
    record = connection.scalar(select(ads.c.record).where(ads.c.id == decision.ad_id))
    if record is None:
        raise UsageError(f"There is no ad {decision.ad_id} in this library.")
    ad = Ad.model_validate_json(record)
    if ad.removed is not None:
        raise UsageError("This ad was taken out of the library; nothing more is decided about it.")
    if ad.content_digest != decision.content_digest:
        raise UsageError("This ad was changed meanwhile. Read what it shows now, and decide then.")
    _decide(connection, [decision])


def _add(connection: Connection, batch: Sequence[Ad], at: datetime) -> tuple[int, dict[str, Change]]:
    """Return how many of the ads were new, and which show something else than before; of those no decision counts."""
    lock(connection, ad_history)
    standing = records_of(connection, {plain(ad.id) for ad in batch})
    known = len(standing)
    rows, entries, changed = dict[str, dict[str, Any]](), list[dict[str, Any]](), dict[str, Change]()
    for ad in batch:
        key, record = plain(ad.id), ad.model_dump_json()
        before = standing.get(key)
        was = None if before is None or record == before else Ad.model_validate_json(before)
        if before is not None and (was is None or _stays(was, ad)):
            continue
        if was is not None and (change := change_between(was, ad)) is not None:
            changed[key] = Change.CONTENT if key in changed else change
        event = AdEvent.REMOVED if ad.removed else AdEvent.ADDED if before is None else AdEvent.CHANGED
        entries.append(entry(ad.id, event, at, record, before))
        rows[key], standing[key] = _row(ad, record), record
    if rows:
        insert_or_replace(connection, ads, list(rows.values()))
    enter(connection, entries)
    for some in batches(changed, IDS_AT_ONCE):
        connection.execute(update(ads).where(ads.c.id.in_(some)).values(decision_seq=None))
    return len(standing) - known, changed


def _last_decisions(connection: Connection, ad_ids: Iterable[str]) -> dict[str, tuple[AdDecision, bool]]:
    """Return the last decision on each of these ads that has any, and whether it counts."""
    found: dict[str, tuple[AdDecision, bool]] = {}
    joined = ads.join(ad_decisions, ad_decisions.c.seq == _LATEST)
    columns = (ads.c.id, ads.c.decision_seq, ad_decisions.c.seq, ad_decisions.c.record)
    for some in batches(ad_ids, IDS_AT_ONCE):
        for row in connection.execute(select(*columns).select_from(joined).where(ads.c.id.in_(some))):
            found[row.id] = AdDecision.model_validate_json(row.record), row.decision_seq == row.seq
    return found


def _let_count(connection: Connection, ad: Ad) -> None:
    """Let the last decision on an ad count, if it is about what the ad shows."""
    last, _ = _last_decisions(connection, [ad.id]).get(ad.id, (None, False))
    if last is not None and last.content_digest == ad.content_digest:
        connection.execute(update(ads).where(ads.c.id == ad.id).values(decision_seq=_LATEST))


def _stays(known: Ad, newcomer: Ad) -> bool:
    return known.removed is not None or known == newcomer


def _tombstone(ad: Ad, removal: Removal) -> Ad:
    if ad.removed is not None:
        raise UsageError(f"The ad {ad.id} was removed on {ad.removed.at:%Y-%m-%d} already.")
    stone = ad.model_copy(update={"removed": removal})
    return stone.without_content() if stone.content_hidden else stone


def _under_tombstone(connection: Connection, ad_id: str) -> tuple[str, str]:
    """Return the tombstone and what was removed, as JSON text."""
    stone = connection.scalar(select(ads.c.record).where(ads.c.id == ad_id))
    if stone is None:
        raise UsageError(f"There is no ad {ad_id} in this library.")
    if Ad.model_validate_json(stone).removed is None:
        raise UsageError(f"The ad {ad_id} is not removed, so there is nothing to put back.")
    record = connection.scalar(
        select(ad_history.c.before)
        .where(ad_history.c.ad_id == ad_id, ad_history.c.event == AdEvent.REMOVED)
        .order_by(ad_history.c.seq.desc())
        .limit(1)
    )
    if record is None:
        raise UsageError(f"The ad {ad_id} came in as another library's tombstone; what it was is not here.")
    return stone, record


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
    connection.execute(update(ads).where(ads.c.id.in_(ids)).values(decision_seq=_LATEST))
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
        "ended_at": ad.ended_at,
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
