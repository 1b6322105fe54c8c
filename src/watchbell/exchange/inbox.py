"""The way in for partners' files: recognise whose form a file has, and yield its indicators."""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain
from pathlib import Path, PurePath
from typing import Any, NamedTuple

from watchbell.errors import InputError
from watchbell.exchange import hash_lists, meta, meta_columns, misp, misp_feed, plain, stix, stix1
from watchbell.exchange.markdown import rows_of_markdown
from watchbell.exchange.published import Publication, Published, published_in
from watchbell.files import File, Reject, Row, read_rows
from watchbell.files.streams import contents, open_file
from watchbell.model.indicators import Indicator
from watchbell.model.tlp import Tlp, strictest

MAX_DOCUMENT_BYTES = 64 * 1024 * 1024
"""The largest report in Markdown or package in XML that is read; Meta's largest has one megabyte."""
_UNMARKED = Tlp.AMBER
"""What holds for a file that says nothing, when the person who imports it says nothing either."""
_FORMS = (
    "Meta's published tables, a STIX bundle or package, a MISP event or feed, a list of hashes, or a table with the "
    "columns type and value"
)
_LOOKED_AT = 50
"""Rows that are held while a table is recognised by what stands in it."""


class Reading(NamedTuple):
    """What holds for a file that is being read."""

    path: File
    tlp: Tlp | None
    source: str | None
    now: datetime

    def publication(self, source: str | None = None, tlp: Tlp = _UNMARKED) -> Publication:
        """Return the file as a publication; `source` and `tlp` hold where the person who imports says nothing."""
        folder_and_name = "/".join(PurePath(str(self.path)).parts[-2:])
        published = published_in(folder_and_name) or self.now
        return Publication(
            str(self.path),
            self.source or source or self.path.name,
            self.tlp or tlp,
            published,
            is_named=self.source is not None,
            is_marked=self.tlp is not None,
        )


def read_indicators(path: File, *, tlp: Tlp | None, source: str | None, now: datetime) -> Iterator[Indicator | Reject]:
    """Yield the indicators of a file in any known form, and a Reject for each row that cannot be read.

    Args:
        path: Meta's CSV, TSV, JSON or Markdown; a STIX 2.1 bundle or STIX 1 package; a MISP event, or the folder of a
            MISP feed; a list of hashes; plain CSV, TSV or JSON lines (`exchange/plain.py`).
        tlp: marking of the whole file. It can narrow what the file says of itself, never widen it. Without it and
            without a marking in the file, Meta's files count as CLEAR (they are published), all else as AMBER.
        source: who published it; without it, what the file says.
        now: stands for the time of publication where the file names none.

    Raises:
        InputError: the file cannot be read, or has none of these forms.
        MissingExtraError: it is a STIX bundle, and the parts that read patterns are not installed.
    """
    published = read_published(path, tlp=tlp, source=source, now=now)
    return (item for item in published if isinstance(item, Indicator | Reject))


def read_published(path: File, *, tlp: Tlp | None, source: str | None, now: datetime) -> Iterator[Published]:
    """Yield what `read_indicators` yields, with what others say of them there.

    A row that was understood and holds no indicator is a Note.
    """
    reading = Reading(path, tlp, source, now)
    if isinstance(path, Path) and path.is_dir():
        yield from misp_feed.read_folder(path, reading.publication())
        return
    if _is_xml(path):
        yield from _of_package(reading)
        return
    is_markdown = PurePath(path.name).suffix.lower() in (".md", ".markdown")
    rows = _markdown_rows(path) if is_markdown else read_rows(path, spread=_SPREAD, is_header=_is_header)
    passed, first = list[Reject](), None
    for first in rows:
        if isinstance(first, Row):
            break
        passed.append(first)
    if not isinstance(first, Row):
        yield from passed
        return
    yield from _of_form(reading, first, chain(passed, [first], rows))


_SPREAD = ("objects", "indicators", "data", "response")
"""Members of a JSON document that hold its items: of STIX bundles, and of lists of hashes and indicators."""


