"""Webhooks: where a partner is told that something for them is new, and how far the telling has come."""

from enum import StrEnum

from pydantic import Field

from watchbell.ids import fact_id
from watchbell.model.record import Record, UtcDatetime


class WebhookState(StrEnum):
    """Whether a partner is told."""

    ACTIVE = "active"
    DEAD = "dead"
    """A message could not be delivered in all its attempts, or the server says that nobody wants any more. Nothing is
    sent, and nothing is lost, until a person lets it go on."""


class Event(StrEnum):
    """What is new. Each type of message has one shape."""

    INDICATOR_SHARED = "indicator.shared"
    INDICATOR_RETRACTED = "indicator.retracted"
    CASE_SHARED = "case.shared"


class Message(Record):
    """What is told in one request. Its id stays the same however often it is sent."""

    id: str
    event: Event
    collection_id: str
    after: int
    """It tells of objects that were added to the collection later than this, in microseconds since 1970 …"""
    until: int
    """… and no later than this."""
    at: UtcDatetime
    """When it was first to be sent."""


class Webhook(Record):
    """An address of a partner's. Its secret is derived from a key outside the database, and kept nowhere."""

    id: str
    partner_id: str
    url: str
    authority: str | None = None
    """File of the certificates that vouch for the server, where these are not the usual ones."""
    salt: str
    """Makes this webhook's secret another than the one it had before."""
    since: int
    """Microseconds since 1970: what collections had before is not told."""
    places: dict[str, int] = Field(default_factory=dict)
    """Id of a collection → how far it has been told; `since` where it is not here."""
    state: WebhookState = WebhookState.ACTIVE
    pending: Message | None = None
    """What is being sent; it is kept before it leaves, so that a killed process sends the same again."""
    attempts: int = 0
    """How often the pending message was sent in vain."""
    next_at: UtcDatetime | None = None
    """Not before this."""
    problem: str | None = None
    """Why the last attempt failed."""
    delivered: int = 0
    """Messages that the partner's server took."""
    delivered_at: UtcDatetime | None = None

    def place_in(self, collection_id: str) -> int:
        """Return up to where a collection has been told, in microseconds since 1970."""
        return self.places.get(collection_id, self.since)


def webhook_id(partner_id: str, url: str) -> str:
    """Return the deterministic id of a webhook."""
    return fact_id("webhook", partner_id, url)
