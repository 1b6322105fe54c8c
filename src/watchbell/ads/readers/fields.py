"""Read the single values of an ad row: sums, counts, times, lists of targets. Each error names its field."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import ValidationError

from watchbell.files import Reject, Row
from watchbell.model.ads import MOST_MONEY, Count, Money, Targeting

# Years an ad can be from: before the first web ad, or far ahead, is a broken cell.
_YEARS = range(1994, 2101)


class FieldError(ValueError):
    """A value that cannot be read: which field, and what to do about it."""

    def __init__(self, field: str, reason: str) -> None:
        """Keep the field's name as the file writes it, and a sentence."""
        super().__init__(reason)
        self.field = field
        self.reason = reason


def text_of(values: Mapping[str, Any], field: str) -> str | None:
    """Return the trimmed text of a field; None where it is absent or empty."""
    value = values.get(field)
    if value is None:
        return None
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise FieldError(field, f"`{field}` must be text, not {type(value).__name__}.")
    return str(value).replace("\x00", "").strip() or None


def decimal_of(values: Mapping[str, Any], field: str) -> Decimal | None:
    """Return a sum of money, from zero to `MOST_MONEY`."""
    number = _number_of(values, field)
    if number is not None and number > MOST_MONEY:
        raise FieldError(field, f"`{field}` is {str(number)[:40]}; no ad costs more than {MOST_MONEY:,}.")
    return number


def _number_of(values: Mapping[str, Any], field: str) -> Decimal | None:
    written = text_of(values, field)
    if written is None:
        return None
    try:
        number = Decimal(written)
    except InvalidOperation as error:
        raise FieldError(field, f"`{field}` is {written[:40]!r}, not a number such as 161.23.") from error
    if not number.is_finite() or number < 0:
        raise FieldError(field, f"`{field}` is {written[:40]!r}; a sum is a finite number, zero or more.")
    return number


def count_of(values: Mapping[str, Any], field: str) -> int | None:
    """Return a whole number, not below zero."""
    number = _number_of(values, field)
    if number is None:
        return None
    if number > 2**53 or number != number.to_integral_value():
        raise FieldError(field, f"`{field}` must be a whole number up to 2**53, not {str(number)[:40]}.")
    return int(number)


def time_of(values: Mapping[str, Any], field: str) -> datetime | None:
    """Return an instant in UTC from ISO 8601, or Snap's `2018/10/01 22:00:57Z`; a time without a zone is refused."""
    written = text_of(values, field)
    if written is None:
        return None
    try:
        at = datetime.fromisoformat(written.replace("/", "-"))
    except ValueError as error:
        raise FieldError(field, f"`{field}` is {written[:40]!r}, not a time such as 2018-10-01T22:00:57Z.") from error
    if at.tzinfo is None:
        raise FieldError(field, f"`{field}` is {written[:40]!r} without a time zone; add one, such as Z for UTC.")
    if at.year not in _YEARS:
        raise FieldError(field, f"`{field}` is in the year {at.year}; an ad runs between 1994 and 2100.")
    return at.astimezone(UTC)


def day_or_time_of(values: Mapping[str, Any], field: str) -> datetime | None:
    """Return an instant as `time_of` does; of a day alone its beginning, for a source whose days are UTC."""
    written = text_of(values, field)
    is_day = written is not None and len(written) == len("2018-10-01")
    return time_of({field: f"{written}T00:00:00Z"} if is_day else values, field)


def flag_of(values: Mapping[str, Any], field: str, *, absent: bool = False) -> bool:
    """Return true or false; `absent` where the field is not there."""
    value = values.get(field)
    if value in (None, ""):
        return absent
    if value in (False, 0, "false", "False", "0"):
        return False
    if value in (True, 1, "true", "True", "1"):
        return True
    raise FieldError(field, f"`{field}` must be true or false, not {str(value)[:40]!r}.")


def list_of(values: Mapping[str, Any], field: str) -> list[str]:
    """Return a list of texts; empty where the field is not there."""
    value = values.get(field)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise FieldError(field, f"`{field}` must be a list of texts.")
    return [one.replace("\x00", "") for one in value]


def bounds_of(values: Mapping[str, Any], field: str) -> tuple[Decimal, Decimal | None] | None:
    """Return the bounds of `{lower_bound, upper_bound}`; no upper one where the source says "more than"."""
    value = values.get(field)
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise FieldError(field, f"`{field}` must be an object with lower_bound and upper_bound.")
    try:
        lower, upper = decimal_of(value, "lower_bound"), decimal_of(value, "upper_bound")
    except FieldError as error:
        raise FieldError(field, f"In `{field}`, {error.reason}") from error
    if lower is None and upper is None:
        return None
    return lower or Decimal(0), upper


def money_of(amount: Decimal | None, currency: str | None, field: str) -> Money | None:
    """Return an exact sum, or None where the source gives none."""
    if amount is None:
        return None
    if currency is None:
        raise FieldError(field, f"`{field}` is missing, so the spend has no currency; give its ISO 4217 code.")
    try:
        return Money(currency=currency.upper(), lower=amount, upper=amount)
    except ValidationError as error:
        raise FieldError(field, f"`{field}` is {currency[:40]!r}, not an ISO 4217 code such as USD.") from error


def exact(count: int | None) -> Count | None:
    """Return a count that is known exactly."""
    return None if count is None else Count(lower=count, upper=count)


def targets(values: Mapping[str, Any], field: str, dimension: str, *, excluded: bool = False) -> tuple[Targeting, ...]:
    """Return one Targeting for each comma-separated value of a field; commas inside brackets do not separate."""
    written = text_of(values, field)
    if written is None:
        return ()
    return tuple(
        Targeting(dimension=dimension, value=value, excluded=excluded) for value in _split_outside_brackets(written)
    )


def _split_outside_brackets(written: str) -> list[str]:
    depth, parts = 0, [""]
    for letter in written:
        depth = max(0, depth + (letter == "(") - (letter == ")"))
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts if part.strip()]


def ad_key(source: str, value: Any, field: str) -> str:
    """Return the id of an ad as Watchbell writes it, `source:id`."""
    written = id_text(value, field)
    return written if written.startswith(f"{source}:") else f"{source}:{written}"


def id_text(value: Any, field: str) -> str:
    """Return an id as text; a whole number is written without a fraction."""
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, str | int | float) or not str(value).strip():
        raise FieldError(field, f"`{field}` is missing or empty; each ad needs an id, a text or a number.")
    return str(value).strip()


def rejected(file: str, row: Row, error: FieldError) -> Reject:
    """Return the Reject of a row whose field cannot be read."""
    return Reject(file=file, row=row.number, field=error.field, reason=error.reason, raw=str(row.values)[:2000])
