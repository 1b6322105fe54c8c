"""Rows out of JSON lines: one object on each line."""

import json
import re
from collections.abc import Iterator
from typing import Any

from watchbell.files.rows import MAX_RECORD_BYTES, Reject, Row, cut
from watchbell.files.streams import Damage, LongLine, lines

# What strict JSON may spell and no text column can hold: a NUL, or half of a surrogate pair.
SUSPECT_ESCAPE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")

WRITTEN_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


def _missing(_constant: str) -> None:
    """Read NaN and Infinity, which no JSON has but many tools write, as what they mean: no value."""


DECODER = json.JSONDecoder(parse_constant=_missing)


def json_line_rows(file: str, pieces: Iterator[bytes]) -> Iterator[Row | Reject]:
    """Yield the object on each line; blank lines are passed over."""
    for item in lines(pieces):
        if isinstance(item, LongLine):
            reason = f"The line is {item.length} bytes long; {MAX_RECORD_BYTES // 1024**2} MiB is the limit."
            yield Reject(file, item.number, None, reason, cut(item.start))
        elif isinstance(item, Damage):
            reason = f"The rest of the file could not be read: {item.reason}."
            yield Reject(file, item.number, None, reason, cut(item.start))
        elif item.data.strip():
            yield _row(file, item.number, item.data)


def _row(file: str, number: int, data: bytes) -> Row | Reject:
    try:
        return Row(number, object_in(data.decode().strip()))
    except UnicodeDecodeError as error:
        reason = f"The line is not UTF-8 at byte {error.start + 1}; save the file as UTF-8."
    except ValueError as error:
        reason = f"The line {error}."
    return Reject(file, number, None, reason, cut(data))


def object_in(text: str) -> dict[str, Any]:
    """Return the JSON object that `text` is.

    Raises:
        ValueError: it is not; the message completes "The line …".
    """
    try:
        value = DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(problem_of(error)) from error
    if not isinstance(value, dict):
        raise ValueError("holds no JSON object")  # noqa: TRY004  # the input is wrong, not the caller
    refuse_suspect(text, value)
    return value


def problem_of(error: Exception) -> str:
    """Say why JSON could not be read, so as to complete "The line …"."""
    if isinstance(error, RecursionError):
        return "is nested too deep"
    return f"is not JSON ({error.msg if isinstance(error, json.JSONDecodeError) else error})"


def refuse_suspect(text: str, value: Any) -> None:
    """Refuse a value whose text spells characters that cannot be stored.

    Raises:
        ValueError: there is such a character; the message completes "The line …".
    """
    if not SUSPECT_ESCAPE.search(text):
        return
    try:
        plain = json.dumps(value, ensure_ascii=False)
    except RecursionError:
        raise ValueError("is nested too deep") from None
    if WRITTEN_NUL.search(plain):
        raise ValueError("holds a NUL character")
    try:
        plain.encode()
    except UnicodeEncodeError:
        raise ValueError("holds half of a surrogate pair, which is no character") from None
