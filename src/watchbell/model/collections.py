"""Collections: the shelves on which STIX objects lie for partners, and what is known of an object there."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from watchbell.model.record import Record, UtcDatetime
from watchbell.model.tlp import Tlp

HOUSE = "house"
"""Stands where a partner's id would, for what we put into a collection ourselves."""


class Collection(Record):
    """STIX objects that a trust group, or one partner, shares with us or we with them (TAXII 2.1 section 5)."""

    id: str
    """A UUID, as TAXII asks."""
    alias: str | None = None
    title: str
    description: str | None = None
    group_id: str | None = None
    """The trust group whose members it is for."""
    partner_id: str | None = None
    """The one partner it is for, where it is for no group."""
    tlp: Tlp
    """The narrowest marking it takes."""
    offers: bool = True
    """Whether partners may read it."""
    accepts: bool = False
    """Whether partners may add to it."""


@dataclass(frozen=True, slots=True)
class Access:
    """What one caller may do with one collection."""

    collection: Collection
    partner_id: str
    clearance: Tlp
    """The narrowest marking the caller may hear in it, of what others put there."""
    can_read: bool
    can_write: bool


class Need(NamedTuple):
    """Objects of which a reader must hear at least one to be told of whatever refers to them."""

    ids: tuple[str, ...]
    whole: bool = False
    """Whether the reader must be cleared for every part of it, in all its versions."""


@dataclass(frozen=True, slots=True)
class SharedObject:
    """A STIX object on its way into a collection: its bytes as they came, and what is searched."""

    number: int
    """Its place in the envelope, 1 for the first."""
    object_id: str
    type: str
    spec_version: str
    version: str | None
    """Its `modified`, else its `created`, as written; None for one that has neither."""
    version_us: int
    """The same in microseconds since 1970; 0 for one that has neither."""
    heard_from: Tlp
    """The marking up to which an audience must be cleared to be given any of it, by its own markings."""
    marking: Tlp
    """The strictest marking of any part of it; who is cleared for that is given the whole."""
    body: bytes
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which objects of a collection a caller asks for (TAXII 2.1 section 3.4). What is empty leaves all in."""

    after: int = 0
    """Microseconds since 1970: only objects added later."""
    limit: int = 100
    ids: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    spec_versions: tuple[str, ...] = ()
    first: bool = False
    last: bool = True
    every: bool = False
    """All versions, whatever the others say."""
    versions: tuple[int, ...] = ()
    """These versions, in microseconds since 1970, beside the first or the last."""


class HeldObject(NamedTuple):
    """An object as it lies in a collection."""

    added: int
    """Microseconds since 1970."""
    object_id: str
    version: str
    partner_id: str
    marking_rank: int
    """Rank of the strictest marking of any part of it."""
    is_new: bool
    """Whether the caller's partner has not received this version yet."""
    body: bytes
    """Its bytes as they came; empty where they were not asked for."""


class ObjectPage(NamedTuple):
    """Some objects of a collection, in the order in which they were added."""

    objects: list[HeldObject]
    more: bool
    """Whether there are more behind the last."""


class Refusal(NamedTuple):
    """An object that was not taken, and why."""

    object_id: str
    version: str | None
    reason: str


class AddStatus(StrEnum):
    """Where the adding of an envelope stands (TAXII 2.1 section 4.3.1)."""

    PENDING = "pending"
    COMPLETE = "complete"


class Add(Record):
    """An envelope that a partner sent, and what became of its objects. Only whoever sent it may see it."""

    id: str
    username: str
    partner_id: str
    collection_id: str
    requested_at: UtcDatetime
    status: AddStatus = AddStatus.PENDING
    total: int
    """Objects in the envelope."""
    added: int = 0
    """Objects that are in the collection now, those that were there already among them."""
    failures: tuple[Refusal, ...] = ()
