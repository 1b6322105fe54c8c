"""Rejects, kept beside the work so that a person can repair and import them again."""

import dataclasses
import json
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from watchbell.files.rows import Reject
from watchbell.files.whole import replacing


def write_rejects(path: Path, rejects: Iterable[Reject]) -> int:
    """Write rejects as JSON lines and return how many there were.

    The file appears only when it is complete, and replaces an older one; with no reject there is none afterwards.
    """
    waiting = iter(rejects)
    first = next(waiting, None)
    if first is None:
        path.unlink(missing_ok=True)
        return 0
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as part, part.open("w", encoding="utf-8") as lines:
        return sum(1 for reject in chain([first], waiting) if lines.write(_line(reject)))


def append_rejects(path: Path, rejects: Iterable[Reject]) -> None:
    """Write rejects as JSON lines behind those that are there."""
    lines = "".join(map(_line, rejects))
    if lines:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(lines)


def _line(reject: Reject) -> str:
    return json.dumps(dataclasses.asdict(reject), ensure_ascii=False) + "\n"
