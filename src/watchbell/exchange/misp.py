"""MISP events in: attributes and account objects that can be looked for, each with its event's marking and techniques.

The form is that of the MISP core format (draft-dulaunoy-misp-core-format). An attribute whose `to_ids` is off is
context and no indicator: its author does not mean it to be looked for. One that is deleted comes out revoked.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from pydantic import ValidationError

from watchbell.exchange import misp_words as words
from watchbell.exchange.misp_sightings import ends_at, said_in, sightings_in
from watchbell.exchange.patterns import values_of_pattern
from watchbell.exchange.published import Note, Publication, Published, day
from watchbell.exchange.values import UnreadableValueError, Value, read_value
from watchbell.files import Reject, Row, cut
from watchbell.ids import fact_id
from watchbell.model.indicators import Indicator, indicator_id
from watchbell.model.tlp import Tlp, strictest

_UNREAD = {
    "ShadowAttribute": "proposals of others to change it",
    "EventReport": "reports in words",
}


class _Event(NamedTuple):
    """What holds for all of an event."""

    publication: Publication
    source: str
    tlp: Tlp
    tags: tuple[str, ...]
    techniques: tuple[str, ...]
    published: datetime
    revoked: bool
    sightings: Mapping[str, list[Any]]
    """UUID of an attribute → its sightings, where the event has them in one list."""


def is_event(values: Mapping[str, Any]) -> bool:
    """Tell whether a JSON object is a MISP event, plain or in the wrappers that MISP's API puts around it."""
    held = values.get("response", values.get("Event", values))
    held = held[0] if isinstance(held, list) and held else held
    held = held.get("Event", held) if isinstance(held, dict) else None
    return isinstance(held, dict) and "info" in held and not {"Attribute", "Object", "Orgc", "Org"}.isdisjoint(held)


def indicators_of_rows(rows: Iterable[Row | Reject], publication: Publication) -> Iterator[Published]:
    """Yield what each event of a document holds; rejects among the rows pass through."""
    for row in rows:
        if isinstance(row, Reject):
            yield row
            continue
        held = row.values.get("response", [row.values])
        for wrapped in held if isinstance(held, list) else [held]:
            event = wrapped.get("Event", wrapped) if isinstance(wrapped, dict) else None
            if isinstance(event, dict):
                yield from indicators_of_event(event, publication)
            else:
                yield Reject(publication.file, row.number, "Event", "The event is no JSON object.", cut(str(wrapped)))


def indicators_of_event(event: Mapping[str, Any], publication: Publication) -> Iterator[Published]:
    """Yield the indicators of one event, a Reject for each attribute that cannot be read, a Note for context."""
    told = _told(event, publication)
    number = 0
    for number, (attribute, parent) in enumerate(_attributes(event), start=1):
        yield from _items(attribute, parent, number, told)
    for member, what in _UNREAD.items():
        if held := event.get(member):
            count = len(held) if isinstance(held, list) else 1
            yield Note(publication.file, number + 1, f"{count} {member}", f"{what} are not read from MISP events")


def _told(event: Mapping[str, Any], publication: Publication) -> _Event:
    tags = tuple(words.tag_names(event))
    organisation = event.get("Orgc") or event.get("Org")
    name = organisation.get("name") if isinstance(organisation, dict) else None
    told = words.tag_value(tags, "watchbell", "source") or name
    label = words.label_of(tags)
    return _Event(
        publication,
        str(told) if told and not publication.is_named else publication.source,
        publication.tlp if label is None else label,
        tags,
        words.techniques_of(event, tags),
        day(str(event.get("date", ""))) or publication.published,
        _is_on(event.get("deleted")),
        _sightings_by_attribute(event),
    )


