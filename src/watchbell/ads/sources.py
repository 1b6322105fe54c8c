"""Ads out of files: which reader a file needs, and its ads one by one."""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from watchbell.ads import ira, lines, snap
from watchbell.ads.fields import FieldError, rejected
from watchbell.errors import UsageError
from watchbell.files import Reject, Row, read_rows
from watchbell.model.ads import Ad

READERS: Mapping[str, Callable[[Row], Ad]] = {"ira": ira.read_ad, "snap": snap.read_ad, "jsonl": lines.read_ad}


def read_ads(path: Path, source: str, *, left_out: set[str] | None = None) -> Iterator[Ad | Reject]:
    """Yield each ad of a file, or a Reject in place of a row that cannot be used.

    Args:
        path: CSV, JSON lines, JSON or Parquet, plain or compressed.
        source: `ira`, `snap`, `jsonl`, or `auto` to tell by the first row's fields.
        left_out: gathers the names of fields that a generic file has and an ad has not; the ads go in without them.

    Raises:
        UsageError: no reader is called `source`.
        InputError: the whole file cannot be read.
    """
    if source != "auto" and source not in READERS:
        raise UsageError(f"There is no ad source {source!r}; choose auto, {', '.join(READERS)}.")
    rows = read_rows(path)
    if source == "auto":
        source, rows = _told_by_fields(rows)
    for row in rows:
        if isinstance(row, Row) and source == "jsonl" and left_out is not None:
            left_out |= row.values.keys() - lines.KNOWN
        yield row if isinstance(row, Reject) else _ad_or_reject(path, row, READERS[source])


def _told_by_fields(rows: Iterator[Row | Reject]) -> tuple[str, Iterator[Row | Reject]]:
    """Return the source that the first readable row's fields belong to, and all the rows."""
    seen: list[Row | Reject] = []
    for row in rows:
        seen.append(row)
        if isinstance(row, Row):
            break
    last = seen[-1] if seen else None
    return (source_of(last.values) if isinstance(last, Row) else "jsonl"), chain(seen, rows)


def source_of(values: Mapping[str, Any]) -> str:
    """Return the source whose files have these fields."""
    fields = values.keys()
    if fields >= ira.COLUMNS:
        return "ira"
    return "snap" if fields >= snap.COLUMNS else "jsonl"


def _ad_or_reject(path: Path, row: Row, read: Callable[[Row], Ad]) -> Ad | Reject:
    try:
        return read(row)
    except FieldError as error:
        return rejected(str(path), row, error)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        return rejected(str(path), row, FieldError(field, f"`{field}` cannot be used: {first['msg']}."))
