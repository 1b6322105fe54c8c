"""Webhooks and how far each was told: the same on both databases."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from watchbell.model.partners import Partner, PartnerKind
from watchbell.model.webhooks import Event, Message, Webhook, WebhookState
from watchbell.vault.ledger import Entry
from watchbell.vault.vault import Vault
from watchbell.vault.webhooks import CLAIM

NOW = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
HOOK = Webhook(id="webhook--1", partner_id="partner--1", url="https://a.example/", salt="s", since=7)


def entry(event: str) -> Entry:
    return Entry("test", event, HOOK.id, {}, NOW)


def test_a_webhook_keeps_its_place_and_one_process_tells_it(vault: Vault, open_again: Callable[[], Vault]) -> None:
    vault.partners.put(Partner(id="partner--1", name="Harbour", kind=PartnerKind.PLATFORM))
    vault.webhooks.put(HOOK, entry("webhook.added"))
    message = Message(id="msg_1", event=Event.CASE_SHARED, collection_id="c", after=7, until=2**60, at=NOW)
    told = HOOK.model_copy(update={"pending": message, "places": {"d": 2**55}, "state": WebhookState.DEAD})
    assert vault.webhooks.keep(told)

    shelf = open_again().webhooks
    assert (shelf.get(HOOK.id), shelf.of_partner("partner--1"), shelf.of_partner("nobody")) == (told, [told], [])
    assert (told.place_in("d"), told.place_in("c")) == (2**55, 7)
    assert shelf.claim(HOOK.id, NOW)
    assert not vault.webhooks.claim(HOOK.id, NOW + timedelta(minutes=1))
    assert vault.webhooks.claim(HOOK.id, NOW + CLAIM)
    vault.webhooks.let_go(HOOK.id)
    assert shelf.claim(HOOK.id, NOW)

    vault.webhooks.remove(HOOK.id, entry("webhook.removed"))
    assert shelf.all() == []
    assert not shelf.keep(told)
    assert [one.event for one in vault.ledger.about(HOOK.id)] == ["webhook.removed", "webhook.added"]
