"""Releases: two people's word that something marked narrowly may leave the house."""

from enum import StrEnum

from pydantic import Field

from watchbell.ids import fact_id
from watchbell.model.record import Record, UtcDatetime
from watchbell.model.tlp import Tlp

INDICATORS = "indicators"
"""Subject of a release of all indicators that a recipient may hear."""
CLEARANCE = "clearance"
"""Subject of a release by which a partner is cleared for more."""


class ReleaseState(StrEnum):
    """Where a release stands."""

    ASKED = "asked"
    """One person asks; nothing leaves."""
    APPROVED = "approved"
    """Another agreed; it may leave, to this recipient, in this version."""
    REFUSED = "refused"


class Release(Record):
    """One person's wish to share an item with a recipient, and another's word on it."""

    id: str
    subject: str
    """Id of the case, `INDICATORS` for all that the recipient may hear, or `CLEARANCE`."""
    version: str
    """What is meant exactly; a later version needs a release of its own."""
    tlp: Tlp
    """The strictest marking of what would leave."""
    recipient: str
    """The partner's id."""
    reason: str = Field(min_length=1, max_length=4_000)
    asked_by: str
    asked_at: UtcDatetime
    state: ReleaseState = ReleaseState.ASKED
    decided_by: str | None = None
    decided_at: UtcDatetime | None = None
    word: str | None = None
    """The second person's reason."""


def release_id(subject: str, version: str, recipient: str) -> str:
    """Return the deterministic id of a release."""
    return fact_id("release", subject, version, recipient)
