"""Receiving: objects are checked one by one, the good ones go into a collection, the others are refused by name."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from watchbell.desk.permissions import may_send
from watchbell.exchange.envelope import Sent, Unread, objects_of
from watchbell.exchange.marking import UNMARKED, Definitions, definitions_in
from watchbell.exchange.taken import shared_object
from watchbell.model.collections import Access, Refusal, SharedObject
from watchbell.model.partners import PartnerKind
from watchbell.model.tlp import Tlp
from watchbell.vault.vault import Vault

_ASKS_ELSEWHERE = (
    "A partner of a state reports and requests; what is to be done about somebody is asked for in writing, with its "
    "legal basis, and kept in the register of requests."
)


@dataclass(slots=True)
class Receiving:
    """Objects on their way into a collection, and what became of them."""

    vault: Vault
    access: Access
    now: datetime
    definitions: Definitions
    kind: PartnerKind | None = None
    """What sort of partner sends them; None is the house."""
    problem_of: Callable[[Mapping[str, Any]], str | None] | None = None
    """Says why an object that is good STIX is not taken all the same."""
    added: int = 0
    failures: list[Refusal] = field(default_factory=list)

    def take(self, batch: Sequence[Sent | Unread]) -> None:
        """Check some objects, and put the good ones into the collection."""
        definitions = self._with_earlier(batch)
        judged = [self._judge(item, definitions) for item in batch]
        good = [item for item in judged if isinstance(item, SharedObject)]
        added, refused = self.vault.collections.add(self.access, good, self.now)
        self.added += added
        self.failures += [item for item in judged if isinstance(item, Refusal)]
        self.failures += refused

    def _judge(self, item: Sent | Unread, definitions: Definitions) -> SharedObject | Refusal:
        place = f"object {item.number} of the envelope"
        if isinstance(item, Unread):
            return Refusal(item.claimed_id or place, None, item.reason)
        if self.kind is not None and not may_send(self.kind, str(item.values.get("type"))):
            claimed = item.values.get("id")
            return Refusal(claimed[:300] if isinstance(claimed, str) else place, None, _ASKS_ELSEWHERE)
        ceiling = self.access.collection.tlp
        try:
            shared = shared_object(
                item, definitions, unmarked=unmarked_in(self.access), narrowest=ceiling, now=self.now
            )
        except ValueError as error:
            claimed = item.values.get("id")
            return Refusal(claimed[:300] if isinstance(claimed, str) else place, None, str(error))
        problem = None if self.problem_of is None else self.problem_of(item.values)
        return shared if problem is None else Refusal(shared.object_id, shared.version, problem)

    def _with_earlier(self, batch: Sequence[Sent | Unread]) -> Definitions:
        """Return the definitions of this envelope, with those referred to that the partner sent before."""
        refs = {ref for item in batch if isinstance(item, Sent) for ref in marking_refs(item.values)}
        unknown = sorted(refs - self.definitions.keys())
        if not unknown:
            return self.definitions
        earlier = self.vault.collections.markings_of(self.access.collection.id, self.access.partner_id, unknown)
        return {**definitions_in(earlier), **self.definitions}


def unmarked_in(access: Access) -> Tlp:
    """Return what holds for an object without a marking in a collection."""
    return min(UNMARKED, access.collection.tlp, key=lambda label: label.rank)


def definitions_of(envelope: bytes) -> Definitions:
    """Return the marking definitions that an envelope carries, wherever in it they stand."""
    # The type of a definition stands in quotes; a reference to one goes on with its UUID.
    if b'"marking-definition"' not in envelope:
        return definitions_in(())
    sent = (item.values for item in objects_of(envelope) if isinstance(item, Sent))
    return definitions_in(held for held in sent if isinstance(held.get("id"), str))


def marking_refs(held: Mapping[str, Any]) -> Iterator[str]:
    """Yield the ids of the marking definitions that an object and its parts refer to."""
    refs = held.get("object_marking_refs")
    if isinstance(refs, list):
        yield from (ref for ref in refs if isinstance(ref, str))
    parts = held.get("granular_markings")
    for part in parts if isinstance(parts, list) else ():
        if isinstance(part, dict) and isinstance(part.get("marking_ref"), str):
            yield part["marking_ref"]
