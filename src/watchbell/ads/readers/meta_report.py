"""Meta's Ad Library Report: what each page spent under each disclaimer in a country and a period, as one CSV.

Its rows are sums over ads, not ads. Each becomes one record that says how many ads it sums up (`Ad.sums_up`); nothing
is decided about it, for there are no words to decide about. Meta writes `≤100` (U+2264) for a hundred or less, which
stays a range, and `These ads ran without a disclaimer` where there was none, which is no payer's name; an empty cell
says nothing of who paid. Neither the country nor the period stands in the file.
"""

import re
from decimal import Decimal
from typing import Any

from watchbell.ads.readers.fields import FieldError, ad_key, count_of, decimal_of, id_text, money_of, text_of
from watchbell.files import Row
from watchbell.ids import short_digest
from watchbell.model.ads import Ad, Money

NUMBER = "Number of ads in Library"
COLUMNS = frozenset({"Page ID", "Page name", "Disclaimer", NUMBER})
"""What tells this file from others, beside a column such as `Amount spent (USD)`."""

WITHOUT = "These ads ran without a disclaimer"
_AMOUNT = re.compile(r"Amount spent \(([A-Z]{3})\)")


def read_ad(row: Row) -> Ad:
    """Return the sum of one row.

    Its id holds a digest of the row and its number, so that the same file is the same records, and another month's
    others.

    Raises:
        FieldError: a value cannot be read.
    """
    values = row.values
    payer = text_of(values, "Disclaimer")
    written = "\n".join(f"{name}: {value}" for name, value in sorted(values.items()))
    page = ad_key("meta-report", values.get("Page ID"), "Page ID")
    count = count_of(values, NUMBER)
    if count is None:
        raise FieldError(NUMBER, f"`{NUMBER}` is empty; a report's row has one.")
    return Ad(
        id=f"{page}:{row.number}:{short_digest(written)}",
        source="meta-report",
        platform="facebook, instagram",
        advertiser=text_of(values, "Page name"),
        account_id=id_text(values.get("Page ID"), "Page ID"),
        payer=None if payer == WITHOUT else payer,
        reports_payer=payer is not None,
        declared_political=True,
        spend=_spend(values),
        sums_up=count,
    )


def _spend(values: dict[str, Any]) -> Money | None:
    field, currency = next(
        ((name, found.group(1)) for name in values if (found := _AMOUNT.fullmatch(name))), ("Amount spent (USD)", None)
    )
    written = text_of(values, field)
    if written is None or currency is None:
        raise FieldError(field, f"`{field}` is missing or empty; a report's row says what was spent.")
    if written.startswith("≤"):
        most = decimal_of({field: written.removeprefix("≤")}, field)
        return None if most is None else Money(currency=currency, lower=Decimal(0), upper=most)
    return money_of(decimal_of(values, field), currency, field)
