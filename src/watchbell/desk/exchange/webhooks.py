"""Webhooks: partners who want to be told are told by themselves what is new for them.

What is told is what the collections that are open to the partner would hand them, read through the same door at the
moment it leaves: a message that waits for its next attempt holds no object, only where in the collection it stands.
"""

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from itertools import takewhile
from typing import Any, NamedTuple

import httpx

from watchbell.clock import Clock, microseconds
from watchbell.desk.exchange.collections import read_page
from watchbell.desk.exchange.outgoing import networks_named, post_once
from watchbell.desk.exchange.sending import versions_of
from watchbell.errors import PeerError, UsageError
from watchbell.exchange.webhooks import (
    MOST_BYTES,
    TIMEOUT_S,
    TYPES,
    event_of,
    headers,
    is_taken,
    payload,
    secret_text,
    wait_after,
)
from watchbell.ids import fact_id
from watchbell.model.collections import Access, HeldObject, Wanted
from watchbell.model.partners import Partner, Scope
from watchbell.model.webhooks import Message, Webhook, WebhookState, webhook_id
from watchbell.vault.ledger import Entry
from watchbell.vault.vault import Vault
from watchbell.vault.workspace import Workspace

WEBHOOK = "webhook"
"""The way out by which it leaves (see `vault.deliveries`)."""
KEY_FILE = "webhooks.key"
_AT_ONCE = 20
"""Objects in one message."""
_MOST_TIME = timedelta(minutes=10)
"""The longest that one round goes on telling one webhook; the next round goes on there."""
_LONGEST_URL = 2_000


@dataclass(slots=True)
class Round:
    """What came of telling one webhook what is new."""

    webhook: Webhook
    messages: int = 0
    objects: int = 0


class _Failure(NamedTuple):
    reason: str
    retry_after: str = ""
    is_final: bool = False


def add_webhook(
    workspace: Workspace, partner: Partner, url: str, *, authority: str | None, by: str, now: datetime
) -> tuple[Webhook, str]:
    """Keep a partner's webhook, which is told what is new from now on, and return it with its secret, shown once.

    Added again, it has another secret, and goes on where it was.

    Raises:
        UsageError: the address cannot be used, or it is being told something at this moment.
    """
    vault, parsed, identity = workspace.vault, _parsed(url), webhook_id(partner.id, url)
    key = _key(workspace, is_first=not vault.webhooks.all())
    fresh = {"url": url, "authority": authority, "salt": secrets.token_hex(16)}
    entry = Entry(by, "webhook.added", identity, {"partner": partner.id, "host": parsed.host}, now)
    if vault.webhooks.get(identity) is None:
        added = Webhook(id=identity, partner_id=partner.id, since=microseconds(now), **fresh)
        vault.webhooks.put(added, entry)
    else:
        with _at_rest(vault, identity, now) as known:
            added = known.model_copy(update=fresh)
            vault.webhooks.put(added, entry)
    return added, secret_text(_secret_of(added, key))


def remove_webhook(vault: Vault, webhook: Webhook, *, by: str, now: datetime) -> None:
    """Take a webhook away; nothing is told there any more."""
    vault.webhooks.remove(webhook.id, Entry(by, "webhook.removed", webhook.id, {"partner": webhook.partner_id}, now))


def resume_webhook(vault: Vault, webhook: Webhook, *, skip: bool, by: str, now: datetime) -> Webhook:
    """Let a webhook go on where it stopped; with `skip`, behind the message that could not be delivered.

    Raises:
        UsageError: it is being told something at this moment.
    """
    change: dict[str, Any] = {"state": WebhookState.ACTIVE, "attempts": 0, "next_at": None, "problem": None}
    details = {"partner": webhook.partner_id, "skipped": skip}
    with _at_rest(vault, webhook.id, now) as known:
        if skip and known.pending is not None:
            change |= _passed(known, known.pending)
        resumed = known.model_copy(update=change)
        vault.webhooks.put(resumed, Entry(by, "webhook.resumed", webhook.id, details, now))
    return resumed


def webhook_named(vault: Vault, partner: Partner, name: str | None) -> Webhook:
    """Return a partner's webhook by its id or address; the only one where none is named.

    Raises:
        UsageError: there is none, or several.
    """
    held = vault.webhooks.of_partner(partner.id)
    found = [one for one in held if name is None or name in (one.id, one.url)]
    if len(found) != 1:
        known = ", ".join(f"{one.id} at {shown(one)}" for one in held) or "none"
        raise UsageError(f"Say which webhook of {partner.name} is meant, by its id; there is: {known}.")
    return found[0]


