"""Write the single values of a row as the readers of `readers/fields.py` read them."""

from datetime import UTC, datetime
from decimal import Decimal

from watchbell.model.ads import Ad


def own_id(ad: Ad, source: str) -> str:
    """Return the ad's id there, if it came from that library; else the whole of ours."""
    return ad.id.removeprefix(f"{source}:")


def sum_text(amount: Decimal) -> str:
    """Return a sum in plain digits, without zeros that say nothing."""
    return f"{amount.normalize():f}"


def time_text(at: datetime | None, form: str) -> str:
    """Return a time in UTC as `strftime` writes it; nothing where nobody says."""
    return "" if at is None else at.astimezone(UTC).strftime(form)


def aimed(ad: Ad, dimension: str, *, excluded: bool = False) -> list[str]:
    """Return the values of one dimension that an ad was aimed at, or kept away from."""
    return [one.value for one in ad.targeting if one.dimension == dimension and one.excluded == excluded]
