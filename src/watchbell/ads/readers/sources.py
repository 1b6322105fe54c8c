"""Ads out of files: which reader a file needs, and its ads one by one."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from watchbell.ads.readers import google, ira, lines, meta_api, meta_report, snap, standard
from watchbell.ads.readers.fields import FieldError, rejected
from watchbell.errors import UsageError
from watchbell.files import Reject, Row, read_rows
from watchbell.model.ads import Ad

READERS: Mapping[str, Callable[[Row], Ad]] = {
    "snap": snap.read_ad,
    "meta-api": meta_api.read_ad,
    "meta-report": meta_report.read_ad,
    "google": google.read_ad,
    "standard": standard.read_ad,
    "ira": ira.read_ad,
    "jsonl": lines.read_ad,
}
KeyOf = Callable[[Mapping[str, Any]], str]
_KEYS: Mapping[str, KeyOf] = {
    "snap": snap.key_of,
    "meta-api": meta_api.key_of,
    "google": google.key_of,
    "standard": standard.key_of,
    "ira": ira.key_of,
    "jsonl": lines.key_of,
}
"""How the sources name an ad. The rows of a Meta report have no id that could come twice."""
_COLUMNS = {
    "snap": snap.COLUMNS,
    "meta-api": meta_api.COLUMNS,
    "meta-report": meta_report.COLUMNS,
    "google": google.COLUMNS,
    "standard": standard.COLUMNS,
    "ira": ira.COLUMNS,
}
_KNOWN = {"jsonl": lines.KNOWN, "meta-api": meta_api.KNOWN}
"""Of sources whose records may have fields that an ad has no place for: those that are read."""


def read_ads(path: Path, source: str, *, left_out: set[str] | None = None) -> Iterator[Ad | Reject]:
    """Yield each ad of a file, or a Reject in place of a row that cannot be used.

    Of rows that tell of the same ad the last that can be used is taken, and the others are rejects.

    Args:
        path: CSV, JSON lines, JSON or Parquet, plain or compressed.
        source: one of `READERS`, or `auto` to tell by the first row's fields.
        left_out: gathers the names of fields of JSON records that an ad has no place for; the ads go in without them.

    Raises:
        UsageError: no reader is called `source`.
        InputError: the whole file cannot be read.
    """
    if source != "auto" and source not in READERS:
        raise UsageError(f"There is no ad source {source!r}; choose auto, {', '.join(READERS)}.")
    rows = _rows(path)
    if source == "auto":
        source, rows = _told_by_fields(rows)
    read = _read_each(path, rows, source, left_out)
    key_of = _KEYS.get(source)
    yield from _one_of_each(path, read, key_of) if key_of else (item for _, item in read)


def _read_each(
    path: Path, rows: Iterator[Row | Reject], source: str, left_out: set[str] | None
) -> Iterator[tuple[Row | None, Ad | Reject]]:
    """Yield each row with what it was read as; None in place of a row that could not even be parsed."""
    for row in rows:
        if isinstance(row, Reject):
            yield None, row
            continue
        if source in _KNOWN and left_out is not None:
            left_out |= row.values.keys() - _KNOWN[source]
        yield row, _ad_or_reject(path, row, READERS[source])


def _one_of_each(path: Path, read: Iterator[tuple[Row | None, Ad | Reject]], key_of: KeyOf) -> Iterator[Ad | Reject]:
    """Yield every ad once: of rows that tell of the same one, the last that can be used, at the place of the last."""
    last_rows, standing = _last_rows(_rows(path), key_of), dict[str, tuple[Row, Ad]]()
    for row, item in read:
        key = _key(row, key_of) if last_rows else None
        if row is None or key not in last_rows:
            yield item
            continue
        if isinstance(item, Reject):
            yield item
        else:
            if key in standing:
                reason = f"Row {row.number} tells of the same ad and is taken instead."
                yield rejected(str(path), standing[key][0], FieldError("id", reason))
            standing[key] = row, item
        if row.number == last_rows[key] and key in standing:
            yield standing.pop(key)[1]


def _key(row: Row | Reject | None, key_of: KeyOf) -> str | None:
    """Return the id of the ad that a row tells of, if it tells one."""
    with suppress(FieldError):
        return key_of(row.values) if isinstance(row, Row) else None
    return None


def _rows(path: Path) -> Iterator[Row | Reject]:
    return _unwrapped(str(path), read_rows(path, spread=("data",)))


def _last_rows(rows: Iterator[Row | Reject], key_of: KeyOf) -> dict[str, int]:
    """Return the ids that stand in more than one row, with the number of the last one."""
    seen, again = set[str](), dict[str, int]()
    for row in rows:
        key = _key(row, key_of)
        if key is None or not isinstance(row, Row):
            continue
        if key in seen:
            again[key] = row.number
        seen.add(key)
    return again


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
    return next((source for source, columns in _COLUMNS.items() if fields >= columns), "jsonl")


def _unwrapped(file: str, rows: Iterator[Row | Reject]) -> Iterator[Row | Reject]:
    """Yield the ads of an API's answers, `{"data": [ad, …], "paging": …}`, as rows of their own; others as they are."""
    number = 0
    for row in rows:
        if isinstance(row, Reject) or "id" in row.values or not isinstance(row.values.get("data"), list):
            number = row.row if isinstance(row, Reject) and row.row is not None else number + 1
            yield row
            continue
        for ad in row.values["data"]:
            number += 1
            is_object = isinstance(ad, dict)
            yield Row(number, ad) if is_object else Reject(file, number, "data", "It is no object.", str(ad)[:2000])


def _ad_or_reject(path: Path, row: Row, read: Callable[[Row], Ad]) -> Ad | Reject:
    try:
        return read(row)
    except FieldError as error:
        return rejected(str(path), row, error)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        return rejected(str(path), row, FieldError(field, f"`{field}` cannot be used: {first['msg']}."))
