"""The DISARM framework of a workspace: brought in once from the files that its authors publish, named from there."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from watchbell.errors import InputError
from watchbell.exchange.disarm import NO_FRAMEWORK, Entry, EntryKind, Framework, framework_in
from watchbell.exchange.stix_cases import Techniques
from watchbell.model.techniques import NAMES
from watchbell.vault.workspace import Workspace

FILE = "disarm.json"
MAX_BYTES = 64 * 1024 * 1024
"""The largest file that is read; DISARM's bundle has one megabyte."""


class Loaded(NamedTuple):
    """What the files held."""

    counts: Mapping[str, int]
    """Kind of entry → how many."""
    licence: str


def load_framework(workspace: Workspace, paths: Sequence[Path], *, by: str, now: datetime) -> Loaded:
    """Bring the framework into the workspace, in the place of an earlier one.

    Raises:
        InputError: a file cannot be read, or is no DISARM framework.
    """
    framework = framework_in((str(path), _decoded(path)) for path in paths)
    kept = {"licence": framework.licence, "entries": [list(entry) for entry in framework.entries.values()]}
    place = workspace.root / FILE
    part = place.with_name(f".{FILE}.part")
    part.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
    part.replace(place)
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


def techniques_known(framework: Framework) -> Techniques:
    """Return the techniques that can be named: the framework's, and those that Watchbell itself speaks of."""
    told = {entry.id: (entry.name, entry.stix_id) for entry in framework.of_kind(EntryKind.TECHNIQUE)}
    return {disarm_id: (name, None) for disarm_id, name in NAMES.items()} | told


def _entry(*fields: Any) -> Entry:
    disarm_id, kind, name, summary, tactics, stix_id, misp_name, answers = fields
    return Entry(disarm_id, EntryKind(kind), name, summary, tuple(tactics), stix_id, misp_name, tuple(answers))


def _decoded(path: Path) -> Any:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"{path} is larger than {MAX_BYTES:,} bytes, which no framework is.")
        return json.loads(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is no JSON: {error}.") from error
