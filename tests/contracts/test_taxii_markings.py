"""No reader learns over TAXII that there is an object it may not hear of, whatever the graph and its order."""

import json
import uuid
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.taxii_server import T0, House, indicator, post, walk
from watchbell.exchange.marking import definitions_in, hearable, is_redacted, marking_id
from watchbell.model.audiences import Audience
from watchbell.model.tlp import Tlp

LABELS = st.sampled_from([Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT])
READERS = (Tlp.CLEAR, Tlp.GREEN)


def node(kind: str, label: Tlp, **more: Any) -> dict[str, Any]:
    common = {"type": kind, "spec_version": "2.1", "id": f"{kind}--{uuid.uuid4()}", "created": T0, "modified": T0}
    return common | {"object_marking_refs": [marking_id(label)]} | more


def relationship(source: str, target: str, label: Tlp = Tlp.CLEAR) -> dict[str, Any]:
    return node("relationship", label, relationship_type="related-to", source_ref=source, target_ref=target)


@st.composite
def graphs(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Objects that refer to each other, marked at random, in any order."""
    source = node("identity", draw(LABELS), name="A source", description="Whom we met")
    if draw(st.booleans()):
        source["granular_markings"] = [{"marking_ref": marking_id(draw(LABELS)), "selectors": ["description"]}]
    made = [source, node("identity", draw(LABELS), name="Another")]
    made += [
        indicator(tlp=draw(LABELS), created_by_ref=draw(st.sampled_from(made[:2]))["id"])
        for _ in range(draw(st.integers(1, 3)))
    ]
    for kind in draw(st.lists(st.sampled_from(["relationship", "sighting", "note", "report"]), max_size=8)):
        refs = [held["id"] for held in draw(st.lists(st.sampled_from(made), min_size=2, max_size=4))]
        made.append(refers(kind, draw(LABELS), refs))
    made.append(node("language-content", draw(LABELS), object_ref=source["id"], contents={"de": {"name": "Q"}}))
    return draw(st.permutations(made))


def refers(kind: str, label: Tlp, refs: list[str]) -> dict[str, Any]:
    match kind:
        case "relationship":
            return relationship(refs[0], refs[1], label)
        case "sighting":
            return node(kind, label, sighting_of_ref=refs[0], where_sighted_refs=refs[1:])
        case "note":
            return node(kind, label, content="A note", object_refs=refs)
    return node(kind, label, name="A report", published=T0, object_refs=refs)


def by_id(objects: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {held["id"]: held for held in objects}


def manifest_ids(client: httpx.Client, collection: str) -> set[str]:
    page = client.get(f"{collection}manifest/", params={"limit": "1000"}).json()
    return {record["id"] for record in page.get("objects", [])}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(graph=graphs(), cut=st.integers(0, 20))
def test_pages_tell_what_an_export_tells_and_the_manifest_agrees(
    house: House, graph: list[dict[str, Any]], cut: int
) -> None:
    exchange = house.collection("exchange")
    with house.client(Tlp.AMBER) as writer:
        for part in filter(None, (graph[:cut], graph[cut:])):
            assert "failures" not in post(writer, exchange, part)
        assert by_id(walk(writer, exchange)).items() >= by_id(graph).items()
    for clearance in READERS:
        with house.client(clearance) as reader:
            told = by_id(walk(reader, exchange))
            assert manifest_ids(reader, exchange) == told.keys()
            ours = {name: held for name, held in told.items() if name in by_id(graph)}
            assert ours == by_id(hearable(graph, Audience(clearance), definitions_in(graph)))
            hidden = by_id(graph).keys() - ours.keys()
            assert not [name for name in hidden if name in json.dumps(told)]
            for name in hidden:
                assert reader.get(f"{exchange}objects/{name}/").status_code == 404
                assert reader.get(f"{exchange}objects/{name}/versions/").status_code == 404


def test_who_tells_of_anothers_hidden_object_opens_nothing(house: House) -> None:
    exchange = house.collection("exchange")
    hidden, known = indicator(tlp=Tlp.AMBER), indicator()
    link = relationship(known["id"], hidden["id"])
    with house.client(Tlp.AMBER) as amber, house.client(Tlp.GREEN) as green, house.client(Tlp.CLEAR) as clear:
        post(amber, exchange, [known, link, hidden])
        assert post(green, exchange, [indicator(id=hidden["id"], tlp=Tlp.CLEAR)])["success_count"] == 1
        assert post(green, exchange, [link])["success_count"] == 1  # as for an id that nobody used
        assert [held["id"] for held in walk(green, exchange)] == [known["id"], hidden["id"], link["id"]]
        assert walk(green, exchange)[2] == link
        assert not any(held["type"] == "relationship" for held in walk(clear, exchange))


def test_what_becomes_audible_comes_at_the_end_once_and_what_stops_being_so_is_gone(house: House) -> None:
    exchange = house.collection("exchange")
    hidden, known = indicator(tlp=Tlp.AMBER), indicator()
    link = relationship(known["id"], hidden["id"])
    note = node("note", Tlp.CLEAR, content="On the link", object_refs=[link["id"]])
    with house.client(Tlp.AMBER) as amber, house.client(Tlp.GREEN) as green:
        post(amber, exchange, [note, link, known, hidden])
        before = green.get(f"{exchange}objects/")
        assert [held["id"] for held in before.json()["objects"]] == [known["id"]]
        wider = indicator(id=hidden["id"], modified="2026-02-01T00:00:00.000Z")
        post(amber, exchange, [wider])
        since = {"added_after": before.headers["X-TAXII-Date-Added-Last"]}
        after = walk(green, exchange, filters=since)
        assert sorted(held["id"] for held in after) == sorted([wider["id"], link["id"], note["id"]])
        assert not any(map(is_redacted, after))
        gone = amber.delete(f"{exchange}objects/{hidden['id']}/", params={"match[version]": "last"})
        assert gone.status_code == 200
        assert [held["id"] for held in walk(green, exchange)] == [known["id"]]


@pytest.mark.parametrize("escaped", [False, True])
def test_an_author_who_may_not_be_named_is_taken_out_of_what_it_wrote(house: House, escaped: bool) -> None:
    exchange = house.collection("exchange")
    author = node("identity", Tlp.AMBER, name="An informant")
    held = indicator(created_by_ref=author["id"])
    body = json.dumps({"objects": [held, author]})
    if escaped:
        body = body.replace("identity--", "identity\\u002d\\u002d")
    with house.client(Tlp.AMBER) as amber, house.client(Tlp.GREEN) as green:
        assert post(amber, exchange, body.encode())["success_count"] == 2
        told = walk(green, exchange)
    assert [one["pattern"] for one in told] == [held["pattern"]]
    assert "created_by_ref" not in told[0]
    assert is_redacted(told[0])
