"""Meta's published indicators (github.com/facebook/threat-research), in every shape they have had since 2020.

Typed lists (`indicator_type,indicator_value,comment,ds`, as CSV, TSV or JSON), tables along the Online Operations
Kill Chain (`Tactic,Technique,Procedure,Indicator` and a column of comments whose name wanders), and Markdown tables.

A kill-chain table mixes addresses with prose: "63 accounts", "Using bit[.]ly to hide links", the names of victims.
Only a cell that *is* an address, or begins with one, becomes an indicator; prose becomes a Note, because a service or
a victim taken for the operation's own site would accuse the wrong people.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from watchbell.exchange.published import Note, Publication, Published, day, indicator_of, reject
from watchbell.exchange.values import UnreadableValueError, Value, guess_value, read_value
from watchbell.files import Reject, Row
from watchbell.model.addresses import refang
from watchbell.model.indicators import IndicatorKind

# The names of columns, lower case without blanks at their ends; Meta's own spellings, slips included.
_COLUMNS = {
    "value": ("indicator_value", "indicator value", "indicator"),
    "type": ("indicator_type", "indicator type"),
    "comment": ("comment", "comments", "commernts", "note", "notes"),
    "procedure": ("procedure",),
    "technique": ("technique",),
    "tactic": ("tactic",),
    "day": ("ds", "date"),
}
# Procedures of the kill chain whose cells name others than the operation: people and institutions it impersonates
# (1.4, 1.5), registrars (5.1), hosting and sharing services (5.5.3), targets and victims (8).
_NAMES_OTHERS = re.compile(r"(?:1\.[45]|5\.1|5\.5\.3|8)(?:\.|\s|$)")
# Procedures under which Meta lists hashtags that everybody uses, such as #news.
_EVERYBODYS_HASHTAGS = re.compile(r"(?:6\.3|7\.3\.1)(?:\.|\s|$)")
_PLATFORMS = {
    "facebook": "facebook",
    "instagram": "instagram",
    "twitter": "twitter",
    "youtube": "youtube",
    "tiktok": "tiktok",
    "telegram": "telegram",
    "reddit": "reddit",
}
_BETWEEN = re.compile(r"[\s;]+|,\s+|,$")
_JOINERS = frozenset({"and", "or", "&", "-", "–", "•", ""})  # noqa: RUF001  # a dash that lists begin with
_TORN_OFF = re.compile(r"[\w/%.~?=&-]*[-/%\d][\w/%.~?=&-]*")
_ON_ANOTHERS_PAGE = "[comment]"


class Columns(NamedTuple):
    """Which of a file's columns is which; None where it has no such column."""

    value: str
    type: str | None
    comment: str | None
    procedure: str | None
    technique: str | None
    tactic: str | None
    day: str | None


def recognise(names: Iterable[str]) -> Columns | None:
    """Return the columns of a file of Meta's by their names, or None where they are not Meta's."""
    known = {str(name).strip().lower(): name for name in names}
    found = {
        column: next((known[spelling] for spelling in spellings if spelling in known), None)
        for column, spellings in _COLUMNS.items()
    }
    if found["value"] is None or (found["type"] is None and found["procedure"] is None):
        return None
    return Columns(**found)  # type: ignore[arg-type]  # "value" was looked at above


def indicators_of_rows(rows: Iterable[Row | Reject], publication: Publication) -> Iterator[Published]:
    """Yield what each row of one file holds; rejects among the rows pass through. Empty rows yield nothing."""
    for row in rows:
        if isinstance(row, Reject):
            yield row
            continue
        columns = recognise(row.values)
        if not any(str(value or "").strip() for value in row.values.values()):
            continue
        if columns is None:
            yield reject(publication, row.number, None, "the row lacks the columns of Meta's files", row.values)
        elif columns.type is not None:
            yield _typed(row, columns, columns.type, publication)
        else:
            yield from _kill_chain(row, columns, publication)


def _typed(row: Row, columns: Columns, type_column: str, publication: Publication) -> Published:
    written = _cell(row.values, columns.value)
    try:
        value = read_value(_cell(row.values, type_column), written)
    except UnreadableValueError as error:
        return reject(publication, row.number, columns.value, str(error), row.values)
    return indicator_of(value, publication, row.number, published_as=written, **_context(row.values, columns))


