"""Messages to partners' webhooks in the form of the Standard Webhooks specification.

standard-webhooks/standard-webhooks, spec/standard-webhooks.md: the payload, the three headers, the symmetric signature,
the schedule of retries, and what a status code means.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, NamedTuple

from watchbell.clock import utc_text
from watchbell.model.webhooks import Event, Message

PREFIX = "whsec_"
MOST_BYTES = 20 * 1024
"""Section "Payload size": usually smaller than 20 kB."""
TIMEOUT_S = 20
"""Section "Request timeouts": between 15 and 30 s."""
WAITS = tuple(
    timedelta(seconds=seconds) for seconds in (5, 5 * 60, 30 * 60, *(hours * 3600 for hours in (2, 5, 10, 14, 20, 24)))
)
"""How long to wait after each attempt that failed (section "Deliverability and reliability"); after that, no more."""
_LONGEST_WAIT_S = 24 * 3600
TYPES = ("indicator", "report", "grouping")
"""Types of STIX objects that are news."""


def event_of(held: Mapping[str, Any]) -> Event:
    """Return what is new about a STIX object of one of `TYPES`."""
    if held.get("type") != "indicator":
        return Event.CASE_SHARED
    return Event.INDICATOR_RETRACTED if held.get("revoked") else Event.INDICATOR_SHARED


class Body(NamedTuple):
    """The body of a message."""

    text: bytes
    is_whole: bool
    """Whether the objects themselves are in it, not their ids alone."""


def payload(message: Message, title: str, objects: Sequence[Mapping[str, Any]]) -> Body:
    """Return the body of a message: ids and versions of all its objects, and the objects themselves if they fit.

    Args:
        message: the message.
        title: that of the collection, which has them all.
        objects: STIX 2.1 objects as the partner may have them.
    """
    data: dict[str, Any] = {
        "collection": {"id": message.collection_id, "title": title},
        "versions": [
            {"id": held.get("id"), "version": held.get("modified") or held.get("created")} for held in objects
        ],
    }
    document = {"type": message.event, "timestamp": utc_text(message.at), "data": data}
    whole = _written(document | {"data": data | {"objects": objects}})
    return Body(whole, is_whole=True) if len(whole) <= MOST_BYTES else Body(_written(document), is_whole=False)


def headers(secret: bytes, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the headers by which a receiver knows a message again, and knows whom it comes from."""
    seconds = int(at.astimezone(UTC).timestamp())
    return {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": signature(secret, message_id, seconds, body),
    }


def signature(secret: bytes, message_id: str, seconds: int, body: bytes) -> str:
    """Return the signature of a message: HMAC-SHA256 over its id, the time of the attempt and its body."""
    signed = b".".join((message_id.encode(), str(seconds).encode(), body))
    return "v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()


def secret_text(secret: bytes) -> str:
    """Return a secret as it is handed to whoever verifies."""
    return PREFIX + base64.b64encode(secret).decode()


def is_taken(status: int) -> bool:
    """Tell whether a server took a message: by any status from 200 to 299, and by no other."""
    return HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES


def wait_after(attempts: int, retry_after: str) -> timedelta | None:
    """Return how long to wait after so many attempts in vain; None where there is to be no further one.

    Args:
        attempts: how many there were.
        retry_after: what the server said in the header of that name; empty where it said nothing.
    """
    if attempts > len(WAITS):
        return None
    asked = timedelta(seconds=min(int(retry_after[:9]), _LONGEST_WAIT_S)) if retry_after.isdecimal() else timedelta()
    return max(WAITS[attempts - 1], asked)


def _written(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
