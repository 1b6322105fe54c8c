"""What a STIX object refers to (STIX 2.1 section 2.9), and which of that it is nothing without.

Whoever hears of a relationship knows that its two ends exist. So an object is heard by nobody who may not hear what it
is nothing without, and every other reference to something that a reader may not hear is taken out.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from watchbell.exchange.redaction import Path, cannot_lose, required_of
from watchbell.model.collections import Need

_ID = re.compile(rb'"([a-z0-9-]+--[0-9a-f-]{36})"')


def references(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield where an object refers to others and to what: `…_ref` and `…_refs`, but for its markings."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name.endswith("_ref") and isinstance(inner, str) and path[:1] != ("granular_markings",):
                yield (*path, name), inner
            elif name.endswith("_refs") and isinstance(inner, list) and name != "object_marking_refs":
                yield from (((*path, name, number), ref) for number, ref in enumerate(inner) if isinstance(ref, str))
            else:
                yield from references(inner, (*path, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from references(inner, (*path, number))


def needs_of(held: Mapping[str, Any]) -> tuple[Need, ...]:
    """Return what an object is nothing without: both ends of a relationship, one of what a report is about.

    A translation is nothing without the whole of what it translates, for it would tell a part that was taken out.
    """
    required = required_of(str(held.get("type")))
    names = held.keys() if required is None else required & held.keys()
    needs: list[Need] = []
    for name in sorted(names):
        if isinstance(held[name], str) and not name.endswith("_ref"):
            continue
        optional: list[str] = []
        for path, ref in references({name: held[name]}):
            if cannot_lose(held, path):
                needs.append(Need((ref,), whole=held.get("type") == "language-content"))
            else:
                optional.append(ref)
        if optional and cannot_lose(held, (name,)):
            needs.append(Need(tuple(dict.fromkeys(optional))))
    return tuple(needs)


def ids_named_in(body: bytes) -> set[str]:
    """Return the ids that an object's bytes name, its own among them; more than it refers to, but never fewer."""
    if b"\\" in body:
        return {ref for _, ref in references(json.loads(body))}
    return {found.decode() for found in _ID.findall(body)}


def paths_to(held: Mapping[str, Any], lost: Collection[str]) -> set[Path]:
    """Return where an object refers to one of some objects."""
    return {path for path, ref in references(held) if ref in lost}
