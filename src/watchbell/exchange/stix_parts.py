"""The smallest parts of what leaves as STIX 2.1, as plain dictionaries: ids, times, identities, the bundle.

Nothing is checked here on the way: objects are made in the form of the specification, and the tests hold each kind
against the validator of OASIS in strict mode. What STIX has no property for stands in a property extension (STIX 2.1
section 7.3), never in an `x_` property.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from watchbell.exchange.marking import definitions_in, marking_id, marking_object, marking_of
from watchbell.ids import fact_id
from watchbell.model.tlp import Tlp

EXTENSION = fact_id("extension-definition", "watchbell indicator 1")
SYNTHETIC = "synthetic"
"""The label of what was made up for a demonstration or a test."""
_PROJECT = "Watchbell"
# Fixed, so that a definition or an identity is the same object in every bundle.
_FIXED = "2026-01-01T00:00:00.000Z"
# What a name of DISARM may be used under travels with it (decision 0007).
_DISARM = "DISARM Framework, © DISARM Foundation, CC BY-SA 4.0"
_EXTENDED = "2026-11-24T12:00:00.000Z"
SCHEMA = (
    "published_as (string): the value as its publisher wrote it, defanging and all. "
    "techniques (list of string): names or ids of techniques, as published. "
    "platform (string): the platform that an account is on. "
    "In patterns: phone-number:value (E.164), hashtag:value (lower case, without the sign), post-text:value (words of "
    "a post), and file:hashes.PDQ (256 bits in hexadecimal)."
)


def stix_object(kind: str, identity: str, marked: Tlp, **properties: Any) -> dict[str, Any]:
    """Return an object of `kind`; times become text, and properties without a value are left out."""
    held = {
        "type": kind,
        "spec_version": "2.1",
        "id": identity,
        **properties,
        "object_marking_refs": [marking_id(marked)],
    }
    return {
        name: instant(value) if isinstance(value, datetime) else value
        for name, value in held.items()
        if value is not None and value != []
    }


def instant(at: datetime) -> str:
    """Return a time as STIX writes it: UTC, with milliseconds or, where there are any, microseconds."""
    digits = "milliseconds" if at.microsecond % 1000 == 0 else "microseconds"
    return at.isoformat(timespec=digits).replace("+00:00", "Z")


@lru_cache(maxsize=1024)  # the creator of thousands of indicators is a few
def identity_id(name: str) -> str:
    """Return the id of an organisation: the same wherever it is named the same."""
    return fact_id("identity", name)


def relationship(source: str, kind: str, target: str, marked: Tlp, *, by: str, at: datetime) -> dict[str, Any]:
    """Return a relationship between two objects, by their ids; `by` is the id of who says so."""
    return stix_object(
        "relationship",
        fact_id("relationship", source, kind, target, by),
        marked,
        created_by_ref=by,
        created=at,
        modified=at,
        relationship_type=kind,
        source_ref=source,
        target_ref=target,
    )


def attack_pattern(disarm_id: str, name: str, *, is_loaded: bool = False) -> dict[str, Any]:
    """Return a technique of DISARM as STIX has it: the same object in every bundle, for everybody may hear of it.

    Args:
        disarm_id: its id.
        name: its name.
        is_loaded: whether the name is from an operator's file. It may be of another version of DISARM than somebody
            else's, so it belongs to the fact that the object tells.
    """
    source = {"source_name": "DISARM", "external_id": disarm_id, "description": _DISARM}
    return stix_object(
        "attack-pattern",
        fact_id("attack-pattern", "disarm", disarm_id, *([name] if is_loaded else [])),
        Tlp.CLEAR,
        created_by_ref=identity_id(_PROJECT),
        created=_FIXED,
        modified=_EXTENDED,
        name=name,
        external_references=[source],
    )


def extended(**told: Any) -> dict[str, Any] | None:
    """Return the extension of an object with what is told, or None where nothing is."""
    kept = {name: value for name, value in told.items() if value not in (None, [], (), False)}
    return {EXTENSION: {"extension_type": "property-extension", **kept}} if kept else None


def bundle(objects: Sequence[dict[str, Any]], names: Iterable[str]) -> dict[str, Any]:
    """Return the bundle of some objects, with the identities and definitions that they refer to."""
    is_extended = any(EXTENSION in held.get("extensions", ()) for held in objects)
    told = [*([_extension_definition()] if is_extended else []), *objects]
    is_ours = any(held.get("created_by_ref") == identity_id(_PROJECT) for held in told)
    named = _widest_by_author(told)
    widest = min(named.values(), key=_rank, default=Tlp.CLEAR)
    authors = [
        _identity(name, named.get(identity_id(name), widest))
        for name in sorted({*names, *([_PROJECT] if is_ours else [])})
    ]
    refs = {ref for held in (*authors, *told) for ref in held.get("object_marking_refs", ())}
    definitions = [marking_object(label) for label in Tlp if marking_id(label) in refs]
    held = [*definitions, *authors, *told]
    stamp = [f"{part['id']}@{part.get('modified', '')}" for part in held]
    return {"type": "bundle", "id": fact_id("bundle", *stamp), "objects": held}


def _widest_by_author(objects: Iterable[Mapping[str, Any]]) -> dict[str, Tlp]:
    """Return the widest marking of what names an identity, by the identity's id.

    The name of a source is told to whoever may hear one thing that this source told, and to nobody else.
    """
    known, widest = definitions_in(()), dict[str, Tlp]()
    for held in objects:
        label = marking_of(held, known)
        for ref in (held.get("created_by_ref"), *held.get("where_sighted_refs", ())):
            if ref is not None and label is not None:
                widest[ref] = min(label, widest.get(ref, label), key=_rank)
    return widest


def _identity(name: str, label: Tlp) -> dict[str, Any]:
    """Return an organisation; told to more, it is a later version, for a version has one content (section 3.6)."""
    told_to = datetime.fromisoformat(_FIXED) + timedelta(milliseconds=Tlp.RED.rank - label.rank)
    return stix_object(
        "identity",
        identity_id(name),
        label,
        created=_FIXED,
        modified=told_to,
        name=name,
        identity_class="organization",
    )


def _rank(label: Tlp) -> int:
    return label.rank


def _extension_definition() -> dict[str, Any]:
    return stix_object(
        "extension-definition",
        EXTENSION,
        Tlp.CLEAR,
        created_by_ref=identity_id(_PROJECT),
        created=_FIXED,
        modified=_EXTENDED,
        name="Watchbell indicator",
        description="What a publisher of indicators wrote beside the pattern made of it, and where an account is.",
        schema=SCHEMA,
        version="1.1.0",
        extension_types=["property-extension", "new-sco"],
    )
