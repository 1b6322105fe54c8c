"""TAXII 2.1 as it is spoken over HTTP: media types, what a caller asks for, and the resources that answer.

Sections are those of the OASIS standard "TAXII Version 2.1" of 10 June 2021. Nothing here touches a network.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from watchbell.clock import microseconds, moment_text
from watchbell.errors import UsageError
from watchbell.model.collections import Access, Add, AddStatus, HeldObject, Wanted

MEDIA_TYPE = "application/taxii+json;version=2.1"
STIX_MEDIA_TYPE = "application/stix+json;version=2.1"
DEFAULT_LIMIT = 100
MOST_OBJECTS = 1_000
"""The longest page; a client that asks for more gets this many and a `next`."""
MOST_VALUES = 1_000
"""The longest list of values in one filter."""

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
_NEXT = re.compile(r"a([0-9a-f]{1,16})")
_DIGITS = re.compile(r"[0-9]{1,18}")


class RequestError(UsageError):
    """What a client asks for cannot mean anything; the message is for whoever wrote the client."""


@lru_cache(maxsize=256)
def accepts(header: str | None) -> bool:
    """Tell whether a client's `Accept` allows TAXII 2.1 (section 1.6.8.2); no header allows all."""
    return header is None or any(_allows(part) for part in header.split(","))


@lru_cache(maxsize=256)
def is_envelope(header: str | None) -> bool:
    """Tell whether a `Content-Type` is TAXII's, of version 2.1 or of none."""
    name, parameters = _media_type(header or "")
    return name == "application/taxii+json" and parameters.get("version", "2.1") == "2.1"


def wanted_of(parameters: Iterable[tuple[str, str]], *, ids: Sequence[str] = (), every: bool = False) -> Wanted:
    """Return what a client asks for by the parameters of its request (section 3.4).

    Args:
        parameters: names and values of the query; unknown names are passed over.
        ids: the object that the path names, if it names one.
        every: whether all versions are meant where `match[version]` does not stand.

    Raises:
        RequestError: one of them cannot be read.
    """
    given = dict(parameters)
    versions = _values(given, "match[version]")
    words = {"first", "last", "all"}
    after = [_instant("added_after", given["added_after"])] if "added_after" in given else []
    after += [_position(given["next"])] if "next" in given else []
    return Wanted(
        after=max(after, default=0),
        limit=_limit(given.get("limit")),
        ids=tuple(ids) or _values(given, "match[id]"),
        types=_values(given, "match[type]"),
        # Objects of other versions of STIX are not taken, so of each there is its latest.
        spec_versions=_values(given, "match[spec_version]"),
        first="first" in versions,
        last="last" in versions or not versions,
        every="all" in versions or (every and not versions),
        versions=tuple(_instant("match[version]", value) for value in versions if value not in words),
    )


def next_after(held: HeldObject) -> str:
    """Return the `next` of a page that ends with this object: where it stands, so nothing needs to be remembered."""
    return f"a{held.added:x}"


def added_headers(objects: Sequence[HeldObject]) -> dict[str, str]:
    """Return the headers that tell when the first and the last object of a page were added (section 3.5)."""
    if not objects:
        return {}
    return {
        "X-TAXII-Date-Added-First": moment_text(objects[0].added),
        "X-TAXII-Date-Added-Last": moment_text(objects[-1].added),
    }


def envelope(bodies: Sequence[bytes], following: str | None) -> bytes:
    """Return an envelope of objects (section 3.7), their bytes as they came."""
    head = b"" if following is None else b'"more":true,"next":"' + following.encode() + b'"'
    if not bodies:
        return b"{" + head + b"}"
    return b"{" + head + (b"," if head else b"") + b'"objects":[' + b",".join(bodies) + b"]}"


def listing(name: str, items: Sequence[Any], following: str | None) -> dict[str, Any]:
    """Return a resource that is a list with a `next`: a manifest (5.3) or versions (5.8). An empty list is left out."""
    more = {} if following is None else {"more": True, "next": following}
    return more | ({name: list(items)} if items else {})


