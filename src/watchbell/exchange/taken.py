"""What a collection takes: STIX 2.1 objects whose common properties hold (section 3.2), told from all else by name.

Checked is what a reader relies on before it looks at the type: id, times, markings, references, and the properties that
the object's type requires (sections 4 to 7). Custom types and properties pass, as section 11 allows.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from watchbell.clock import microseconds
from watchbell.exchange.envelope import Sent
from watchbell.exchange.marking import Definitions, definitions_in, heard_from, marking_of
from watchbell.exchange.published import is_plausible
from watchbell.exchange.references import needs_of
from watchbell.model.collections import SharedObject
from watchbell.model.tlp import Tlp, strictest

_TYPE = r"[a-z0-9][a-z0-9-]{1,248}[a-z0-9]"
_ID = re.compile(rf"({_TYPE})--[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
_COMMON: Mapping[str, tuple[type, str]] = {
    "spec_version": (str, "text"),
    "lang": (str, "text"),
    "revoked": (bool, "true or false"),
    "confidence": (int, "a whole number"),
    "labels": (list, "a list"),
    "external_references": (list, "a list"),
    "object_marking_refs": (list, "a list"),
    "granular_markings": (list, "a list"),
    "extensions": (dict, "an object"),
}
_NAMED = (
    "attack-pattern", "campaign", "course-of-action", "identity", "incident", "infrastructure", "intrusion-set",
    "threat-actor", "tool", "vulnerability",
)  # fmt: skip
_VALUED = ("domain-name", "email-addr", "ipv4-addr", "ipv6-addr", "mac-addr", "url")
_REQUIRED: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(_NAMED, ("name",)),
    **dict.fromkeys(_VALUED, ("value",)),
    "grouping": ("context", "object_refs"),
    "indicator": ("pattern", "pattern_type", "valid_from"),
    "malware": ("is_family",),
    "malware-analysis": ("product",),
    "note": ("content", "object_refs"),
    "observed-data": ("first_observed", "last_observed", "number_observed"),
    "opinion": ("opinion", "object_refs"),
    "report": ("name", "published", "object_refs"),
    "relationship": ("relationship_type", "source_ref", "target_ref"),
    "sighting": ("sighting_of_ref",),
    "language-content": ("object_ref", "contents"),
    "extension-definition": ("name", "schema", "version", "extension_types"),
    "autonomous-system": ("number",),
    "directory": ("path",),
    "email-message": ("is_multipart",),
    "mutex": ("name",),
    "network-traffic": ("protocols",),
    "software": ("name",),
}
_TLP_DEFINITIONS = definitions_in(())


def shared_object(
    sent: Sent, definitions: Definitions, *, unmarked: Tlp, narrowest: Tlp, now: datetime
) -> SharedObject:
    """Return an object as it goes into a collection.

    Args:
        sent: the object as it came.
        definitions: the marking definitions it may refer to.
        unmarked: what holds where it has no TLP marking.
        narrowest: the narrowest marking that the collection takes.
        now: the present; an object from a later day is refused.

    Raises:
        ValueError: it is no STIX 2.1 object, or marked too narrowly; a sentence says what is wrong.
    """
    held = sent.values
    object_id, kind = _named(held)
    _check_properties(held, kind)
    created, modified = _times(held, kind, now)
    heard, marking = _markings(held, object_id, definitions, unmarked)
    if marking.rank > narrowest.rank:
        raise ValueError(
            f"It is marked TLP:{marking.upper()}; the narrowest that this collection takes is TLP:{narrowest.upper()}."
        )
    version = modified or created
    return SharedObject(
        number=sent.number,
        object_id=object_id,
        type=kind,
        spec_version=held.get("spec_version", "2.1"),
        version=None if version is None else version[0],
        version_us=0 if version is None else microseconds(version[1]),
        heard_from=heard,
        marking=marking,
        body=sent.body,
        needs=needs_of(held),
    )


def _named(held: Mapping[str, Any]) -> tuple[str, str]:
    object_id, kind = held.get("id"), held.get("type")
    if not isinstance(object_id, str):
        raise ValueError("It has no id.")  # noqa: TRY004  # the input is wrong, not the caller
    found = _ID.fullmatch(object_id)
    if found is None:
        raise ValueError(f"Its id {object_id[:80]!r} is not a type, two hyphens and a UUID.")
    if kind != found[1]:
        raise ValueError(f"Its type {str(kind)[:80]!r} is not the one in its id.")
    return object_id, found[1]


def _check_properties(held: Mapping[str, Any], kind: str) -> None:
    for name in _REQUIRED.get(kind, ()):
        if held.get(name) in (None, "", []):
            raise ValueError(f"It lacks {name}, which STIX 2.1 requires of a {kind}.")
    demand_types(held)
    for name, value in held.items():
        if name.endswith(("_ref", "_refs")):
            _check_references(name, value)


def demand_types(held: Mapping[str, Any]) -> None:
    """Return if the properties that all objects may have are of the types that STIX 2.1 gives them (section 3.2).

    Raises:
        ValueError: one is of another; a sentence names it.
    """
    for name, value in held.items():
        expected = _COMMON.get(name)
        if expected and (not isinstance(value, expected[0]) or (expected[0] is int and isinstance(value, bool))):
            raise ValueError(f"Its {name} is not {expected[1]}.")


def _check_references(name: str, value: Any) -> None:
    refs = value if name.endswith("s") else [value]
    if not isinstance(refs, list) or not all(isinstance(ref, str) and _ID.fullmatch(ref) for ref in refs):
        raise ValueError(f"Its {name} does not name a STIX object.")


_Instant = tuple[str, datetime]


def _times(held: Mapping[str, Any], kind: str, now: datetime) -> tuple[_Instant | None, _Instant | None]:
    """Return `created` and `modified`, each as written and as a moment; None where it stands none."""
    created, modified = (_time(held, name, now) for name in ("created", "modified"))
    if created is None and modified is None:
        return None, None  # a cyber-observable has neither
    if held.get("spec_version") != "2.1":
        raise ValueError("Its spec_version is not 2.1; other versions of STIX are not taken.")
    if created is None or (modified is None and kind != "marking-definition"):
        raise ValueError("It has only one of created and modified.")
    if modified is not None and modified[1] < created[1]:
        raise ValueError("Its modified lies before its created.")
    return created, modified


def _time(held: Mapping[str, Any], name: str, now: datetime) -> _Instant | None:
    written = held.get(name)
    if written is None:
        return None
    try:
        at = datetime.fromisoformat(written) if isinstance(written, str) and _TIME.fullmatch(written) else None
    except ValueError:
        at = None
    if at is None:
        raise ValueError(f"Its {name} is no time as 2026-11-03T09:30:00.000Z is one.")
    if not is_plausible(at, now):
        raise ValueError(f"Its {name}, {written}, lies in the future or before STIX was thought of: check the clock.")
    return written, at


def _markings(held: Mapping[str, Any], object_id: str, definitions: Definitions, unmarked: Tlp) -> tuple[Tlp, Tlp]:
    """Return up to which marking one must be cleared to be given any of the object, and to be given all of it."""
    if object_id in _TLP_DEFINITIONS:
        return Tlp.CLEAR, Tlp.CLEAR
    if "granular_markings" not in held and "object_marking_refs" not in held:
        return unmarked, unmarked
    try:
        heard = heard_from(held, definitions, unmarked=unmarked)
        if "granular_markings" not in held:
            return heard, heard
        return heard, strictest(filter(None, [heard, marking_of(held, definitions)]))
    except (AttributeError, TypeError, ValueError) as error:
        raise ValueError("Its markings cannot be read.") from error
