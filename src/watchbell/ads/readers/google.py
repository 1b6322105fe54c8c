"""Google's political ads transparency bundle: its `google-political-ads-creative-stats.csv`, by the bundle's README.

Spend and impressions are ranges. The bundle has neither the words of an ad nor a place for who paid beside the
advertiser's name; the creative is an address. Days are UTC.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from watchbell.ads.readers.fields import FieldError, ad_key, day_or_time_of, decimal_of, targets, text_of
from watchbell.files import Row
from watchbell.model.ads import Ad, Count, Money, Targeting

COLUMNS = frozenset({"Ad_ID", "Advertiser_Name", "Date_Range_Start", "Impressions"})
"""What tells this file from others."""

_LOWEST = re.compile(r"Spend_Range_Min_([A-Z]{3})")
# Where an ad's spend is given in several currencies, the one of the country it ran in is taken, else the first.
_CURRENCIES = {"US": "USD", "GB": "GBP", "IN": "INR", "EU": "EUR"}
_LETTERS = {"": 1, "k": 1_000, "m": 1_000_000, "b": 1_000_000_000}
_NUMBER = re.compile(r"([\d.,]+)\s*([kmb]?)", re.IGNORECASE)


def read_ad(row: Row) -> Ad:
    """Return the ad of one row.

    Raises:
        FieldError: a value cannot be read.
    """
    values = row.values
    address = text_of(values, "Ad_URL")
    return Ad(
        id=key_of(values),
        source="google",
        platform="google",
        advertiser=text_of(values, "Advertiser_Name"),
        account_id=text_of(values, "Advertiser_ID"),
        reports_payer=False,
        declared_political=True,
        spend=_spend(values),
        impressions=_impressions(values),
        started_at=day_or_time_of(values, "Date_Range_Start"),
        ended_at=day_or_time_of(values, "Date_Range_End"),
        targeting=_targeting(values),
        media=(address,) if address else (),
        country=text_of(values, "Regions"),
    )


def key_of(values: Mapping[str, Any]) -> str:
    """Return the id of the ad that a row tells of.

    Raises:
        FieldError: there is none.
    """
    return ad_key("google", values.get("Ad_ID"), "Ad_ID")


def _spend(values: dict[str, Any]) -> Money | None:
    given = [found.group(1) for name in values if (found := _LOWEST.fullmatch(name)) and text_of(values, name)]
    if not given:
        return None
    local = _CURRENCIES.get(text_of(values, "Regions") or "")
    currency = local if local in given else given[0]
    lower = decimal_of(values, f"Spend_Range_Min_{currency}")
    upper = decimal_of(values, f"Spend_Range_Max_{currency}")
    return None if lower is None else Money(currency=currency, lower=lower, upper=upper)


def _impressions(values: dict[str, Any]) -> Count | None:
    """Return the bounds of `≤ 10k`, `10k-100k`, `> 10M`, or `10000-15000`."""
    written = text_of(values, "Impressions")
    if written is None:
        return None
    numbers = [_whole(*found) for found in _NUMBER.findall(written)]
    mark = written[0]
    match numbers:
        case [most] if mark in "≤<":
            return Count(lower=0, upper=most)
        case [least] if mark in "≥>":
            return Count(lower=least, upper=None)
        case [exact]:
            return Count(lower=exact, upper=exact)
        case [least, most] if least <= most:
            return Count(lower=least, upper=most)
    raise FieldError("Impressions", f"`Impressions` is {written[:40]!r}, not a range such as 10k-100k or > 10M.")


def _whole(digits: str, letter: str) -> int:
    try:
        return int(Decimal(digits.replace(",", "")) * _LETTERS[letter.lower()])
    except ArithmeticError as error:
        raise FieldError("Impressions", f"`Impressions` has {digits[:40]!r}, which is no number.") from error


def _targeting(values: dict[str, Any]) -> tuple[Targeting, ...]:
    # Places have commas in their own names, so a list of them stays one value.
    places = (
        Targeting(dimension="region", value=written, excluded=excluded)
        for field, excluded in (("Geo_Targeting_Included", False), ("Geo_Targeting_Excluded", True))
        if (written := text_of(values, field))
    )
    return (*targets(values, "Age_Targeting", "age"), *targets(values, "Gender_Targeting", "gender"), *places)
