"""STIX 2.1 bundles in and out, checked by the validator of OASIS and by reading them back."""

import json
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stix2validator import ValidationOptions, validate_string

from watchbell.errors import MissingExtraError, NotAllowedError
from watchbell.exchange.inbox import read_indicators
from watchbell.exchange.marking import definitions_in, marking_id, marking_object, marking_of
from watchbell.exchange.stix import bundle_of_case, bundle_of_indicators, indicators_of_bundle
from watchbell.exchange.stix_parts import identity_id
from watchbell.exchange.values import UnreadableValueError, read_value
from watchbell.files import Reject
from watchbell.model.cases import Case, CaseStatus, case_id
from watchbell.model.evidence import Evidence, EvidenceKind, evidence_id
from watchbell.model.indicators import Indicator, IndicatorKind, indicator_id
from watchbell.model.tlp import Tlp, strictest

_NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
_CASE = case_id("group-1")


def _indicator(kind: IndicatorKind, value: str, platform: str | None = None, **more: Any) -> Indicator:
    return Indicator(
        id=indicator_id(kind, platform, value, "Harbour Watch"),
        kind=kind,
        value=value,
        platform=platform,
        source="Harbour Watch",
        created=_NOW,
        modified=_NOW,
        **{"published_as": value.replace(".", "[.]"), "valid_from": _NOW} | more,
    )


_EVERY_KIND = [
    _indicator(IndicatorKind.DOMAIN, "bad.example", tlp=Tlp.GREEN, confidence=80, techniques=("T0098", "0.6.2")),
    _indicator(IndicatorKind.URL, "https://bad.example/it's", description="A page"),
    _indicator(IndicatorKind.HANDLE, "some_one", "telegram", tlp=Tlp.AMBER),
    _indicator(IndicatorKind.HANDLE, "channel/ucyv-ra383fb4staxqi-xv5q", "youtube"),
    _indicator(IndicatorKind.EMAIL, "info@bad.example"),
    _indicator(IndicatorKind.IP, "2001:db8::7", valid_until=_NOW + timedelta(days=30)),
    _indicator(IndicatorKind.CIDR, "192.0.2.0/24"),
    _indicator(IndicatorKind.MD5, "a" * 32, revoked=True),
    _indicator(IndicatorKind.SHA1, "a" * 40),
    _indicator(IndicatorKind.SHA256, "a" * 64),
    _indicator(IndicatorKind.PACKAGE, "com.abs.Editor", "android", tlp=Tlp.AMBER_STRICT),
    _indicator(IndicatorKind.PACKAGE, "1555651942", "ios", tlp=Tlp.RED),
    _indicator(IndicatorKind.PDQ, "f8" * 32),
    _indicator(IndicatorKind.PHONE, "+49301234567"),
    _indicator(IndicatorKind.HASHTAG, "stophetverraad", synthetic=True),
    _indicator(IndicatorKind.TEXT, "They'll close the \\polls at noon\nsay no more"),
]


def _case(status: CaseStatus = CaseStatus.OPEN, tlp: Tlp = Tlp.AMBER) -> Case:
    group = {
        "accounts": ["twitter:1", "telegram:2"],
        "first_at": "2026-11-01T00:00:00Z",
        "last_at": "2026-11-02T00:00:00Z",
    }
    pieces = [(EvidenceKind.GROUP, "g1", group), (EvidenceKind.GROUP, "g2", group), (EvidenceKind.POST, "p1", {})]
    return Case(
        id=_CASE,
        title="Accounts in step",
        summary="Two accounts push one domain.",
        certainty="Synchronised; nothing more is shown.",
        status=status,
        tlp=tlp,
        opened_at=_NOW,
        opened_by="watchbell",
        modified_at=_NOW,
        evidence=tuple(_evidence(*piece) for piece in pieces),
    )


