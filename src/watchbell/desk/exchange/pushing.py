"""Pushing: what a partner may hear goes to its server, in envelopes that it takes, and what it took is written down.

What was written down is not sent again. A process that is killed between the two sends an envelope once more, and the
server sees that it has these versions.
"""

import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from watchbell.clock import Clock
from watchbell.desk.exchange.peers import Reached, document_in, partner_of, resource
from watchbell.desk.exchange.publishing import passes_on
from watchbell.desk.exchange.releases import ONE_PERSON, needs_two
from watchbell.desk.exchange.sending import Recipient, versions_of
from watchbell.desk.exchange.told import feedback_bundle
from watchbell.errors import NotAllowedError, PeerError, UsageError
from watchbell.exchange.marking import bundle_for
from watchbell.exchange.stix import bundle_of_indicators
from watchbell.exchange.taxii_client import Remote
from watchbell.model.peers import Peer
from watchbell.model.tlp import Tlp
from watchbell.vault.vault import Vault
from watchbell.vault.workspace import Workspace

_AT_ONCE = 1_000
"""Objects in one envelope."""
_PATIENCE_S = 60
"""How long a server may take to put an envelope away before the next push asks again."""
_POLL_S = 0.2
_UUID = re.compile(r"[0-9a-fA-F-]{1,64}")


@dataclass(slots=True)
class Pushed:
    """What came of a push."""

    collection: Remote
    taken: int = 0
    """Objects that the server has now, or had."""
    known: int = 0
    """Objects that it took from us in an earlier push, so that they were not sent."""
    refusals: dict[str, str] = field(default_factory=dict)
    """Id of an object that it refused → why."""
    problem: str | None = None
    """Why not all was pushed; what the server took before is written down."""


class Aim(NamedTuple):
    """What is meant to go where."""

    collection: str | None
    """Its id, alias or title; None where only one takes anything from us."""
    up_to: Tlp
    """The narrowest marking that may leave."""
    by: str
    """Who sends it."""


def push(workspace: Workspace, peer: Peer, reached: Reached, aim: Aim, clock: Clock) -> Pushed:
    """Send a peer the indicators that it may hear up to a marking, and what we said of these, where it lacks them.

    What the peer itself told us stays here. Retracted indicators are sent as revoked ones.

    Raises:
        NotAllowedError: the marking is narrower than what one person may share.
        UsageError: the collection is not there, or the exchange with the partner rests.
    """
    if needs_two(aim.up_to):
        raise NotAllowedError(
            f"What is marked TLP:{aim.up_to.upper()} names its recipients, and a collection may have other readers: "
            f"the narrowest that is pushed is TLP:{ONE_PERSON.upper()}."
        )
    vault, partner = workspace.vault, partner_of(workspace.vault, peer)
    pushed = Pushed(_meant(reached.collections, aim.collection))
    audience = vault.partners.audience(partner, clock()).up_to(aim.up_to)
    objects = _objects(workspace, Recipient(partner.id, partner.name, audience))
    way = f"push {pushed.collection.id}"
    told = {(one.object_id, one.version) for one in vault.deliveries.to_partner(partner.id) if one.way == way}
    pushed.known = len(told.intersection(versions_of(objects)))
    lacking = [held for held in objects if any(versions_of([held])) and told.isdisjoint(versions_of([held]))]
    if lacking:
        sending = _Sending(vault, peer, reached, pushed, way)
        _name(sending, [held for held in objects if not any(versions_of([held]))])
        _send_all(sending, lacking, clock)
        details = {"peer": peer.name, "collection": pushed.collection.id, "taken": pushed.taken, "up_to": aim.up_to}
        vault.ledger.append(aim.by, "objects.pushed", partner.id, details, clock())
    return pushed


class _Sending(NamedTuple):
    vault: Vault
    peer: Peer
    reached: Reached
    pushed: Pushed
    way: str


def _meant(collections: Sequence[Remote], named: str | None) -> Remote:
    writable = [each for each in collections if each.can_write]
    found = [each for each in writable if named is None or named in (each.id, each.alias, each.title)]
    if len(found) == 1:
        return found[0]
    offered = ", ".join(each.alias or each.title for each in writable) or "none"
    raise UsageError(f"Say with --collection which one is meant; those that take something from us: {offered}.")


