"""CSV that is safe to open in a spreadsheet, whatever strangers wrote into it."""

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TextIO

# OWASP, "CSV injection". A line break at the start of a cell hides what comes after it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def write_csv(file: TextIO, names: Sequence[str], rows: Iterable[Iterable[Any]]) -> None:
    """Write a header and rows of values; open the file with `newline=""`."""
    writer = csv.writer(file)
    writer.writerow(names)
    writer.writerows([cell(value) for value in row] for row in rows)


def cell(value: Any) -> str:
    """Return a cell that no spreadsheet takes for a formula: text that begins like one gets an apostrophe in front.

    Times are ISO 8601; lists are joined by a space; nothing is an empty cell.
    """
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    if isinstance(value, list | tuple):
        return cell(" ".join(map(str, value)))
    return "" if value is None else value.isoformat() if isinstance(value, datetime) else str(value)
