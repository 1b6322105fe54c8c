"""Peers and how far each was pulled: the same on both databases."""

from collections.abc import Callable
from datetime import UTC, datetime

from watchbell.model.partners import Partner, PartnerKind
from watchbell.model.peers import Checkpoint, Part, Peer
from watchbell.vault.ledger import Entry
from watchbell.vault.vault import Vault

NOW = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
PEER = Peer(name="harbour", url="https://harbour.example/taxii2/", partner_id="partner--1", username="us")


def test_a_peer_and_its_checkpoints_are_kept_and_replaced(vault: Vault, open_again: Callable[[], Vault]) -> None:
    vault.partners.put(Partner(id="partner--1", name="Harbour", kind=PartnerKind.PLATFORM))
    later = PEER.model_copy(update={"url": "https://desk.harbour.example/taxii2/"})
    for peer in (PEER, later):
        vault.peers.put(peer, Entry("test", "peer.added", peer.name, {"url": peer.url}, NOW))
    begun = Checkpoint(collection_id="c1", part=Part.INDICATORS, title="Shared", pulled_at=NOW)
    ended = begun.model_copy(update={"added_after": "2026-11-03T09:29:59.999999Z", "objects": 7, "is_at_end": True})
    said = begun.model_copy(update={"part": Part.FEEDBACK})
    for checkpoint in (begun, said, ended):
        vault.peers.put_checkpoint("harbour", checkpoint)

    shelf = open_again().peers
    assert (shelf.get("harbour"), shelf.get("nobody"), shelf.all()) == (later, None, [later])
    assert shelf.checkpoints("harbour") == [said, ended]
    assert shelf.checkpoints("nobody") == []
    assert [entry.event for entry in vault.ledger.about("harbour")] == ["peer.added", "peer.added"]
