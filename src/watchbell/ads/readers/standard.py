"""Political Advertising Transparency Data Standard of Who Targets Me: one JSON document for each advert.

Schema: WhoTargetsMe/ad-transparency-standards, `schema.json`. It gives sums without a currency; they are read where
`provider_data` names one (`currency`), and a document with a sum and no currency is refused rather than cut. Of who
paid the schema knows only the advertiser; our own documents say it under `provider_data`, where it is read back.
"""

from collections.abc import Mapping
from typing import Any

from watchbell.ads.readers.fields import FieldError, ad_key, count_of, decimal_of, list_of, money_of, text_of, time_of
from watchbell.files import Row
from watchbell.model.ads import Ad, Count, Money, Targeting

COLUMNS = frozenset({"advertiser", "advertisement", "advertising_platform"})
"""What tells this file from others."""


def read_ad(row: Row) -> Ad:
    """Return the ad of one document.

    Raises:
        FieldError: a value cannot be read.
    """
    values = row.values
    advertiser, advert = _part(values, "advertiser"), _part(values, "advertisement")
    reach, beside = _part(values, "reach"), _part(values, "provider_data")
    period = _period(advert)
    return Ad(
        id=key_of(values),
        source="standard",
        platform=(text_of(_part(values, "advertising_platform"), "platform_name") or "unknown").lower(),
        text="\n".join(list_of(advert, "advert_copy")) or None,
        advertiser=text_of(advertiser, "advertiser_real_name"),
        registration_id=text_of(advertiser, "advertiser_electoral_id"),
        account_id=text_of(advertiser, "advertiser_id"),
        payer=text_of(beside, "payer"),
        payer_address=text_of(beside, "payer_address"),
        disclaimer=text_of(beside, "disclaimer"),
        reports_payer="payer" in beside,
        declared_political=True,
        spend=_spend(_part(values, "spending"), text_of(beside, "currency")),
        impressions=_impressions(_part(reach, "impressions")),
        clicks=count_of(_part(reach, "engagement"), "engagement_clicks"),
        started_at=time_of(period, "datetime_live"),
        ended_at=time_of(period, "datetime_ended"),
        targeting=tuple(_target(one) for one in _objects(values, "targeting_categories")),
        links=tuple(list_of(advert, "advert_urls")),
        media=tuple(list_of(advert, "advert_media_urls")),
        language=text_of(beside, "language"),
        country=text_of(beside, "country"),
    )


def key_of(values: Mapping[str, Any]) -> str:
    """Return the id of the ad that a document tells of.

    Raises:
        FieldError: there is none.
    """
    return ad_key("standard", _part(values, "advertisement").get("advert_id"), "advert_id")


def _part(values: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    part = values.get(field)
    if part is None:
        return {}
    if not isinstance(part, Mapping):
        raise FieldError(field, f"`{field}` must be an object.")
    return part


def _objects(values: Mapping[str, Any], field: str) -> list[Mapping[str, Any]]:
    given = values.get(field) or []
    if not isinstance(given, list) or not all(isinstance(one, Mapping) for one in given):
        raise FieldError(field, f"`{field}` must be a list of objects.")
    return given


def _period(advert: Mapping[str, Any]) -> dict[str, Any]:
    """Return from when to when the advert ran, over all its periods; without an end while one of them is open."""
    periods = _objects(_part(advert, "dates"), "datetime_period")
    begun = [at for one in periods if (at := time_of(one, "datetime_live"))]
    ended = [time_of(one, "datetime_ended") for one in periods]
    closed = [at for at in ended if at is not None]
    return {
        "datetime_live": min(begun).isoformat() if begun else None,
        "datetime_ended": max(closed).isoformat() if closed and len(closed) == len(ended) else None,
    }


def _spend(given: Mapping[str, Any], currency: str | None) -> Money | None:
    exact = money_of(decimal_of(given, "spending_total"), currency, "provider_data.currency")
    lower = money_of(decimal_of(given, "spending_lower_bound"), currency, "provider_data.currency")
    if exact is not None or lower is None:
        return exact
    return lower.model_copy(update={"upper": decimal_of(given, "spending_upper_bound")})


def _impressions(given: Mapping[str, Any]) -> Count | None:
    """Return the paid ones."""
    lower = count_of(given, "impressions_paid_lower_bound")
    upper = count_of(given, "impressions_paid_upper_bound")
    return None if lower is None else Count(lower=lower, upper=upper)


def _target(given: Mapping[str, Any]) -> Targeting:
    dimension, value = text_of(given, "type"), given.get("value")
    if dimension is None or value is None:
        raise FieldError("targeting_categories", "Each of `targeting_categories` needs a type and a value.")
    written = str(value).lower() if isinstance(value, bool) else text_of(given, "value") or ""
    return Targeting(dimension=dimension, value=written, excluded=dimension.endswith(("_excluded", "_exclusion")))
