"""TAXII 2.1 as a client speaks it: what a server's resources say, and how a walk through a collection goes on.

Sections are those of the OASIS standard "TAXII Version 2.1" of 10 June 2021. Nothing here touches a network, and
nothing that a server answers is believed further than it can be checked.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

from watchbell.clock import microseconds, moment_text
from watchbell.errors import PeerError
from watchbell.exchange.envelope import EnvelopeError, Sent, Unread, objects_of
from watchbell.exchange.feedback import TYPES
from watchbell.exchange.taxii import MEDIA_TYPE
from watchbell.files.json_documents import BETWEEN, Extent
from watchbell.model.peers import Checkpoint, Part

PAGE_OBJECTS = 1_000
"""How many objects are asked for at once; a server may give fewer."""
TYPES_OF: Mapping[Part, tuple[str, ...]] = {Part.INDICATORS: ("indicator",), Part.FEEDBACK: tuple(sorted(TYPES))}
"""Which types of STIX objects are asked for; the others say nothing to the house itself."""
_MOST_COLLECTIONS = 1_000
_LONGEST_NEXT = 4_096
_CLOCKS_DIFFER = timedelta(hours=1)
"""How far a server's clock may be ahead before what it says of times is not believed."""


class Remote(NamedTuple):
    """A collection at a peer, as it shows it to us (section 5.2.1)."""

    id: str
    title: str
    alias: str | None
    can_read: bool
    can_write: bool


@dataclass(frozen=True, slots=True)
class Page:
    """An envelope that a server answered with (section 3.7)."""

    items: tuple[Sent | Unread, ...]
    more: bool
    next: str | None
    is_whole: bool
    """False where it was cut on its way: then what is missing is not known."""


class Place(NamedTuple):
    """Where a walk through a collection is."""

    added_after: str | None
    next: str | None


class Root(NamedTuple):
    """An API root (section 4.2.1)."""

    url: str
    max_content_length: int


def page_of(body: bytes) -> Page:
    """Return an envelope as a page; a bad object does not spoil the rest.

    Raises:
        PeerError: it is no JSON object, or has no list where its objects should be.
    """
    members, is_whole = _members(body.decode("utf-8", "surrogateescape"))
    objects = members.get("objects", "[]")
    try:
        items = () if objects[:1] == "[" and not objects[1:].strip(" \t\r\n]") else tuple(objects_of(body))
    except EnvelopeError as error:
        raise PeerError(f"It answered with something that is no envelope. {error}") from error
    following = _decoded(members.get("next"))
    return Page(
        items,
        more=_decoded(members.get("more")) is True,
        next=following if isinstance(following, str) and 0 < len(following) <= _LONGEST_NEXT else None,
        is_whole=is_whole,
    )


def query_of(part: Part, place: Place) -> dict[str, str]:
    """Return the parameters that ask for the page at a place (section 3.4)."""
    fixed = {"limit": str(PAGE_OBJECTS), "match[type]": ",".join(TYPES_OF[part])}
    return fixed | {name: value for name, value in place._asdict().items() if value is not None}


def after_page(place: Place, page: Page, passed: str | None) -> Place | None:
    """Return where a walk goes on after a page; None at its end.

    Args:
        place: where the page was.
        page: the page.
        passed: the latest `date_added` that was seen.

    Raises:
        PeerError: the server says that there is more, and not where.
    """
    if not page.more:
        return None
    if page.next is not None:
        return place._replace(next=page.next)
    if passed is None or later(place.added_after, passed) == place.added_after:
        raise PeerError("It says that there is more, and not where: neither `next` nor a later date_added.")
    return Place(passed, None)


def moved(checkpoint: Checkpoint, page: Page, passed: str | None, now: datetime) -> Checkpoint:
    """Return the checkpoint once a page is in the workspace.

    A walk begins a microsecond before the last object that was seen: a server may give several objects one time, and
    one of them may appear later than the others (section 3.4 says no more than that times do not go back).
    """
    begins = checkpoint.added_after if passed is None else later(checkpoint.added_after, _just_before(passed))
    seen = checkpoint.objects + len(page.items)
    return checkpoint.model_copy(
        update={"added_after": begins, "objects": seen, "is_at_end": not page.more, "pulled_at": now}
    )


def believed(moment: str | None, now: datetime) -> str | None:
    """Return a server's time as TAXII writes it, or None where it is no time or lies in the future."""
    try:
        at = datetime.fromisoformat(moment or "")
    except ValueError:
        return None
    return moment_text(microseconds(at)) if at.tzinfo is not None and at <= now + _CLOCKS_DIFFER else None


