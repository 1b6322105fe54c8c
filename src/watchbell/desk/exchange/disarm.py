"""The DISARM framework of a workspace: brought in once from the files that its authors publish, named from there."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from watchbell.errors import InputError, UsageError
from watchbell.exchange.disarm import NO_FRAMEWORK, Entry, EntryKind, Framework, framework_in, techniques_named
from watchbell.files.whole import replacing
from watchbell.vault.workspace import Workspace

FILE = "disarm.json"
MAX_BYTES = 64 * 1024 * 1024
"""The largest file that is read; DISARM's bundle has one megabyte."""


class Loaded(NamedTuple):
    """What the files held."""

    counts: Mapping[str, int]
    """Kind of entry → how many."""
    licence: str


class Answered(NamedTuple):
    """A technique, and the countermeasures and detections against it."""

    technique: Entry
    answers: list[Entry]


def load_framework(workspace: Workspace, paths: Sequence[Path], *, by: str, now: datetime) -> Loaded:
    """Bring the framework into the workspace, in the place of an earlier one.

    Raises:
        InputError: a file cannot be read, or is no DISARM framework.
    """
    framework = framework_in((str(path), _decoded(path)) for path in paths)
    kept = {"licence": framework.licence, "entries": [list(entry) for entry in framework.entries.values()]}
    with replacing(workspace.root / FILE) as part:
        part.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
    counts = Counter(str(entry.kind) for entry in framework.entries.values())
    workspace.vault.ledger.append(by, "disarm.loaded", FILE, dict(counts), now)
    return Loaded(dict(counts), framework.licence)


def framework_of(workspace: Workspace) -> Framework:
    """Return the workspace's framework; one without entries where none was brought in.

    Raises:
        InputError: the file in the workspace was damaged.
    """
    place = workspace.root / FILE
    if not place.exists():
        return NO_FRAMEWORK
    try:
        kept = _decoded(place)
        entries = [_entry(*fields) for fields in kept["entries"]]
        return Framework({entry.id: entry for entry in entries}, kept["licence"])
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{place} is damaged: {error}. Load it again: watchbell indicators disarm FILE.") from error


def techniques_for(workspace: Workspace, words: Iterable[str]) -> list[Answered]:
    """Return the techniques that ids, steps of Meta's kill chain or codes of ad rules stand for, and what answers them.

    Raises:
        UsageError: the words stand for none.
    """
    framework = framework_of(workspace)
    known = [(disarm_id, framework.name_of(disarm_id)) for disarm_id in techniques_named(words)]
    found = [
        Answered(
            framework.entries.get(disarm_id, Entry(disarm_id, EntryKind.TECHNIQUE, name)), framework.against(disarm_id)
        )
        for disarm_id, name in known
        if name is not None
    ]
    if not found:
        raise UsageError(
            "That is no technique. Name an id of DISARM (T0084.001), a step of Meta's kill chain (0.6.2), or a code of "
            "an ad rule (VI-DATE); and load the framework first: watchbell indicators disarm FILE."
        )
    return found


class NamedTechnique(NamedTuple):
    """A technique as a publisher named it, and what that is in DISARM."""

    published: str
    entries: list[tuple[str, str]]
    """Ids and names; none where it stands for no technique that is known here."""


def named_techniques(workspace: Workspace, words: Sequence[str]) -> list[NamedTechnique]:
    """Return what techniques are called, as publishers name them, by the framework that was brought in."""
    framework = framework_of(workspace) if words else NO_FRAMEWORK
    found = ((word, techniques_named([word])) for word in words)
    return [
        NamedTechnique(word, [(one, name) for one in ids if (name := framework.name_of(one))]) for word, ids in found
    ]


def _entry(*fields: Any) -> Entry:
    disarm_id, kind, name, summary, tactics, stix_id, misp_name, answers, *later = fields
    entry = Entry(disarm_id, EntryKind(kind), name, summary, tuple(tactics), stix_id, misp_name, tuple(answers))
    # A framework that was brought in before the clusters' UUIDs were kept has none.
    return entry._replace(misp_uuid=later[0]) if later else entry


def _decoded(path: Path) -> Any:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"{path} is larger than {MAX_BYTES:,} bytes, which no framework is.")
        return json.loads(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is no JSON: {error}.") from error