def _is_header(names: Sequence[str]) -> bool:
    return plain.is_plain(names) or hash_lists.is_hash_list(names) or meta_columns.recognise(names) is not None


def _of_form(reading: Reading, first: Row, rows: Iterator[Row | Reject]) -> Iterator[Published]:
    names = list(first.values)
    columns = [name for name, cell in first.values.items() if not isinstance(cell, dict | list)]
    if first.values.get("type") == "bundle" or "objects" in names:
        yield from _of_bundle(reading, rows)
    elif misp.is_event(first.values):
        yield from misp.indicators_of_rows(rows, reading.publication())
    elif hash_lists.is_hash_list(names):
        yield from hash_lists.indicators_of_rows(rows, reading.publication())
    elif plain.is_plain(names):
        yield from plain.indicators_of_rows(rows, reading.publication())
    elif meta_columns.recognise(columns):
        named = reading.publication("Meta", Tlp.CLEAR) if meta_columns.are_metas(columns) else reading.publication()
        yield from meta.indicators_of_rows(rows, named)
    else:
        yield from _of_unnamed_columns(reading, rows)


def _of_unnamed_columns(reading: Reading, rows: Iterator[Row | Reject]) -> Iterator[Published]:
    """Read a table by what stands in its first rows, where the names of its columns say nothing."""
    held = [item for _, item in zip(range(_LOOKED_AT), rows, strict=False)]
    values = [item.values for item in held if isinstance(item, Row)]
    columns = meta_columns.recognise_by_cells(values)
    if columns is None and hash_lists.is_bare_list(values):
        yield from hash_lists.indicators_of_rows(hash_lists.with_header(held, rows), reading.publication())
        return
    if columns is None:
        names = ", ".join(repr(str(name)[:40]) for name in list(values[0])[:12])
        raise InputError(
            f"{reading.path} holds no indicators that can be read: expected {_FORMS}; its columns are {names}."
        )
    yield from meta.indicators_of_rows(chain(held, rows), reading.publication(), columns)


def _of_bundle(reading: Reading, rows: Iterator[Row | Reject]) -> Iterator[Published]:
    objects: list[Any] = []
    for row in rows:
        if isinstance(row, Reject):
            yield row
        else:
            held = row.values.get("objects", [])
            objects += held if isinstance(held, list) else [held]
    yield from stix.read_bundle(
        {"type": "bundle", "objects": objects},
        file=str(reading.path),
        least=reading.tlp,
        unmarked=_UNMARKED,
        source=reading.source,
        now=reading.now,
    )


def _is_xml(path: File) -> bool:
    """Tell XML by its first sign: no other form begins with an angle bracket."""
    with open_file(path) as file:
        return contents(file).head.lstrip().startswith(b"<")


def _of_package(reading: Reading) -> Iterator[Published]:
    with open_file(reading.path) as file:
        package = stix1.read_package(str(reading.path), _bounded(reading.path, contents(file).pieces))
    if package is None:
        raise InputError(f"{reading.path} is XML, but no STIX 1 package. Expected {_FORMS}.")
    label = package.tlp or (Tlp.CLEAR if package.source == "Meta" else _UNMARKED)
    publication = reading.publication(package.source)
    marked = strictest([label, reading.tlp]) if reading.tlp and package.tlp else reading.tlp or label
    yield from meta.indicators_of_rows(package.rows, dataclasses.replace(publication, tlp=marked))


def _bounded(path: File, pieces: Iterable[bytes]) -> Iterator[bytes]:
    length = 0
    for piece in pieces:
        length += len(piece)
        if length > MAX_DOCUMENT_BYTES:
            raise InputError(f"{path} is larger than {MAX_DOCUMENT_BYTES:,} bytes, which no report of indicators is.")
        yield piece


def _markdown_rows(path: File) -> Iterator[Row | Reject]:
    with open_file(path) as file:
        text = b"".join(_bounded(path, contents(file).pieces)).decode("utf-8", "replace")
    rows = rows_of_markdown(text)
    first = next(rows, None)
    if first is None:
        raise InputError(f"{path} holds no table with rows, nor a list of indicators below a heading that names them.")
    yield first
    yield from rows
