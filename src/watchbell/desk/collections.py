"""Collections at the desk: what partners put in becomes ours too, what we share goes in, and each hears its part."""

import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from watchbell.desk.partners import Caller, group_named
from watchbell.errors import UsageError
from watchbell.exchange.envelope import Sent, Unread, objects_of
from watchbell.exchange.marking import UNMARKED, Definitions, definitions_in, redacted
from watchbell.exchange.stix import indicators_of_bundle
from watchbell.exchange.taken import shared_object
from watchbell.model.audiences import Audience
from watchbell.model.collections import Access, Add, Collection, ObjectPage, Refusal, SharedObject, Wanted
from watchbell.model.indicators import Indicator
from watchbell.model.partners import Scope
from watchbell.model.tlp import Tlp
from watchbell.vault.collections import access_of_house
from watchbell.vault.database import batches
from watchbell.vault.vault import Vault

_BATCH = 1_000
_WITH_INDICATORS = frozenset({"indicator", "identity", "marking-definition"})
"""Types that are read to understand a partner's indicators."""


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
    rank, me = access.clearance.rank, access.partner_id
    bodies = (
        held.body if held.marking_rank <= rank or held.partner_id == me else _part(held.body, access)
        for held in page.objects
    )
    return page, list(filter(None, bodies))


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


def finish_add(vault: Vault, add: Add, now: datetime) -> Add:
    """Put the objects of a pending envelope into their collection, and its indicators among ours.

    Doing it again after it was broken off changes nothing of what is there.
    """
    partner = vault.partners.get(add.partner_id)
    accesses = vault.collections.open_to(partner, Scope, now, add.collection_id) if partner else []
    if partner is None or not accesses:
        return vault.adds.finish(add, 0, [Refusal(add.id, None, "The collection is not open to you any more.")])
    access = accesses[0]
    intake = _Intake(vault, access, now, definitions=_definitions(vault.adds.envelope(add.id)))
    for batch in batches(objects_of(vault.adds.envelope(add.id)), _BATCH):
        intake.take(batch)
        _keep_indicators(vault, intake.taken, f"TAXII add {add.id}", partner.name, access)
    details = {"collection": add.collection_id, "added": intake.added, "refused": len(intake.failures)}
    vault.ledger.append(f"partner:{partner.id}", "objects.received", add.id, details, now)
    return vault.adds.finish(add, intake.added, intake.failures)


def share(
    vault: Vault, collection: Collection, objects: Iterable[dict[str, Any]], *, by: str, now: datetime
) -> tuple[int, list[Refusal]]:
    """Put STIX objects of ours into a collection; return how many are there now, and which were refused and why."""
    sent = [
        Sent(number, held, json.dumps(held, ensure_ascii=False, separators=(",", ":")).encode())
        for number, held in enumerate(objects, start=1)
    ]
    access = access_of_house(collection)
    intake = _Intake(vault, access, now, definitions=definitions_in(item.values for item in sent))
    for batch in batches(sent, _BATCH):
        intake.take(batch)
    details = {"objects": intake.added, "refused": len(intake.failures)}
    vault.ledger.append(by, "objects.shared", collection.id, details, now)
    return intake.added, intake.failures


def remove(vault: Vault, caller: Caller, access: Access, wanted: Wanted, now: datetime) -> int:
    """Take a caller's own objects out of a collection and write that down; return how many there were."""
    removed = vault.collections.remove(access, wanted)
    if removed:
        details = {"collection": access.collection.id, "versions": removed}
        vault.ledger.append(f"partner:{caller.partner.id}", "objects.removed", wanted.ids[0], details, now)
    return removed


def add_collection(vault: Vault, collection: Collection, group: str, now: datetime) -> Collection:
    """Open a collection for a trust group.

    Raises:
        UsageError: there is one of that alias.
    """
    if collection.alias is not None and vault.collections.get(collection.alias) is not None:
        raise UsageError(f"There is already a collection {collection.alias!r}. Choose another name.")
    opened = collection.model_copy(update={"group_id": group_named(vault, group).id})
    vault.collections.put(opened)
    details = {"title": opened.title, "group": opened.group_id, "tlp": opened.tlp}
    vault.ledger.append("operator", "collection.opened", opened.id, details, now)
    return opened


