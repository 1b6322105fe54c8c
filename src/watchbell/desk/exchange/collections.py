"""Collections at the desk: what partners put in becomes ours too, and each hears its part."""

import json
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from watchbell.desk.exchange.feedback import Teller
from watchbell.desk.exchange.partners import Caller
from watchbell.desk.exchange.receiving import Receiving, definitions_of, unmarked_in
from watchbell.desk.exchange.told import keep_feedback, take_up
from watchbell.desk.exchange.waiting import FeedbackDoor
from watchbell.exchange.envelope import Sent, objects_of
from watchbell.exchange.feedback import TYPES
from watchbell.exchange.marking import Definitions, definitions_in, redacted, without_references
from watchbell.exchange.references import ids_named_in
from watchbell.exchange.stix import indicators_of_bundle
from watchbell.model.audiences import Audience
from watchbell.model.collections import Access, Add, HeldObject, ObjectPage, Refusal, Wanted
from watchbell.model.indicators import Indicator
from watchbell.model.partners import Scope
from watchbell.vault.added import Added
from watchbell.vault.database import batches
from watchbell.vault.vault import Vault

_BATCH = 1_000
_READ_AS_WELL = frozenset({"indicator", "identity", "marking-definition", "sighting", "opinion", "note"})
"""Types that say something to the house itself: indicators with what they refer to, and what is said of indicators."""


def read_page(
    vault: Vault, access: Access, wanted: Wanted, now: datetime, *, is_delivered: bool = True
) -> tuple[ObjectPage, list[bytes]]:
    """Return the next objects that a caller may hear, and the bytes of each as they may have it.

    What a partner receives for the first time is written down before it leaves.
    """
    page = vault.collections.page(access, wanted)
    if is_delivered:
        received = [held.added for held in page.objects if held.is_new and held.partner_id != access.partner_id]
        vault.deliveries.note_page(access.partner_id, access.collection.id, received, now)
    return page, list(filter(None, _bodies(vault, access, page.objects)))


def begin_add(vault: Vault, caller: Caller, access: Access, envelope: bytes, now: datetime) -> Add:
    """Keep an envelope that a partner sent, and return where its adding stands: pending.

    Raises:
        EnvelopeError: it is no envelope.
    """
    add = Add(
        id=str(uuid.uuid4()),
        username=caller.account.username,
        partner_id=caller.partner.id,
        collection_id=access.collection.id,
        requested_at=now,
        total=sum(1 for _ in objects_of(envelope)),
    )
    vault.adds.begin(add, envelope)
    return add


def finish_add(vault: Vault, add: Add, now: datetime, *, answer_days: int) -> Add:
    """Put the objects of a pending envelope into their collection, then its indicators and its feedback among ours.

    The adding is complete when the objects are in the collection; the envelope is kept until the rest is done too.
    Doing it again after it was broken off changes nothing of what is there.

    Args:
        vault: the records.
        add: the adding, as `begin_add` returned it.
        now: the present.
        answer_days: within how many days a dispute is to be answered.
    """
    partner = vault.partners.get(add.partner_id)
    accesses = vault.collections.open_to(partner, Scope, now, add.collection_id) if partner else []
    if partner is None or not accesses:
        closed = vault.adds.complete(add, 0, [Refusal(add.id, None, "The collection is not open to you any more.")])
        vault.adds.let_go(add.id)
        return closed
    envelope, file = vault.adds.envelope(add.id), f"TAXII add {add.id}"
    teller = Teller(partner.id, add.username, vault.partners.audience(partner, now), add.collection_id)
    receiving = Receiving(
        vault,
        accesses[0],
        now,
        definitions_of(envelope),
        kind=partner.kind,
        problem_of=_door(vault, teller, envelope, now),
    )
    for batch in batches(objects_of(envelope), _BATCH):
        receiving.take(batch)
    details = {"collection": add.collection_id, "added": receiving.added, "refused": len(receiving.failures)}
    vault.ledger.append(f"partner:{partner.id}", "objects.received", add.id, details, now)
    done = vault.adds.complete(add, receiving.added, receiving.failures)
    for told in batches(_told_to_house(envelope, done), _BATCH):
        _keep_indicators(vault, told, file, partner.name, accesses[0])
        keep_feedback(vault, told, teller=teller, answer_days=answer_days, file=file, now=now)
    take_up(vault, answer_days=answer_days, now=now)
    vault.adds.let_go(add.id)
    return done


