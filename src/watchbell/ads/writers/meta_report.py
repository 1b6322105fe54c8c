"""Meta's Ad Library Report: what each page spent under each disclaimer, in one currency.

Records that sum up ads, as such a report makes them, are written as they are; single ads are summed up first. The
report has a place for an exact sum and for "this or less": of a range, its upper bound is written so.
"""

from collections.abc import Iterable
from decimal import Decimal

from watchbell.ads.readers.meta_report import NUMBER, WITHOUT
from watchbell.ads.writers.told import sum_text
from watchbell.model.ads import Ad, Money

SOURCE = "meta-report"


def columns(currency: str) -> tuple[str, ...]:
    """Return the columns of a report in a currency."""
    return ("Page ID", "Page name", "Disclaimer", f"Amount spent ({currency})", NUMBER)


def fits(ad: Ad) -> bool:
    """Tell whether the report has a place for what was spent."""
    return ad.spend is not None and ad.spend.upper is not None


def row(ad: Ad) -> dict[str, str]:
    """Return the row of a record that `fits` and sums up ads."""
    assert ad.spend is not None
    assert ad.spend.upper is not None
    least, most = sum_text(ad.spend.lower), sum_text(ad.spend.upper)
    told = (
        ad.account_id or ad.advertiser or "unknown",
        ad.advertiser or "",
        ad.payer or (WITHOUT if ad.reports_payer else ""),
        least if least == most else f"\N{LESS-THAN OR EQUAL TO}{most}",
        str(ad.sums_up),
    )
    return dict(zip(columns(ad.spend.currency), told, strict=True))


def summed(ads: Iterable[Ad]) -> list[Ad]:
    """Return the sums of single ads that `fits`, by page, payer and currency; the highest first, as in Meta's files."""
    sums = dict[tuple[object, ...], Ad]()
    for ad in ads:
        assert ad.spend is not None
        key = (ad.spend.currency, ad.account_id, ad.advertiser, ad.payer, ad.reports_payer)
        sums[key] = _with(sums[key], ad.spend) if key in sums else _first(ad)
    return sorted(sums.values(), key=lambda one: (-_most(one), one.id))


def _first(ad: Ad) -> Ad:
    return Ad(
        id=f"{SOURCE}:{ad.id}",
        source=SOURCE,
        platform=ad.platform,
        advertiser=ad.advertiser,
        account_id=ad.account_id,
        payer=ad.payer,
        reports_payer=ad.reports_payer,
        declared_political=True,
        spend=ad.spend,
        sums_up=1,
    )


def _with(before: Ad, spend: Money) -> Ad:
    """Return the sum of what was summed before and one more ad."""
    assert before.spend is not None
    lower, upper = before.spend.lower + spend.lower, _most(before) + (spend.upper or Decimal(0))
    whole = Money(currency=spend.currency, lower=lower, upper=upper)
    return before.model_copy(update={"spend": whole, "sums_up": (before.sums_up or 0) + 1})


def _most(ad: Ad) -> Decimal:
    return ad.spend.upper or Decimal(0) if ad.spend else Decimal(0)