def _sightings_by_attribute(event: Mapping[str, Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for one in _listed(event.get("Sighting")):
        if isinstance(one, dict):
            found.setdefault(str(one.get("attribute_uuid")), []).append(one)
    return found


def _attributes(event: Mapping[str, Any]) -> Iterator[tuple[Any, Mapping[str, Any] | None]]:
    """Yield each attribute with the object that it is part of."""
    for attribute in _listed(event.get("Attribute")):
        yield attribute, None
    for held in _listed(event.get("Object")):
        if isinstance(held, dict):
            for attribute in _listed(held.get("Attribute")):
                yield attribute, held


def _listed(held: Any) -> list[Any]:
    return held if isinstance(held, list) else [] if held is None else [held]


def _items(attribute: Any, parent: Mapping[str, Any] | None, number: int, told: _Event) -> Iterator[Published]:
    file = told.publication.file
    if not isinstance(attribute, dict):
        yield Reject(file, number, "Attribute", "The attribute is no JSON object.", cut(str(attribute)))
        return
    name = f"Attribute {str(attribute.get('uuid', number))[:60]}"
    try:
        values = _values(attribute, parent)
        if not values and not _is_account(parent):
            yield Note(file, number, str(attribute.get("value", ""))[:200], _why_context(attribute))
        sightings = list(sightings_in(_sightings_of(attribute, told)))
        made = [_indicator(value, attribute, told, alone=len(values) == 1) for value in values]
        yield from (_until(one, ends_at(sightings)) for one in made)
        if made:
            yield from said_in(sightings, [one.id for one in made], told.source)
    except (UnreadableValueError, ValidationError, ValueError, TypeError, OverflowError) as error:
        yield Reject(file, number, name, f"{name}: {error}.", cut(str(attribute)))


def _sightings_of(attribute: Mapping[str, Any], told: _Event) -> list[Any]:
    apart = told.sightings.get(str(attribute.get("uuid")), []) if told.sightings else []
    return [*_listed(attribute.get("Sighting")), *apart]


def _until(indicator: Indicator, ends: datetime | None) -> Indicator:
    """Return an indicator that ends when somebody says that it expires, unless it ends before that or not at all."""
    if ends is None or ends <= indicator.valid_from or (indicator.valid_until and indicator.valid_until <= ends):
        return indicator
    return indicator.model_copy(update={"valid_until": ends})


def _why_context(attribute: Mapping[str, Any]) -> str:
    kind = str(attribute.get("type", ""))[:40]
    return (
        "context: its author does not mean it to be looked for"
        if _is_context(attribute)
        else (f"MISP's type {kind!r} is not looked for in posts and ads")
    )


def _is_context(attribute: Mapping[str, Any]) -> bool:
    return "to_ids" in attribute and not _is_on(attribute["to_ids"])


def _values(attribute: Mapping[str, Any], parent: Mapping[str, Any] | None) -> list[Value]:
    """Return what an attribute asks to look for; nothing where it is context or of a kind that is not looked for.

    Raises:
        UnreadableValueError: its value is none of its type.
    """
    kind, written = str(attribute.get("type", "")), str(attribute.get("value", ""))
    if _is_context(attribute):
        return []
    if parent is not None and _is_account(parent):
        return _account(attribute, parent, written)
    ours = words.tag_value(words.tag_names(attribute), "watchbell", "kind")
    if ours is not None:
        return [read_value(ours, written)]
    if kind == "stix2-pattern":
        return values_of_pattern(written)
    if kind == "text" and attribute.get("object_relation") == "hashtag":
        return [read_value("hashtag", written)]
    kinds = words.READ.get(kind, ())
    parts = written.split("|") if len(kinds) > 1 else [written]
    return [_part(kind, part) for kind, part in zip(kinds, parts, strict=False) if kind]


def _is_account(parent: Mapping[str, Any] | None) -> bool:
    return parent is not None and str(parent.get("name")) in words.ACCOUNT_OBJECTS


def _part(kind: str, written: str) -> Value:
    name, _, platform = kind.partition(" ")
    return read_value(name, written, platform or None)


def _account(attribute: Mapping[str, Any], parent: Mapping[str, Any], written: str) -> list[Value]:
    platform, relations = words.ACCOUNT_OBJECTS[str(parent.get("name"))]
    if attribute.get("object_relation") not in relations:
        return []
    beside = [held for held in _listed(parent.get("Attribute")) if isinstance(held, dict)]
    platform = platform or next(
        (str(held.get("value")) for held in beside if held.get("object_relation") == "account-type"), None
    )
    return [read_value("handle", written, platform)]


def _indicator(value: Value, attribute: Mapping[str, Any], told: _Event, *, alone: bool) -> Indicator:
    tags = words.tag_names(attribute)
    label = words.label_of(tags)
    own_techniques = words.techniques_of(attribute, tags)
    modified = _moment(attribute.get("timestamp")) or told.published
    created = min(told.published, modified)
    platform = words.tag_value(tags, "watchbell", "platform") or value.platform
    ends = day(words.tag_value(tags, "watchbell", "valid-until") or "")
    return Indicator(
        id=_id(value, attribute, told.source, alone=alone),
        kind=value.kind,
        value=value.value,
        platform=platform,
        published_as=str(attribute.get("value", ""))[:4096],
        source=told.source,
        tlp=strictest((told.tlp, *([label] if label else []), *_least(told.publication))),
        confidence=next((sure for sure in map(words.confidence_of, (tags, told.tags)) if sure is not None), None),
        description=str(attribute.get("comment") or "") or None,
        techniques=own_techniques or told.techniques,
        reference=f"{told.publication.file.rpartition('/')[2]}, attribute {str(attribute.get('uuid', ''))[:60]}",
        valid_from=_moment(attribute.get("first_seen")) or created,
        valid_until=ends,
        revoked=told.revoked or _is_on(attribute.get("deleted")),
        created=created,
        modified=modified,
    )


def _least(publication: Publication) -> list[Tlp]:
    return [publication.tlp] if publication.is_marked else []


def _id(value: Value, attribute: Mapping[str, Any], source: str, *, alone: bool) -> str:
    """Return the partner's own id where the attribute names one value, one made of it where it names several."""
    told = str(attribute.get("uuid", ""))
    try:
        is_random = uuid.UUID(told).version == 4  # noqa: PLR2004  # what STIX asks of the ids of such objects
    except ValueError:
        is_random = False
    if not is_random:
        return indicator_id(value.kind, value.platform, value.value, source)
    if alone:
        return f"indicator--{uuid.UUID(told)}"
    return fact_id("indicator", told, value.kind, value.platform or "", value.value)


def _is_on(told: Any) -> bool:
    return told is True or str(told).lower() in ("1", "true")


def _moment(told: Any) -> datetime | None:
    """Read a time as MISP writes it: seconds since 1970 as digits, or ISO 8601."""
    text = str(told) if told is not None else ""
    if text.isascii() and text.isdigit() and len(text) <= 10:  # noqa: PLR2004  # until the year 2286
        return datetime.fromtimestamp(int(text), tz=UTC) if int(text) else None
    return day(text) if text else None
