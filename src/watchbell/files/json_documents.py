"""Rows out of a JSON document: a list of objects, objects one after another, or an object that holds a long list.

The document is never held as a whole: a window of text moves over it.
"""

import codecs
import re
from collections.abc import Collection, Iterator
from typing import Any

from watchbell.files.json_lines import DECODER, problem_of, refuse_suspect
from watchbell.files.rows import MAX_RECORD_BYTES, RAW_CHARACTERS, Reject, Row, cut
from watchbell.files.streams import DamagedStreamError

BETWEEN = re.compile(r"[\s,]*")
OUTSIDE_STRING = re.compile(r'["\[\]{}]')
# JSON allows no raw line feed in a string, so one ends a string that was never closed.
INSIDE_STRING = re.compile(r'["\\\n]')
BARE_WORD = re.compile(r'[\]}]|[^\s,{}\[\]"]+')
NOT_UTF8 = re.compile("[\udc80-\udcff]")


class _CutError(Exception):
    """The document ends, or is damaged, inside a value."""


def json_document_rows(file: str, pieces: Iterator[bytes], spread: Collection[str] = ()) -> Iterator[Row | Reject]:
    """Yield the objects of a document, numbered from 1.

    Args:
        file: its name, for rejects.
        pieces: its bytes, UTF-8.
        spread: for a document that is one object: the members whose lists are long. Each element of such a
            list comes out as a row of the document's own shape: the members that stand before the
            list, and the list with this one element.
    """
    window = _Window(pieces)
    try:
        if window.next_mark() != "[":
            yield from _objects(file, window, spread)
            return
        window.at += 1
        yield from _elements(file, window)
        if window.next_mark():
            yield Reject(file, None, None, "What follows the end of the list was not read.", window.rest())
    except _CutError:
        reason = window.damage or "it ends in the middle of a value: the file was cut"
        yield Reject(file, None, None, f"The rest of the file could not be read: {reason}.", window.rest())


