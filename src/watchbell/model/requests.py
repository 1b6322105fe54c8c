"""Requests of governments: a record of their own, never mixed with intelligence."""

from enum import StrEnum

from pydantic import Field

from watchbell.ids import fact_id
from watchbell.model.record import Record, UtcDatetime


class RequestKind(StrEnum):
    """What is asked for."""

    REMOVAL = "removal"
    """Take content or accounts down, or keep them from being seen in a country."""
    INFORMATION = "information"
    """Hand out data of an account or an advertiser."""
    PRESERVATION = "preservation"
    """Keep data for a later order."""
    REFERRAL = "referral"
    """Content is pointed to as against our own rules; nothing is ordered."""


class RequestState(StrEnum):
    """What became of a request."""

    OPEN = "open"
    GRANTED = "granted"
    """Done as asked."""
    PARTLY = "partly"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    """The asker took it back."""


class GovernmentRequest(Record):
    """Something that an office of a state asked of us."""

    id: str
    asker: str = Field(min_length=1, max_length=300)
    """The office, by its name."""
    country: str = Field(pattern="^[A-Z]{2}$")
    """ISO 3166-1 alpha-2."""
    partner_id: str | None = None
    """Where the office is a partner."""
    kind: RequestKind
    legal_basis: str = Field(max_length=1_000)
    """The law or order it names; empty where it names none, which the report counts."""
    scope: str = Field(min_length=1, max_length=4_000)
    """What is asked for, in the asker's terms."""
    accounts: int = Field(default=0, ge=0)
    """Accounts or items that it names."""
    received_at: UtcDatetime
    due_at: UtcDatetime | None = None
    written_by: str
    state: RequestState = RequestState.OPEN
    answer: str | None = None
    answered_at: UtcDatetime | None = None
    answered_by: str | None = None


def request_id(asker: str, scope: str, received_at: str) -> str:
    """Return the deterministic id of a request."""
    return fact_id("request", asker, scope, received_at)