def _evidence(kind: EvidenceKind, subject: str, data: dict[str, Any]) -> Evidence:
    return Evidence(
        id=evidence_id(_CASE, kind, subject),
        kind=kind,
        subject=subject,
        summary=f"See {subject}.",
        data=data,
        added_at=_NOW,
        added_by="watchbell",
    )


def _assert_strictly_valid(bundle: dict[str, Any]) -> None:
    results = validate_string(json.dumps(bundle), ValidationOptions(version="2.1", strict=True))
    assert results.is_valid, [str(error) for error in results.errors]


def _narrowest(bundle: dict[str, Any]) -> Tlp:
    objects = [held for held in bundle["objects"] if held["type"] != "marking-definition"]
    markings = [marking_of(held, definitions_in(bundle["objects"])) for held in objects]
    return strictest(marking for marking in markings if marking)


def _of_type(bundle: dict[str, Any], *kinds: str) -> list[dict[str, Any]]:
    return [held for held in bundle["objects"] if held["type"] in kinds]


def _read(objects: Sequence[dict[str, Any]], **options: Any) -> list[Indicator | Reject]:
    return list(indicators_of_bundle({"type": "bundle", "objects": list(objects)}, **options))


def _stix_indicator(**more: Any) -> dict[str, Any]:
    return {
        "type": "indicator",
        "spec_version": "2.1",
        "id": "indicator--d1df503e-d48e-4b78-a40e-67b30fbd5a56",
        "created": "2026-01-01T00:00:00.000Z",
        "modified": "2026-01-01T00:00:00.000Z",
        "pattern": "[domain-name:value = 'bad.example']",
        "pattern_type": "stix",
        "valid_from": "2026-01-01T00:00:00Z",
    } | more


def test_a_bundle_of_indicators_is_strictly_valid_and_reads_back() -> None:
    bundle = bundle_of_indicators(_EVERY_KIND, operator="Us", up_to=Tlp.RED)
    _assert_strictly_valid(bundle)
    read = {held.id: held for held in indicators_of_bundle(bundle) if isinstance(held, Indicator)}
    for indicator in _EVERY_KIND:
        kept = set(Indicator.model_fields) - {"reference", "description"}
        assert read[indicator.id].model_dump(include=kept) == indicator.model_dump(include=kept)


@pytest.mark.parametrize("up_to", list(Tlp))
def test_nothing_narrower_than_asked_leaves(up_to: Tlp) -> None:
    bundle = bundle_of_indicators(_EVERY_KIND, operator="Us", up_to=up_to)
    assert _narrowest(bundle) is up_to
    assert len(_of_type(bundle, "indicator")) == sum(held.tlp.rank <= up_to.rank for held in _EVERY_KIND)
    text = json.dumps(bundle)
    assert not any(held.id in text for held in _EVERY_KIND if held.tlp.rank > up_to.rank)


def test_without_an_audience_only_what_anyone_may_hear_leaves() -> None:
    assert _narrowest(bundle_of_indicators(_EVERY_KIND, operator="Us")) is Tlp.CLEAR


def test_the_same_indicators_make_the_same_bundle() -> None:
    there = bundle_of_indicators(_EVERY_KIND, operator="Us")
    assert bundle_of_indicators(reversed(_EVERY_KIND), operator="Us") == there


@pytest.mark.parametrize(("status", "kind"), [(CaseStatus.OPEN, "grouping"), (CaseStatus.CONFIRMED, "report")])
def test_a_case_is_strictly_valid_and_tells_how_sure_we_are(status: CaseStatus, kind: str) -> None:
    bundle = bundle_of_case(_case(status), _EVERY_KIND, operator="Us")
    _assert_strictly_valid(bundle)
    [whole] = _of_type(bundle, "grouping", "report")
    assert whole["type"] == kind
    assert whole["object_marking_refs"] == [marking_id(Tlp.AMBER)]
    told = {held["id"] for held in _of_type(bundle, "indicator", "user-account", "observed-data", "campaign")}
    assert told < set(whole["object_refs"])
    assert set(whole["object_refs"]) <= {held["id"] for held in bundle["objects"]}
    notes = {note["content"] for note in _of_type(bundle, "note")}
    assert {"Synchronised; nothing more is shown.", "See g1.", "See p1."} <= notes
    assert [account["user_id"] for account in _of_type(bundle, "user-account")] == ["1", "2"]
    assert len(_of_type(bundle, "observed-data")) == 2


