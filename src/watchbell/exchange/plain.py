"""Watchbell's own plain form of indicators, for spreadsheets and scripts: CSV, TSV or JSON lines with a header.

    type,value[,platform,comment,source,tlp,confidence,techniques,valid_from,valid_until,revoked,synthetic]

`type` is a kind of `IndicatorKind` or any name that `exchange/values.py` knows; a handle names its platform in its own
column or as `platform:name`. `techniques` are parted by `;`. Times are ISO 8601, UTC where they name no zone. A cell
that begins like a formula has an apostrophe in front, which is taken off.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from watchbell.exchange.published import Publication, day, indicator_of, reject
from watchbell.exchange.values import UnreadableValueError, read_value
from watchbell.files import Reject, Row
from watchbell.model.indicators import Indicator
from watchbell.model.tlp import Tlp, strictest

COLUMNS = (
    "type", "value", "platform", "comment", "source", "tlp", "confidence", "techniques", "valid_from", "valid_until",
    "revoked", "synthetic",
)  # fmt: skip
"""The columns as they are written."""
_TRUE = frozenset({"true", "yes", "1"})
_FALSE = frozenset({"false", "no", "0", ""})


def is_plain(names: Iterable[str]) -> bool:
    """Tell whether a file's columns are those of the plain form."""
    return {"type", "value"} <= {str(name).strip().lower() for name in names}


def indicators_of_rows(rows: Iterable[Row | Reject], publication: Publication) -> Iterator[Indicator | Reject]:
    """Yield the indicator or the reject that each row makes; rejects among the rows pass through.

    A row's own marking is never widened: it and the publication's hold together, and the narrower one counts.
    """
    for row in rows:
        if isinstance(row, Reject):
            yield row
        elif any(str(value or "").strip() for value in row.values.values()):
            yield _indicator(row, publication)


class _FieldError(ValueError):
    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


def _indicator(row: Row, publication: Publication) -> Indicator | Reject:
    cells = {str(name).strip().lower(): _text(cell) for name, cell in row.values.items()}
    written = cells.get("value", "")
    try:
        value = read_value(cells.get("type", ""), written, cells.get("platform") or None)
        return indicator_of(value, publication, row.number, published_as=written, **_context(cells, publication))
    except UnreadableValueError as error:
        return reject(publication, row.number, "value", str(error), row.values)
    except _FieldError as error:
        return reject(publication, row.number, error.field, str(error), row.values)


def row_of(indicator: Indicator) -> dict[str, Any]:
    """Return an indicator as a row of the plain form, JSON-ready; what it does not tell is None."""
    ends = indicator.valid_until
    return {
        "type": str(indicator.kind),
        "value": indicator.value,
        "platform": indicator.platform,
        "comment": indicator.description,
        "source": indicator.source,
        "tlp": str(indicator.tlp),
        "confidence": indicator.confidence,
        "techniques": ";".join(indicator.techniques) or None,
        "valid_from": indicator.valid_from.isoformat(),
        "valid_until": ends.isoformat() if ends else None,
        "revoked": indicator.revoked,
        "synthetic": indicator.synthetic,
    }


def _text(cell: Any) -> str:
    if isinstance(cell, list):
        return ";".join(map(str, cell))
    text = "" if cell is None else str(cell).strip()
    return text[1:] if text.startswith("'") and text[1:2] in _FORMULAS else text


_FORMULAS = frozenset("=+-@\t\r\n")
"""What a cell of `files.spreadsheet` has an apostrophe in front of."""


def _context(cells: Mapping[str, str], publication: Publication) -> dict[str, Any]:
    """Return the fields of Indicator that a row tells besides the value.

    Raises:
        _FieldError: one of them cannot be read.
    """
    techniques = tuple(filter(None, map(str.strip, cells.get("techniques", "").split(";"))))
    valid_from, valid_until = _time(cells, "valid_from"), _time(cells, "valid_until")
    if valid_until and valid_until <= (valid_from or publication.published):
        raise _FieldError("valid_until", "valid_until is not after valid_from; write the day from which it held")
    context = {
        "description": cells.get("comment"),
        "source": cells.get("source"),
        "techniques": techniques,
        "confidence": _confidence(cells.get("confidence", "")),
        "valid_from": valid_from,
        "valid_until": valid_until,
        "revoked": _flag(cells, "revoked"),
        "synthetic": _flag(cells, "synthetic"),
        "tlp": _marking(cells.get("tlp", ""), publication.tlp),
    }
    return {field: value for field, value in context.items() if value not in (None, "")}


def _confidence(text: str) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or int(text[:4]) > 100:  # noqa: PLR2004  # STIX 2.1, appendix A
        raise _FieldError("confidence", f"the confidence {text[:20]!r} is no whole number from 0 to 100")
    return int(text)


def _time(cells: Mapping[str, str], field: str) -> datetime | None:
    text = cells.get(field, "")
    at = day(text)
    if text and at is None:
        raise _FieldError(field, f"{text[:40]!r} is no day or time as ISO 8601 writes it, such as 2024-06-30")
    return at


def _flag(cells: Mapping[str, str], field: str) -> bool:
    text = cells.get(field, "")
    if text.lower() not in _TRUE | _FALSE:
        raise _FieldError(field, f"{text[:20]!r} is neither true nor false")
    return text.lower() in _TRUE


def _marking(text: str, least: Tlp) -> Tlp:
    try:
        return strictest((Tlp.parse(text), least)) if text else least
    except ValueError as error:
        raise _FieldError(
            "tlp", f"{text[:20]!r} is no TLP label; use clear, green, amber, amber+strict or red"
        ) from error