class _Window:
    """The part of a document that is in memory."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self.text = ""
        self.at = 0
        self.damage: str | None = None

    def grow(self) -> bool:
        """Take in more text, twice what is waiting; False at the end of the document."""
        self.text, self.at = self.text[self.at :], 0
        wanted, grown = 2 * len(self.text) + 1, [self.text]
        length = len(self.text)
        try:
            while length < wanted and (piece := next(self._pieces, None)) is not None:
                grown.append(self._decoder.decode(piece))
                length += len(grown[-1])
        except DamagedStreamError as error:
            self.damage = str(error)
        changed = length > len(self.text)
        self.text = "".join(grown)
        return changed

    def next_mark(self) -> str:
        """Move to the next character that is neither space nor comma and return it; empty at the end."""
        while True:
            found = BETWEEN.match(self.text, self.at)
            self.at = found.end() if found else self.at
            if self.at < len(self.text):
                return self.text[self.at]
            if not self.grow():
                if self.damage:
                    raise _CutError
                return ""

    def value(self) -> Any:
        """Return the JSON value that begins here and move past it.

        Raises:
            ValueError: it cannot be read; moved past it all the same.
            _CutError: it does not end.
        """
        while True:
            try:
                value, end = DECODER.raw_decode(self.text, self.at)
                # A number at the edge of the window may go on beyond it.
                if end < len(self.text) or isinstance(value, (dict, list, str)) or not self.grow():
                    break
            except (ValueError, RecursionError) as error:
                problem = problem_of(error)
                if self._ends_here() or len(self.text) - self.at > MAX_RECORD_BYTES:
                    self._skip(problem)
                if not self.grow():
                    raise _CutError from error
        start, self.at = self.at, end
        if NOT_UTF8.search(self.text, start, end):
            raise ValueError("is not UTF-8; save the file as UTF-8")
        if "\\u" in self.text[start:end]:
            refuse_suspect(self.text[start:end], value)
        return value

    def _ends_here(self) -> bool:
        return Extent().end(self.text, self.at) is not None

    def _skip(self, problem: str) -> None:
        """Move past a value that cannot be read, however long, and say why."""
        extent, length = Extent(), 0
        start = self.text[self.at : self.at + RAW_CHARACTERS]
        while (end := extent.end(self.text, self.at)) is None:
            length += len(self.text) - self.at
            self.at = len(self.text)
            if not self.grow():
                raise _CutError
        length += end - self.at
        self.at = end
        if length > MAX_RECORD_BYTES:
            problem = f"is {length} characters long; {MAX_RECORD_BYTES // 1024**2} million is the limit"
        raise _UnreadableValueError(problem, cut(start))

    def rest(self) -> str:
        return cut(self.text[self.at : self.at + RAW_CHARACTERS])


class _UnreadableValueError(ValueError):
    """A value that was passed over; carries its beginning."""


class Extent:
    """Finds where a value ends by its brackets alone, over as many stretches of text as it takes."""

    def __init__(self) -> None:
        self._begun = False
        self._depth = 0
        self._in_string = False
        self._escaped = False

    def end(self, text: str, at: int) -> int | None:
        """Return the position after the value; None if it goes on beyond `text`."""
        if not self._begun and (word := BARE_WORD.match(text, at)):
            return word.end()
        self._begun = True
        at += self._escaped
        self._escaped = False
        while found := (INSIDE_STRING if self._in_string else OUTSIDE_STRING).search(text, at):
            mark, at = found[0], found.end()
            if mark == "\\":
                at += 1
                self._escaped = at > len(text)
            elif self._in_string or mark == '"':
                self._in_string = not self._in_string
            else:
                self._depth += 1 if mark in "[{" else -1
            if self._depth <= 0 and not self._in_string:
                return at
        return None


def _elements(file: str, window: _Window) -> Iterator[Row | Reject]:
    """Yield the elements of a list, whose opening bracket is behind."""
    number = 0
    while (mark := window.next_mark()) != "]":
        if not mark:
            raise _CutError
        number += 1
        yield _element(file, window, number)
    window.at += 1


def _element(file: str, window: _Window, number: int) -> Row | Reject:
    start = window.text[window.at : window.at + RAW_CHARACTERS]
    try:
        value = window.value()
    except _UnreadableValueError as error:
        return Reject(file, number, None, f"The object {error.args[0]}.", error.args[1])
    except ValueError as error:
        return Reject(file, number, None, f"The object {error}.", cut(start))
    if isinstance(value, dict):
        return Row(number, value)
    return Reject(file, number, None, "There is no JSON object here.", cut(start))


def _objects(file: str, window: _Window, spread: Collection[str]) -> Iterator[Row | Reject]:
    """Yield objects that stand one after another."""
    number = 0
    while mark := window.next_mark():
        number += 1
        if spread and mark == "{":
            yield from _members(file, window, spread, number)
        else:
            yield _element(file, window, number)


def _members(file: str, window: _Window, spread: Collection[str], number: int) -> Iterator[Row | Reject]:
    """Yield an object as one row, or, where it holds a list to spread, as one row for each element of that."""
    before: dict[str, Any] = {}
    is_done = False
    window.at += 1
    while window.next_mark() != "}":
        try:
            name = _member_name(window)
            mark = window.next_mark()
            if mark == "[" and name in spread:
                window.at += 1
                is_done = True
                for item in _elements(file, window):
                    yield Row(item.number, {**before, name: [item.values]}) if isinstance(item, Row) else item
            else:
                before[name] = window.value()
        except ValueError as error:
            is_done = True
            yield Reject(file, number, None, f"A member of the object {error.args[0]}.", window.rest())
    window.at += 1
    if not is_done:
        yield Row(number, before)


def _member_name(window: _Window) -> str:
    name = window.value()
    if not isinstance(name, str) or window.next_mark() != ":":
        raise ValueError("has no name")
    window.at += 1
    return name
