"""Messages to webhooks: the specification's own vector, its schedule, and payloads that stay small."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest

from watchbell.exchange.webhooks import (
    MOST_BYTES,
    PREFIX,
    event_of,
    headers,
    is_taken,
    payload,
    secret_text,
    signature,
    wait_after,
)
from watchbell.model.webhooks import Event, Message

# The vector of the reference libraries (standard-webhooks/standard-webhooks, libraries/go/webhook_test.go).
SECRET, MESSAGE, SECONDS = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330
BODY, SIGNED = b'{"test": 2432232314}', "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
NOW = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)


def test_the_signature_is_that_of_the_reference_libraries() -> None:
    key = base64.b64decode(SECRET.removeprefix(PREFIX))
    assert secret_text(key) == SECRET
    assert signature(key, MESSAGE, SECONDS, BODY) == SIGNED
    told = headers(key, MESSAGE, datetime.fromtimestamp(SECONDS, UTC) + timedelta(milliseconds=900), BODY)
    assert told["webhook-id"] == MESSAGE
    assert told["webhook-timestamp"] == str(SECONDS)
    assert told["webhook-signature"] == SIGNED


def test_attempts_grow_apart_over_three_days_and_end() -> None:
    waits = [wait_after(attempts, "") for attempts in range(1, 11)]
    assert waits[:4] == [timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2)]
    assert waits[-1] is None
    assert sum((wait for wait in waits if wait), timedelta()) == timedelta(hours=75, minutes=35, seconds=5)
    assert wait_after(1, "120") == timedelta(minutes=2)
    assert wait_after(2, "7") == timedelta(minutes=5)
    assert wait_after(1, "9" * 400) == timedelta(hours=24)
    assert wait_after(1, "Wed, 21 Oct 2026 07:28:00 GMT") == timedelta(seconds=5)


@pytest.mark.parametrize(("status", "taken"), [(199, False), (200, True), (299, True), (302, False), (500, False)])
def test_which_status_is_a_success(status: int, taken: bool) -> None:
    assert is_taken(status) is taken


def test_what_is_new_about_an_object() -> None:
    assert event_of({"type": "indicator"}) is Event.INDICATOR_SHARED
    assert event_of({"type": "indicator", "revoked": True}) is Event.INDICATOR_RETRACTED
    assert event_of({"type": "report"}) is Event.CASE_SHARED


def test_what_does_not_fit_is_named_by_its_id() -> None:
    message = Message(id="msg_1", event=Event.CASE_SHARED, collection_id="c", after=1, until=2, at=NOW)
    small, large = ({"type": "report", "id": "report--1", "modified": "v", "name": "x" * n} for n in (9, 30_000))
    whole = payload(message, "Shared", [small])
    assert whole.is_whole
    told = json.loads(whole.text)
    assert told["type"] == "case.shared"
    assert told["timestamp"] == "2026-11-03T09:30:00.000Z"
    assert told["data"]["objects"] == [small]
    named = payload(message, "Shared", [large])
    assert not named.is_whole
    assert len(named.text) < MOST_BYTES
    assert json.loads(named.text)["data"] == {
        "collection": {"id": "c", "title": "Shared"}, "versions": [{"id": "report--1", "version": "v"}]
    }  # fmt: skip
