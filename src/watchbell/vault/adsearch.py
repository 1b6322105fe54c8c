"""Searching ads: the question, the pages of the answer, and how the database is asked."""

import base64
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import Field, FiniteFloat
from sqlalchemy import Column, ColumnElement, Connection, Row, and_, func, or_, select

from watchbell.errors import UsageError
from watchbell.ids import short_digest
from watchbell.model.ads import Ad, AdDecision, Verdict
from watchbell.model.record import Record, UtcDatetime
from watchbell.vault.columns import folded, has_words
from watchbell.vault.schema import ad_decisions, ads


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
    """Which ads to show. Every condition that is given must hold; names are compared without regard to case."""

    text: str | None = Field(default=None, max_length=500)
    """Words that must all occur in the ad's text, advertiser, payer or disclaimer."""
    payer: str | None = None
    advertiser: str | None = None
    platform: str | None = None
    source: str | None = None
    country: str | None = None
    verdict: Verdict | None = None
    started_from: UtcDatetime | None = None
    started_until: UtcDatetime | None = None
    """The end of the period, itself not included."""
    political: bool | None = None
    """As decided; as declared, while nothing is decided."""
    cursor: str | None = None
    """`next_cursor` of the page before; good for the same query only, with any limit."""
    limit: int = Field(default=25, ge=1, le=1000)
    sort: AdSort = AdSort.NEWEST

    def fingerprint(self) -> str:
        """Return what is the same for all pages of this query, and only for them."""
        return short_digest(self.model_dump_json(exclude={"cursor", "limit"}))


class AdPage(Record):
    """A page of ads with the decision that counts for each, how many there are in all, and how to go on."""

    ads: tuple[tuple[Ad, AdDecision | None], ...]
    total: int
    next_cursor: str | None
    """None on the last page."""


class Place(Record):
    """Where a page ended: by the sort's own value, which may be null, then by the id. Encoded, it is the cursor."""

    query: str
    """Fingerprint of the query."""
    started_at: UtcDatetime | None = None
    spend: FiniteFloat | None = None
    ad_id: str


def search(connection: Connection, query: AdQuery) -> AdPage:
    """Return one page; the same query on the same ads gives the same one.

    Raises:
        UsageError: the cursor is not one that a page of the same query gave.
    """
    key = ads.c[query.sort.column]
    joined = ads.outerjoin(ad_decisions, ads.c.decision_seq == ad_decisions.c.seq)
    conditions = and_(True, *_conditions(query))  # noqa: FBT003  # SQLAlchemy's neutral element
    total = connection.scalar(select(func.count()).select_from(joined).where(conditions)) or 0
    page = (
        select(ads.c.id, key, ads.c.record, ad_decisions.c.record.label("decision"))
        .select_from(joined)
        .where(conditions)
        .order_by(key.desc().nulls_last(), ads.c.id)
        .limit(query.limit + 1)
    )
    if query.cursor is not None:
        place = _place(query, query.cursor)
        page = page.where(_after(key, getattr(place, key.name), place.ad_id))
    rows = connection.execute(page).all()
    shown = rows[: query.limit]
    return AdPage(
        ads=tuple((Ad.model_validate_json(row.record), _decision(row.decision)) for row in shown),
        total=total,
        next_cursor=_cursor(query, shown[-1]) if len(rows) > len(shown) else None,
    )


def _conditions(query: AdQuery) -> list[ColumnElement[bool]]:
    conditions = [
        ads.c[name] == folded(wanted)
        for name in ("payer", "advertiser", "platform", "source", "country")
        if (wanted := getattr(query, name)) is not None
    ]
    if query.text is not None:
        conditions.append(has_words(ads.c.words, query.text))
    if query.verdict is not None:
        conditions.append(ad_decisions.c.verdict == query.verdict)
    if query.started_from is not None:
        conditions.append(ads.c.started_at >= query.started_from)
    if query.started_until is not None:
        conditions.append(ads.c.started_at < query.started_until)
    if query.political is not None:
        conditions.append(func.coalesce(ad_decisions.c.political, ads.c.declared_political) == query.political)
    return conditions


def _after(key: Column[Any], value: datetime | float | None, ad_id: str) -> ColumnElement[bool]:
    """Return the condition that an ad comes after this place: by value downwards, nulls last, then by id."""
    later_of_same = and_(key.is_not_distinct_from(value), ads.c.id > ad_id)
    return later_of_same if value is None else or_(key < value, later_of_same, key.is_(None))


def _cursor(query: AdQuery, last: Row[*tuple[Any, ...]]) -> str:
    place = Place(query=query.fingerprint(), ad_id=last.id, **{query.sort.column: getattr(last, query.sort.column)})
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
