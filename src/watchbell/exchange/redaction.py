"""Taking properties out of a STIX 2.1 object by selectors (section 7.2.3.1), and which it cannot be without.

The required properties are those of STIX 2.1 sections 3.2, 4, 5 and 6. Of a cyber-observable object the properties that
its id is made of count too (section 2.9): whoever has the id and a guess could otherwise check the guess.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

_ALWAYS = frozenset({"type", "id", "spec_version", "created", "modified", "granular_markings", "object_marking_refs"})
_NAMED = (
    "attack-pattern", "campaign", "course-of-action", "identity", "incident", "infrastructure", "intrusion-set",
    "threat-actor", "tool", "vulnerability",
)  # fmt: skip
_VALUED = ("domain-name", "email-addr", "ipv4-addr", "ipv6-addr", "mac-addr", "url")
_REQUIRED: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(_NAMED, frozenset({"name"})),
    **dict.fromkeys(_VALUED, frozenset({"value"})),
    "grouping": frozenset({"context", "object_refs"}),
    "indicator": frozenset({"pattern", "pattern_type", "valid_from"}),
    # A location has at least one of these (section 4.10).
    "location": frozenset({"region", "country", "latitude", "longitude"}),
    "malware": frozenset({"is_family"}),
    # Section 4.12: at least one of result and analysis_sco_refs.
    "malware-analysis": frozenset({"product", "result", "analysis_sco_refs"}),
    "note": frozenset({"content", "object_refs"}),
    "observed-data": frozenset({"first_observed", "last_observed", "number_observed", "objects", "object_refs"}),
    "opinion": frozenset({"opinion", "object_refs"}),
    "report": frozenset({"name", "published", "object_refs"}),
    "relationship": frozenset({"relationship_type", "source_ref", "target_ref"}),
    "sighting": frozenset({"sighting_of_ref"}),
    "language-content": frozenset({"object_ref", "contents"}),
    "artifact": frozenset({"payload_bin", "url", "hashes"}),
    "autonomous-system": frozenset({"number"}),
    "directory": frozenset({"path"}),
    "email-message": frozenset({"is_multipart", "from_ref", "subject", "body", "body_multipart"}),
    "file": frozenset({"hashes", "name", "extensions", "parent_directory_ref"}),
    "mutex": frozenset({"name"}),
    "network-traffic": frozenset(
        {"protocols", "start", "end", "src_ref", "dst_ref", "src_port", "dst_port", "extensions"}
    ),
    # Section 6.13: at least one property, and the id is random.
    "process": frozenset({"pid", "command_line", "image_ref"}),
    "software": frozenset({"name", "cpe", "swid", "vendor", "version"}),
    "user-account": frozenset({"account_type", "user_id", "account_login"}),
    "windows-registry-key": frozenset({"key", "values"}),
    "x509-certificate": frozenset({"hashes", "serial_number"}),
}
_STEP = re.compile(r"\[(\d{1,9})\]")

Path = tuple[str | int, ...]


def path_of(selector: str) -> Path:
    """Return the steps of a selector: `external_references.[0].url` → `("external_references", 0, "url")`."""
    steps = (_STEP.fullmatch(step) or step for step in selector.split("."))
    return tuple(step if isinstance(step, str) else int(step[1]) for step in steps)


def points_at_something(held: Mapping[str, Any], path: Path) -> bool:
    """Tell whether the object has what the path leads to."""
    value: Any = held
    for step in path:
        inside = isinstance(value, dict) if isinstance(step, str) else isinstance(value, list)
        if not inside or (step not in value if isinstance(step, str) else step >= len(value)):
            return False
        value = value[step]
    return True


def required_of(kind: str) -> frozenset[str] | None:
    """Return what an object of a type cannot be without; None where STIX 2.1 does not define the type."""
    return _REQUIRED.get(kind)


def cannot_lose(held: Mapping[str, Any], path: Path) -> bool:
    """Tell whether an object without what the path leads to is not that object any more.

    Of a list that is required a part may go; not so where the id is made of it, which is the case in the objects that
    have no `created`. Of a type that STIX 2.1 does not define nobody knows, so it can lose nothing.
    """
    required = required_of(str(held.get("type")))
    if required is None or path[:1] == () or path[0] in _ALWAYS:
        return True
    return path[0] in required and (len(path) == 1 or "created" not in held)


def without(held: Mapping[str, Any], paths: Collection[Path]) -> dict[str, Any] | None:
    """Return the object without what the paths lead to, its other granular markings still pointing at the same things.

    A list or dictionary that is left empty goes too (STIX 2.1 has none, section 2.6). None where the object would lose
    what it cannot be without.
    """
    if any(cannot_lose(held, path) for path in paths):
        return None
    moved: dict[Path, Path] = {}
    left = _pruned(held, (), (), frozenset(paths), moved)
    if not isinstance(left, dict) or any(name not in left for name in held if cannot_lose(held, (name,))):
        return None
    marks = list(_moved_marks(held, moved))
    return {key: value for key, value in left.items() if key != "granular_markings"} | (
        {"granular_markings": marks} if marks else {}
    )


def _pruned(value: Any, old: Path, new: Path, gone: frozenset[Path], moved: dict[Path, Path]) -> Any:
    """Return the value without what is gone, or None where nothing is left; `moved` learns where each part is now."""
    if old in gone:
        return None
    if isinstance(value, dict):
        parts = {key: _pruned(inner, (*old, key), (*new, key), gone, moved) for key, inner in value.items()}
        left: Any = {key: inner for key, inner in parts.items() if inner is not None}
    elif isinstance(value, list):
        left = []
        for number, inner in enumerate(value):
            kept = _pruned(inner, (*old, number), (*new, len(left)), gone, moved)
            left += [] if kept is None else [kept]
    else:
        left = value
    if left is None or (isinstance(value, (dict, list)) and value and not left):
        return None
    moved[old] = new
    return left


def _moved_marks(held: Mapping[str, Any], moved: Mapping[Path, Path]) -> Iterator[dict[str, Any]]:
    for mark in held.get("granular_markings") or ():
        paths = [moved[path] for path in map(path_of, mark.get("selectors") or ()) if path in moved]
        if paths:
            yield {**mark, "selectors": [".".join(f"[{s}]" if isinstance(s, int) else s for s in p) for p in paths]}
