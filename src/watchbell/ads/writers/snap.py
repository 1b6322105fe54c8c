"""Snap's political ads library: the yearly CSV files of 38 columns, as `readers/snap.py` reads them.

Snap tells exact sums and counts, so a range has no place there, nor has who saw an ad.
"""

from watchbell.ads.readers.snap import COUNTRIES, TARGETING
from watchbell.ads.writers.told import aimed, own_id, sum_text, time_text
from watchbell.model.ads import Ad

COLUMNS = (
    "ADID", "CreativeUrl", "Currency Code", "Spend", "Impressions", "StartDate", "EndDate", "OrganizationName",
    "BillingAddress", "CandidateBallotInformation", "PayingAdvertiserName", "CommitteeName",
    "CommitteeIdentificationNumber", "DisclosureNameOfCommittee", "AdvertisingJurisdiction", "Gender", "AgeBracket",
    "CountryCode", "Regions (Included)", "Regions (Excluded)", "Electoral Districts (Included)",
    "Electoral Districts (Excluded)", "Radius Targeting (Included)", "Radius Targeting (Excluded)",
    "Metros (Included)", "Metros (Excluded)", "Postal Codes (Included)", "Postal Codes (Excluded)",
    "Location Categories (Included)", "Location Categories (Excluded)", "Interests", "OsType", "Segments", "Language",
    "AdvancedDemographics", "Targeting Connection Type", "Targeting Carrier (ISP)", "CreativeProperties",
)  # fmt: skip
"""As in Snap's files of 2018 to 2023, in their order."""

_TIME = "%Y/%m/%d %H:%M:%SZ"
_NAMES = {code: name for name, code in COUNTRIES.items()}


def row(ad: Ad) -> dict[str, str]:
    """Return the ad's row by column; what is not known is an empty cell."""
    spend = ad.spend if ad.spend and ad.spend.lower == ad.spend.upper else None
    seen = ad.impressions if ad.impressions and ad.impressions.lower == ad.impressions.upper else None
    return dict.fromkeys(COLUMNS, "") | {
        "ADID": own_id(ad, "snap"),
        "CreativeUrl": ad.media[0] if ad.media else "",
        "Currency Code": spend.currency if spend else "",
        "Spend": sum_text(spend.lower) if spend else "",
        "Impressions": str(seen.lower) if seen else "",
        "StartDate": time_text(ad.started_at, _TIME),
        "EndDate": time_text(ad.ended_at, _TIME),
        "OrganizationName": ad.advertiser or "",
        "BillingAddress": ad.payer_address or "",
        "CandidateBallotInformation": ad.text or "",
        "PayingAdvertiserName": ad.payer or "",
        "CommitteeIdentificationNumber": ad.registration_id or "",
        "DisclosureNameOfCommittee": ad.disclaimer or "",
        "CountryCode": _NAMES.get(ad.country or "", ad.country or ""),
        "CreativeProperties": "; ".join(f"web_view_url:{link}" for link in ad.links),
        **{column: ",".join(aimed(ad, dimension, excluded=excluded)) for column, dimension, excluded in TARGETING},
    }
