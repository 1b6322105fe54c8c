"""TLP markings in STIX 2.1: those of TLP 1 (STIX 2.1 section 7.2.1.4) and of TLP 2.0 (OASIS' extension definition).

The objects of TLP 2.0 are fixed, ids and all, in the OASIS repository cti-stix-common-objects, folder
extension-definition-specifications/tlp-2.0.
"""

from collections.abc import Iterable, Mapping
from typing import Any

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
