"""Generic ads: JSON lines (or a table) whose fields carry the names of `model.ads.Ad`.

Needed: `id`, and `text` or `media`. Optional: platform, advertiser, account_id, payer, payer_address, registration_id,
disclaimer, declared_political, started_at, ended_at (ISO 8601 with a zone), clicks, language, country, synthetic,
sums_up; `admin_countries` as a list of two-letter codes;
`spend` {currency, lower, upper} or a number beside `currency`; `impressions` {lower, upper} or a number;
`targeting` [{dimension, value, excluded}]; `seen_by` [{share, region, age, gender}], shares from 0 to 1;
`declaration`, an object with the fields of `model.ads.Declaration`, for the
notice of an ad in the European Union; `links` and `media` as lists of addresses or file names.
A record with `payer` or `disclaimer`, be it null, has a place for who paid; of one with neither, nothing follows.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from watchbell.ads.readers.fields import (
    FieldError,
    ad_key,
    count_of,
    decimal_of,
    exact,
    flag_of,
    money_of,
    text_of,
    time_of,
)
from watchbell.files import Row
from watchbell.model.ads import Ad, Count, Declaration, Money, Seen, Targeting

KNOWN = (frozenset(Ad.model_fields) | {"currency"}) - {"removed", "pictures"}
"""Fields that are read; others are tolerated and named once."""

T = TypeVar("T")

_TARGETING: TypeAdapter[tuple[Targeting, ...]] = TypeAdapter(tuple[Targeting, ...])
_DECLARATION = TypeAdapter(Declaration)
_SEEN: TypeAdapter[tuple[Seen, ...]] = TypeAdapter(tuple[Seen, ...])
_TEXTS: TypeAdapter[tuple[str, ...]] = TypeAdapter(tuple[str, ...])


def read_ad(row: Row) -> Ad:
    """Return the ad of one row.

    Raises:
        FieldError: a value cannot be read.
    """
    values = row.values
    return Ad(
        id=key_of(values),
        source=_source(values),
        platform=text_of(values, "platform") or "unknown",
        text=text_of(values, "text"),
        advertiser=text_of(values, "advertiser"),
        account_id=text_of(values, "account_id"),
        admin_countries=_parsed(values, "admin_countries", _TEXTS, "a list of two-letter codes") or (),
        payer=text_of(values, "payer"),
        payer_address=text_of(values, "payer_address"),
        registration_id=text_of(values, "registration_id"),
        disclaimer=text_of(values, "disclaimer"),
        reports_payer=not values.keys().isdisjoint({"payer", "disclaimer"}),
        declared_political=flag_of(values, "declared_political"),
        spend=_spend(values),
        impressions=_impressions(values),
        clicks=count_of(values, "clicks"),
        started_at=time_of(values, "started_at"),
        ended_at=time_of(values, "ended_at"),
        targeting=_parsed(values, "targeting", _TARGETING, "a list of {dimension, value, excluded}") or (),
        seen_by=_parsed(values, "seen_by", _SEEN, "a list of {share, region, age, gender}") or (),
        links=_parsed(values, "links", _TEXTS, "a list of addresses") or (),
        media=_parsed(values, "media", _TEXTS, "a list of addresses or file names") or (),
        language=text_of(values, "language"),
        country=text_of(values, "country"),
        declaration=_parsed(values, "declaration", _DECLARATION, "what a sponsor declares for the notice"),
        synthetic=flag_of(values, "synthetic"),
        sums_up=count_of(values, "sums_up"),
    )


def key_of(values: Mapping[str, Any]) -> str:
    """Return the id of the ad that a row tells of.

    Raises:
        FieldError: there is none.
    """
    return ad_key(_source(values), values.get("id"), "id")


def _source(values: Mapping[str, Any]) -> str:
    return text_of(values, "source") or "jsonl"


def _spend(values: Mapping[str, Any]) -> Money | None:
    if isinstance(values.get("spend"), Mapping):
        return _parsed(values, "spend", TypeAdapter(Money), "{currency, lower, upper}")
    return money_of(decimal_of(values, "spend"), text_of(values, "currency"), "currency")


def _impressions(values: Mapping[str, Any]) -> Count | None:
    if isinstance(values.get("impressions"), Mapping):
        return _parsed(values, "impressions", TypeAdapter(Count), "{lower, upper}")
    return exact(count_of(values, "impressions"))


def _parsed(values: Mapping[str, Any], field: str, shape: TypeAdapter[T], wanted: str) -> T | None:
    value = values.get(field)
    if value in (None, ""):
        return None
    try:
        return shape.validate_python(value)
    except ValidationError as error:
        raise FieldError(field, f"`{field}` must be {wanted}: {error.errors()[0]['msg']}.") from error