def test_a_case_tells_its_campaign_techniques_sightings_and_infrastructure() -> None:
    hit = {"indicator_id": _EVERY_KIND[0].id, "posts": 7}
    decision = {"policies": [{"code": "VI-DATE"}]}
    pieces = [
        *_case().evidence,
        _evidence(EvidenceKind.HIT, "hit", hit),
        _evidence(EvidenceKind.AD_DECISION, "ad", decision),
        _evidence(EvidenceKind.POST, "p2", {"account_id": "telegram:3", "at": "2026-11-03T00:00:00Z"}),
        _evidence(EvidenceKind.NOTE, "note", {"to": "confirmed"}),
    ]
    case = _case(CaseStatus.CONFIRMED).model_copy(update={"evidence": tuple(pieces), "synthetic": True})
    bundle = bundle_of_case(case, _EVERY_KIND, operator="Us")
    _assert_strictly_valid(bundle)
    [campaign] = _of_type(bundle, "campaign")
    assert (campaign["first_seen"], campaign["last_seen"]) == ("2026-11-01T00:00:00.000Z", "2026-11-03T00:00:00.000Z")
    [sighting] = _of_type(bundle, "sighting")
    assert (sighting["count"], sighting["sighting_of_ref"]) == (7, _EVERY_KIND[0].id)
    [opinion] = _of_type(bundle, "opinion")
    assert (opinion["opinion"], opinion["explanation"]) == ("agree", "See note.")
    named = {held["external_references"][0]["external_id"] for held in _of_type(bundle, "attack-pattern")}
    assert named == {"T0023", "T0139", "T0149.001"}, "the ad rule's and, by way of 0.6.2, the indicator's"
    assert len(_of_type(bundle, "infrastructure")) == 1
    links = Counter(held["relationship_type"] for held in _of_type(bundle, "relationship"))
    assert links["uses"] == 4
    ids = [held["id"] for held in bundle["objects"]]
    assert len(ids) == len(set(ids))
    told = {ref for held in bundle["objects"] for name, ref in held.items() if name.endswith("_ref")}
    assert told <= set(ids)


def test_a_technique_that_only_the_operators_framework_names_is_told_with_its_licence() -> None:
    case = _case().model_copy(
        update={"evidence": (_evidence(EvidenceKind.HIT, "hit", {"techniques": ["T0999.001", "T0998"]}),)}
    )

    def told(names: dict[str, str]) -> dict[str, dict[str, Any]]:
        bundle = bundle_of_case(case, [], operator="Us", technique_names=names)
        _assert_strictly_valid(bundle)
        return {held["external_references"][0]["external_id"]: held for held in _of_type(bundle, "attack-pattern")}

    assert told({}) == {}
    first, later = told({"T0999.001": "Move Goalposts"}), told({"T0999.001": "Move the Goalposts"})
    assert [held["name"] for held in first.values()] == ["Move Goalposts"]
    assert "CC BY-SA 4.0" in first["T0999.001"]["external_references"][0]["description"]
    assert first["T0999.001"]["id"] != later["T0999.001"]["id"], "another version of DISARM is another fact"
    assert told({"T0999.001": "Move Goalposts"}) == first


def test_two_houses_with_the_same_case_tell_of_it_each_in_their_own_objects() -> None:
    ours, theirs = (bundle_of_case(_case(), _EVERY_KIND, operator=name)["objects"] for name in ("Us", "Them"))
    by_us = {held["id"] for held in ours if held.get("created_by_ref") == identity_id("Us")}
    assert by_us
    assert not by_us & {held["id"] for held in theirs}


