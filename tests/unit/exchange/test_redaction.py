"""The door of STIX objects: no byte marked narrower than the audience may hear comes through, whatever the graph."""

import json
from typing import Any

import pytest
import stix2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stix2.registry import STIX2_OBJ_MAPS

from watchbell.exchange.marking import (
    REDACTION,
    definitions_in,
    hearable,
    heard_from,
    is_redacted,
    marking_id,
    may_hear,
    redacted,
    redaction_definition,
)
from watchbell.exchange.redaction import cannot_lose
from watchbell.ids import fact_id
from watchbell.model.audiences import PUBLIC, Audience
from watchbell.model.tlp import Tlp

KNOWN = definitions_in([])
WHEN = "2026-10-01T00:00:00.000Z"
AMBER = Audience(Tlp.AMBER)
RED = Audience(Tlp.RED)


def report(**more: Any) -> dict[str, Any]:
    return {
        "type": "report", "spec_version": "2.1", "id": fact_id("report", "a"), "created": WHEN, "modified": WHEN,
        "name": "A report", "published": WHEN, "description": "Who told us", "labels": ["one", "two", "three"],
        "object_refs": [fact_id("identity", "x"), fact_id("identity", "y")],
        "object_marking_refs": [marking_id(Tlp.GREEN)], **more,
    }  # fmt: skip


def marked(label: Tlp, *selectors: str) -> dict[str, Any]:
    return {"marking_ref": marking_id(label), "selectors": list(selectors)}


def test_a_part_marked_narrower_is_taken_out_and_the_object_says_so() -> None:
    held = report(granular_markings=[marked(Tlp.RED, "description")])
    told = redacted(held, AMBER, KNOWN)
    assert told
    assert "description" not in told
    assert told["extensions"][REDACTION]["redacted"] == ["description"]
    assert "granular_markings" not in told
    assert redacted(held, RED, KNOWN) == held
    stix2.parse(told)
    stix2.parse(redaction_definition())


def test_the_other_granular_markings_still_point_at_the_same_things() -> None:
    held = report(granular_markings=[marked(Tlp.RED, "labels.[0]"), marked(Tlp.AMBER, "labels.[2]", "name")])
    told = redacted(held, AMBER, KNOWN)
    assert told
    assert told["labels"] == ["two", "three"]
    assert told["granular_markings"] == [marked(Tlp.AMBER, "labels.[1]", "name")]


@pytest.mark.parametrize("selector", ["name", "published", "nothing.there", "labels.[7]", "id", "object_refs"])
def test_what_cannot_be_without_a_part_is_withheld_whole(selector: str) -> None:
    held = report(granular_markings=[marked(Tlp.RED, selector)])
    assert redacted(held, AMBER, KNOWN) is None
    assert heard_from(held, KNOWN) is Tlp.RED


def test_a_list_or_extension_that_is_left_empty_goes_too() -> None:
    told = redacted(report(labels=["one"], granular_markings=[marked(Tlp.RED, "labels.[0]")]), AMBER, KNOWN)
    assert told
    assert "labels" not in told


def test_the_object_s_own_marking_is_never_widened_by_a_part() -> None:
    held = report(
        object_marking_refs=[marking_id(Tlp.RED)], granular_markings=[marked(Tlp.CLEAR, "name")]
    )  # fmt: skip
    assert redacted(held, AMBER, KNOWN) is None


def test_of_an_unknown_type_or_with_unreadable_markings_nothing_is_guessed() -> None:
    own = {"type": "x-own", "id": "x-own--1", "a": "b", "object_marking_refs": [marking_id(Tlp.CLEAR)]}
    assert redacted(own, PUBLIC, KNOWN) == own
    assert redacted(own | {"granular_markings": [marked(Tlp.RED, "a")]}, AMBER, KNOWN) is None
    assert redacted(own | {"granular_markings": ["nonsense"]}, AMBER, KNOWN) is None


def test_unmarked_objects_are_amber_but_definitions_are_everybodys() -> None:
    held = report()
    del held["object_marking_refs"]
    assert heard_from(held, KNOWN) is Tlp.AMBER
    assert heard_from(held, KNOWN, unmarked=Tlp.RED) is Tlp.RED
    assert redacted(redaction_definition(), PUBLIC, KNOWN) == redaction_definition()


def test_a_trust_group_is_heard_by_its_members_up_to_their_clearance_there() -> None:
    member = Audience(Tlp.GREEN, {"g": Tlp.RED})
    assert may_hear(member, Tlp.RED, ["g"])
    assert not may_hear(member, Tlp.RED)
    assert not may_hear(RED, Tlp.CLEAR, ["g"])
    assert not may_hear(member, Tlp.CLEAR, ["g", "h"])


def test_who_refers_to_a_withheld_object_does_not_tell_its_id() -> None:
    hidden = {"type": "identity", "id": fact_id("identity", "x"), "created": WHEN, "modified": WHEN, "name": "X",
              "object_marking_refs": [marking_id(Tlp.RED)]}  # fmt: skip
    relation = {"type": "relationship", "id": fact_id("relationship", "r"), "created": WHEN, "modified": WHEN,
                "relationship_type": "related-to", "source_ref": hidden["id"], "target_ref": report()["id"],
                "object_marking_refs": [marking_id(Tlp.GREEN)]}  # fmt: skip
    note = {"type": "note", "id": fact_id("note", "n"), "created": WHEN, "modified": WHEN, "content": "on the relation",
            "object_refs": [relation["id"]], "object_marking_refs": [marking_id(Tlp.GREEN)]}  # fmt: skip
    told = hearable([hidden, relation, note, report()], AMBER, KNOWN)
    assert [held["type"] for held in told] == ["report"]
    assert told[0]["object_refs"] == [fact_id("identity", "y")]
    assert is_redacted(told[0])
    assert hearable([report()], AMBER, KNOWN, hidden=report()["object_refs"]) == []


