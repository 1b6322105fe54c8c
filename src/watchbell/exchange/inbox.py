"""The way in for partners' files: recognise whose form a file has, and yield its indicators."""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

from watchbell.errors import InputError
from watchbell.exchange import meta, plain, stix
from watchbell.exchange.published import Note, Publication, Published, published_in
from watchbell.files import Reject, Row, read_rows
from watchbell.model.indicators import Indicator
from watchbell.model.tlp import Tlp

MAX_MARKDOWN_BYTES = 16 * 1024 * 1024
_UNMARKED = Tlp.AMBER
"""What holds for a file that says nothing, when the person who imports it says nothing either."""
_FORMS = "Meta's published tables, a STIX 2.1 bundle, or a table with the columns type and value"


def read_indicators(path: Path, *, tlp: Tlp | None, source: str | None, now: datetime) -> Iterator[Indicator | Reject]:
    """Yield the indicators of a file in any known form, and a Reject for each row that cannot be read.

    Args:
        path: Meta's CSV, TSV, JSON or Markdown; a STIX 2.1 bundle; plain CSV, TSV or JSON lines (`exchange/plain.py`).
        tlp: marking of the whole file. It can narrow what the file says of itself, never widen it. Without it and
            without a marking in the file, Meta's files count as CLEAR (they are published), all else as AMBER.
        source: who published it; without it, what the file says.
        now: stands for the time of publication where the file names none.

    Raises:
        InputError: the file cannot be read, or has none of these forms.
        MissingExtraError: it is a STIX bundle, and the parts that read patterns are not installed.
    """
    return (item for item in read_published(path, tlp=tlp, source=source, now=now) if not isinstance(item, Note))


def read_published(path: Path, *, tlp: Tlp | None, source: str | None, now: datetime) -> Iterator[Published]:
    """Yield what `read_indicators` yields, and a Note for each row that was understood and holds no indicator."""
    rows = _markdown_rows(path) if path.suffix.lower() in (".md", ".markdown") else read_rows(path, spread="objects")
    passed: list[Reject] = []
    for first in rows:
        if isinstance(first, Row):
            break
        passed.append(first)
    else:
        yield from passed
        return
    yield from _of_form(path, first, chain(passed, [first], rows), tlp=tlp, source=source, now=now)


def _of_form(
    path: Path, first: Row, rows: Iterator[Row | Reject], *, tlp: Tlp | None, source: str | None, now: datetime
) -> Iterator[Published]:
    if first.values.get("type") == "bundle" or "objects" in first.values:
        yield from _of_bundle(path, rows, tlp=tlp, source=source)
        return
    published = published_in(f"{path.parent.name}/{path.name}") or now
    if meta.recognise(first.values):
        publication = Publication(str(path), source or "Meta", tlp or Tlp.CLEAR, published)
        yield from meta.indicators_of_rows(rows, publication)
    elif plain.is_plain(first.values):
        publication = Publication(str(path), source or path.name, tlp or _UNMARKED, published)
        yield from plain.indicators_of_rows(rows, publication)
    else:
        names = ", ".join(repr(str(name)[:40]) for name in list(first.values)[:12])
        raise InputError(f"{path} holds no indicators that can be read: expected {_FORMS}; its columns are {names}.")


def _of_bundle(
    path: Path, rows: Iterator[Row | Reject], *, tlp: Tlp | None, source: str | None
) -> Iterator[Indicator | Reject]:
    objects: list[Any] = []
    for row in rows:
        if isinstance(row, Reject):
            yield row
        else:
            held = row.values.get("objects", [])
            objects += held if isinstance(held, list) else [held]
    yield from stix.indicators_of_bundle(
        {"type": "bundle", "objects": objects}, file=str(path), least=tlp, unmarked=_UNMARKED, source=source
    )


def _markdown_rows(path: Path) -> Iterator[Row | Reject]:
    try:
        if path.stat().st_size > MAX_MARKDOWN_BYTES:
            raise InputError(f"{path} is larger than {MAX_MARKDOWN_BYTES:,} bytes, which no report in Markdown is.")
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}.") from error
    rows = meta.rows_of_markdown(text)
    first = next(rows, None)
    if first is None:
        raise InputError(f"{path} holds no table with rows. A report in Markdown lists its indicators in a table.")
    yield first
    yield from rows
