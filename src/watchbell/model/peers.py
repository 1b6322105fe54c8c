"""Peers: other houses' TAXII servers, which this house asks and tells."""

from enum import StrEnum

from pydantic import Field

from watchbell.model.record import Record, UtcDatetime


class Peer(Record):
    """A TAXII 2.1 server of a partner. Its password or token is in a file of the workspace, never in the database."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    url: str
    """Its discovery or API root."""
    partner_id: str
    """Whose server it is: what comes from there is told by this partner, what goes there is what they may hear."""
    username: str | None = None
    """For basic authentication; without it the token is a bearer token."""
    authority: str | None = None
    """File of the certificates that vouch for the server, where these are not the usual ones."""
    certificate: str | None = None
    """File of our client certificate, with its key unless `key` names another file."""
    key: str | None = None


class Part(StrEnum):
    """What is pulled of a collection in one walk; feedback comes after the indicators that it speaks of."""

    INDICATORS = "indicators"
    FEEDBACK = "feedback"


class Checkpoint(Record):
    """How far the pulling of one part of a collection has come. What lies before it is in the workspace."""

    collection_id: str
    part: Part
    title: str
    added_after: str | None = None
    """Where the next walk begins: a `date_added` of the server's. None for the beginning.

    It is never the `next` of a page, which a server may forget, or advance when it is asked twice."""
    is_at_end: bool = False
    """Whether the last walk came to the end of what there was."""
    objects: int = 0
    """How many objects have come in all, those that came again among them."""
    pulled_at: UtcDatetime
