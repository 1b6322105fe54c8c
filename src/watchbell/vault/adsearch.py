"""Searching ads: the question, the pages of the answer, and how the database is asked."""

import base64
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import chain
from typing import Any

from pydantic import Field, FiniteFloat
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, literal, or_, select

from watchbell.errors import UsageError
from watchbell.ids import short_digest
from watchbell.model.ads import Ad, AdDecision, Verdict
from watchbell.model.record import Record, UtcDatetime
from watchbell.vault.adindex import (
    Shelves,
    Span,
    counted,
    has,
    indexed,
    keeps_time,
    last_second,
    prepare,
    shelves_of,
    shelves_of_spend,
    shelves_with,
)
from watchbell.vault.adwords import KNOWN, UNKNOWN, WHOLE, Term, terms, whole_term
from watchbell.vault.schema import ad_decisions, ads

# Totals are exact up to here: to count all of what a common word finds takes longer than to show it.
COUNTED = 10_000


class AdSort(StrEnum):
    """What stands first. Ads of which the source does not say it come last."""

    NEWEST = "newest"
    """The day on which it began to run."""
    SPEND = "spend"
    """The least that was spent, as a number: sums in several currencies are not converted."""

    @property
    def column(self) -> str:
        """Return the name of the column that is sorted."""
        return "started_at" if self is AdSort.NEWEST else "spend"


class AdQuery(Record):
    """Which ads to show. Every condition that is given must hold; case does not matter.

    Words are found whole; `vot*` finds words that begin so. What is cut into words how: `vault/adwords.py`.
    """

    text: str | None = Field(default=None, max_length=500)
    """Words that must all occur in the ad's text, advertiser, payer or disclaimer."""
    payer: str | None = Field(default=None, max_length=500)
    """Words that must all occur in the payer's name."""
    advertiser: str | None = Field(default=None, max_length=500)
    """Words that must all occur in the advertiser's name."""
    platform: str | None = None
    source: str | None = None
    country: str | None = None
    language: str | None = None
    """The ad is in it, or aimed at those who speak it, as the source writes it."""
    place: str | None = Field(default=None, max_length=500)
    """Words that must all occur in the names of places below the country that it was aimed at."""
    spend_least: FiniteFloat | None = Field(default=None, ge=0)
    """The source's lower bound is no less; sums in several currencies are not converted."""
    spend_most: FiniteFloat | None = Field(default=None, ge=0)
    """The source's lower bound is no more."""
    removed: bool | None = None
    """Taken out of the library: its tombstone stands."""
    verdict: Verdict | None = None
    started_from: UtcDatetime | None = None
    started_until: UtcDatetime | None = None
    """The end of the period, itself not included."""
    running_on: date | None = None
    """It began on this day or before, in UTC, and ended on it or later; or nobody says that it ended."""
    ended_before: date | None = None
    """It ended before this day, in UTC."""
    political: bool | None = None
    """As decided; as declared, while nothing is decided."""
    cursor: str | None = None
    """`next_cursor` of the page before; good for the same query only, with any limit."""
    limit: int = Field(default=25, ge=1, le=1000)
    sort: AdSort = AdSort.NEWEST

    @property
    def began_before(self) -> datetime | None:
        """Return the end of the time in which it began, itself not included; None without one."""
        has_morrow = self.running_on is not None and self.running_on < date.max
        morrow = _midnight(self.running_on + timedelta(days=1)) if self.running_on and has_morrow else None
        return min((at for at in (self.started_until, morrow) if at), default=None)

    def fingerprint(self) -> str:
        """Return what is the same for all pages of this query, and only for them."""
        return short_digest(self.model_dump_json(exclude={"cursor", "limit"}))


class AdPage(Record):
    """A page of ads with the decision that counts for each, how many there are in all, and how to go on.

    Pages that follow tell the number that the first one counted.
    """

    ads: tuple[tuple[Ad, AdDecision | None], ...]
    total: int
    total_is_least: bool
    """There are more than `total`; they are not counted."""
    next_cursor: str | None
    """None on the last page."""


class Place(Record):
    """Where a page ended: by the sort's own value, which may be null, then by the id. Encoded, it is the cursor."""

    query: str
    """Fingerprint of the query."""
    started_at: UtcDatetime | None = None
    spend: FiniteFloat | None = None
    ad_id: str
    total: int = Field(ge=0)
    """As the first page counted: to count again takes longer than to show the page."""
    total_is_least: bool


def search(connection: Connection, query: AdQuery) -> AdPage:
    """Return one page; the same query on the same ads gives the same one.

    Raises:
        UsageError: the cursor is not one that a page of the same query gave.
    """
    place = None if query.cursor is None else _place(query, query.cursor)
    wanted = _terms(query)
    if wanted is None:
        return AdPage(ads=(), total=0, total_is_least=False, next_cursor=None)
    prepare(connection)
    total, is_least = (place.total, place.total_is_least) if place else _total(connection, query, wanted)
    if not wanted:
        rows = _rows(connection, query, _matching(connection, query, [], None), place)
    elif not keeps_time(connection):
        rows = _shelf_by_shelf(connection, query, wanted, place)
    elif query.sort is AdSort.SPEND:
        rows = _dearest(connection, query, wanted, place)
    else:
        rows = _newest(connection, query, wanted, place)
    shown = rows[: query.limit]
    return AdPage(
        ads=_with_decisions(connection, [row.id for row in shown]),
        total=total,
        total_is_least=is_least,
        next_cursor=_cursor(query, shown[-1], total, is_least=is_least) if len(rows) > len(shown) else None,
    )


