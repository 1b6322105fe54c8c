"""Accounts of advertisers, the ads that are theirs, and what accounts show, on every database."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from watchbell.errors import UsageError
from watchbell.model.ads import Ad
from watchbell.model.advertisers import Advertiser, Evidence, EvidenceKind, EvidenceVerdict
from watchbell.model.payers import AccountFace, AdAccount, PaidAd
from watchbell.vault.advertisers import Given
from watchbell.vault.ledger import Entry
from watchbell.vault.vault import Vault

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
ANN = Advertiser(
    id="advertiser--1", person="Ann", email="a@a.example", jurisdiction="US", route="legal-name", added_at=NOW
)
BOB = ANN.model_copy(update={"id": "advertiser--2", "person": "Bob"})
ACCOUNT = AdAccount(platform="Facebook", account="77", advertiser_id=ANN.id, bound_at=NOW, bound_by="rev")


def told(event: str = "test") -> Entry:
    return Entry("rev", event, ANN.id, {}, NOW)


def prepared(vault: Vault) -> Vault:
    for one in (ANN, BOB):
        vault.advertisers.add(one, "incomplete", told())
    vault.ads.add([Ad(id=f"a:{number}", source="a", platform="p") for number in range(3)])
    return vault


def test_an_account_is_one_advertisers_only_however_it_is_written(vault: Vault) -> None:
    shelf = prepared(vault).payers
    assert shelf.bind(ACCOUNT, told("account.bound"))
    assert not shelf.bind(ACCOUNT, told("account.bound"))
    with pytest.raises(UsageError, match="bound to another advertiser"):
        shelf.bind(ACCOUNT.model_copy(update={"platform": "facebook", "advertiser_id": BOB.id}), told())
    assert shelf.accounts(ANN.id) == [ACCOUNT] == shelf.accounts()
    assert shelf.accounts(BOB.id) == []
    assert shelf.unbind("FACEBOOK", "77", told())
    assert not shelf.unbind("facebook", "77", told())
    assert [one.event for one in vault.ledger.about(ANN.id)].count("account.bound") == 1


def test_of_many_who_bind_an_account_at_once_one_has_it(vault: Vault, open_again: Callable[[], Vault]) -> None:
    prepared(vault)
    vaults = [(open_again(), who) for who in (ANN, BOB) * 2]

    def bind(pair: tuple[Vault, Advertiser]) -> str | None:
        opened, who = pair
        try:
            opened.payers.bind(ACCOUNT.model_copy(update={"advertiser_id": who.id}), told())
        except UsageError:
            return None
        return who.id

    with ThreadPoolExecutor(4) as pool:
        winners = {one for one in pool.map(bind, vaults) if one}
    assert winners == {one.advertiser_id for one in vault.payers.accounts()}
    assert len(winners) == 1


def test_ads_are_linked_anew_as_they_are_looked_at(vault: Vault) -> None:
    shelf = prepared(vault).payers
    first, second = (PaidAd(ad_id=f"a:{number}", advertiser_id=ANN.id, disclaimer_id="d") for number in range(2))
    shelf.link(["a:0", "a:1", "a:2"], [first, second])
    assert shelf.ads_of(ANN.id) == [first, second]
    assert shelf.of_ads(["a:0", "a:2"]) == {"a:0": first}
    moved = first.model_copy(update={"advertiser_id": BOB.id})
    shelf.link(["a:0", "a:1"], [moved])
    assert (shelf.ads_of(ANN.id), shelf.ads_of(BOB.id)) == ([], [moved])
    shelf.link([], [])
    assert shelf.of_ads(["a:0"]) == {"a:0": moved}


def test_the_first_time_of_a_face_counts_in_whatever_order_ads_come_in(vault: Vault) -> None:
    old = AccountFace(platform="facebook", account="77", name="Old", countries=("US",), first_at=NOW)
    new = old.model_copy(update={"name": "New", "countries": (), "first_at": NOW + DAY})
    vault.payers.see([new, old, old.model_copy(update={"first_at": NOW + 2 * DAY})])
    vault.payers.see([old.model_copy(update={"first_at": NOW - DAY})])
    assert vault.payers.faces("Facebook", "77") == [old.model_copy(update={"first_at": NOW - DAY}), new]
    assert vault.payers.faces("facebook", "78") == []


def test_evidence_waits_again_when_its_decision_is_taken_back(vault: Vault) -> None:
    shelf = prepared(vault).advertisers
    waits = Evidence(
        id="shown--1",
        advertiser_id=ANN.id,
        step="identity",
        kind=EvidenceKind.DOCUMENT,
        verdict=EvidenceVerdict.REVIEW,
        reason="A person must look.",
        given_at=NOW,
    )
    shelf.give(Given(waits, document=b"sealed", delete_at=NOW + DAY), told())
    assert shelf.waiting() == [waits]
    assert shelf.with_documents([waits.id, "shown--2"]) == {waits.id}
    update = {"verdict": EvidenceVerdict.ACCEPTED, "decided_at": NOW, "decided_by": "rev"}
    decided = waits.model_copy(update=update)
    shelf.decide(decided, NOW, told("evidence.decided"))
    assert shelf.waiting() == []
    shelf.reopen(decided, NOW + 180 * DAY, told("evidence.undone"))
    assert shelf.waiting() == [waits]
    assert shelf.delete_documents(NOW + DAY, "watchbell") == 0
    with pytest.raises(UsageError, match="waits already"):
        shelf.reopen(decided, NOW, told())
    assert vault.ledger.verify()
