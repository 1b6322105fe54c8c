"""MISP events and feeds, in and out; what is written is held against pymisp and misp-stix."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymisp import MISPEvent, MISPObject

from watchbell.errors import InputError
from watchbell.exchange.disarm import framework_in
from watchbell.exchange.feedback import SaidOpinion, SaidSighting
from watchbell.exchange.inbox import read_published
from watchbell.exchange.misp_feed import files_of
from watchbell.exchange.misp_sightings import FALSE
from watchbell.exchange.misp_writing import Sharing, events_of
from watchbell.exchange.published import Note, ToldBy
from watchbell.files import Reject
from watchbell.model.feedback import Dispute, Opinion, OpinionValue, Sighting
from watchbell.model.indicators import Indicator, IndicatorKind, indicator_id
from watchbell.model.tlp import Tlp

_NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
_UUID = "d1df503e-d48e-4b78-a40e-67b30fbd5a56"
_MD5 = "10c1f38305792a0f925e8a2cf9482ce3"


def _indicator(kind: IndicatorKind, value: str, platform: str | None = None, **more: Any) -> Indicator:
    return Indicator(
        id=indicator_id(kind, platform, value, "Harbour Watch"),
        kind=kind,
        value=value,
        platform=platform,
        **{"source": "Harbour Watch", "published_as": value, "valid_from": _NOW, "created": _NOW, "modified": _NOW}
        | more,
    )


_EVERY_KIND = [
    _indicator(IndicatorKind.DOMAIN, "bad.example", tlp=Tlp.GREEN, confidence=75, techniques=("T0098", "T0084.001")),
    _indicator(IndicatorKind.URL, "https://bad.example/a", description="A page", valid_until=_NOW + timedelta(days=9)),
    _indicator(IndicatorKind.HANDLE, "some_one", "telegram", tlp=Tlp.AMBER_STRICT),
    _indicator(IndicatorKind.EMAIL, "info@bad.example"),
    _indicator(IndicatorKind.PHONE, "+49301234567"),
    _indicator(IndicatorKind.IP, "2001:db8::7"),
    _indicator(IndicatorKind.CIDR, "192.0.2.0/24"),
    _indicator(IndicatorKind.MD5, _MD5, revoked=True),
    _indicator(IndicatorKind.SHA1, "a" * 40),
    _indicator(IndicatorKind.SHA256, "b" * 64),
    _indicator(IndicatorKind.PDQ, "f8" * 32),
    _indicator(IndicatorKind.PACKAGE, "com.abs.Editor", "android"),
    _indicator(IndicatorKind.HASHTAG, "stophetverraad"),
    _indicator(IndicatorKind.TEXT, "Polls are closed"),
]


def _event(**more: Any) -> dict[str, Any]:
    return {"Event": {"uuid": _UUID, "info": "A made-up event", "date": "2026-05-01", "Orgc": {"name": "CERT"}} | more}


def _attribute(kind: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"uuid": _UUID, "type": kind, "value": value, "to_ids": True, "timestamp": "1780000000"} | more


def _read(folder: Path, document: Any, tlp: Tlp | None = None) -> list[Any]:
    path = folder / "event.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return list(read_published(path, tlp=tlp, source=None, now=_NOW))


def _values(items: list[Any]) -> list[tuple[str, str, str | None]]:
    return [(str(item.kind), item.value, item.platform) for item in items if isinstance(item, Indicator)]


@pytest.mark.parametrize(
    ("attribute", "values"),
    [
        (_attribute("domain", "Bad.Example"), [("domain", "bad.example", None)]),
        (_attribute("hostname", "www.bad.example"), [("domain", "bad.example", None)]),
        (_attribute("url", "https://twitter.com/Some_One"), [("handle", "some_one", "twitter")]),
        (_attribute("ip-dst|port", "192.0.2.7|443"), [("ip", "192.0.2.7", None)]),
        (
            _attribute("domain|ip", "bad.example|192.0.2.7"),
            [("domain", "bad.example", None), ("ip", "192.0.2.7", None)],
        ),
        (_attribute("filename|md5", f"x.exe|{_MD5}"), [("md5", _MD5, None)]),
        (_attribute("twitter-id", "Some_One"), [("handle", "some_one", "twitter")]),
        (_attribute("stix2-pattern", "[domain-name:value = 'bad.example']"), [("domain", "bad.example", None)]),
    ],
)
def test_an_attribute_is_read_as_what_it_is(
    tmp_path: Path, attribute: dict[str, Any], values: list[tuple[str, str, str | None]]
) -> None:
    assert _values(_read(tmp_path, _event(Attribute=[attribute]))) == values


@pytest.mark.parametrize(
    ("name", "attributes", "value"),
    [
        ("twitter-account", [("name", "Some_One"), ("id", "7"), ("followers", "9")], ("handle", "some_one", "twitter")),
        ("telegram-account", [("username", "@Some_One")], ("handle", "some_one", "telegram")),
        ("user-account", [("username", "some_one"), ("account-type", "reddit")], ("handle", "some_one", "reddit")),
    ],
)
def test_an_account_object_is_an_account(
    tmp_path: Path, name: str, attributes: list[tuple[str, str]], value: tuple[str, str, str]
) -> None:
    held = [_attribute("text", text, object_relation=relation) for relation, text in attributes]
    items = _read(tmp_path, _event(Object=[{"name": name, "Attribute": held}]))
    assert _values(items) == [value]
    assert not [item for item in items if isinstance(item, Reject)]


def test_tags_and_clusters_tell_marking_confidence_and_techniques(tmp_path: Path) -> None:
    cluster = {"type": "disarm-techniques", "value": "Use Copypasta", "meta": {"external_id": ["T0084.001"]}}
    tags = [{"name": "tlp:green"}, {"name": 'misp:confidence-level="fairly-confident"'}]
    plain = _attribute("domain", "a.example")
    strict = _attribute("domain", "b.example", Tag=[{"name": "tlp:red"}], deleted=True)
    event = _event(Attribute=[plain, strict], Tag=tags, Galaxy=[{"GalaxyCluster": [cluster]}])
    first, second = _read(tmp_path, event)
    assert (first.tlp, first.confidence, first.techniques) == (Tlp.GREEN, 50, ("T0084.001",))
    assert (first.source, first.id) == ("CERT", f"indicator--{_UUID}")
    assert (second.tlp, second.revoked) == (Tlp.RED, True)
    assert {item.tlp for item in _read(tmp_path, event, tlp=Tlp.AMBER)} == {Tlp.AMBER, Tlp.RED}


def test_context_and_what_is_not_looked_for_is_only_noted(tmp_path: Path) -> None:
    held = [_attribute("domain", "a.example", to_ids=False), _attribute("mutex", "x")]
    items = _read(tmp_path, _event(Attribute=held, EventReport=[{}, {}]))
    assert [type(item) for item in items] == [Note, Note, Note]
    assert items[-1].text == "2 EventReport"


def test_bad_attributes_name_themselves_and_cost_no_other(tmp_path: Path) -> None:
    bad = [
        _attribute("md5", "zz"),
        _attribute("domain", {"a": 1}),
        _attribute("domain", "a.example", timestamp=["x"]),
        _attribute("domain", "a.example", Tag=[{"name": "tlp:mauve"}, 5]),
        _attribute("domain", "a.example", uuid="../../etc/passwd", timestamp="99999999999999"),
        "no attribute",
        None,
    ]
    items = _read(tmp_path, _event(Attribute=[*bad, _attribute("domain", "good.example")], Tag="x", Orgc=7))
    rejects = [item for item in items if isinstance(item, Reject)]
    assert any(_UUID in item.reason for item in rejects)
    assert ("domain", "good.example", None) in _values(items)
    assert {item.tlp for item in items if isinstance(item, Indicator)} >= {Tlp.RED}
    assert all(".." not in item.id for item in items if isinstance(item, Indicator))


def test_a_truncated_event_is_a_reject(tmp_path: Path) -> None:
    [item] = _read(tmp_path, json.dumps(_event(Attribute=[_attribute("domain", "a.example")]))[:-30])
    assert isinstance(item, Reject)


def test_events_are_what_pymisp_takes_and_read_back_whole(tmp_path: Path) -> None:
    events = events_of(_EVERY_KIND, Sharing("Us", _NOW))
    assert [event["Tag"][0]["name"] for event in events] == ["tlp:clear", "tlp:green", "tlp:amber+strict"]
    again: dict[str, Indicator] = {}
    for event in events:
        loaded = MISPEvent()
        loaded.load({"Event": event})
        items = _read(tmp_path, loaded.to_json())
        assert not [item for item in items if isinstance(item, Reject)]
        again |= {item.id: item for item in items if isinstance(item, Indicator)}
    kept = set(Indicator.model_fields) - {"reference", "published_as", "created"}  # an event has no time of day
    for held in _EVERY_KIND:
        assert again[held.id].model_dump(include=kept) == held.model_dump(include=kept)


def test_the_object_of_an_account_follows_its_template() -> None:
    [event] = events_of([_EVERY_KIND[2]], Sharing("Us", _NOW))
    [ours] = event["Object"]
    template = MISPObject("user-account", strict=True)
    assert ours["template_uuid"] == template.template_uuid
    for attribute in ours["Attribute"]:
        made = template.add_attribute(attribute["object_relation"], value=attribute["value"])
        assert made is not None
        assert made.type == attribute["type"]


def test_a_feed_is_what_pymisp_makes_of_the_same_events(tmp_path: Path) -> None:
    files = files_of(_EVERY_KIND, Sharing("Us", _NOW))
    assert list(files)[-1] == "manifest.json"
    manifest = json.loads(files["manifest.json"])
    hashes = set(files["hashes.csv"].splitlines())
    for uuid, told in manifest.items():
        loaded = MISPEvent()
        loaded.load(json.loads(files[f"{uuid}.json"]))
        theirs = loaded.manifest[uuid]
        assert told["info"] == theirs["info"]
        assert [int(told[name]) for name in ("timestamp", "analysis", "threat_level_id")] == [
            theirs[name] for name in ("timestamp", "analysis", "threat_level_id")
        ]
        digests = [digest for attribute in loaded.attributes for digest in attribute.hash_values("md5")]
        assert {f"{digest},{uuid}" for digest in digests} <= hashes
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    items = list(read_published(tmp_path, tlp=None, source=None, now=_NOW))
    assert sorted(item.id for item in items if isinstance(item, Indicator)) == sorted(held.id for held in _EVERY_KIND)


# misp-stix brings an old importer of packages that breaks pytest's own; so it runs in a process of its own.
_CONVERT = """
import json, sys
from misp_stix_converter import MISPtoSTIX21Parser
parser = MISPtoSTIX21Parser()
parser.parse_misp_event(json.load(sys.stdin))
print(parser.bundle.serialize())
"""


def test_misp_stix_finds_the_same_values_in_our_events() -> None:
    known = (IndicatorKind.DOMAIN, IndicatorKind.URL, IndicatorKind.SHA256)
    clear = [held for held in _EVERY_KIND if held.kind in known and held.tlp is Tlp.CLEAR]
    [event] = events_of(clear, Sharing("Us", _NOW))
    done = subprocess.run(  # our own words, by this interpreter
        [sys.executable, "-W", "ignore", "-c", _CONVERT],
        input=json.dumps({"Event": event}),
        capture_output=True,
        text=True,
        check=True,
    )
    patterns = [held["pattern"] for held in json.loads(done.stdout)["objects"] if held["type"] == "indicator"]
    assert len(patterns) == len(clear)
    assert all(any(held.value in pattern for pattern in patterns) for held in clear)


def test_a_feed_that_is_broken_or_hostile_gives_what_is_whole(tmp_path: Path) -> None:
    names: dict[str, Any] = {_UUID: {}, "../../secret": {}, "e1df503e-d48e-4b78-a40e-67b30fbd5a56": {}}
    (tmp_path / "manifest.json").write_text(json.dumps(names), encoding="utf-8")
    good = _event(Attribute=[_attribute("domain", "good.example")])
    (tmp_path / f"{_UUID}.json").write_text(json.dumps(good), encoding="utf-8")
    items = list(read_published(tmp_path, tlp=None, source=None, now=_NOW))
    assert _values(items) == [("domain", "good.example", None)]
    assert len([item for item in items if isinstance(item, Reject)]) == 2
    (tmp_path / "manifest.json").write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(InputError, match="no JSON"):
        list(read_published(tmp_path, tlp=None, source=None, now=_NOW))
    (tmp_path / "manifest.json").unlink()
    with pytest.raises(InputError, match=r"manifest\.json"):
        list(read_published(tmp_path, tlp=None, source=None, now=_NOW))


@settings(deadline=None, max_examples=40)
@given(
    st.sampled_from([IndicatorKind.TEXT, IndicatorKind.HASHTAG]),
    st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40),
    st.sampled_from(list(Tlp)),
)
def test_whatever_words_leave_come_back(
    tmp_path_factory: pytest.TempPathFactory, kind: IndicatorKind, words: str, tlp: Tlp
) -> None:
    value = words.strip() if kind is IndicatorKind.TEXT else "".join(filter(str.isalnum, words)).lower()
    if not value or (kind is IndicatorKind.HASHTAG and not value.isascii()):
        return
    [event] = events_of([_indicator(kind, value, tlp=tlp)], Sharing("Us", _NOW))
    [again] = _read(tmp_path_factory.mktemp("event"), {"Event": event})
    assert (again.kind, again.value, again.tlp) == (kind, value, tlp)


def _sighting(indicator: Indicator, count: int, first: datetime, last: datetime) -> Sighting:
    told = {"partner_id": "house", "first_told_at": last, "told_at": last, "told_by": "ana"}
    return Sighting(id="sighting--1", indicator_id=indicator.id, count=count, first_seen=first, last_seen=last, **told)


@settings(deadline=None, max_examples=25)
@given(
    st.sampled_from(_EVERY_KIND),
    st.integers(1, 5),
    st.integers(0, 1_700_000_000),
    st.integers(0, 80_000_000),
    st.sampled_from([None, *OpinionValue]),
)
def test_what_we_said_leaves_as_sightings_and_comes_back_by_way_of_pymisp(
    tmp_path_factory: pytest.TempPathFactory, held: Indicator, count: int, first: int, lasts: int, value: str | None
) -> None:
    begun, ended = (datetime.fromtimestamp(at, tz=UTC) for at in (first, first + (lasts if count > 1 else 0)))
    said: list[Sighting | Opinion | Dispute] = [_sighting(held, count, begun, ended)]
    if value is not None:
        facts = {"partner_id": "house", "first_told_at": ended, "told_at": ended, "told_by": "ana"}
        said.append(Opinion(id="opinion--1", indicator_id=held.id, value=OpinionValue(value), reason="x", **facts))
    [event] = events_of([held], Sharing("Us", _NOW, said={held.id: said}))
    loaded = MISPEvent()
    loaded.load({"Event": event})
    items = _read(tmp_path_factory.mktemp("event"), loaded.to_json())
    told = [item for item in items if isinstance(item, ToldBy)]
    assert {one.organisation for one in told} == {"Us"}
    assert {one.told.indicator_ids for one in told} == {(held.id,)}
    assert told[0].told.said == SaidSighting(min(count, 2), begun, ended), "MISP has no word for how often"
    opinions = [one.told.said for one in told[1:]]
    disagrees = value in (OpinionValue.DISAGREE, OpinionValue.STRONGLY_DISAGREE)
    assert opinions == ([SaidOpinion(OpinionValue.STRONGLY_DISAGREE, FALSE)] if disagrees else [])


def test_sightings_of_others_are_read_wherever_misp_puts_them(tmp_path: Path) -> None:
    cert = {"name": "CERT"}
    beside = [{"type": "0", "date_sighting": str(at), "Organisation": cert} for at in (100, 300, 200)]
    ends = {"type": "2", "date_sighting": "1900000000", "Organisation": cert}
    apart = {"type": "1", "date_sighting": "400", "attribute_uuid": _UUID, "source": "a sensor"}
    attribute = _attribute("domain", "bad.example", Sighting=[*beside, ends, "x"])
    held, *told = _read(tmp_path, _event(Attribute=[attribute], Sighting=[apart, 7]))
    assert held.valid_until == datetime.fromtimestamp(1_900_000_000, tz=UTC)
    assert [(one.organisation, type(one.told.said)) for one in told] == [
        ("CERT", SaidSighting), ("CERT", SaidOpinion),
    ]  # fmt: skip
    times, first, last = told[0].told.said
    assert (times, first.timestamp(), last.timestamp()) == (3, 100, 300)
    bad = _attribute("domain", "bad.example", Sighting=[{"type": "0", "date_sighting": "yesterday"}])
    [reject] = _read(tmp_path, _event(Attribute=[bad]))
    assert isinstance(reject, Reject)
    assert "date_sighting 'yesterday'" in reject.reason


def test_a_technique_leaves_as_the_cluster_of_misps_galaxy_and_misp_stix_takes_it() -> None:
    pattern = {"uuid": "782afafa-e997-571a-9b25-d04bb322480c", "value": "Copypasta, as MISP has it",
               "meta": {"external_id": "T0084.001"}}  # fmt: skip
    framework = framework_in([("misp", {"type": "disarm-techniques", "values": [pattern]})])
    held = _EVERY_KIND[0]
    said = {held.id: [_sighting(held, 3, _NOW - timedelta(days=1), _NOW)]}
    [event] = events_of([held], Sharing("Us", _NOW, framework, said))
    loaded = MISPEvent()
    loaded.load(json.dumps({"Event": event}))  # pymisp takes an object apart
    [galaxy] = loaded.attributes[0].galaxies
    [cluster] = galaxy.clusters
    told = galaxy.to_dict() | cluster.to_dict()
    assert (told["type"], told["value"], told["uuid"]) == ("disarm-techniques", pattern["value"], pattern["uuid"])
    assert told["tag_name"] in {tag.name for tag in loaded.attributes[0].tags}
    assert "CC BY-SA 4.0" in told["description"]
    done = subprocess.run(  # our own words, by this interpreter
        [sys.executable, "-W", "ignore", "-c", _CONVERT],
        input=json.dumps({"Event": event}),
        capture_output=True,
        text=True,
        check=True,
    )
    objects = json.loads(done.stdout)["objects"]
    assert sum(one["type"] == "sighting" for one in objects) == 2
    [theirs] = [one for one in objects if one["type"] == "x-misp-galaxy-cluster"]
    assert (theirs["x_misp_value"], theirs["x_misp_meta"]) == (pattern["value"], {"external_id": ["T0084.001"]})