def _terms(query: AdQuery) -> list[Term] | None:
    """Return the words that the ads must have; None where something is asked for that holds no word at all."""
    asked = [(query.text, None), *((getattr(query, name), name) for name in ("payer", "advertiser", "place"))]
    parts = [terms(written, field) for written, field in asked if written is not None and written.strip()]
    whole = [(name, getattr(query, name)) for name in WHOLE]
    parts += [[whole_term(name, value)] for name, value in whole if value is not None]
    return list(dict.fromkeys(chain.from_iterable(parts))) if all(parts) else None


def _matching(
    connection: Connection, query: AdQuery, wanted: list[Term], within: Span | Shelves | None
) -> Select[tuple[str, datetime | None, float | None]]:
    """Return the question for id, started_at and spend of the ads.

    Args:
        connection: to the database.
        query: what is asked for.
        wanted: its words.
        within: where the full-text index tells which ads have the words; None: they are looked for in each ad.
    """
    found = indexed(connection, wanted, within) if wanted and within is not None else ads
    decided = _beside_index(query)
    bounds = [*_in_time(query, found.c.started_at), *_in_spend(query, found.c.spend)]
    matching = select(found.c.id, found.c.started_at, found.c.spend).where(*bounds)
    if wanted and found is ads:
        matching = matching.where(has(connection, wanted))
    if not decided:
        return matching
    whole = ads if found is ads else found.join(ads, ads.c.id == found.c.id)
    joined = whole.outerjoin(ad_decisions, ads.c.decision_seq == ad_decisions.c.seq)
    return matching.select_from(joined).where(*decided)


def _newest(connection: Connection, query: AdQuery, wanted: list[Term], place: Place | None) -> list[Row[Any]]:
    """Return the page's rows and the one after it out of an index that keeps time, stretch by stretch."""
    span, rows = _span(query), list[Row[Any]]()
    if place is not None:
        span = span.through(place.started_at)
    size = query.limit + 1
    while len(rows) <= query.limit and (first := last_second(connection, wanted, span, size)) is not None:
        matching = _matching(connection, query, wanted, Span(first, span.end))
        rows += _rows(connection, query, matching, place, left=query.limit + 1 - len(rows))
        span, size = span._replace(end=first), size * 2  # other conditions may leave little of a stretch
    return rows


def _shelf_by_shelf(connection: Connection, query: AdQuery, wanted: list[Term], place: Place | None) -> list[Row[Any]]:
    """Return the page's rows and the one after it out of an index that is cut into shelves."""
    rows, shelves, size = list[Row[Any]](), _shelves(connection, query, place), query.limit + 1
    while len(rows) <= query.limit and (first := shelves_with(connection, wanted, shelves, size)):
        matching = _matching(connection, query, wanted, shelves[:first])
        key, ad_id = matching.selected_columns[query.sort.column], matching.selected_columns["id"]
        left = or_(*(and_(True, *part) for part in _parts(key, ad_id, place, query.sort)))  # noqa: FBT003  # SQL's TRUE
        ordered = matching.where(left).order_by(key.desc().nulls_last(), ad_id).limit(query.limit + 1 - len(rows))
        rows += connection.execute(ordered).all()
        shelves, size = shelves[first:], size * 2  # other conditions may leave little of a shelf
    if query.sort is AdSort.SPEND:
        rows += _of_unknown_spend(connection, query, wanted, place, query.limit + 1 - len(rows))
    return rows


def _shelves(connection: Connection, query: AdQuery, place: Place | None) -> Shelves:
    """Return the shelves on which what is left after a place lies, in the order of the sort."""
    if query.sort is AdSort.NEWEST:
        return shelves_of(connection, _span(query) if place is None else _span(query).through(place.started_at))
    if place is not None and place.spend is None:
        return []
    return shelves_of_spend(connection, None if place is None else place.spend)


def _dearest(connection: Connection, query: AdQuery, wanted: list[Term], place: Place | None) -> list[Row[Any]]:
    """Return the page's rows and the one after it: those whose spend is known, then the others."""
    known = _few_or_many(connection, query, [*wanted, whole_term("spend", KNOWN)])
    rows = _rows(connection, query, known, place)
    return rows + _of_unknown_spend(connection, query, wanted, place, query.limit + 1 - len(rows))


def _of_unknown_spend(
    connection: Connection, query: AdQuery, wanted: list[Term], place: Place | None, left: int
) -> list[Row[Any]]:
    if left <= 0:
        return []
    matching = _few_or_many(connection, query, [*wanted, whole_term("spend", UNKNOWN)])
    return _rows(connection, query, matching.where(matching.selected_columns["spend"].is_(None)), place, left)


