"""Pulling: what a partner's server offers comes in page by page, and is kept before the place is marked.

A process may be killed at any moment: the page that it was at comes again, and what is there already stays as it is.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from watchbell.clock import Clock
from watchbell.desk.exchange.collections import keep_indicators
from watchbell.desk.exchange.feedback import Teller
from watchbell.desk.exchange.outgoing import Answer
from watchbell.desk.exchange.peers import Reached, demand_success, is_success, partner_of
from watchbell.desk.exchange.receiving import marking_refs
from watchbell.desk.exchange.told import keep_feedback, take_up
from watchbell.errors import PeerError, UsageError
from watchbell.exchange.envelope import Sent, Unread
from watchbell.exchange.feedback import ids_told
from watchbell.exchange.marking import UNMARKED, definitions_in
from watchbell.exchange.stix import indicators_of_bundle
from watchbell.exchange.stix_parts import identity_id
from watchbell.exchange.taken import shared_object
from watchbell.exchange.taxii_client import (
    TYPES_OF,
    Page,
    Place,
    Remote,
    after_page,
    believed,
    later,
    moved,
    page_of,
    query_of,
)
from watchbell.files import Reject
from watchbell.files.rejects import append_rejects
from watchbell.ids import short_digest
from watchbell.model.collections import HOUSE
from watchbell.model.indicators import Indicator
from watchbell.model.partners import Partner
from watchbell.model.peers import Checkpoint, Part, Peer
from watchbell.model.tlp import Tlp
from watchbell.vault.workspace import Workspace

MOST_PAGES = 10_000
"""The most pages of one collection in one pull; the next pull goes on there."""
MOST_TIME = timedelta(hours=1)
"""The longest that one pull of a collection goes on; the next one goes on there."""
_MOST_EMPTY = 5
"""Pages in a row that hold nothing and promise more, after which a server is not asked further."""
_MOST_UNKNOWN = 50
"""Marking definitions that are asked for by their ids with one page."""
_MOST_RESTARTS = 3


@dataclass(slots=True)
class Pulled:
    """What came of pulling a collection."""

    collection: Remote
    objects: int = 0
    new: int = 0
    """Indicators that were not there."""
    known: int = 0
    """Indicators that were; those that came in a later version are in it."""
    feedback: int = 0
    """Sightings, opinions and disputes, those told before among them."""
    waiting: int = 0
    """Indicators that are not here yet, for which what was said of them waits."""
    rejected: int = 0
    problem: str | None = None
    """Why the collection was not pulled to its end; what came before is kept."""


@dataclass(slots=True)
class _Walk:
    workspace: Workspace
    peer: Peer
    partner: Partner
    reached: Reached
    pulled: Pulled
    part: Part
    clock: Clock
    restarts: int = 0

    @property
    def url(self) -> str:
        return f"{self.reached.root.url}collections/{self.pulled.collection.id}/objects/"

    @property
    def file(self) -> str:
        return f"{self.peer.name}, collection {self.pulled.collection.title}"


def pull(workspace: Workspace, peer: Peer, reached: Reached, *, named: Sequence[str], clock: Clock) -> list[Pulled]:
    """Bring in what a peer's collections have since the last time: all that we may read, or those that are named.

    Indicators come first, of all collections, then what was said of them: nobody can speak of what is not known.

    Raises:
        UsageError: a collection that is named cannot be read, or the exchange with the partner rests.
    """
    partner = partner_of(workspace.vault, peer)
    done = [Pulled(remote) for remote in _meant(reached.collections, named)]
    for part in Part:
        for pulled in done:
            if pulled.problem is None:
                _try(_Walk(workspace, peer, partner, reached, pulled, part, clock))
    return done


def _try(walk: _Walk) -> None:
    remote, known = walk.pulled.collection, walk.workspace.vault.peers.checkpoints(walk.peer.name)
    begun = next((one for one in known if (one.collection_id, one.part) == (remote.id, walk.part)), None)
    fresh = Checkpoint(collection_id=remote.id, part=walk.part, title=remote.title, pulled_at=walk.clock())
    try:
        _pull_part(walk, begun or fresh)
    except PeerError as error:
        walk.pulled.problem = str(error)


def _meant(collections: Iterable[Remote], named: Sequence[str]) -> list[Remote]:
    readable = [each for each in collections if each.can_read]
    found = [each for each in readable if not named or {each.id, each.alias, each.title} & set(named)]
    unknown = set(named) - {name for each in found for name in each[:3] if name is not None}
    if unknown:
        offered = ", ".join(each.alias or each.title for each in readable) or "none"
        raise UsageError(f"No collection {min(unknown)!r} can be read there; those that can be: {offered}.")
    return found


def _pull_part(walk: _Walk, checkpoint: Checkpoint) -> None:
    until, empty, seen, passed = walk.clock() + MOST_TIME, 0, set[bytes](), None
    place = Place(checkpoint.added_after, None)
    for _ in range(MOST_PAGES):
        answer = _answered(walk, place)
        if answer is None:
            place, seen = Place(checkpoint.added_after, None), set()
            continue
        page = page_of(answer.body)
        _keep(walk, page)
        if not page.is_whole:
            raise PeerError("A page was cut on its way. What came of it is kept; the next pull asks for it again.")
        passed = later(passed, believed(answer.headers.get("x-taxii-date-added-last"), walk.clock()))
        following = after_page(place, page, passed)
        checkpoint = moved(checkpoint, page, passed, walk.clock())
        walk.workspace.vault.peers.put_checkpoint(walk.peer.name, checkpoint)
        if following is None:
            return
        empty = 0 if page.items else empty + 1
        _refuse_endless(answer, empty, seen)
        if walk.clock() > until:
            break
        place = following
    raise PeerError("There is more than one pull brings in. Pull again: it goes on there.")


def _refuse_endless(answer: Answer, empty: int, seen: set[bytes]) -> None:
    """Return if a walk gets on.

    Raises:
        PeerError: the server promises more, and gives nothing, or what it gave before.
    """
    if empty == _MOST_EMPTY:
        raise PeerError(f"{empty} pages in a row were empty and promised more, so it was asked no further.")
    digest = hashlib.sha256(answer.body).digest()
    if not empty and digest in seen:
        raise PeerError("It gives a page again that it gave before, so it has no end.")
    seen.add(digest)


def _answered(walk: _Walk, place: Place) -> Answer | None:
    """Return the page at a place; None where the walk has to begin again from the checkpoint.

    A page is not asked for twice by its `next`: some servers forget it, and some have gone on by then.
    """
    try:
        answer = walk.reached.connection.get(walk.url, query_of(walk.part, place), is_repeatable=place.next is None)
        demand_success(answer, walk.url, walk.peer)
    except PeerError:
        walk.restarts += 1
        if place.next is None or walk.restarts > _MOST_RESTARTS:
            raise
        return None
    return answer


def _keep(walk: _Walk, page: Page) -> None:
    """Bring a page into the workspace, and what of it cannot be taken among the rejects."""
    definitions = _definitions(walk, page)
    rejects: list[Reject] = []
    good = list(_good(walk, page.items, definitions, rejects))
    vault, source, pulled = walk.workspace.vault, walk.partner.name, walk.pulled
    bundle = {"objects": [*definitions, *good]}
    read = list(indicators_of_bundle(bundle, file=walk.file, unmarked=UNMARKED, source=source))
    added = keep_indicators(vault, [item for item in read if isinstance(item, Indicator)], source)
    rejects += [item for item in read if isinstance(item, Reject)]
    now = walk.clock()
    kept = keep_feedback(
        vault,
        _not_ours(walk, good),
        teller=Teller(
            walk.partner.id, f"taxii:{walk.peer.name}", vault.partners.audience(walk.partner, now), pulled.collection.id
        ),
        answer_days=walk.workspace.settings.dispute_days,
        file=walk.file,
        now=now,
    )
    rejects += kept.rejects
    taken_up = take_up(vault, answer_days=walk.workspace.settings.dispute_days, now=now)
    if added.new:
        details = {"peer": walk.peer.name, "new": added.new, "known": added.known}
        vault.ledger.append(f"partner:{walk.partner.id}", "objects.pulled", pulled.collection.id, details, now)
    place = f"taxii-{walk.peer.name}-{short_digest(pulled.collection.id)}.jsonl"
    append_rejects(walk.workspace.rejects / place, rejects)
    pulled.objects += len(page.items)
    pulled.new, pulled.known = pulled.new + added.new, pulled.known + added.known
    pulled.feedback += sum(one.sightings + one.opinions + one.disputes for one in (kept, taken_up))
    pulled.waiting += kept.waiting
    pulled.rejected += len(rejects)


def _good(
    walk: _Walk, items: Iterable[Sent | Unread], definitions: Sequence[Mapping[str, Any]], rejects: list[Reject]
) -> Iterator[dict[str, Any]]:
    labels, now = definitions_in(definitions), walk.clock()
    for item in items:
        if isinstance(item, Unread):
            rejects.append(Reject(walk.file, item.number, None, f"{item.claimed_id or 'An object'}: {item.reason}", ""))
            continue
        if item.values.get("type") not in TYPES_OF[walk.part]:
            continue
        if item.values.get("spec_version") == item.values["type"]:
            # OpenTAXII 0.9.3 gives the type back in the place of the version.
            item = item._replace(values=item.values | {"spec_version": "2.1"})  # noqa: PLW2901  # the same, mended
        try:
            shared_object(item, labels, unmarked=UNMARKED, narrowest=Tlp.RED, now=now)
        except ValueError as error:
            claimed = str(item.values.get("id", "An object"))[:300]
            raw = item.body[:2000].decode("utf-8", "replace")
            rejects.append(Reject(walk.file, item.number, None, f"{claimed}: {error}", raw))
        else:
            yield item.values


def _not_ours(walk: _Walk, objects: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Yield the objects that are not feedback of our own, which a server gives back to us as to everyone."""
    operator = walk.workspace.settings.operator
    us, told = identity_id(operator), ids_told(walk.workspace.vault.feedback.all_of(HOUSE), operator)
    return (held for held in objects if held.get("created_by_ref") != us or held["id"] not in told)


def _definitions(walk: _Walk, page: Page) -> list[dict[str, Any]]:
    """Return the marking definitions that a page brings or refers to: the server is asked for those that it lacks.

    What it does not know either counts as RED (`exchange.marking.marking_of`).
    """
    objects = [item.values for item in page.items if isinstance(item, Sent)]
    came = list(filter(_is_definition, objects))
    unknown = sorted({ref for held in objects for ref in marking_refs(held)} - definitions_in(came).keys())
    if not unknown:
        return came
    answer = walk.reached.connection.get(walk.url, {"match[id]": ",".join(unknown[:_MOST_UNKNOWN])})
    found = page_of(answer.body).items if is_success(answer) else ()
    return came + [item.values for item in found if isinstance(item, Sent) and _is_definition(item.values)]


def _is_definition(held: Mapping[str, Any]) -> bool:
    if held.get("type") != "marking-definition" or not isinstance(held.get("id"), str):
        return False
    try:
        definitions_in([held])
    except (AttributeError, TypeError):
        return False
    return True