def shown(webhook: Webhook) -> str:
    """Return the address without its path, which is often a secret."""
    parsed = httpx.URL(webhook.url)
    return f"{parsed.scheme}://{parsed.netloc.decode('ascii', 'replace')}/…"


def deliver(workspace: Workspace, clock: Clock) -> Iterator[Round]:
    """Tell every webhook that is due what is new for its partner, and yield what came of each.

    A process may be killed at any moment: the message it was at is sent again with the same id, by which the partner
    knows it.

    Raises:
        UsageError: the key of the secrets is gone, or the setting `peer_networks` cannot be used.
    """
    vault = workspace.vault
    for one in vault.webhooks.all():
        now = clock()
        if one.state is WebhookState.DEAD or (one.next_at is not None and one.next_at > now):
            continue
        partner = vault.partners.get(one.partner_id)
        if partner is None or partner.suspended or not vault.webhooks.claim(one.id, now):
            continue
        try:
            yield _Telling(workspace, partner, clock).tell(vault.webhooks.get(one.id) or one)
        finally:
            vault.webhooks.let_go(one.id)


class _Telling:
    """One round of messages to one webhook."""

    def __init__(self, workspace: Workspace, partner: Partner, clock: Clock) -> None:
        self._vault, self._partner, self._clock = workspace.vault, partner, clock
        self._key = _key(workspace, is_first=False)
        self._inside = networks_named(workspace.settings.peer_networks)

    def tell(self, webhook: Webhook) -> Round:
        """Send one message after another until there is nothing new, one fails, or the time is over."""
        told, until = Round(webhook), self._clock() + _MOST_TIME
        while self._clock() < until and self._prepare(told):
            if not self._send(told):
                break
        if told.messages:
            details = {"webhook": webhook.id, "messages": told.messages, "objects": told.objects}
            self._vault.ledger.append("watchbell", "objects.told", self._partner.id, details, self._clock())
        return told

    def _prepare(self, told: Round) -> bool:
        """Keep the next message as pending; False where there is none."""
        if told.webhook.pending is not None:
            return True
        for access in self._vault.collections.open_to(self._partner, (Scope.READ,), self._clock()):
            message = self._next(told, access) if access.can_read else None
            if message is not None:
                return self._keep(told, {"pending": message, "attempts": 0})
        return False

    def _next(self, told: Round, access: Access) -> Message | None:
        """Return the next message on a collection: a run of objects of one event, none of the partner's own."""
        collection = access.collection.id
        while True:
            after = told.webhook.place_in(collection)
            held = self._vault.collections.page(access, Wanted(after=after, limit=_AT_ONCE, types=TYPES)).objects
            news = [one for one in held if one.partner_id != self._partner.id]
            if news:
                return self._message(told.webhook, collection, after, news)
            if not held:
                return None
            self._keep(told, {"places": told.webhook.places | {collection: held[-1].added}})

    def _message(self, webhook: Webhook, collection: str, after: int, news: list[HeldObject]) -> Message:
        events = [event_of(json.loads(one.body)) for one in news]
        alike = list(takewhile(events[0].__eq__, events))
        until = news[_fitting(news[: len(alike)]) - 1].added
        named = fact_id("webhook-message", webhook.id, collection, str(after), str(until)).partition("--")[2]
        return Message(
            id=f"msg_{named.replace('-', '')}",
            event=events[0],
            collection_id=collection,
            after=after,
            until=until,
            at=self._clock(),
        )

    def _send(self, told: Round) -> bool:
        """Send the pending message; False where the round ends."""
        message = told.webhook.pending
        assert message is not None
        accesses = self._vault.collections.open_to(self._partner, (Scope.READ,), self._clock(), message.collection_id)
        if not any(access.can_read for access in accesses):
            # Not theirs to hear any more. If it is again some day, the telling goes on from where it was.
            return self._keep(told, {"pending": None})
        objects = self._objects(accesses[0], message)
        if objects:
            body = payload(message, accesses[0].collection.title, objects)
            failure = self._attempt(told.webhook, message, body.text)
            if failure is not None:
                self._note_failure(told, failure)
                return False
            if body.is_whole:
                self._vault.deliveries.note(self._partner.id, WEBHOOK, versions_of(objects), self._clock())
            told.messages, told.objects = told.messages + 1, told.objects + len(objects)
        taken = {"delivered": told.webhook.delivered + 1, "delivered_at": self._clock()} if objects else {}
        return self._keep(told, _passed(told.webhook, message) | taken)

    def _objects(self, access: Access, message: Message) -> list[dict[str, Any]]:
        """Return what a message tells, as the partner may have it now."""
        wanted = Wanted(after=message.after, limit=_AT_ONCE, types=TYPES)
        held = self._vault.collections.page(access, wanted, bodies=False).objects
        within = sum(one.added <= message.until for one in held)
        if not within:
            return []
        page, bodies = read_page(self._vault, access, replace(wanted, limit=within), self._clock(), is_delivered=False)
        own = {one.body for one in page.objects if one.partner_id == self._partner.id}
        objects = [json.loads(body) for body in bodies if body not in own]
        return [one for one in objects if event_of(one) is message.event]

    def _attempt(self, webhook: Webhook, message: Message, body: bytes) -> _Failure | None:
        secret = _secret_of(webhook, self._key)
        signed = headers(secret, message.id, self._clock(), body)
        try:
            answer = post_once(
                webhook.url, body, signed, inside=self._inside, authority=webhook.authority, seconds=TIMEOUT_S
            )
        except (PeerError, UsageError) as error:
            return _Failure(str(error))
        if is_taken(answer.status):
            return None
        if answer.status == HTTPStatus.GONE:
            return _Failure("It says that nobody wants to be told there any more (410).", is_final=True)
        return _Failure(f"It answers with status {answer.status}.", answer.headers.get("retry-after", ""))

    def _note_failure(self, told: Round, failure: _Failure) -> None:
        webhook, now = told.webhook, self._clock()
        attempts = webhook.attempts + 1
        wait = None if failure.is_final else wait_after(attempts, failure.retry_after)
        change: dict[str, Any] = {"attempts": attempts, "problem": failure.reason}
        if wait is not None:
            self._keep(told, change | {"next_at": now + wait})
            return
        told.webhook = webhook.model_copy(update=change | {"next_at": None, "state": WebhookState.DEAD})
        details = {"partner": webhook.partner_id, "attempts": attempts, "problem": failure.reason}
        self._vault.webhooks.put(told.webhook, Entry("watchbell", "webhook.died", webhook.id, details, now))

    def _keep(self, told: Round, change: dict[str, Any]) -> bool:
        """Keep a change; False where the webhook was taken away."""
        told.webhook = told.webhook.model_copy(update=change)
        return self._vault.webhooks.keep(told.webhook)


