"""The DISARM framework as the shared tongue of techniques: read at run time from the files that its authors publish.

Two forms meet: DISARM's own STIX bundle, and the clusters of MISP's galaxy, which also have countermeasures and
detections. They name the same things by the same external ids (T0084.001, C00010, F00004) under different UUIDs; what
only the older clusters have is led to its successors by `frameworks/retired.toml`.

The framework is © DISARM Foundation, CC BY-SA 4.0. It is not part of Watchbell.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from watchbell.errors import InputError
from watchbell.model.techniques import NAMES

LICENCE = "CC BY-SA 4.0, DISARM Foundation"
MAX_ENTRIES = 20_000
_STIX_TECHNIQUE, _STIX_TACTIC = "attack-pattern", "x-mitre-tactic"
_CLUSTERS = {
    "disarm-techniques": "technique",
    "disarm-countermeasures": "countermeasure",
    "disarm-detections": "detection",
}
_ID = re.compile(r"(?:TA|T|C|F)\d{2,5}(?:\.\d{3})?")
_STEP = re.compile(r"\d+(?:\.\d+){0,4}")
_LONGEST_SUMMARY = 10_000


class EntryKind(StrEnum):
    """What an entry of the framework is."""

    TACTIC = "tactic"
    TECHNIQUE = "technique"
    COUNTERMEASURE = "countermeasure"
    DETECTION = "detection"


class Entry(NamedTuple):
    """A tactic, a technique, a countermeasure or a detection."""

    id: str
    kind: EntryKind
    name: str
    summary: str = ""
    tactics: tuple[str, ...] = ()
    """Names of the tactics it belongs to."""
    stix_id: str | None = None
    """Id of its object in DISARM's own bundle."""
    misp_name: str | None = None
    """Name of its cluster in MISP's galaxy, by which MISP tags it."""
    answers: tuple[str, ...] = ()
    """Of a countermeasure or a detection: ids of the techniques it is against."""
    misp_uuid: str | None = None
    """UUID of its cluster in MISP's galaxy."""


class Framework(NamedTuple):
    """The framework as far as the files that were read have it."""

    entries: Mapping[str, Entry]
    """By id."""
    licence: str = LICENCE

    def of_kind(self, kind: EntryKind) -> list[Entry]:
        """Return the entries of a kind, in the order of their ids."""
        return [entry for _, entry in sorted(self.entries.items()) if entry.kind is kind]

    def against(self, technique: str) -> list[Entry]:
        """Return the countermeasures and detections that answer a technique."""
        return [entry for _, entry in sorted(self.entries.items()) if technique in entry.answers]

    def name_of(self, disarm_id: str) -> str | None:
        """Return the name of an entry: the framework's, or the one that Watchbell knows it by."""
        entry = self.entries.get(disarm_id)
        return entry.name if entry else NAMES.get(disarm_id)


NO_FRAMEWORK = Framework({})
"""Before a file was loaded: only the names that Watchbell itself speaks of are known."""


def framework_in(documents: Iterable[tuple[str, Any]]) -> Framework:
    """Return the framework that some decoded files hold together.

    Args:
        documents: name of a file, and its JSON: DISARM's STIX bundle, or a cluster file of MISP's galaxy.

    Raises:
        InputError: one of them is neither, or holds no entry.
    """
    entries: dict[str, Entry] = {}
    uuids: dict[str, str] = {}
    related: list[tuple[str, Sequence[Any]]] = []
    for name, document in documents:
        found = _entries_in(document, uuids, related)
        if not found:
            raise InputError(f"{name} is no DISARM framework: expected its STIX bundle, or clusters of MISP's galaxy.")
        for entry in found[:MAX_ENTRIES]:
            entries[entry.id] = _merged(entries.get(entry.id), entry)
    for disarm_id, links in related:
        entries[disarm_id] = entries[disarm_id]._replace(answers=_answers(links, uuids))
    return Framework(entries)


def techniques_named(words: Iterable[str]) -> list[str]:
    """Return the DISARM ids that names of techniques stand for, each once.

    Known are ids of DISARM, also retired ones, steps of Meta's kill chain as its files write them, and the codes of
    Watchbell's ad rules.

    >>> techniques_named(["T0084.001", "1.5.1 Impersonating news website", "VI-DATE", "T0090.003", "Rosebud"])
    ['T0084.001', 'T0143.003', 'T0097.202', 'T0023', 'T0139', 'T0146.007']
    """
    return list(dict.fromkeys(disarm_id for word in words for disarm_id in _named(word.strip())))


def current_ids(disarm_id: str) -> tuple[str, ...]:
    """Return an id as DISARM 1.6 has it: itself, or its successors where it is retired."""
    return pairs("retired").get(disarm_id, (disarm_id,))