def test_a_translation_of_an_object_that_lost_a_part_is_withheld() -> None:
    held = report(granular_markings=[marked(Tlp.RED, "description")])
    translation = {"type": "language-content", "id": fact_id("language-content", "t"), "object_ref": held["id"],
                   "contents": {"de": {"description": "Wer es uns sagte"}}, "created": WHEN, "modified": WHEN,
                   "object_marking_refs": [marking_id(Tlp.GREEN)]}  # fmt: skip
    assert translation in hearable([held, translation], RED, KNOWN)
    assert [told["type"] for told in hearable([held, translation], AMBER, KNOWN)] == ["report"]


@pytest.mark.parametrize("name", ["objects", "observables"])
def test_what_stix2_requires_of_each_type_cannot_be_lost(name: str) -> None:
    for kind, found in STIX2_OBJ_MAPS["2.1"][name].items():
        if kind in {"bundle", "marking-definition", "extension-definition", "observed-data"}:
            continue
        needed = {each for each, rule in found._properties.items() if rule.required}
        needed |= set(getattr(found, "_id_contributing_properties", ()))
        assert [each for each in needed if not cannot_lose({"type": kind}, (each,))] == [], kind


# ---- over random graphs ----
LABELS = st.sampled_from(list(Tlp))
OPTIONAL = ("description", "labels", "external_references", "lang", "aliases")


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[dict[str, Any]], dict[str, Tlp]]:
    """Return objects that refer to each other, and each of their secrets with the narrowest label that stands on it."""
    count = draw(st.integers(1, 6))
    secrets: dict[str, Tlp] = {}
    objects = []
    ids = [f"campaign--{number:08x}-0000-4000-8000-000000000000" for number in range(count)]
    for number in range(count):
        own = draw(LABELS)
        held: dict[str, Any] = {
            "type": "campaign", "spec_version": "2.1", "id": ids[number], "created": WHEN, "modified": WHEN,
            "name": f"s-{number}-name", "description": f"s-{number}-description",
            "aliases": [f"s-{number}-alias0", f"s-{number}-alias1"],
            "external_references": [{"source_name": f"s-{number}-ref0", "url": f"s-{number}-url"}],
            "object_marking_refs": [marking_id(own)],
        }  # fmt: skip
        places = {
            "name": ["name"], "description": ["description"], "aliases.[0]": ["alias0"], "aliases.[1]": ["alias1"],
            "external_references.[0].url": ["url"], "external_references": ["ref0", "url"],
            "aliases": ["alias0", "alias1"],
        }  # fmt: skip
        labels = {f"s-{number}-{name}": own for name in ("name", "description", "alias0", "alias1", "ref0", "url")}
        marks = draw(st.lists(st.tuples(st.sampled_from(sorted(places)), LABELS), max_size=4))
        held["granular_markings"] = [marked(label, selector) for selector, label in marks]
        for selector, label in marks:
            for name in places[selector]:
                secret = f"s-{number}-{name}"
                labels[secret] = max(labels[secret], label, key=lambda one: one.rank)
        secrets |= labels | {ids[number]: own}
        objects.append(held)
        target = ids[draw(st.integers(0, count - 1))]
        link = draw(LABELS)
        objects.append(
            {"type": "relationship", "spec_version": "2.1", "id": fact_id("relationship", str(number)), "created": WHEN,
             "modified": WHEN, "relationship_type": "related-to", "source_ref": ids[number], "target_ref": target,
             "description": f"l-{number}", "object_marking_refs": [marking_id(link)]}
        )  # fmt: skip
        secrets[f"l-{number}"] = link
        objects.append(
            {"type": "report", "spec_version": "2.1", "id": fact_id("report", str(number)), "created": WHEN,
             "modified": WHEN, "name": f"r-{number}", "published": WHEN, "created_by_ref": ids[number],
             "object_refs": draw(st.lists(st.sampled_from(ids), min_size=1, unique=True)),
             "object_marking_refs": [marking_id(link)]}
        )  # fmt: skip
        secrets[f"r-{number}"] = link
    return draw(st.permutations(objects)), secrets


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(graphs(), LABELS)
def test_no_marked_byte_leaves_above_its_marking(
    graph: tuple[list[dict[str, Any]], dict[str, Tlp]], up_to: Tlp
) -> None:
    objects, secrets = graph
    told = hearable(objects, Audience(up_to), KNOWN)
    said = json.dumps(told)
    assert [secret for secret, label in secrets.items() if label.rank > up_to.rank and f'"{secret}"' in said] == []
    assert hearable(objects, RED, KNOWN) == objects
    # Nothing is held back without need: an object with no narrower part, which refers to nothing narrower, comes whole.
    given_ids = {held["id"] for held in told}
    for held in objects:
        if held["type"] == "campaign" and heard_from(held, KNOWN).rank <= up_to.rank:
            assert held["id"] in given_ids
    assert hearable(told, Audience(up_to), KNOWN) == told
