"""Cases: what a team works on, from first finding to a decision a person signs."""

from enum import StrEnum

from watchbell.ids import fact_id
from watchbell.model.evidence import Evidence
from watchbell.model.record import Record, UtcDatetime
from watchbell.model.tlp import Tlp


class CaseStatus(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    """Opened by a rule or a person; nobody has judged it."""
    IN_REVIEW = "in_review"
    CONFIRMED = "confirmed"
    """A person signed that the evidence holds."""
    DISMISSED = "dismissed"
    """A person signed that it does not."""


class Case(Record):
    """A suspected operation and its evidence. Never says who is behind it: that is a person's judgement."""

    id: str
    title: str
    summary: str
    certainty: str
    """How sure we are, in words, and what could be wrong."""
    status: CaseStatus = CaseStatus.OPEN
    tlp: Tlp = Tlp.AMBER
    """The strictest marking of its evidence, or narrower by choice."""
    groups: tuple[str, ...] = ()
    """The trust groups that its evidence belongs to, by id, in order; whoever sees the case must be in all of them."""
    opened_at: UtcDatetime
    opened_by: str
    modified_at: UtcDatetime
    evidence: tuple[Evidence, ...] = ()
    synthetic: bool = False


def case_id(*subjects: str) -> str:
    """Return the deterministic id of the case opened from these subjects."""
    return fact_id("case", *sorted(subjects))