def manifest_record(held: HeldObject) -> dict[str, Any]:
    """Return what a manifest says of an object (section 5.3.1)."""
    return {
        "id": held.object_id,
        "date_added": moment_text(held.added),
        "version": held.version,
        "media_type": STIX_MEDIA_TYPE,
    }


def discovery(operator: str, root: str) -> dict[str, Any]:
    """Return the discovery resource (section 4.1.1)."""
    return {
        "title": operator,
        "description": "Election threats, shared with those who may hear of them. Served by Watchbell.",
        "default": root,
        "api_roots": [root],
    }


def api_root(operator: str, max_content_length: int) -> dict[str, Any]:
    """Return the API root (section 4.2.1)."""
    return {"title": operator, "versions": [MEDIA_TYPE], "max_content_length": max_content_length}


def collection_resource(access: Access) -> dict[str, Any]:
    """Return a collection as a caller sees it (section 5.2.1)."""
    collection = access.collection
    named = {"alias": collection.alias, "description": collection.description}
    return {
        "id": collection.id,
        "title": collection.title,
        **{name: value for name, value in named.items() if value is not None},
        "can_read": access.can_read,
        "can_write": access.can_write,
        "media_types": [STIX_MEDIA_TYPE],
    }


def status_resource(add: Add) -> dict[str, Any]:
    """Return where the adding of an envelope stands (section 4.3.1)."""
    asked = moment_text(microseconds(add.requested_at))
    failures = [
        {"id": refusal.object_id, "version": refusal.version or asked, "message": refusal.reason}
        for refusal in add.failures
    ]
    pending = add.total if add.status is AddStatus.PENDING else 0
    return {
        "id": add.id,
        "status": add.status,
        "request_timestamp": asked,
        "total_count": add.total,
        "success_count": add.added,
        "failure_count": len(failures),
        "pending_count": pending,
        **({"failures": failures} if failures else {}),
    }


def error_message(status: int, title: str) -> dict[str, Any]:
    """Return an error (section 3.6.1)."""
    return {"title": title, "http_status": str(status)}


def _media_type(text: str) -> tuple[str, dict[str, str]]:
    name, *rest = (part.strip() for part in text.lower().split(";"))
    pairs = (part.partition("=") for part in rest)
    return name, {key.strip(): value.strip().strip('"') for key, _, value in pairs}


def _allows(part: str) -> bool:
    name, parameters = _media_type(part)
    if re.fullmatch(r"0(?:\.0*)?", parameters.get("q", "1")):
        return False
    if name == "application/taxii+json":
        return parameters.get("version", "2.1") == "2.1"
    return name in ("*/*", "application/*")


def _values(given: Mapping[str, str], name: str) -> tuple[str, ...]:
    values = tuple(filter(None, given.get(name, "").split(",")))
    if len(values) > MOST_VALUES:
        raise RequestError(f"{name} lists {len(values):,} values; {MOST_VALUES:,} is the limit.")
    return values


def _limit(text: str | None) -> int:
    if text is None:
        return DEFAULT_LIMIT
    if not _DIGITS.fullmatch(text) or int(text) == 0:
        raise RequestError(f"limit {text[:40]!r} is no whole number above 0.")
    return min(int(text), MOST_OBJECTS)


def _position(text: str) -> int:
    found = _NEXT.fullmatch(text)
    if found is None:
        raise RequestError(f"next {text[:40]!r} is not one that this server gave.")
    return min(int(found[1], 16), 2**63 - 1)


def _instant(name: str, text: str) -> int:
    try:
        at = datetime.fromisoformat(text) if _TIME.fullmatch(text) else None
    except ValueError:
        at = None
    if at is None:
        raise RequestError(f"{name} {text[:40]!r} is no time as 2026-11-03T09:30:00.000000Z is one.")
    return microseconds(at)