def test_a_case_keeps_back_indicators_narrower_than_itself() -> None:
    bundle = bundle_of_case(_case(), _EVERY_KIND, operator="Us")
    assert _narrowest(bundle) is Tlp.AMBER
    assert "com.abs.Editor" not in json.dumps(bundle)


def test_a_case_goes_to_no_wider_audience_than_its_marking() -> None:
    with pytest.raises(NotAllowedError, match="TLP:AMBER"):
        bundle_of_case(_case(), [], operator="Us", up_to=Tlp.GREEN)


def test_a_case_for_a_narrow_audience_is_marked_as_its_strictest_part() -> None:
    bundle = bundle_of_case(_case(), _EVERY_KIND, operator="Us", up_to=Tlp.RED)
    _assert_strictly_valid(bundle)
    assert {tuple(note["object_marking_refs"]) for note in _of_type(bundle, "note")} == {(marking_id(Tlp.RED),)}


def test_a_case_without_anything_is_still_a_valid_bundle() -> None:
    _assert_strictly_valid(bundle_of_case(_case().model_copy(update={"evidence": ()}), [], operator="Us"))


def test_no_property_of_ours_is_an_x() -> None:
    bundle = bundle_of_case(_case(), _EVERY_KIND, operator="Us", up_to=Tlp.RED)
    assert not [name for held in bundle["objects"] for name in held if name.startswith("x_")]


def test_an_indicator_of_a_partner_keeps_its_id_and_creator() -> None:
    creator = {"type": "identity", "id": "identity--1", "name": "Harbour Watch"}
    phases = [{"kill_chain_name": "disarm", "phase_name": "establish-assets"}]
    [found] = _read([creator, _stix_indicator(created_by_ref="identity--1", kill_chain_phases=phases, confidence=60)])
    assert isinstance(found, Indicator)
    assert found.id == "indicator--d1df503e-d48e-4b78-a40e-67b30fbd5a56"
    assert (found.source, found.techniques, found.confidence) == ("Harbour Watch", ("establish-assets",), 60)


def test_a_pattern_of_several_values_becomes_several_indicators() -> None:
    held = _stix_indicator(pattern="[domain-name:value = 'a.example'] OR [domain-name:value = 'b.example']")
    first, again = _read([held]), _read([held])
    assert [found.value for found in first if isinstance(found, Indicator)] == ["a.example", "b.example"]
    assert first == again
    assert len({found.id for found in first if isinstance(found, Indicator)}) == 2


def test_the_newest_version_of_an_object_counts() -> None:
    newer = _stix_indicator(modified="2026-02-01T00:00:00.000Z", revoked=True)
    [found] = _read([newer, _stix_indicator()])
    assert isinstance(found, Indicator)
    assert found.revoked


def test_one_version_with_two_contents_is_told_and_the_first_counts() -> None:
    first, other = _stix_indicator(), _stix_indicator(pattern="[domain-name:value = 'other.example']")
    doubled, kept = _read([first, first, other])
    assert isinstance(doubled, Reject)
    assert "stands twice" in doubled.reason
    assert isinstance(kept, Indicator)
    assert kept.value == "bad.example"