def _door(
    vault: Vault, teller: Teller, envelope: bytes, now: datetime
) -> Callable[[Mapping[str, Any]], str | None] | None:
    """Return what judges the feedback of an envelope; None where there is none in it."""
    # A type stands in quotes; so does a reference, but it goes on with a UUID.
    if not any(f'"{kind}"'.encode() in envelope for kind in TYPES):
        return None
    sent = (item.values.get("id") for item in objects_of(envelope) if isinstance(item, Sent))
    coming = frozenset(name for name in sent if isinstance(name, str) and name.startswith("indicator--"))
    return FeedbackDoor(vault, teller, now, coming).problem


def remove(vault: Vault, caller: Caller, access: Access, wanted: Wanted, now: datetime) -> int:
    """Take a caller's own objects out of a collection and write that down; return how many there were."""
    removed = vault.collections.remove(access, wanted)
    vault.waiting.drop(access.collection.id, access.partner_id, wanted.ids)
    if removed:
        details = {"collection": access.collection.id, "versions": removed}
        vault.ledger.append(f"partner:{caller.partner.id}", "objects.removed", wanted.ids[0], details, now)
    return removed


def _told_to_house(envelope: bytes, add: Add) -> Iterator[dict[str, Any]]:
    """Yield the objects of an envelope that say something to the house itself, of those that were taken."""
    refused = {refusal.object_id for refusal in add.failures}
    for item in objects_of(envelope):
        held = item.values if isinstance(item, Sent) else {}
        if str(held.get("type")) in _READ_AS_WELL and isinstance(held.get("id"), str) and held["id"] not in refused:
            yield held


def _keep_indicators(vault: Vault, objects: Sequence[dict[str, Any]], file: str, source: str, access: Access) -> None:
    """Bring the indicators of a collection among ours, as its trust group's."""
    read = indicators_of_bundle({"objects": objects}, file=file, unmarked=unmarked_in(access), source=source)
    group = access.collection.group_id
    keep_indicators(
        vault, [item.model_copy(update={"group": group}) for item in read if isinstance(item, Indicator)], source
    )


def keep_indicators(vault: Vault, told: Sequence[Indicator], source: str) -> Added:
    """Bring a partner's indicators among ours; one that another source told us of stays as that source told it."""
    others = vault.indicators.of_other_sources([item.id for item in told], source)
    return vault.indicators.add(item for item in told if item.id not in others)


def _bodies(vault: Vault, access: Access, objects: Sequence[HeldObject]) -> Iterator[bytes]:
    """Yield the bytes of each object as a caller may have it: without parts, and without what it may not hear of."""
    told = [held for held in objects if held.partner_id != access.partner_id]
    named = {held.added: ids_named_in(held.body) - {held.object_id} for held in told}
    hidden = vault.collections.hidden_of(access, set().union(*named.values()) - definitions_in(()).keys())
    for held in objects:
        names = named.get(held.added, set())
        if held.partner_id != access.partner_id and held.marking_rank > access.clearance.rank:
            yield _part(held.body, access, names & hidden, _definitions(vault, access, held, names))
        elif names & hidden:
            yield _written(without_references(json.loads(held.body), names & hidden))
        else:
            yield held.body


def _definitions(vault: Vault, access: Access, held: HeldObject, names: Collection[str]) -> Definitions:
    own = [name for name in names if name.startswith("marking-definition--")]
    return definitions_in(vault.collections.markings_of(access.collection.id, held.partner_id, own))


def _part(body: bytes, access: Access, lost: Collection[str], definitions: Definitions) -> bytes:
    """Return what a caller may have of an object of which a part is marked too narrowly for it.

    Args:
        body: the object.
        access: whose.
        lost: ids of objects that the caller may not hear of.
        definitions: the marking definitions that the object may refer to.
    """
    left = redacted(json.loads(body), Audience(access.clearance), definitions, unmarked=unmarked_in(access))
    return _written(left and without_references(left, lost))


def _written(held: dict[str, Any] | None) -> bytes:
    # What cannot be given in part was not to be found at all: `heard_rank` says so when the object comes in.
    return b"" if held is None else json.dumps(held, ensure_ascii=False, separators=(",", ":")).encode()
