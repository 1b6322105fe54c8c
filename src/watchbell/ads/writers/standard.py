"""Political Advertising Transparency Data Standard of Who Targets Me: one JSON document for each advert.

Schema: WhoTargetsMe/ad-transparency-standards, `schema.json` 1.0.0. What it names no field for, but a reader needs to
make sense of the rest, stands under `provider_data`: the currency of the sums, who paid, country and language.
"""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from watchbell.ads.writers.told import own_id
from watchbell.clock import utc_text
from watchbell.model.ads import FIRST_PASS, Ad, AdDecision, Targeting, Verdict

# The schema's kinds of targeting, and what the sources call them.
_KINDS = {
    "age": "user_characteristic_age",
    "gender": "user_characteristic_gender",
    "language": "user_characteristic_language",
    "demographic": "user_characteristic_unknown_type",
    "interest": "user_interest_used",
    "radius": "geo_location_precise",
    **dict.fromkeys(
        ("region", "metro", "postal code", "electoral district", "location category"), "geo_location_approximate"
    ),
}
_EXCLUDED = {
    "geo_location_approximate": "geo_location_excluded",
    "geo_location_precise": "geo_location_excluded",
    "user_interest_used": "user_interest_excluded",
    **dict.fromkeys(
        (kind for kind in _KINDS.values() if kind.startswith("user_char")), "user_characteristic_exclusion"
    ),
}
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+")
KINDS = frozenset({*_KINDS.values(), *_EXCLUDED.values(), "other"})


def document(ad: Ad, decision: AdDecision | None) -> dict[str, Any]:
    """Return the ad's document."""
    return {
        "schemaVersion": "1.0.0",
        "advertiser": _without_none(
            advertiser_id=ad.account_id or "",
            advertiser_real_name=ad.advertiser or "",
            advertiser_electoral_id=ad.registration_id,
        )
        | {"advertiser_website": None},
        "advertisement": {
            "advert_id": own_id(ad, "standard"),
            "advert_copy": [ad.text] if ad.text else [],
            "advert_media_urls": _addresses(ad.media),
            "advert_urls": _addresses(ad.links),
            "dates": {"datetime_period": _period(ad)},
        },
        "advertising_platform": {"platform_name": ad.platform},
        "targeting_categories": [_target(one) for one in ad.targeting if _fits(one)],
        "spending": _spending(ad),
        "delivery": {"delivery_not_disclosed": True},
        "reach": _reach(ad),
        "moderation": _moderation(decision),
        "provider_data": _without_none(
            currency=ad.spend.currency if ad.spend else None,
            country=ad.country,
            language=ad.language,
            payer_address=ad.payer_address,
        )
        | ({"payer": ad.payer, "disclaimer": ad.disclaimer} if ad.reports_payer else {}),
    }


def _addresses(written: tuple[str, ...]) -> list[str]:
    """Return those that the schema takes: an address by RFC 3986, and no file's name."""
    return [one for one in written if _URI.fullmatch(one)]


def _period(ad: Ad) -> list[dict[str, str | None]]:
    if ad.started_at is None and ad.ended_at is None:
        return []
    return [{"datetime_live": _time(ad.started_at), "datetime_ended": _time(ad.ended_at)}]


def _fits(aim: Targeting) -> bool:
    """Tell whether the schema can say of what an ad was kept away from that it was."""
    return not aim.excluded or _kind(aim) in _EXCLUDED or aim.dimension in _EXCLUDED.values()


def _target(aim: Targeting) -> dict[str, str]:
    kind = _kind(aim)
    return {"name": aim.dimension, "type": _EXCLUDED.get(kind, kind) if aim.excluded else kind, "value": aim.value}


def _kind(aim: Targeting) -> str:
    return aim.dimension if aim.dimension in KINDS else _KINDS.get(aim.dimension, "other")


def _spending(ad: Ad) -> dict[str, Any]:
    if ad.spend is None:
        return {"spending_not_disclosed": True}
    if ad.spend.lower == ad.spend.upper:
        return {"spending_not_disclosed": False, "spending_total": _number(ad.spend.lower)}
    upper = None if ad.spend.upper is None else _number(ad.spend.upper)
    bounds = _without_none(spending_lower_bound=_number(ad.spend.lower), spending_upper_bound=upper)
    return {"spending_not_disclosed": False} | bounds


def _reach(ad: Ad) -> dict[str, Any]:
    seen, clicks = ad.impressions, ad.clicks
    told = seen and _without_none(impressions_paid_lower_bound=seen.lower, impressions_paid_upper_bound=seen.upper)
    return {
        "impressions": {"impressions_not_disclosed": seen is None} | (told or {}),
        "engagement": {"engagement_not_disclosed": clicks is None} | _without_none(engagement_clicks=clicks),
    }


def _moderation(decision: AdDecision | None) -> dict[str, Any]:
    if decision is None:
        return {"moderation_not_disclosed": True}
    by = "automated" if decision.decided_by == FIRST_PASS else "manual"
    broken = "; ".join(one.code for one in decision.policies) if decision.verdict is Verdict.REJECT else None
    review = [{"datestamp": utc_text(decision.decided_at), "type": by}]
    return {"moderation_not_disclosed": False, "moderation_review_type": review} | _without_none(
        moderation_rule_applied=broken or None
    )


def _number(amount: Decimal) -> int | float:
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _without_none(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
