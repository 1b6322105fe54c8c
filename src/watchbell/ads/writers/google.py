"""Google's political ads transparency bundle: `google-political-ads-creative-stats.csv`, by the bundle's README.

Google tells days and ranges, and neither an ad's words nor who paid beside the advertiser.
"""

from watchbell.ads.writers.told import aimed, own_id, sum_text, time_text
from watchbell.model.ads import Ad, Count

CURRENCIES = (
    *("USD", "EUR", "INR", "BGN", "HRK", "CZK", "DKK", "HUF", "PLN", "RON", "SEK", "GBP", "NZD", "ILS", "AUD", "TWD"),
)
"""Those that the README has columns for."""
COLUMNS = (
    *("Ad_ID", "Ad_URL", "Ad_Type", "Regions", "Advertiser_ID", "Advertiser_Name"),
    *("Date_Range_Start", "Date_Range_End", "Num_of_Days", "Ad_Campaigns_List", "Impressions", "Spend_USD"),
    *(f"Spend_Range_{bound}_{currency}" for currency in CURRENCIES for bound in ("Min", "Max")),
    *("First_Served_Timestamp", "Last_Served_Timestamp"),
    *("Age_Targeting", "Gender_Targeting", "Geo_Targeting_Included", "Geo_Targeting_Excluded"),
)

_DAY = "%Y-%m-%d"


def row(ad: Ad) -> dict[str, str]:
    """Return the ad's row by column; what is not known is an empty cell."""
    return dict.fromkeys(COLUMNS, "") | {
        "Ad_ID": own_id(ad, "google"),
        "Ad_URL": ad.media[0] if ad.media else "",
        "Regions": ad.country or "",
        "Advertiser_ID": ad.account_id or "",
        "Advertiser_Name": ad.advertiser or "",
        "Date_Range_Start": time_text(ad.started_at, _DAY),
        "Date_Range_End": time_text(ad.ended_at, _DAY),
        "Impressions": _range(ad.impressions) if ad.impressions else "",
        "Age_Targeting": ", ".join(aimed(ad, "age")),
        "Gender_Targeting": ", ".join(aimed(ad, "gender")),
        "Geo_Targeting_Included": ", ".join(aimed(ad, "region")),
        "Geo_Targeting_Excluded": ", ".join(aimed(ad, "region", excluded=True)),
        **_spend(ad),
    }


def _spend(ad: Ad) -> dict[str, str]:
    if ad.spend is None or ad.spend.currency not in CURRENCIES:
        return {}
    least, most = (f"Spend_Range_{bound}_{ad.spend.currency}" for bound in ("Min", "Max"))
    return {least: sum_text(ad.spend.lower), most: "" if ad.spend.upper is None else sum_text(ad.spend.upper)}


def _range(count: Count) -> str:
    """Return `> 10000`, `≤ 10000`, `10000-15000` or, where it is exact, `10000`."""
    if count.upper is None:
        return f"> {count.lower}"
    if count.lower == count.upper:
        return str(count.lower)
    return f"\N{LESS-THAN OR EQUAL TO} {count.upper}" if count.lower == 0 else f"{count.lower}-{count.upper}"
