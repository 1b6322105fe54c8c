"""Snap's political ads library: the yearly CSV files of 38 columns (snap.com/political-ads).

Every ad in it is political by Snap's own review, and its payer is the library's statement. Snap gives spend in whole
units of the currency and exact impressions. The creative itself is an address; the files hold no text of the ad.
"""

import re
from collections.abc import Mapping
from typing import Any

from watchbell.ads.readers.fields import (
    ad_key,
    count_of,
    decimal_of,
    exact,
    money_of,
    targets,
    text_of,
    time_of,
)
from watchbell.files import Row
from watchbell.model.ads import Ad, Targeting

COLUMNS = frozenset({"ADID", "Currency Code", "Spend", "StartDate", "PayingAdvertiserName"})
"""What tells this file from others."""

# Column, dimension, excluded.
TARGETING = (
    ("Gender", "gender", False),
    ("AgeBracket", "age", False),
    ("Regions (Included)", "region", False),
    ("Regions (Excluded)", "region", True),
    ("Electoral Districts (Included)", "electoral district", False),
    ("Electoral Districts (Excluded)", "electoral district", True),
    ("Radius Targeting (Included)", "radius", False),
    ("Radius Targeting (Excluded)", "radius", True),
    ("Metros (Included)", "metro", False),
    ("Metros (Excluded)", "metro", True),
    ("Postal Codes (Included)", "postal code", False),
    ("Postal Codes (Excluded)", "postal code", True),
    ("Location Categories (Included)", "location category", False),
    ("Location Categories (Excluded)", "location category", True),
    ("Interests", "interest", False),
    ("OsType", "operating system", False),
    ("Segments", "segment", False),
    ("Language", "language", False),
    ("AdvancedDemographics", "demographic", False),
    ("Targeting Connection Type", "connection", False),
    ("Targeting Carrier (ISP)", "carrier", False),
    ("AdvertisingJurisdiction", "advertising jurisdiction", False),
)

# ISO 3166-1 for the countries that Snap has written out in its files of 2018 to 2023; others stay as written.
COUNTRIES = {
    "argentina": "AR", "australia": "AU", "austria": "AT", "bahrain": "BH", "belgium": "BE", "brazil": "BR",
    "canada": "CA", "chile": "CL", "denmark": "DK", "finland": "FI", "france": "FR", "germany": "DE", "india": "IN",
    "iraq": "IQ", "ireland": "IE", "israel": "IL", "italy": "IT", "kuwait": "KW", "lithuania": "LT", "mexico": "MX",
    "netherlands": "NL", "new zealand": "NZ", "nigeria": "NG", "norway": "NO", "oman": "OM", "poland": "PL",
    "puerto rico": "PR", "qatar": "QA", "saudi arabia": "SA", "south africa": "ZA", "spain": "ES", "sweden": "SE",
    "switzerland": "CH", "turkey": "TR", "united arab emirates": "AE", "united kingdom": "GB", "united states": "US",
}  # fmt: skip

_FEC_ID = re.compile(r"\bC\d{8}\b")
_ADDRESS = re.compile(r"(?:^|;)\s*(?:web_view_url|deep_link_uri|[a-z_]*ur[il]):(\S+?)(?=;\s|;?$)")


def read_ad(row: Row) -> Ad:
    """Return the ad of one row.

    Raises:
        FieldError: a value cannot be read.
    """
    values = row.values
    creative, country = text_of(values, "CreativeUrl"), text_of(values, "CountryCode")
    return Ad(
        id=key_of(values),
        source="snap",
        platform="snapchat",
        text=text_of(values, "CandidateBallotInformation"),
        advertiser=text_of(values, "OrganizationName"),
        payer=text_of(values, "PayingAdvertiserName"),
        payer_address=text_of(values, "BillingAddress"),
        registration_id=_registration(text_of(values, "CommitteeIdentificationNumber")),
        disclaimer=text_of(values, "DisclosureNameOfCommittee") or text_of(values, "CommitteeName"),
        declared_political=True,
        spend=money_of(decimal_of(values, "Spend"), text_of(values, "Currency Code"), "Currency Code"),
        impressions=exact(count_of(values, "Impressions")),
        started_at=time_of(values, "StartDate"),
        ended_at=time_of(values, "EndDate"),
        targeting=_targeting(row),
        links=tuple(_ADDRESS.findall(text_of(values, "CreativeProperties") or "")),
        media=(creative,) if creative else (),
        country=COUNTRIES.get(country.lower(), country) if country else None,
    )


def key_of(values: Mapping[str, Any]) -> str:
    """Return the id of the ad that a row tells of.

    Raises:
        FieldError: there is none.
    """
    return ad_key("snap", values.get("ADID"), "ADID")


def _targeting(row: Row) -> tuple[Targeting, ...]:
    return tuple(
        target
        for column, dimension, excluded in TARGETING
        for target in targets(row.values, column, dimension, excluded=excluded)
    )


def _registration(written: str | None) -> str | None:
    """Return the FEC id inside `FEC ID# C00687848`, else the words as written; `N/A` is no registration."""
    if written is None or written.lower() in {"n/a", "na", "none"}:
        return None
    found = _FEC_ID.search(written)
    return found.group() if found else written
