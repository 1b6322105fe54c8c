"""DISARM: its two forms meet, and what others call a technique leads to it."""

import json
import re
import tomllib
from collections import Counter
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbell.errors import InputError
from watchbell.exchange.disarm import EntryKind, current_ids, framework_in, techniques_named
from watchbell.model.techniques import NAMES

_BUNDLE = {
    "type": "bundle",
    "objects": [
        {"type": "x-mitre-tactic", "id": "x-mitre-tactic--1", "name": "Develop Content",
         "x_mitre_shortname": "develop-content", "external_references": [{"external_id": "TA06"}]},
        {"type": "attack-pattern", "id": "attack-pattern--1", "name": "Use Copypasta",
         "kill_chain_phases": [{"phase_name": "develop-content"}],
         "external_references": [{"external_id": "T0084.001"}]},
        {"type": "attack-pattern", "id": "attack-pattern--2", "external_references": "T1"},
    ],
}  # fmt: skip
_TECHNIQUES = {
    "type": "disarm-techniques",
    "values": [
        {"uuid": "u1", "value": "Use Copypasta (old name)", "meta": {"external_id": "T0084.001"}},
        {
            "uuid": "u2",
            "value": "Create Bot Accounts",
            "meta": {"external_id": "T0090.003", "kill_chain": ["tactics:X"]},
        },
        {"uuid": "u3", "value": "no id"},
        "no cluster",
    ],
}
_COUNTERS = {
    "type": "disarm-countermeasures",
    "values": [
        {"uuid": "c1", "value": "Limit reposts", "meta": {"external_id": "C00010"},
         "related": [{"dest-uuid": "u1", "type": "blocks"}, {"dest-uuid": "u2"}, {"dest-uuid": "gone"}, 7]},
    ],
}  # fmt: skip


def test_both_forms_are_one_framework_by_their_external_ids() -> None:
    framework = framework_in([("m", _TECHNIQUES), ("c", _COUNTERS), ("s", _BUNDLE)])
    entry = framework.entries["T0084.001"]
    assert (entry.name, entry.misp_name) == ("Use Copypasta", "Use Copypasta (old name)")
    assert (entry.stix_id, entry.tactics) == ("attack-pattern--1", ("Develop Content",))
    assert [held.id for held in framework.against("T0084.001")] == ["C00010"]
    assert [held.id for held in framework.against("T0146.007")] == ["C00010"], "by the id that followed T0090.003"
    assert framework.name_of("T0023") == "Distort Facts"


@pytest.mark.parametrize("document", [{}, [], None, {"type": "bundle", "objects": [1]}, {"type": "disarm-techniques"}])
def test_what_is_no_framework_is_refused(document: Any) -> None:
    with pytest.raises(InputError, match="no DISARM framework"):
        framework_in([("a.json", document)])


def test_steps_of_the_kill_chain_codes_of_ad_rules_and_retired_ids_lead_to_techniques() -> None:
    assert techniques_named(["0.6.2 Acquiring domains to support influence operations"]) == ["T0149.001"]
    assert techniques_named(["6.2.7 Amplifying", "6.2"]) == ["T0049"]
    assert techniques_named(["VI-LOC", "VI-DATE"]) == ["T0023", "T0139"]
    assert current_ids("T0141.001") == ("T0146", "T0150.005")
    assert techniques_named(["8.1.1 Socially engineering targets", "2025", "nothing", ""]) == []


@given(st.lists(st.text(max_size=12)))
def test_any_words_are_taken(words: list[str]) -> None:
    assert all(re.fullmatch(r"\S+", disarm_id) for disarm_id in techniques_named(words))


def _maps() -> dict[str, dict[str, list[str]]]:
    folder = files("watchbell.exchange") / "frameworks"
    told = {
        path.name: tomllib.loads(path.read_text("utf-8")) for path in folder.iterdir() if path.name.endswith("toml")
    }
    return {name: next(table for table in held.values() if isinstance(table, dict)) for name, held in told.items()}


def test_the_maps_name_only_techniques_that_we_can_name() -> None:
    assert {disarm_id for pairs in _maps().values() for right in pairs.values() for disarm_id in right} <= set(NAMES)


def test_every_rule_that_reads_an_ads_words_is_in_the_overlay() -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "policies.md").read_text("utf-8")
    codes = set(re.findall(r"^## ((?:VI|AD)-[A-Z]+)$", page, flags=re.MULTILINE))
    assert codes - set(_maps()["election.toml"]) == set()


@pytest.mark.shared
def test_disarms_own_files_meet(shared_data: Path) -> None:
    folder = shared_data / "disarm"
    names = ["DISARM.json", *(f"misp-disarm-{name}.json" for name in ("techniques", "countermeasures", "detections"))]
    documents = [(name, json.loads((folder / name).read_text("utf-8"))) for name in names]
    bundle, clusters = framework_in(documents[:1]), framework_in(documents[1:])
    both = framework_in(documents)
    assert Counter(entry.kind for entry in bundle.entries.values()) == {EntryKind.TECHNIQUE: 391, EntryKind.TACTIC: 16}
    techniques = {entry.id for entry in clusters.of_kind(EntryKind.TECHNIQUE)}
    retired = techniques - set(bundle.entries)
    assert retired == set(_maps()["retired.toml"])
    assert len(retired) == 42
    assert all(successor in bundle.entries for old in retired for successor in current_ids(old))
    assert {NAMES[disarm_id] == bundle.entries[disarm_id].name for disarm_id in NAMES} == {True}
    assert len(both.of_kind(EntryKind.COUNTERMEASURE)) == 139
    assert len(both.of_kind(EntryKind.DETECTION)) == 94
    assert both.entries["T0084.001"].misp_name == "Use Copypasta"


@pytest.mark.shared
def test_nearly_every_step_that_meta_lists_has_a_counterpart(shared_data: Path) -> None:
    text = (shared_data / "indicators" / "meta" / "Online_Operations_Killchain-TTPs.csv").read_text("utf-8")
    steps = re.findall(r"\b(\d\.\d+\.\d+(?:\.\d+)?) ", text)
    mapped = [step for step in steps if techniques_named([step])]
    assert len(steps) > 140
    assert len(mapped) / len(steps) > 0.75
