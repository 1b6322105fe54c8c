"""Evidence: what a case rests on, each piece checkable by itself."""

from enum import StrEnum
from typing import Any

from pydantic import Field

from watchbell.ids import fact_id
from watchbell.model.record import Record, UtcDatetime


class EvidenceKind(StrEnum):
    """What a piece of evidence is."""

    GROUP = "group"
    """A detected group: its members, numbers and run."""
    PAIR = "pair"
    POST = "post"
    HIT = "hit"
    INDICATOR = "indicator"
    AD = "ad"
    AD_DECISION = "ad_decision"
    NOTE = "note"
    """A person's words."""


class Evidence(Record):
    """One piece of evidence of a case. The same piece added twice is one."""

    id: str
    kind: EvidenceKind
    subject: str
    """Id of the group, post, hit, ad… in its own room."""
    summary: str
    """One sentence a person can read."""
    data: dict[str, Any] = Field(default_factory=dict)
    """The facts as found, JSON-ready: enough to judge the piece without the room it came from."""
    added_at: UtcDatetime
    added_by: str


def evidence_id(case_id: str, kind: EvidenceKind, subject: str) -> str:
    """Return the deterministic id of a piece of evidence within a case."""
    return fact_id("evidence", case_id, kind, subject)