@dataclass(slots=True)
class _Intake:
    """Objects on their way into a collection, and what became of them."""

    vault: Vault
    access: Access
    now: datetime
    definitions: Definitions
    added: int = 0
    failures: list[Refusal] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)
    """Of the last batch, the objects by which its indicators are understood."""

    def take(self, batch: Sequence[Sent | Unread]) -> None:
        """Check some objects, and put the good ones into the collection."""
        definitions = self._with_earlier(batch)
        good: list[SharedObject] = []
        self.taken = []
        for item in batch:
            judged = self._judge(item, definitions)
            if isinstance(judged, Refusal):
                self.failures.append(judged)
                continue
            good.append(judged)
            if isinstance(item, Sent) and judged.type in _WITH_INDICATORS:
                self.taken.append(item.values)
        added, refused = self.vault.collections.add(self.access, good, self.now)
        self.added += added
        self.failures += refused
        lost = {refusal.object_id for refusal in refused}
        self.taken = [held for held in self.taken if held["id"] not in lost]

    def _judge(self, item: Sent | Unread, definitions: Definitions) -> SharedObject | Refusal:
        place = f"object {item.number} of the envelope"
        if isinstance(item, Unread):
            return Refusal(item.claimed_id or place, None, item.reason)
        ceiling = self.access.collection.tlp
        try:
            return shared_object(item, definitions, unmarked=unmarked_in(self.access), narrowest=ceiling, now=self.now)
        except ValueError as error:
            claimed = item.values.get("id")
            return Refusal(claimed[:300] if isinstance(claimed, str) else place, None, str(error))

    def _with_earlier(self, batch: Sequence[Sent | Unread]) -> Definitions:
        """Return the definitions of this envelope, with those referred to that the partner sent before."""
        refs = {ref for item in batch if isinstance(item, Sent) for ref in _marking_refs(item.values)}
        unknown = sorted(refs - self.definitions.keys())
        if not unknown:
            return self.definitions
        return {**definitions_in(self.vault.collections.markings_of(self.access, unknown)), **self.definitions}


def unmarked_in(access: Access) -> Tlp:
    """Return what holds for an object without a marking in a collection."""
    return min(UNMARKED, access.collection.tlp, key=lambda label: label.rank)


def _definitions(envelope: bytes) -> Definitions:
    """Return the marking definitions that an envelope carries, wherever in it they stand."""
    # The type of a definition stands in quotes; a reference to one goes on with its UUID.
    if b'"marking-definition"' not in envelope:
        return definitions_in(())
    sent = (item.values for item in objects_of(envelope) if isinstance(item, Sent))
    return definitions_in(held for held in sent if isinstance(held.get("id"), str))


def _marking_refs(held: dict[str, Any]) -> Iterator[str]:
    refs = held.get("object_marking_refs")
    if isinstance(refs, list):
        yield from (ref for ref in refs if isinstance(ref, str))
    parts = held.get("granular_markings")
    for part in parts if isinstance(parts, list) else ():
        if isinstance(part, dict) and isinstance(part.get("marking_ref"), str):
            yield part["marking_ref"]


def _keep_indicators(vault: Vault, objects: Sequence[dict[str, Any]], file: str, source: str, access: Access) -> None:
    """Bring a partner's indicators among ours; one that another source told us of stays as that source told it."""
    bundle = {"objects": objects}
    read = indicators_of_bundle(bundle, file=file, unmarked=unmarked_in(access), source=source)
    told = [
        item.model_copy(update={"group": access.collection.group_id}) for item in read if isinstance(item, Indicator)
    ]
    others = vault.indicators.of_other_sources([item.id for item in told], source)
    vault.indicators.add(item for item in told if item.id not in others)


def _part(body: bytes, access: Access) -> bytes:
    """Return what a caller may have of an object that it may not have whole."""
    audience = Audience(access.clearance)
    left = redacted(json.loads(body), audience, definitions_in(()), unmarked=unmarked_in(access))
    # What cannot be given in part was not to be found at all: `heard_from` says so when the object comes in.
    return b"" if left is None else json.dumps(left, ensure_ascii=False, separators=(",", ":")).encode()