@pytest.mark.parametrize(
    ("refs", "least", "label"),
    [
        ([], None, Tlp.AMBER),
        ([], Tlp.CLEAR, Tlp.CLEAR),
        ([marking_id(Tlp.GREEN)], None, Tlp.GREEN),
        ([marking_id(Tlp.RED)], Tlp.GREEN, Tlp.RED),
        ([marking_id(Tlp.GREEN)], Tlp.AMBER_STRICT, Tlp.AMBER_STRICT),
    ],
)
def test_the_importers_marking_narrows_and_never_widens(refs: list[str], least: Tlp | None, label: Tlp) -> None:
    [found] = _read([marking_object(Tlp.GREEN), _stix_indicator(object_marking_refs=refs)], least=least)
    assert isinstance(found, Indicator)
    assert found.tlp is label


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"pattern": "[domain-name:value = 'a.example'] FOLLOWEDBY [url:value = 'x']"}, "indicator--d1df"),
        ({"pattern_type": "sigma"}, "'sigma'"),
        ({"pattern": None}, "its pattern is no text"),
        ({"valid_from": "yesterday"}, "valid_from"),
        ({"confidence": 400}, "confidence"),
        ({"id": "indicator--1"}, "UUID"),
        ({"valid_until": "2025-12-31T00:00:00Z"}, "valid_until"),
        ({"valid_from": "0001-01-01T00:00:00+05:00"}, "valid_from"),
        ({"modified": "2025-12-31T00:00:00Z"}, "modified"),
        ({"modified": "2099-01-01T00:00:00Z"}, "future"),
        ({"created": "1970-01-01T00:00:00Z"}, "before STIX"),
        ({"id": "../../etc/passwd"}, "UUID"),
        ({"id": ["x"]}, "UUID"),
        ({"kill_chain_phases": 7}, "no STIX 2.1 indicator"),
        ({"extensions": [1]}, "no STIX 2.1 indicator"),
        ({"object_marking_refs": 5}, "no STIX 2.1 indicator"),
    ],
)
def test_an_indicator_that_cannot_be_used_is_a_reject_and_costs_no_other(change: dict[str, Any], words: str) -> None:
    good = _stix_indicator(id="indicator--e1df503e-d48e-4b78-a40e-67b30fbd5a56")
    bad, kept = _read([_stix_indicator(**change), good], file="partner.json", now=_NOW)
    assert isinstance(bad, Reject)
    assert (bad.file, bad.row) == ("partner.json", 1)
    assert words in bad.reason
    assert isinstance(kept, Indicator)


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(["url", "email", "handle", "android_package_name", "text", "hashtag", "phone"]),
    st.text(min_size=1, max_size=30),
    st.sampled_from(["", "https://bad.example/", "a@", "org.example."]),
)
def test_whatever_was_read_can_be_told_and_read_again(kind: str, text: str, start: str) -> None:
    try:
        value = read_value(kind, f"{start}{text}", "some'where")
    except UnreadableValueError:
        return
    bundle = bundle_of_indicators([_indicator(*value)], operator="Us")
    [again] = indicators_of_bundle(bundle)
    assert isinstance(again, Indicator)
    assert (again.kind, again.value, again.platform) == value


def test_objects_of_other_types_and_rubbish_are_passed_over() -> None:
    assert _read([{"type": "malware"}, {}, {"type": "indicator-x"}]) == []
    assert list(indicators_of_bundle({"type": "bundle", "objects": [1, None, "x"]})) == []


def test_without_stix2_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "stix2.pattern_visitor", None)
    with pytest.raises(MissingExtraError, match=r"watchbell\[desk\]"):
        _read([_stix_indicator(pattern="[domain-name:value IN ('a.example')]")])
    assert isinstance(_read([_stix_indicator()])[0], Indicator)


@pytest.mark.shared
def test_all_that_meta_published_leaves_and_comes_back(shared_data: Path) -> None:
    paths = sorted((shared_data / "indicators" / "meta" / "indicators").glob("csv/**/*.csv"))
    read = (item for path in paths for item in read_indicators(path, tlp=None, source=None, now=_NOW))
    ours = {item.id: item for item in read if isinstance(item, Indicator)}
    bundle = bundle_of_indicators(ours.values(), operator="Us")
    again = {item.id: item for item in indicators_of_bundle(bundle) if isinstance(item, Indicator)}
    assert len(again) > 9_000
    assert ours.keys() == again.keys()
    same = ("kind", "value", "platform", "published_as", "techniques", "source", "tlp")
    assert all(getattr(again[id_], name) == getattr(ours[id_], name) for id_ in again for name in same)