def _few_or_many(connection: Connection, query: AdQuery, wanted: list[Term]) -> Select[Any]:
    """Return the question such that few ads are sorted; where many match, they are read in their order instead."""
    _, many = _total(connection, query, wanted)
    return _matching(connection, query, wanted, None if many else _span(query))


def _span(query: AdQuery) -> Span:
    return Span.of(query.started_from, query.began_before)


def _total(connection: Connection, query: AdQuery, wanted: list[Term]) -> tuple[int, bool]:
    """Return how many match, and whether there are more: beyond `COUNTED` nobody counts on."""
    # What the index of the words alone cannot tell.
    besides = [*_beside_index(query), *_in_spend(query, ads.c.spend)]
    seconds = all(at is None or at.microsecond == 0 for at in (query.started_from, query.began_before))
    if wanted and not besides and seconds and keeps_time(connection):
        total = counted(connection, wanted, _span(query), COUNTED)
    else:
        matching = _matching(connection, query, wanted, _span(query))
        some = matching.with_only_columns(literal(1), maintain_column_froms=True).limit(COUNTED + 1).subquery()
        total = connection.scalar(select(func.count()).select_from(some)) or 0
    return min(total, COUNTED), total > COUNTED


def _rows(
    connection: Connection, query: AdQuery, matching: Select[Any], place: Place | None, left: int | None = None
) -> list[Row[Any]]:
    """Return the page's rows and the one after it, from the place on: by value downwards, nulls last, then by id."""
    columns = {column.name: column for column in matching.selected_columns}
    key, ad_id = columns[query.sort.column], columns["id"]
    wanted, rows = query.limit + 1 if left is None else left, list[Row[Any]]()
    for part in _parts(key, ad_id, place, query.sort):
        if len(rows) < wanted:
            ordered = matching.where(*part).order_by(key.desc().nulls_last(), ad_id).limit(wanted - len(rows))
            rows += connection.execute(ordered).all()
    return rows


def _parts(
    key: ColumnElement[Any], ad_id: ColumnElement[Any], place: Place | None, sort: AdSort
) -> list[list[ColumnElement[bool]]]:
    """Return the conditions on what is left after a place, part by part: each can be walked along an index."""
    if place is None:
        return [[]]
    value = getattr(place, sort.column)
    if value is None:
        return [[key.is_(None), ad_id > place.ad_id]]
    return [[key <= value, or_(key < value, ad_id > place.ad_id)], [key.is_(None)]]


def _with_decisions(connection: Connection, ids: list[str]) -> tuple[tuple[Ad, AdDecision | None], ...]:
    """Return the ads of these ids, in this order, each with the decision that counts."""
    query = (
        select(ads.c.id, ads.c.record, ad_decisions.c.record.label("decision"))
        .select_from(ads.outerjoin(ad_decisions, ads.c.decision_seq == ad_decisions.c.seq))
        .where(ads.c.id.in_(ids))
    )
    told = {row.id: (Ad.model_validate_json(row.record), _decision(row.decision)) for row in connection.execute(query)}
    return tuple(told[ad_id] for ad_id in ids)


def _in_time(query: AdQuery, started_at: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    since = [] if query.started_from is None else [started_at >= query.started_from]
    return since if query.began_before is None else [*since, started_at < query.began_before]


def _in_spend(query: AdQuery, spend: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    least = [] if query.spend_least is None else [spend >= query.spend_least]
    return least if query.spend_most is None else [*least, spend <= query.spend_most]


def _beside_index(query: AdQuery) -> list[ColumnElement[bool]]:
    """Return the conditions on the decision that counts, on whether the ad still stands, and on when it ended."""
    conditions = [] if query.verdict is None else [ad_decisions.c.verdict == query.verdict]
    if query.removed is not None:
        conditions.append(ads.c.removed == query.removed)
    if query.political is not None:
        conditions.append(func.coalesce(ad_decisions.c.political, ads.c.declared_political) == query.political)
    if query.running_on is not None:
        conditions.append(or_(ads.c.ended_at.is_(None), ads.c.ended_at >= _midnight(query.running_on)))
    if query.ended_before is not None:
        conditions.append(ads.c.ended_at < _midnight(query.ended_before))
    return conditions


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _cursor(query: AdQuery, last: Row[*tuple[Any, ...]], total: int, *, is_least: bool) -> str:
    at = {"ad_id": last.id, query.sort.column: getattr(last, query.sort.column)}
    place = Place(query=query.fingerprint(), total=total, total_is_least=is_least, **at)
    return base64.urlsafe_b64encode(place.model_dump_json(exclude_none=True).encode()).decode()


def _place(query: AdQuery, cursor: str) -> Place:
    wrong = "This cursor does not belong to this search. Start again at the first page."
    try:
        place = Place.model_validate_json(base64.urlsafe_b64decode(cursor))
    except ValueError as error:
        raise UsageError(wrong) from error
    if place.query != query.fingerprint():
        raise UsageError(wrong)
    return place


def _decision(record: str | None) -> AdDecision | None:
    return None if record is None else AdDecision.model_validate_json(record)
