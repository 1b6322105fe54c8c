"""Indicators in Markdown reports: in tables, in lists and in code blocks below a heading that speaks of indicators."""

import re
from collections.abc import Iterator

from watchbell.exchange.values import guess_value
from watchbell.files import Row

_HEADING = re.compile(r"#{1,6}\s+(.+)")
_SPEAKS_OF_THEM = re.compile(r"indicator|\bioc|domain|website|\burl|\bhash|\bip\b|account|e-?mail", re.IGNORECASE)
_BULLET = re.compile(r"\s*(?:[-*+•]|\d+[.)])\s+(.+)")
_RULE = re.compile(r":?-+:?")
_CELL = re.compile(r"(?<!\\)\|")
_SAYS_NONE = re.compile(r"\bno (?:iocs?|indicators?)\b", re.IGNORECASE)


def rows_of_markdown(text: str) -> Iterator[Row]:
    """Yield the rows of tables, and a row for each value in lists, code blocks and lines of their own.

    A heading above such a list is the row's `Technique`. Marks of code, links and emphasis are taken off. A sentence
    that says that there are no indicators is a row too, so that a report without any is no broken file.
    """
    header: list[str] | None = None
    heading = ""
    lines = text.splitlines()
    for number, (line, below) in enumerate(zip(lines, [*lines[1:], ""], strict=True), start=1):
        if _is_table_line(line, below, header):
            cells = _cells(line)
            if header is None:
                header = cells
            elif not all(_RULE.fullmatch(cell) for cell in cells):
                yield Row(number, dict(zip(header, cells, strict=False)))
            continue
        header = None
        if told := _HEADING.match(line):
            heading = _unmarked(told[1])
        elif _SPEAKS_OF_THEM.search(heading):
            yield from _value_on(number, line, heading)


def _is_table_line(line: str, below: str, header: list[str] | None) -> bool:
    """Tell a line of a table; one that does not start with a bar stands above the rule or below the header."""
    if line.lstrip().startswith("|"):
        return True
    is_above_rule = "|" in below and all(_RULE.fullmatch(cell) for cell in _cells(below))
    return bool(_CELL.search(line)) and (header is not None or is_above_rule)


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return [_unmarked(cell.replace("\\|", "|")) for cell in _CELL.split(inner)]


def _value_on(number: int, line: str, heading: str) -> Iterator[Row]:
    bullet = _BULLET.match(line)
    words = _unmarked(bullet[1] if bullet else line)
    if _SAYS_NONE.search(words) or guess_value(words) is not None:
        yield Row(number, {"Technique": heading, "Indicator": words})


def _unmarked(cell: str) -> str:
    cell = re.sub(r"<br\s*/?>", "\n", cell, flags=re.IGNORECASE)
    cell = re.sub(r"!?\[([^\]]*)\]\((?:[^)\s]*)\)", r"\1", cell) if "](" in cell else cell
    return cell.strip().strip("`*").strip()
