"""Envelopes of STIX objects (TAXII 2.1 section 3.7), read object by object: a bad one does not spoil the rest."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from watchbell.errors import InputError
from watchbell.files.json_documents import NOT_UTF8, Extent
from watchbell.files.json_lines import problem_of, refuse_suspect

MAX_OBJECT_BYTES = 1024 * 1024
"""A larger object is refused. The largest honest ones, reports that refer to thousands of others, are under 200 kB."""

_SPACE = re.compile(r"\s*")
_BETWEEN = re.compile(r"[\s,]*")
_CLAIMED_ID = re.compile(r'"id"\s*:\s*"([a-z0-9-]{1,300})"')
_CUT = "The envelope ends here: it was cut on its way. Send what is missing again."


class EnvelopeError(InputError):
    """What was sent is no envelope at all, so there is no object to name."""


class Sent(NamedTuple):
    """An object of an envelope that could be read."""

    number: int
    """1 for the first."""
    values: dict[str, Any]
    body: bytes
    """Its bytes as they came."""


class Unread(NamedTuple):
    """An object of an envelope that could not be read, and why."""

    number: int
    claimed_id: str | None
    """What it says its id is, where that can be told."""
    reason: str


def objects_of(envelope: bytes) -> Iterator[Sent | Unread]:
    """Yield what stands in an envelope's list of objects, in order.

    Raises:
        EnvelopeError: it is no JSON object with a list `objects`, or nothing in the list is a JSON object.
    """
    text = envelope.decode("utf-8", "surrogateescape")
    passed: list[Unread] = []
    elements = _elements(text, _start_of_objects(text))
    for first in elements:
        if isinstance(first, Sent) or first.claimed_id is not None:
            yield from passed
            yield first
            yield from elements
            return
        passed.append(first)
        if len(passed) > _MOST_PASSED:
            break
    said = f" The first thing in it: {passed[0].reason}" if passed else ""
    raise EnvelopeError(f"There is no STIX object in the list `objects`.{said}")


_MOST_PASSED = 1_000
"""An envelope whose first thousand objects are none has no place for a single one."""


def _start_of_objects(text: str) -> int:
    """Return where the first object begins."""
    at = _after(text, 0, "{", "The envelope is no JSON object.")
    while (at := _past_space(text, at)) < len(text) and text[at] != "}":
        try:
            name, at = _DECODER.raw_decode(text, at)
            at = _past_space(text, _after(text, at, ":", "The envelope is no JSON."))
            if name == "objects":
                return _after(text, at, "[", "The envelope's `objects` is no list.")
            _, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            raise EnvelopeError(f"The envelope {problem_of(error)}.") from error
        at = _BETWEEN.match(text, at).end()  # type: ignore[union-attr]  # it matches the empty text too
    raise EnvelopeError("The envelope has no list `objects`.")


def _elements(text: str, at: int) -> Iterator[Sent | Unread]:
    number = 0
    while (at := _BETWEEN.match(text, at).end()) < len(text) and text[at] != "]":  # type: ignore[union-attr]
        number += 1
        try:
            value, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            past = Extent().end(text, at)
            claimed = _claimed_id(text[at : at + MAX_OBJECT_BYTES if past is None else past])
            yield Unread(number, claimed, _CUT if past is None else f"The object {problem_of(error)}.")
            if past is None:
                return
            at = past
        else:
            yield _read(number, value, text[at:end])
            at = end
    if at >= len(text):
        yield Unread(number + 1, None, _CUT)


def _read(number: int, value: Any, text: str) -> Sent | Unread:
    """Return a decoded object with its bytes, or why it is not taken."""
    if not isinstance(value, dict):
        return Unread(number, None, f"What stands there is no JSON object but {text[:40]!r}.")
    claimed = value.get("id") if isinstance(value.get("id"), str) else None
    if len(text) > MAX_OBJECT_BYTES:
        return Unread(number, claimed, f"The object is longer than {MAX_OBJECT_BYTES // 1024:,} KiB.")
    if not text.isascii() and NOT_UTF8.search(text):
        return Unread(number, claimed and claimed.encode("ascii", "replace").decode(), "The object is not UTF-8.")
    if "\\u" in text:
        try:
            refuse_suspect(text, value)
        except ValueError as error:
            return Unread(number, claimed and claimed.encode("ascii", "replace").decode(), f"The object {error}.")
    return Sent(number, value, text.encode())


def _claimed_id(text: str) -> str | None:
    found = _CLAIMED_ID.search(text)
    return found[1] if found else None


def _past_space(text: str, at: int) -> int:
    return _SPACE.match(text, at).end()  # type: ignore[union-attr]  # it matches the empty text too


def _after(text: str, at: int, mark: str, problem: str) -> int:
    at = _past_space(text, at)
    if text[at : at + 1] != mark:
        raise EnvelopeError(problem)
    return at + 1


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a name that stands twice: readers differ in which of the two they take, and one may be a marking."""
    values = dict(pairs)
    if len(values) < len(pairs):
        raise ValueError("names a property twice")
    return values


def _refuse_constant(name: str) -> None:
    raise ValueError(f"holds {name}, which is no JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_refuse_constant)
