"""Feedback: what others say of an indicator, and how somebody who is wronged by it is heard."""

from enum import StrEnum

from pydantic import Field

from watchbell.ids import fact_id
from watchbell.model.record import Record, UtcDatetime

LONGEST_WORDS = 4_000
"""Characters of a reason, a claim or an answer."""


class Sighting(Record):
    """Somebody saw an indicator in use (STIX 2.1 section 5.2). Told again with another count, it is a new version."""

    id: str
    indicator_id: str
    partner_id: str
    count: int = Field(ge=1, le=999_999_999)
    """STIX 2.1 section 5.2.1 has the bound."""
    first_seen: UtcDatetime
    last_seen: UtcDatetime
    first_told_at: UtcDatetime
    told_at: UtcDatetime
    """When this version was told."""
    told_by: str
    """The person at the desk, or the machine account."""


class OpinionValue(StrEnum):
    """How far somebody agrees that an indicator is right (STIX 2.1 section 10.17, opinion-enum)."""

    STRONGLY_DISAGREE = "strongly-disagree"
    DISAGREE = "disagree"
    NEUTRAL = "neutral"
    AGREE = "agree"
    STRONGLY_AGREE = "strongly-agree"


class Opinion(Record):
    """What somebody thinks of an indicator (STIX 2.1 section 4.14). One from each; a later one takes its place."""

    id: str
    indicator_id: str
    partner_id: str
    value: OpinionValue
    reason: str = Field(max_length=LONGEST_WORDS)
    first_told_at: UtcDatetime
    told_at: UtcDatetime
    told_by: str


class Claimant(StrEnum):
    """Who says that an indicator wrongs somebody."""

    PARTNER = "partner"
    ACCOUNT_HOLDER = "account_holder"
    """Whoever holds an account, a site or a number that the indicator names; the operator writes it down for them."""


class DisputeState(StrEnum):
    """Where a dispute stands."""

    OPEN = "open"
    UPHELD = "upheld"
    """The claimant is right: the indicator is retracted."""
    REFUSED = "refused"
    """The indicator stands, for the reason in the answer."""
    WITHDRAWN = "withdrawn"


class Dispute(Record):
    """Somebody says that an indicator is wrong, and is owed an answer by a certain day."""

    id: str
    indicator_id: str
    claimant: Claimant
    partner_id: str
    """The partner who opened it; `collections.HOUSE` where the operator did for an account holder."""
    claim: str = Field(min_length=1, max_length=LONGEST_WORDS)
    evidence: tuple[str, ...] = ()
    """What the claimant points to: addresses, documents, words."""
    opened_at: UtcDatetime
    opened_by: str
    due_at: UtcDatetime
    """When the answer is owed."""
    state: DisputeState = DisputeState.OPEN
    answer: str | None = None
    answered_at: UtcDatetime | None = None
    answered_by: str | None = None


class Waiting(Record):
    """What a partner said of an indicator that is not here yet, or that they may not hear of."""

    place: str
    """Id of the collection through which it came."""
    partner_id: str
    object_id: str
    indicator_id: str
    told_at: UtcDatetime
    told_by: str
    body: str
    """The STIX object as JSON."""


def sighting_id(indicator_id: str, partner_id: str, first_seen: str) -> str:
    """Return the deterministic STIX id of a sighting that begins at `first_seen`."""
    return fact_id("sighting", indicator_id, partner_id, first_seen)


def opinion_id(indicator_id: str, partner_id: str, told_by: str) -> str:
    """Return the deterministic STIX id of somebody's opinion of an indicator."""
    return fact_id("opinion", indicator_id, partner_id, told_by)


def dispute_id(indicator_id: str, partner_id: str, claim: str) -> str:
    """Return the deterministic id of a dispute: the same claim told twice is one."""
    return fact_id("dispute", indicator_id, partner_id, claim)