def later(one: str | None, other: str | None) -> str | None:
    """Return the later of two times as TAXII writes them: with six digits they sort as text does."""
    return max(filter(None, (one, other)), default=None)


def root_urls(document: Mapping[str, Any], url: str) -> list[str] | None:
    """Return the API roots that a discovery resource names, the default first; None where it is none (section 4.1.1).

    Raises:
        PeerError: one of them is at another server than the discovery itself.
    """
    named = document.get("api_roots")
    if not isinstance(named, list):
        return None
    default = document.get("default")
    ordered = [default] if isinstance(default, str) else []
    ordered += [root for root in named[:_MOST_COLLECTIONS] if isinstance(root, str) and root != default]
    found = [urljoin(url, root.rstrip("/") + "/") for root in ordered]
    elsewhere = next((root for root in found if origin_of(root) != origin_of(url)), None)
    if elsewhere is not None:
        raise PeerError(
            f"It sends us to {elsewhere[:200]}, another server, which is not told our token. If that is right, add "
            "that API root as a peer of its own."
        )
    return found


def root_of(document: Mapping[str, Any], url: str, most_bytes: int) -> Root:
    """Return an API root; envelopes for it have at most `most_bytes`, or fewer where the server says so.

    Raises:
        PeerError: it speaks other versions of TAXII only.
    """
    versions = document.get("versions")
    if not isinstance(versions, list) or not {MEDIA_TYPE, "taxii-2.1"} & {
        str(one).replace(" ", "") for one in versions
    }:
        raise PeerError(f"There is no API root of TAXII 2.1 at {url}.")
    said = document.get("max_content_length")
    length = said if isinstance(said, int) and not isinstance(said, bool) and said > 0 else most_bytes
    return Root(url, min(length, most_bytes))


def collections_of(document: Mapping[str, Any]) -> list[Remote]:
    """Return the collections that a server lists (section 5.1.1); what is none is passed over."""
    listed = document.get("collections")
    return [_remote(held) for held in (listed if isinstance(listed, list) else [])[:_MOST_COLLECTIONS] if _is_one(held)]


def origin_of(url: str) -> tuple[str, str | None, int | None]:
    """Return scheme, host and port: whoever is told our token."""
    parts = urlsplit(url)
    try:
        return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError as error:
        raise PeerError(f"{url[:200]!r} is no address.") from error


def _is_one(held: Any) -> bool:
    # The id becomes a part of addresses that we ask, so nothing but a UUID's letters may stand in it (section 5.2.1).
    return isinstance(held, dict) and isinstance(held.get("id"), str) and set(held["id"].lower()) <= _UUID


_UUID = frozenset("0123456789abcdef-")


def _remote(held: Mapping[str, Any]) -> Remote:
    alias = held.get("alias")
    return Remote(
        held["id"],
        str(held.get("title") or held["id"])[:200],
        alias if isinstance(alias, str) else None,
        can_read=held.get("can_read") is True,
        can_write=held.get("can_write") is True,
    )


def _members(text: str) -> tuple[dict[str, str], bool]:
    """Return the members of a JSON object as text, without going into their depth, and whether it has an end."""
    at = BETWEEN.match(text, 0).end()  # type: ignore[union-attr]  # it matches the empty text too
    if text[at : at + 1] != "{":
        raise PeerError("It answered with something that is no JSON object.")
    members: dict[str, str] = {}
    at += 1
    while (at := _past(text, at)) < len(text) and text[at] != "}":
        end = Extent().end(text, at)
        name = _decoded(text[at:end]) if end is not None else None
        at = _past(text, end or len(text))
        if not isinstance(name, str) or text[at : at + 1] != ":":
            break
        at = _past(text, at + 1)
        end = Extent().end(text, at)
        members[name] = text[at:end]
        at = len(text) if end is None else end
    return members, text[at : at + 1] == "}"


def _past(text: str, at: int) -> int:
    return BETWEEN.match(text, at).end()  # type: ignore[union-attr]  # it matches the empty text too


def _decoded(text: str | None) -> Any:
    try:
        return None if text is None else json.loads(text)
    except (ValueError, RecursionError):
        return None


def _just_before(moment: str) -> str:
    return moment_text(microseconds(datetime.fromisoformat(moment)) - 1)