def _named(word: str) -> tuple[str, ...]:
    if _ID.fullmatch(word):
        return current_ids(word)
    codes = pairs("election")
    if word in codes:
        return codes[word]
    step = _STEP.match(word)
    steps, number = pairs("killchain"), step[0] if step else ""
    while number and number not in steps:
        number = number.rpartition(".")[0]
    return steps.get(number, ())


@cache
def pairs(name: str) -> Mapping[str, tuple[str, ...]]:
    """Return a map that stands as data beside this module: `killchain`, `election` or `retired` → ids of DISARM."""
    text = (files("watchbell.exchange") / "frameworks" / f"{name}.toml").read_text(encoding="utf-8")
    return {left: tuple(right) for left, right in tomllib.loads(text)["pairs"].items()}


def _entries_in(document: Any, uuids: dict[str, str], related: list[tuple[str, Sequence[Any]]]) -> list[Entry]:
    if not isinstance(document, dict):
        return []
    if isinstance(document.get("objects"), list):
        return _of_bundle([held for held in document["objects"] if isinstance(held, dict)])
    kind = _CLUSTERS.get(str(document.get("type")))
    if kind is None or not isinstance(document.get("values"), list):
        return []
    found = []
    for cluster in document["values"]:
        disarm_id = _text(_member(cluster, "meta"), "external_id")
        if disarm_id is None or not _ID.fullmatch(disarm_id):
            continue
        entry = _of_cluster(cluster, disarm_id, EntryKind(kind))
        uuids[str(cluster.get("uuid"))] = disarm_id
        if isinstance(cluster.get("related"), list) and entry.kind is not EntryKind.TECHNIQUE:
            related.append((disarm_id, cluster["related"]))
        found.append(entry)
    return found


def _of_bundle(objects: Sequence[Mapping[str, Any]]) -> list[Entry]:
    tactics = {str(held.get("x_mitre_shortname")): str(held.get("name")) for held in objects}
    found = []
    for held in objects:
        kind = {_STIX_TECHNIQUE: EntryKind.TECHNIQUE, _STIX_TACTIC: EntryKind.TACTIC}.get(str(held.get("type")))
        references = held.get("external_references")
        disarm_id = _text(references[0], "external_id") if isinstance(references, list) and references else None
        if kind is None or disarm_id is None or not _ID.fullmatch(disarm_id):
            continue
        phases = [_text(phase, "phase_name") or "" for phase in held.get("kill_chain_phases") or ()]
        summary = str(held.get("description") or "")[:_LONGEST_SUMMARY]
        names = tuple(tactics.get(phase, phase) for phase in phases)
        found.append(Entry(disarm_id, kind, str(held.get("name")), summary, names, str(held.get("id"))))
    return found


def _of_cluster(cluster: Mapping[str, Any], disarm_id: str, kind: EntryKind) -> Entry:
    chain = _member(cluster, "meta").get("kill_chain")
    names = [str(step).partition(":") for step in chain] if isinstance(chain, list) else []
    tactics = tuple(name for what, _, name in names if what == "tactics")
    name, summary = str(cluster.get("value")), str(cluster.get("description") or "")[:_LONGEST_SUMMARY]
    return Entry(disarm_id, kind, name, summary, tactics, misp_name=name, misp_uuid=_text(cluster, "uuid"))


def _merged(known: Entry | None, entry: Entry) -> Entry:
    """Return what two files say of one entry: DISARM's own bundle is the newer, and so has the word."""
    if known is None:
        return entry
    first, second = (known, entry) if known.stix_id else (entry, known)
    return first._replace(
        stix_id=first.stix_id or second.stix_id,
        misp_name=first.misp_name or second.misp_name,
        misp_uuid=first.misp_uuid or second.misp_uuid,
    )


def _answers(links: Sequence[Any], uuids: Mapping[str, str]) -> tuple[str, ...]:
    """Return the techniques that a countermeasure or a detection is linked to, as DISARM has them now."""
    told = [uuids.get(str(link.get("dest-uuid"))) for link in links if isinstance(link, dict)]
    techniques = [disarm_id for disarm_id in told if disarm_id and disarm_id.startswith("T0")]
    return tuple(sorted({now for disarm_id in techniques for now in current_ids(disarm_id)}))


def _member(held: Any, name: str) -> Mapping[str, Any]:
    inner = held.get(name) if isinstance(held, dict) else None
    return inner if isinstance(inner, dict) else {}


def _text(held: Any, name: str) -> str | None:
    value = held.get(name) if isinstance(held, dict) else None
    return value if isinstance(value, str) else None