def _objects(workspace: Workspace, to: Recipient) -> list[dict[str, Any]]:
    """Return what a recipient may have of our indicators and our feedback, with what these refer to, each once."""
    operator, shelf = workspace.settings.operator, workspace.vault.indicators.heard_by(to.audience)
    ours = [held for held in shelf.all() if held.source != to.name and passes_on(held, operator)]
    groups = {held.id: [held.group] for held in ours if held.group is not None}
    told = bundle_for(bundle_of_indicators(ours, operator=operator, up_to=ONE_PERSON), to.audience, groups)
    said = feedback_bundle(workspace.vault, to, operator=operator)
    both = [*told["objects"], *said["objects"]]
    # Of an identity that stands in both, the later version is the one that is told to more.
    latest = {held["id"]: held for held in sorted(both, key=lambda held: str(held.get("modified")))}
    return [latest[name] for name in dict.fromkeys(held["id"] for held in both)]


def _name(sending: _Sending, objects: Iterable[dict[str, Any]]) -> None:
    """Send what the other objects refer to, definitions and identities.

    OpenTAXII 0.9.3 fails at a marking definition, which has no `modified`; what is marked goes there without. The TLP
    definitions are the same everywhere, and a reader that lacks another one counts what it marks as RED.
    """
    for batch in _batches(objects, sending.reached.root.max_content_length):
        with suppress(PeerError):
            _taken(sending, batch)


def _send_all(sending: _Sending, objects: Iterable[dict[str, Any]], clock: Clock) -> None:
    """Send objects in envelopes that the server takes, and write down what it took of each before the next leaves."""
    for batch in _batches(objects, sending.reached.root.max_content_length):
        try:
            taken = _taken(sending, batch)
        except PeerError as error:
            sending.pushed.problem = str(error)
            return
        sending.vault.deliveries.note(sending.peer.partner_id, sending.way, versions_of(taken), clock())
        sending.pushed.taken += sum(1 for _ in versions_of(taken))


def _batches(objects: Iterable[dict[str, Any]], most_bytes: int) -> Iterator[dict[str, dict[str, Any]]]:
    """Yield objects by their ids, as many as one envelope holds."""
    batch, length = dict[str, dict[str, Any]](), 0
    for held in objects:
        size = len(_encoded(held)) + 1
        if batch and (len(batch) == _AT_ONCE or length + size + _FRAME > most_bytes):
            yield batch
            batch, length = {}, 0
        batch[held["id"]] = held
        length += size
    if batch:
        yield batch


_FRAME = len(b'{"objects":[]}')


def _taken(sending: _Sending, batch: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Send an envelope, wait until it was put away, and return which of its objects the server has now.

    Raises:
        PeerError: it does not take the envelope, or has not put it away in time.
    """
    root, peer = sending.reached.root, sending.peer
    url = f"{root.url}collections/{sending.pushed.collection.id}/objects/"
    envelope = b'{"objects":[' + b",".join(map(_encoded, batch.values())) + b"]}"
    status = document_in(sending.reached.connection.post(url, envelope), url, peer)
    until = time.monotonic() + _PATIENCE_S
    while status.get("status") == "pending":
        where = str(status.get("id"))
        if not _UUID.fullmatch(where) or time.monotonic() > until:
            raise PeerError(f"{peer.name} has not put an envelope away yet. Push again: what is there is not doubled.")
        time.sleep(_POLL_S)
        status = resource(sending.reached.connection, f"{root.url}status/{where}/", peer)
    failures = status.get("failures")
    for failure in failures if isinstance(failures, list) else ():
        if isinstance(failure, dict) and failure.get("id") in batch:
            sending.pushed.refusals[failure["id"]] = str(failure.get("message") or "no reason was given")[:500]
    if status.get("status") != "complete":
        raise PeerError(f"{peer.name} does not say what became of an envelope.")
    return [held for name, held in batch.items() if name not in sending.pushed.refusals]


def _encoded(held: Mapping[str, Any]) -> bytes:
    return json.dumps(held, ensure_ascii=False, separators=(",", ":")).encode()
