"""STIX 2.1 bundles in: every indicator whose pattern is a value, or some values, that can be looked for in posts."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from pydantic import ValidationError

from watchbell.exchange.marking import Definitions, definitions_in, marking_of
from watchbell.exchange.patterns import values_of_pattern
from watchbell.exchange.published import Note, Published, day, is_plausible
from watchbell.exchange.stix_cases import bundle_of_case
from watchbell.exchange.stix_parts import EXTENSION, SYNTHETIC
from watchbell.exchange.stix_writing import bundle_of_indicators
from watchbell.exchange.taken import demand_types
from watchbell.exchange.values import UnreadableValueError, Value
from watchbell.files import Reject
from watchbell.ids import fact_id
from watchbell.model.indicators import Indicator
from watchbell.model.tlp import Tlp, strictest

__all__ = ["bundle_of_case", "bundle_of_indicators", "indicators_of_bundle", "read_bundle"]


_BESIDE = frozenset({"indicator", "identity", "marking-definition", "extension-definition"})
"""Types whose objects are read: indicators, and what indicators refer to."""
_ID = re.compile(r"indicator--[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class _Bundle(NamedTuple):
    """What holds for every object of one bundle."""

    file: str
    definitions: Definitions
    names: Mapping[str, str]
    """Id of an identity → its name."""
    least: Tlp | None
    unmarked: Tlp
    source: str | None
    now: datetime | None


def indicators_of_bundle(
    bundle: Mapping[str, Any],
    *,
    file: str = "bundle",
    least: Tlp | None = None,
    unmarked: Tlp = Tlp.AMBER,
    source: str | None = None,
    now: datetime | None = None,
) -> Iterator[Indicator | Reject]:
    """Yield the indicators of a STIX 2.1 bundle, and a Reject for each that cannot be looked for.

    An indicator whose pattern names one value keeps the partner's id; one that names several becomes several, each
    with an id made of the partner's and the value. Of an object that stands there in several versions the newest
    counts. Objects of other types are passed over.

    Args:
        bundle: the decoded JSON.
        file: its name, for rejects and references.
        least: marking that every indicator has at least; a stricter one in the bundle stands.
        unmarked: marking of an object that has none, when `least` is not given.
        source: who sent it; without it, the object's creator.
        now: the time of reading; with it, objects from the future or from before STIX are rejects.
    """
    objects = [held for held in bundle.get("objects") or () if isinstance(held, dict)]
    context = _Bundle(file, definitions_in(objects), _names(objects), least, unmarked, source, now)
    newest, doubled = _newest(objects)
    for number, held in doubled:
        reason = f"{held.get('id')} stands twice in one version with other content; the first counts."
        yield _reject(context, number, held, "modified", reason)
    for number, held in newest:
        try:
            yield from _indicators(held, context)
        except UnreadableValueError as error:
            yield _reject(context, number, held, "pattern", f"{held.get('id', 'An indicator')}: {error}.")
        except (ValidationError, ValueError, TypeError, AttributeError) as error:
            reason = f"{held.get('id', 'An indicator')} is no STIX 2.1 indicator: {_in_words(error)}"
            yield _reject(context, number, held, None, reason)


def read_bundle(
    bundle: Mapping[str, Any],
    *,
    file: str = "bundle",
    least: Tlp | None = None,
    unmarked: Tlp = Tlp.AMBER,
    source: str | None = None,
    now: datetime | None = None,
) -> Iterator[Published]:
    """Yield what `indicators_of_bundle` yields, a Reject for what is no object, a Note for each type passed over."""
    yield from indicators_of_bundle(bundle, file=file, least=least, unmarked=unmarked, source=source, now=now)
    others: Counter[str] = Counter()
    for number, held in enumerate(bundle.get("objects") or (), start=1):
        if isinstance(held, dict) and isinstance(held.get("type"), str):
            others[held["type"]] += held["type"] not in _BESIDE
        else:
            yield Reject(file, number, "objects", "What stands here is no STIX object with a type.", str(held)[:2000])
    for name, count in sorted(others.items()):
        if count:
            yield Note(
                file, 0, f"{count} of type {name[:40]}", "objects of this type are not brought into the workspace"
            )


def _in_words(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors()[0]
    return f"its {'.'.join(map(str, first['loc']))}: {first['msg']}"


def _names(objects: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    return {
        str(held["id"]): str(held.get("name")) for held in objects if held.get("type") == "identity" and "id" in held
    }


_Numbered = tuple[int, dict[str, Any]]


def _newest(objects: Sequence[dict[str, Any]]) -> tuple[list[_Numbered], list[_Numbered]]:
    """Return the newest version of each indicator, and those that contradict an earlier one of the same version."""
    newest: dict[str, _Numbered] = {}
    doubled: list[_Numbered] = []
    for number, held in enumerate(objects, start=1):
        if held.get("type") != "indicator":
            continue
        name = str(held.get("id", number))
        known = newest.get(name)
        version, before = str(held.get("modified", "")), "" if known is None else str(known[1].get("modified", ""))
        if known is None or version > before:
            newest[name] = (number, held)
        elif version == before and held != known[1]:
            doubled.append((number, held))
    return list(newest.values()), doubled


def _indicators(held: Mapping[str, Any], context: _Bundle) -> Iterator[Indicator]:
    if not _ID.fullmatch(str(held.get("id"))):
        raise ValueError("its id is not indicator-- and a UUID")
    demand_types(held)
    if held.get("pattern_type", "stix") != "stix":
        raise UnreadableValueError(f"patterns of type {str(held['pattern_type'])[:40]!r} are not read, only 'stix'")
    if not isinstance(held.get("pattern"), str):
        raise UnreadableValueError("its pattern is no text")
    values = values_of_pattern(held["pattern"])
    fields = _fields(held, context)
    for value in values:
        yield Indicator(
            id=str(held["id"]) if len(values) == 1 else _part_id(str(held["id"]), value),
            kind=value.kind,
            value=value.value,
            platform=value.platform,
            **fields,
        )


def _part_id(whole: str, value: Value) -> str:
    return fact_id("indicator", whole, value.kind, value.platform or "", value.value)


def _fields(held: Mapping[str, Any], context: _Bundle) -> dict[str, Any]:
    """Return the fields of Indicator that all values of one object share."""
    ours = (held.get("extensions") or {}).get(EXTENSION) or {}
    label = marking_of(held, context.definitions)
    marked = strictest(filter(None, (label, context.least)))
    named = ours.get("techniques")
    phases = [phase["phase_name"] for phase in held.get("kill_chain_phases") or ()]
    return {
        "published_as": str(ours.get("published_as") or held["pattern"])[:4096],
        "source": context.source or context.names.get(str(held.get("created_by_ref"))) or "unnamed partner",
        "tlp": context.unmarked if label is None and context.least is None else marked,
        "confidence": held.get("confidence"),
        "description": held.get("description") or held.get("name"),
        "techniques": tuple(map(str, named if isinstance(named, list) else phases)),
        "reference": f"{context.file}, {held['id']}",
        "revoked": held.get("revoked", False),
        "synthetic": SYNTHETIC in (held.get("labels") or ()),
        **_times(held, context.now),
    }


def _times(held: Mapping[str, Any], now: datetime | None) -> dict[str, datetime]:
    """Return the times of an object, in the order that STIX asks of them (sections 3.2 and 4.7)."""
    names = ["valid_from", "created", "modified", *(["valid_until"] if held.get("valid_until") else [])]
    times = {name: _instant(held, name) for name in names}
    for name in ("created", "modified"):
        if now is not None and not is_plausible(times[name], now):
            raise ValueError(f"its {name} lies in the future or before STIX was thought of")
    if times["modified"] < times["created"]:
        raise ValueError("its modified lies before its created")
    if "valid_until" in times and times["valid_until"] <= times["valid_from"]:
        raise ValueError("its valid_until is not after its valid_from")
    return times


def _instant(held: Mapping[str, Any], field: str) -> datetime:
    at = day(str(held.get(field, "")))
    if at is None:
        raise ValueError(f"its {field} is no time as RFC 3339 writes it")
    return at


def _reject(context: _Bundle, number: int, held: Mapping[str, Any], field: str | None, reason: str) -> Reject:
    return Reject(context.file, number, field, reason, str(dict(held))[:2000])