def _passed(webhook: Webhook, message: Message) -> dict[str, Any]:
    """Return what changes when a message is behind us."""
    places = webhook.places | {message.collection_id: message.until}
    return {"pending": None, "places": places, "attempts": 0, "next_at": None, "problem": None}


def _fitting(held: list[HeldObject]) -> int:
    """Return how many of some objects one message holds: one at least."""
    sizes, count = 0, 0
    for one in held:
        sizes += len(one.body)
        if count and sizes > MOST_BYTES * 3 // 4:  # the rest is for the ids, said again, and the frame
            break
        count += 1
    return count


def _parsed(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        parsed = httpx.URL()
    if parsed.scheme not in ("https", "http") or not parsed.host or parsed.userinfo or len(url) > _LONGEST_URL:
        raise UsageError("That is no address of a webhook; it looks like https://desk.example/watchbell.")
    return parsed


@contextmanager
def _at_rest(vault: Vault, identity: str, now: datetime) -> Iterator[Webhook]:
    """Yield a webhook as it stands, while nobody tells it anything.

    Raises:
        UsageError: it is being told something, or was taken away.
    """
    if not vault.webhooks.claim(identity, now):
        raise UsageError("This webhook is being told something at this moment. Try again in a minute.")
    try:
        known = vault.webhooks.get(identity)
        if known is None:
            raise UsageError("This webhook was taken away just now.")
        yield known
    finally:
        vault.webhooks.let_go(identity)


def _secret_of(webhook: Webhook, key: bytes) -> bytes:
    return hmac.digest(key, f"{webhook.id}\0{webhook.salt}".encode(), hashlib.sha256)


def _key(workspace: Workspace, *, is_first: bool) -> bytes:
    """Return the key from which secrets are derived; for the first webhook it is made where there is none.

    Raises:
        UsageError: it is gone.
    """
    file = workspace.root / KEY_FILE
    if is_first and not file.exists():
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as opened:
            opened.write(secrets.token_hex(32).encode())
    try:
        return bytes.fromhex(file.read_text("ascii"))
    except (OSError, ValueError) as error:
        raise UsageError(
            f"The key of the webhooks' secrets, {file}, cannot be read. Without a copy of it every webhook needs "
            "another secret: remove them all and add them again."
        ) from error
