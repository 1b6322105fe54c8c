"""TLP markings in STIX 2.1, and the door that every STIX object passes on its way out.

TLP 1 is that of STIX 2.1 section 7.2.1.4, TLP 2.0 OASIS' extension definition: its objects are fixed, ids and all, in
the OASIS repository cti-stix-common-objects, folder extension-definition-specifications/tlp-2.0.

Who may hear which marking is one rule, `model.audiences.Audience.hears`; the vault asks it of records, in SQL, and the
functions here ask it of objects and of their parts. A granular marking (section 7.2.3) narrows what the object's own
marking says and never widens it.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from watchbell.exchange.redaction import Path, cannot_lose, path_of, points_at_something, without
from watchbell.exchange.references import paths_to
from watchbell.ids import fact_id
from watchbell.model.audiences import Audience
from watchbell.model.tlp import Tlp, strictest

TLP2_EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
_TLP2_IDS = {
    Tlp.CLEAR: "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    Tlp.GREEN: "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    Tlp.AMBER: "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    Tlp.AMBER_STRICT: "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    Tlp.RED: "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
}
_TLP1_IDS = {
    "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": Tlp.CLEAR,
    "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": Tlp.GREEN,
    "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": Tlp.AMBER,
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": Tlp.RED,
}
_KNOWN = _TLP1_IDS | {id_: label for label, id_ in _TLP2_IDS.items()}

Definitions = Mapping[str, Tlp | None]
"""Id of a marking definition → its label; None for one that is no TLP marking, such as a copyright statement."""


def marking_id(label: Tlp) -> str:
    """Return the id of the TLP 2.0 marking definition of a label."""
    return _TLP2_IDS[label]


def marking_object(label: Tlp) -> dict[str, Any]:
    """Return the TLP 2.0 marking definition of a label, as OASIS publishes it."""
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": _TLP2_IDS[label],
        "created": "2022-10-01T00:00:00.000Z",
        "name": f"TLP:{label.upper()}",
        "extensions": {TLP2_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": str(label)}},
    }


def definitions_in(objects: Iterable[Mapping[str, Any]]) -> Definitions:
    """Return the marking definitions that a bundle carries, and those that every reader of STIX knows."""
    carried = {str(held["id"]): _label_of(held) for held in objects if held.get("type") == "marking-definition"}
    return carried | _KNOWN


def marking_of(held: Mapping[str, Any], definitions: Definitions) -> Tlp | None:
    """Return the narrowest TLP marking of a STIX object or of any part of it; None where it has none.

    A marking that is neither known nor in the bundle could be any, so it counts as RED.
    """
    refs = list(held.get("object_marking_refs") or ())
    refs += [part.get("marking_ref") for part in held.get("granular_markings") or ()]
    labels = [definitions.get(str(ref), Tlp.RED) for ref in refs if ref is not None]
    told = [label for label in labels if label is not None]
    return strictest(told) if told else None


UNMARKED = Tlp.AMBER
"""What holds for an object that carries no TLP marking: its author said nothing, so it is not for the public."""
# What the language itself is made of says nothing of anybody; unless it is marked, everyone may have it.
_WORDS_OF_THE_LANGUAGE = {"marking-definition", "extension-definition"}

REDACTION = fact_id("extension-definition", "watchbell redaction 1")
"""Id of the property extension that lists what was taken out of an object: `redacted`, names of properties."""


def heard_from(held: Mapping[str, Any], definitions: Definitions, *, unmarked: Tlp = UNMARKED) -> Tlp:
    """Return the marking up to which an audience must be cleared to be given any of an object.

    It is the object's own; narrower where a part is marked that the object cannot be without (see `redacted`).
    """
    whole, parts = _markings(held, definitions, unmarked)
    return strictest([whole, *(label for path, label in parts if cannot_lose(held, path))])


def may_hear(audience: Audience, label: Tlp, groups: Iterable[str] = ()) -> bool:
    """Tell whether an audience may hear an item with this marking that belongs to these trust groups."""
    return audience.hears(label, groups)


def redacted(
    held: Mapping[str, Any],
    audience: Audience,
    definitions: Definitions,
    *,
    groups: Collection[str] = (),
    unmarked: Tlp = UNMARKED,
) -> dict[str, Any] | None:
    """Return an object as an audience may have it, or None where they may not have it at all.

    What is marked narrower than they may hear is taken out, and the object says so in the extension `REDACTION`. The
    whole object is withheld where it cannot be without that part.

    Args:
        held: a STIX 2.1 object.
        audience: who would get it.
        definitions: the marking definitions it may refer to.
        groups: the trust groups it belongs to; the audience must be in all of them.
        unmarked: what holds where it has no TLP marking.
    """
    whole, parts = _markings(held, definitions, unmarked)
    if not audience.hears(whole, groups):
        return None
    return _taken_out(held, {path for path, label in parts if not audience.hears(label, groups)})


def hearable(
    objects: Iterable[Mapping[str, Any]],
    audience: Audience,
    definitions: Definitions,
    *,
    groups: Mapping[str, Collection[str]] | None = None,
    hidden: Collection[str] = (),
    unmarked: Tlp = UNMARKED,
) -> list[dict[str, Any]]:
    """Return what of some objects an audience may have, in the same order.

    Each is `redacted`. A reference to an object that is withheld is taken out as well, for its id tells that there is
    such an object; one that cannot be without the reference is withheld in its turn, as is a translation
    (`language-content`) of an object that lost a part.

    Args:
        objects: STIX 2.1 objects, those that refer to each other together.
        audience: who would get them.
        definitions: the marking definitions they may refer to.
        groups: id of an object → the trust groups it belongs to; it belongs to none where it is not here.
        hidden: ids of further objects, not among these, that the audience may not hear of.
        unmarked: what holds for an object that has no TLP marking.
    """
    of, known = groups or {}, list(objects)
    kept = [
        redacted(held, audience, definitions, groups=of.get(str(held.get("id")), ()), unmarked=unmarked)
        for held in known
    ]
    while True:
        heard = {str(held["id"]) for held in kept if held is not None and "id" in held}
        lost = (set(hidden) | {str(held.get("id")) for held in known}) - heard
        partial = {str(held["id"]) for held in kept if held is not None and is_redacted(held)}
        after = [held if held is None else _without_references(held, lost, partial) for held in kept]
        if after == kept:
            return [held for held in kept if held is not None]
        kept = after


def without_references(held: Mapping[str, Any], lost: Collection[str]) -> dict[str, Any] | None:
    """Return an object without what refers to some others, saying so; None where it cannot be without them."""
    return _taken_out(held, paths_to(held, lost))


def bundle_for(
    bundle: Mapping[str, Any], audience: Audience, groups: Mapping[str, Collection[str]] | None = None
) -> dict[str, Any]:
    """Return a bundle that we wrote as an audience may have it: the last door of a document that leaves.

    Args:
        bundle: the bundle.
        audience: who gets it.
        groups: id of an object → the trust groups it belongs to; it belongs to none where it is not here.
    """
    objects = bundle["objects"]
    told = hearable(objects, audience, definitions_in(objects), groups=groups)
    if any(map(is_redacted, told)):
        told.insert(0, redaction_definition())
    return {**bundle, "objects": told}


def is_redacted(held: Mapping[str, Any]) -> bool:
    """Tell whether something was taken out of an object."""
    return REDACTION in (held.get("extensions") or {})


def redaction_definition() -> dict[str, Any]:
    """Return the extension definition that a redacted object refers to."""
    return {
        "type": "extension-definition",
        "spec_version": "2.1",
        "id": REDACTION,
        "created_by_ref": fact_id("identity", "Watchbell"),
        "created": "2026-01-01T00:00:00.000Z",
        "modified": "2026-11-24T12:00:00.000Z",
        "name": "Watchbell redaction",
        "description": "Which properties of an object were taken out for whoever it was given to.",
        "schema": "redacted (list of string): names of the properties that were taken out, in whole or in part.",
        "version": "1.0.0",
        "extension_types": ["property-extension"],
        "object_marking_refs": [marking_id(Tlp.CLEAR)],
    }


def _markings(held: Mapping[str, Any], definitions: Definitions, unmarked: Tlp) -> tuple[Tlp, list[tuple[Path, Tlp]]]:
    """Return the marking of the whole object, and the paths of the parts that are marked, each with its label.

    A selector that points at nothing could have meant anything, so its label counts for the whole. What is no list of
    granular markings counts as RED.
    """
    if held.get("type") in _WORDS_OF_THE_LANGUAGE:
        unmarked = Tlp.CLEAR
    whole = marking_of({"object_marking_refs": held.get("object_marking_refs")}, definitions)
    whole = unmarked if whole is None else whole
    parts: list[tuple[Path, Tlp]] = []
    for mark in held.get("granular_markings") or ():
        selectors = mark.get("selectors") if isinstance(mark, dict) else None
        if not isinstance(selectors, list):
            return Tlp.RED, []
        label = marking_of({"granular_markings": [mark]}, definitions)
        if label is None:
            continue
        paths = [path_of(str(selector)) for selector in selectors]
        if not all(points_at_something(held, path) for path in paths):
            whole = strictest([whole, label])
        parts += [(path, label) for path in paths]
    return whole, parts


def _taken_out(held: Mapping[str, Any], paths: Collection[Path]) -> dict[str, Any] | None:
    """Return the object without some parts, saying so; None where it cannot be without them."""
    if not paths:
        return dict(held)
    left = without(held, paths)
    if left is None:
        return None
    extensions = left.get("extensions") or {}
    before = (extensions.get(REDACTION) or {}).get("redacted") or []
    names = sorted({*before, *(str(path[0]) for path in paths)})
    mark = {"extension_type": "property-extension", "redacted": names}
    return left | {"extensions": extensions | {REDACTION: mark}}


def _without_references(held: dict[str, Any], lost: Collection[str], partial: Collection[str]) -> dict[str, Any] | None:
    if held.get("type") == "language-content" and held.get("object_ref") in partial:
        return None
    return without_references(held, lost)


def _label_of(definition: Mapping[str, Any]) -> Tlp | None:
    extension = (definition.get("extensions") or {}).get(TLP2_EXTENSION) or {}
    label = extension.get("tlp_2_0")
    if label is None and definition.get("definition_type") == "tlp":
        label = (definition.get("definition") or {}).get("tlp")
    if label is None:
        return None
    try:
        return Tlp.parse(str(label))
    except ValueError:
        return Tlp.RED
