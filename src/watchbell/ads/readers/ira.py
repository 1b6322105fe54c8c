"""The Internet Research Agency's Facebook ads, as the US House released them in May 2018.

Reads JSON lines of simonw/russian-ira-facebook-ads-datasette: id, text, url, spend_amount, spend_currency, impressions,
clicks, created, ended, image, targets[{name, category, prefix}]. The release names no payer.
"""

from collections.abc import Mapping
from typing import Any

from watchbell.ads.readers.fields import FieldError, ad_key, count_of, decimal_of, exact, money_of, text_of, time_of
from watchbell.files import Row
from watchbell.model.ads import Ad, Targeting

COLUMNS = frozenset({"id", "text", "spend_amount", "spend_currency", "created", "targets"})
"""What tells this file from others."""


def read_ad(row: Row) -> Ad:
    """Return the ad of one row.

    Raises:
        FieldError: a value cannot be read.
    """
    values = row.values
    image, url = text_of(values, "image"), text_of(values, "url")
    return Ad(
        id=key_of(values),
        source="ira",
        platform="instagram" if url and "instagram.com" in url.lower() else "facebook",
        text=text_of(values, "text"),
        advertiser=url,
        spend=money_of(decimal_of(values, "spend_amount"), text_of(values, "spend_currency"), "spend_currency"),
        impressions=exact(count_of(values, "impressions")),
        clicks=count_of(values, "clicks"),
        started_at=time_of(values, "created"),
        ended_at=time_of(values, "ended"),
        targeting=tuple(_target(entry) for entry in _entries(values.get("targets"))),
        links=(url,) if url else (),
        media=(image,) if image else (),
        country="US",
    )


def key_of(values: Mapping[str, Any]) -> str:
    """Return the id of the ad that a row tells of.

    Raises:
        FieldError: there is none.
    """
    return ad_key("ira", values.get("id"), "id")


def _entries(value: Any) -> list[dict[str, Any]]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise FieldError("targets", "`targets` must be a list of objects with name, category and prefix.")
    return value


def _target(entry: dict[str, Any]) -> Targeting:
    """Return `people_who_match:interests:Jesus` as dimension `people_who_match:interests`, value `Jesus`."""
    name, prefix = text_of(entry, "name") or "", text_of(entry, "prefix") or text_of(entry, "category") or "unknown"
    return Targeting(dimension=prefix, value=name.removeprefix(f"{prefix}:"), excluded=prefix.startswith("exclude"))
