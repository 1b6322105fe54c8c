"""Meta's Ad Library API (`ads_archive`), and the API of a Watchbell library, which answers in the same fields.

What that API has no field for stands under `watchbell` in our own answers (`library.document`), and is read back.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from watchbell.ads.readers.fields import (
    FieldError,
    ad_key,
    bounds_of,
    count_of,
    day_or_time_of,
    flag_of,
    list_of,
    text_of,
)
from watchbell.files import Row
from watchbell.model.ads import Ad, Count, Money, Removal, Seen, Targeting

COLUMNS = frozenset({"id", "ad_snapshot_url"})
"""What tells this file from others."""

_WORDS = (
    "ad_creative_bodies",
    "ad_creative_link_titles",
    "ad_creative_link_descriptions",
)
_AIMS = (("target_ages", "age"), ("target_gender", "gender"), ("target_locations", "region"))
_SEEN: TypeAdapter[list[Seen]] = TypeAdapter(list[Seen])
_TARGETING: TypeAdapter[tuple[Targeting, ...]] = TypeAdapter(tuple[Targeting, ...])

KNOWN = frozenset(
    {"page_name", "page_id", "bylines", "ad_creative_link_captions", "ad_delivery_start_time", "ad_delivery_stop_time"}
    | {"ad_creation_time", "currency", "spend", "impressions", "publisher_platforms", "languages", "target_countries"}
    | {"demographic_distribution", "delivery_by_region", "watchbell", *COLUMNS, *_WORDS, *(name for name, _ in _AIMS)}
)
"""Fields that are read, or that say nothing which an ad has a place for twice."""


def read_ad(row: Row) -> Ad:
    """Return the ad of one document.

    Raises:
        FieldError: a value cannot be read.
    """
    values, ours = row.values, _ours(row.values)
    languages, countries = list_of(values, "languages"), list_of(values, "target_countries")
    return Ad(
        id=key_of(values),
        source=_source(values),
        platform=", ".join(list_of(values, "publisher_platforms")).lower() or "unknown",
        text="\n".join(text for name in _WORDS for text in list_of(values, name)) or None,
        advertiser=text_of(values, "page_name"),
        account_id=text_of(values, "page_id"),
        admin_countries=tuple(list_of(ours, "admin_countries")),
        payer=text_of(values, "bylines"),
        payer_address=text_of(ours, "payer_address"),
        registration_id=text_of(ours, "registration_id"),
        disclaimer=text_of(ours, "disclaimer"),
        reports_payer=flag_of(ours, "reports_payer", absent=True),
        declared_political=flag_of(ours, "declared_political", absent=not ours),
        spend=_spend(values),
        impressions=_impressions(values),
        clicks=count_of(ours, "clicks"),
        started_at=day_or_time_of(values, "ad_delivery_start_time"),
        ended_at=day_or_time_of(values, "ad_delivery_stop_time"),
        seen_by=(*_seen(values, "delivery_by_region"), *_seen(values, "demographic_distribution")),
        targeting=_aims(ours.get("targeting")) if "targeting" in ours else _targets(values),
        links=tuple(list_of(values, "ad_creative_link_captions")),
        media=tuple(list_of(ours, "media")),
        language=", ".join(languages) or None,
        country=", ".join(countries) or None,
        synthetic=flag_of(ours, "made_up", absent=False),
        sums_up=count_of(ours, "sums_up"),
        removed=_removal(ours.get("removed")),
    )


def key_of(values: Mapping[str, Any]) -> str:
    """Return the id of the ad that a row tells of.

    Raises:
        FieldError: there is none.
    """
    return ad_key(_source(values), values.get("id"), "id")


def _ours(values: Mapping[str, Any]) -> Mapping[str, Any]:
    ours = values.get("watchbell") or {}
    if not isinstance(ours, dict):
        raise FieldError("watchbell", "`watchbell` must be an object.")
    return ours


def _source(values: Mapping[str, Any]) -> str:
    return text_of(_ours(values), "source") or "meta"


def _spend(values: dict[str, Any]) -> Money | None:
    given, currency = bounds_of(values, "spend"), text_of(values, "currency")
    if given is None:
        return None
    if currency is None:
        raise FieldError("currency", "`currency` is missing, so the spend has none; give its ISO 4217 code.")
    return Money(currency=currency, lower=given[0], upper=given[1])


def _impressions(values: dict[str, Any]) -> Count | None:
    given = bounds_of(values, "impressions")
    if given is None:
        return None
    try:
        return Count.model_validate({"lower": given[0], "upper": given[1]})
    except ValidationError as error:
        raise FieldError("impressions", "`impressions` must be whole numbers.") from error


def _removal(given: Any) -> Removal | None:
    try:
        return None if given is None else Removal.model_validate(given)
    except ValidationError as error:
        raise FieldError("watchbell.removed", "`removed` must be {reason, note, by, at}.") from error


def _seen(values: dict[str, Any], field: str) -> list[Seen]:
    """Return who saw it: each entry has a `percentage`, which is a part of one, and a region or an age and a gender."""
    given = values.get(field) or []
    try:
        told = [{("share" if name == "percentage" else name): value for name, value in one.items()} for one in given]
        return _SEEN.validate_python(told)
    except (AttributeError, TypeError, ValidationError) as error:
        raise FieldError(field, f"`{field}` must be a list of objects with a percentage from 0 to 1.") from error


def _aims(given: Any) -> tuple[Targeting, ...]:
    try:
        return _TARGETING.validate_python(given)
    except ValidationError as error:
        raise FieldError(
            "watchbell.targeting", "`targeting` must be a list of {dimension, value, excluded}."
        ) from error


def _targets(values: dict[str, Any]) -> tuple[Targeting, ...]:
    """Return what Meta tells: ages as a list of texts, gender as one word, places as objects with `excluded`."""
    found = []
    for field, dimension in _AIMS:
        given = values.get(field) or []
        for one in given if isinstance(given, list) else [given]:
            named = one if isinstance(one, dict) else {"name": one}
            value = text_of(named, "name")
            if value:
                excluded = flag_of(named, "excluded", absent=False)
                found.append(Targeting(dimension=dimension, value=value, excluded=excluded))
    return tuple(found)
