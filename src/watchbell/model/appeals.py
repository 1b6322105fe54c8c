"""Appeals: an advertiser says why a decision on their ad is wrong, and is answered by a person."""

from enum import StrEnum

from watchbell.ids import fact_id
from watchbell.model.ads import AdDecision, Verdict
from watchbell.model.record import Record, UtcDatetime


class AppealState(StrEnum):
    """Where an appeal stands."""

    OPEN = "open"
    GRANTED = "granted"
    """The advertiser is right: a new decision took the place of the one appealed against."""
    REFUSED = "refused"
    """The decision stands, for the reason in the answer."""


class Appeal(Record):
    """An advertiser's word against one decision on one of their ads. Each decision can be appealed against once."""

    id: str
    ad_id: str
    advertiser_id: str
    verdict: Verdict
    """What was decided."""
    decided_at: UtcDatetime
    """Which decision on the ad this is against."""
    decided_by: str
    """Whose decision it was: somebody else answers."""
    reasons: str
    opened_at: UtcDatetime
    state: AppealState = AppealState.OPEN
    answer: str | None = None
    answered_at: UtcDatetime | None = None
    answered_by: str | None = None


def appeal_id(decision: AdDecision) -> str:
    """Return the id of the appeal against a decision."""
    return fact_id("appeal", decision.ad_id, decision.decided_at.isoformat())
