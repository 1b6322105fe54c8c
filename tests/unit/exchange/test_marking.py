"""TLP in STIX: both versions are read, the second is written, and the narrowest part governs the whole."""

from typing import Any

import pytest
import stix2

from watchbell.exchange.marking import definitions_in, marking_id, marking_object, marking_of
from watchbell.model.tlp import Tlp


@pytest.mark.parametrize(
    ("definition", "label"),
    [
        (stix2.TLP_WHITE, Tlp.CLEAR),
        (stix2.TLP_GREEN, Tlp.GREEN),
        (stix2.TLP_AMBER, Tlp.AMBER),
        (stix2.TLP_RED, Tlp.RED),
    ],
)
def test_the_markings_of_tlp_1_are_known_by_their_ids(definition: Any, label: Tlp) -> None:
    assert marking_of({"object_marking_refs": [definition.id]}, definitions_in([])) is label


@pytest.mark.parametrize("label", list(Tlp))
def test_the_markings_of_tlp_2_are_known_and_written(label: Tlp) -> None:
    assert marking_of({"object_marking_refs": [marking_id(label)]}, definitions_in([])) is label
    written = stix2.parse(marking_object(label))
    assert written.id == marking_id(label)
    assert written.name == f"TLP:{label.upper()}"


def test_a_marking_of_a_partners_own_is_read_from_the_bundle() -> None:
    own = {**marking_object(Tlp.AMBER_STRICT), "id": "marking-definition--own"}
    old = {"type": "marking-definition", "id": "marking-definition--old", "definition_type": "tlp",
           "definition": {"tlp": "amber"}}  # fmt: skip
    definitions = definitions_in([own, old])
    assert marking_of({"object_marking_refs": [own["id"]]}, definitions) is Tlp.AMBER_STRICT
    assert marking_of({"object_marking_refs": [old["id"], own["id"]]}, definitions) is Tlp.AMBER_STRICT


def test_a_statement_is_no_tlp_marking_and_an_unknown_one_counts_as_red() -> None:
    statement = {"type": "marking-definition", "id": "marking-definition--s", "definition_type": "statement"}
    assert marking_of({"object_marking_refs": [statement["id"]]}, definitions_in([statement])) is None
    assert marking_of({"object_marking_refs": ["marking-definition--who-knows"]}, definitions_in([])) is Tlp.RED
    assert marking_of({}, definitions_in([])) is None


def test_a_part_of_an_object_can_narrow_it() -> None:
    held = {
        "object_marking_refs": [marking_id(Tlp.GREEN)],
        "granular_markings": [{"marking_ref": marking_id(Tlp.RED), "selectors": ["name"]}, {"lang": "en"}],
    }
    assert marking_of(held, definitions_in([])) is Tlp.RED
