"""Meta's published indicators (github.com/facebook/threat-research), in every shape they have had since 2020.

Typed lists (`indicator_type,indicator_value,comment,ds`, as CSV, TSV or JSON), tables along the Online Operations
Kill Chain (`Tactic,Technique,Procedure,Indicator` and a column of comments whose name wanders), and Markdown tables.

A kill-chain table mixes addresses with prose: "63 accounts", "Using bit[.]ly to hide links", the names of victims.
Only a cell that *is* an address, or begins with one, becomes an indicator; prose becomes a Note, because a service or
a victim taken for the operation's own site would accuse the wrong people.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from watchbell.exchange.meta_cells import Found, headline_in, values_in_cell
from watchbell.exchange.meta_columns import Columns, plain_name, recognise
from watchbell.exchange.published import Note, Publication, Published, day, indicator_of, reject
from watchbell.exchange.values import UnreadableValueError, platform_in, read_value
from watchbell.files import Reject, Row
from watchbell.model.indicators import IndicatorKind

# Procedures of the kill chain whose cells name others than the operation: people and institutions it impersonates
# (1.4, 1.5), registrars (5.1), hosting and sharing services (5.5.3), targets and victims (8).
_NAMES_OTHERS = re.compile(r"(?:1\.[45]|5\.1|5\.5\.3|8)(?:\.|\s|$)")
# Procedures under which Meta lists hashtags that everybody uses, such as #news.
_EVERYBODYS_HASHTAGS = re.compile(r"(?:6\.3|7\.3\.1)(?:\.|\s|$)")
# The procedure under which Meta lists the headlines that an operation posted, word for word.
_QUOTES_HEADLINES = re.compile(r"6\.1\.3(?:\.|\s|$)")
_ON_ANOTHERS_PAGE = "[comment]"


def indicators_of_rows(
    rows: Iterable[Row | Reject], publication: Publication, named: Columns | None = None
) -> Iterator[Published]:
    """Yield what each row of one file holds; rejects among the rows pass through. Empty rows yield nothing.

    `named` are the columns of a table whose own names do not tell them.
    """
    for row in rows:
        if isinstance(row, Reject):
            yield row
            continue
        columns = recognise(row.values) or named
        if _says_nothing(row.values, columns):
            continue
        if columns is None:
            yield reject(publication, row.number, None, "the row lacks the columns of Meta's files", row.values)
        elif _cell(row.values, columns.type):
            yield from _typed(row, columns, publication)
        else:
            yield from _kill_chain(row, columns, publication)


def _says_nothing(values: Mapping[str, Any], columns: Columns | None) -> bool:
    """Tell an empty row, and a header that stands in the table once more."""
    if columns is not None and plain_name(_cell(values, columns.value)) == plain_name(columns.value):
        return True
    return not any(str(value or "").strip() for value in values.values())


def _typed(row: Row, columns: Columns, publication: Publication) -> Iterator[Published]:
    kind, written = _cell(row.values, columns.type), _cell(row.values, columns.value)
    context = _context(row.values, columns)
    try:
        value = read_value(kind, written)
    except UnreadableValueError as error:
        found = values_in_cell(written, platform_in(kind))
        if not found.values:
            yield reject(publication, row.number, columns.value, str(error), row.values)
        yield from _found(found, row, context, publication)
        return
    yield indicator_of(value, publication, row.number, published_as=written, **context)


def _kill_chain(row: Row, columns: Columns, publication: Publication) -> Iterator[Published]:
    cell = _cell(row.values, columns.value)
    procedure = _technique(row.values, columns)
    found = values_in_cell(cell, platform_in(procedure))
    headline = headline_in(cell) if _QUOTES_HEADLINES.match(procedure) and not found.values else None
    if headline is not None:
        found = Found(((cell, headline),), "")
    reason = _why_no_indicator(found, procedure)
    if reason is None:
        yield from _found(found, row, _context(row.values, columns), publication)
    elif _is_broken_address(cell, found):
        yield reject(
            publication, row.number, columns.value, f"{cell[:80]!r} is no address that can be read", row.values
        )
    elif cell:
        yield Note(publication.file, row.number, cell, reason)


def _found(found: Found, row: Row, context: dict[str, Any], publication: Publication) -> Iterator[Published]:
    if found.annotation:
        context = context | {"description": "; ".join(filter(None, (context.get("description"), found.annotation)))}
    for written, value in found.values:
        yield indicator_of(value, publication, row.number, published_as=written, **context)


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


def _cell(values: Mapping[str, Any], column: str | None) -> str:
    return "" if column is None else " ".join(str(values.get(column) or "").split())