def _kill_chain(row: Row, columns: Columns, publication: Publication) -> Iterator[Published]:
    cell = _cell(row.values, columns.value)
    procedure = _technique(row.values, columns)
    found = values_in_cell(cell, _platform_in(procedure))
    reason = _why_no_indicator(found, procedure)
    if reason is None:
        context = _context(row.values, columns)
        if found.annotation:
            context["description"] = "; ".join(filter(None, (context.get("description"), found.annotation)))
        for written, value in found.values:
            yield indicator_of(value, publication, row.number, published_as=written, **context)
    elif _is_broken_address(cell, found):
        yield reject(
            publication, row.number, columns.value, f"{cell[:80]!r} is no address that can be read", row.values
        )
    elif cell:
        yield Note(publication.file, row.number, cell, reason)


class Found(NamedTuple):
    """What a cell holds: values with the words they were written in, and what was said after them."""

    values: tuple[tuple[str, Value], ...]
    annotation: str


def values_in_cell(cell: str, platform: str | None = None) -> Found:
    """Read the values of a kill-chain cell: one, several, or one with words after it. Prose yields none.

    `platform` is where an `@name` in the cell lives, if the row tells.
    """
    cell = cell.strip()
    whole = guess_value(cell, platform)
    if whole is not None:
        return Found(((cell, whole),), "")
    words = [word for word in _BETWEEN.split(cell) if word.lower() not in _JOINERS]
    values = [(word, guess_value(word, platform)) for word in words]
    if not values or values[0][1] is None:
        return Found((), cell)
    if _is_torn(words, values):
        joined = "".join(words)
        value = guess_value(joined)
        return Found(((joined, value),) if value else (), "")
    kept = tuple((word, value) for word, value in values if value is not None)
    if len(kept) == len(values):
        return Found(kept, "")
    # Words follow: only what bears its scheme counts from there on ("addr, hosted with Titan.email service").
    kept = kept[:1] + tuple((word, value) for word, value in kept[1:] if "://" in refang(word))
    return Found(kept, cell[len(words[0]) :].strip(" \n,;()"))


def rows_of_markdown(text: str) -> Iterator[Row]:
    """Yield the rows of the tables in a Markdown file; code marks around values are taken off."""
    header: list[str] | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.lstrip().startswith("|"):
            header = None
            continue
        cells = [cell.strip().strip("`").strip() for cell in line.strip().strip("|").split("|")]
        if header is None:
            header = cells
        elif not all(re.fullmatch(r":?-+:?", cell) for cell in cells):
            yield Row(number, dict(zip(header, cells, strict=False)))


def _is_torn(words: list[str], values: list[tuple[str, Value | None]]) -> bool:
    """Tell whether a page's address was torn by a line break in the PDF it was copied from."""
    first = values[0][1]
    if first is None or first.kind is not IndicatorKind.URL or "://" not in refang(words[0]):
        return False
    later = values[1:]
    return all(value is None and re.fullmatch(r"[\w/%.~?=&-]+", word) for word, value in later) and any(
        _TORN_OFF.fullmatch(word) for word, _ in later
    )


def _why_no_indicator(found: Found, procedure: str) -> str | None:
    if not found.values:
        return "words or a count, no value to match"
    if _NAMES_OTHERS.match(procedure):
        return "names a service, a target or one who was impersonated, not the operation's own"
    if found.annotation == _ON_ANOTHERS_PAGE:
        return "a page of others on which the operation commented"
    if _EVERYBODYS_HASHTAGS.match(procedure) and all(value.kind is IndicatorKind.HASHTAG for _, value in found.values):
        return "a hashtag that many people use"
    return None


def _is_broken_address(cell: str, found: Found) -> bool:
    return not found.values and not re.search(r"\s", cell) and bool(re.search(r"://|\[\.\]|\[at\]", cell))


def _context(values: Mapping[str, Any], columns: Columns) -> dict[str, Any]:
    """Return the fields of Indicator that a row tells besides the value."""
    technique = _technique(values, columns)
    context: dict[str, Any] = {
        "description": _cell(values, columns.comment) or None,
        "techniques": (technique,) if technique else (),
    }
    published = day(_cell(values, columns.day))
    return context | {"published": published} if published else context


def _technique(values: Mapping[str, Any], columns: Columns) -> str:
    """Return the finest step of the kill chain that a row names."""
    for column in (columns.procedure, columns.technique, columns.tactic):
        if step := _cell(values, column):
            return step
    return ""


def _platform_in(procedure: str) -> str | None:
    return next((platform for word, platform in _PLATFORMS.items() if word in procedure.lower()), None)


def _cell(values: Mapping[str, Any], column: str | None) -> str:
    return "" if column is None else " ".join(str(values.get(column) or "").split())
