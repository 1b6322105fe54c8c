"""No ad leaves the library without a trace, and none changes without one, on both databases."""

import hashlib
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from watchbell.ads.review import review
from watchbell.ads.rules.rulebook import RuleBook
from watchbell.errors import UsageError
from watchbell.model.ads import Ad, AdEvent, Money, Removal, RemovalReason, Restoration, Targeting
from watchbell.vault.added import Added
from watchbell.vault.ads import AdQuery
from watchbell.vault.ledger import Entry
from watchbell.vault.vault import Vault

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def ad(number: int, **changes: object) -> Ad:
    facts = {"id": f"jsonl:{number}", "source": "jsonl", "platform": "facebook", "text": f"Vote number {number}"}
    return Ad.model_validate(facts | changes)


def spent(amount: str) -> Money:
    return Money(currency="USD", lower=Decimal(amount), upper=Decimal(amount))


def removed(vault: Vault, about: Ad, reason: RemovalReason, at: datetime = NOON + HOUR) -> Ad:
    removal = Removal(reason=reason, note="12 C 34/26", by="A house", at=at)
    return vault.ads.remove(about.id, removal, Entry("root", "ads.removed", about.id, {}, at))


def restored(vault: Vault, about: Ad, at: datetime = NOON + 2 * HOUR) -> Ad:
    back = Restoration(reason="It was another ad of that name.", by="A house", at=at)
    return vault.ads.restore(about.id, back, Entry("root", "ad.restored", about.id, {}, at))


def test_what_a_source_told_before_is_kept_with_what_changed(vault: Vault) -> None:
    first, second = ad(1, spend=spent("5")), ad(1, spend=spent("7"), text="Vote early")
    vault.ads.add([first], NOON)
    assert vault.ads.add([second], NOON + HOUR) == Added(0, 1)
    vault.ads.add([first], NOON + 2 * HOUR)
    versions = vault.ads.history.versions(first.id)
    assert [(one.number, one.at, one.event) for one in versions] == [
        (3, NOON + 2 * HOUR, AdEvent.CHANGED),
        (2, NOON + HOUR, AdEvent.CHANGED),
        (1, NOON, AdEvent.ADDED),
    ]
    assert [one.ad for one in versions] == [first, second, first]
    assert [one.changed for one in versions] == [("text", "spend"), ("text", "spend"), ()]
    for one in versions:
        assert one.record is not None
        assert one.digest == hashlib.sha256(one.record.encode()).hexdigest()


def test_the_same_again_is_no_version_and_an_ad_twice_in_a_file_is_two(vault: Vault) -> None:
    vault.ads.add([ad(1), ad(2), ad(1, text="Later in the file")], NOON)
    vault.ads.add([ad(2)], NOON + HOUR)
    assert [one.event for one in vault.ads.history.versions(ad(1).id)] == [AdEvent.CHANGED, AdEvent.ADDED]
    assert len(vault.ads.history.versions(ad(2).id)) == 1
    assert vault.ads.count() == 2
    assert vault.ads.history.versions("jsonl:none") == []


@pytest.mark.parametrize("reason", [reason for reason in RemovalReason if not reason.hides])
def test_a_removed_ad_leaves_a_tombstone_and_keeps_its_content(vault: Vault, reason: RemovalReason) -> None:
    vault.ads.add([ad(1), ad(2)], NOON)
    stone = removed(vault, ad(1), reason)
    assert vault.ads.get(ad(1).id) == stone
    assert stone.model_copy(update={"removed": None}) == ad(1)
    assert stone.removed
    assert (stone.removed.reason, stone.removed.at, stone.removed.by) == (reason, NOON + HOUR, "A house")
    assert vault.ads.count() == 2
    assert [one.id for one, _ in vault.ads.search(AdQuery(text="vote")).ads] == [ad(1).id, ad(2).id]
    assert [(one.event, one.ad) for one in vault.ads.history.versions(ad(1).id)] == [
        (AdEvent.REMOVED, stone),
        (AdEvent.ADDED, ad(1)),
    ]


@pytest.mark.parametrize("reason", [reason for reason in RemovalReason if reason.hides])
def test_where_the_reason_asks_for_it_nothing_shows_the_content_any_more(vault: Vault, reason: RemovalReason) -> None:
    whole = ad(
        1,
        payer="Jane Roe",
        advertiser="Jane's page",
        spend=spent("5"),
        targeting=(Targeting(dimension="region", value="Ohio"),),
        links=("https://example.org/jane",),
    )
    vault.ads.add([whole], NOON)
    stone = removed(vault, whole, reason)
    shown = stone.model_dump_json() + "".join(one.model_dump_json() for one in vault.ads.history.versions(whole.id))
    for said in ("Jane", "jane", "Vote", "Ohio"):
        assert said not in shown
    assert stone.spend == whole.spend
    for query in (AdQuery(text="vote"), AdQuery(payer="jane"), AdQuery(text="jane*")):
        assert vault.ads.search(query).ads == ()
    assert [(one.event, one.record is None) for one in vault.ads.history.versions(whole.id)] == [
        (AdEvent.REMOVED, False),
        (AdEvent.ADDED, True),
    ]


def test_an_import_brings_no_removed_ad_back(vault: Vault) -> None:
    vault.ads.add([ad(1)], NOON)
    stone = removed(vault, ad(1), RemovalReason.PERSONAL_DATA)
    assert vault.ads.add([ad(1), ad(1, text="Other words")], NOON + 2 * HOUR) == Added(0, 2)
    assert vault.ads.get(ad(1).id) == stone
    assert len(vault.ads.history.versions(ad(1).id)) == 2


def test_another_librarys_tombstone_comes_in_as_one(vault: Vault) -> None:
    stone = Removal(reason=RemovalReason.COURT_ORDER, by="Another house", at=NOON)
    vault.ads.add([ad(1, removed=stone)], NOON)
    assert [one.event for one in vault.ads.history.versions(ad(1).id)] == [AdEvent.REMOVED]


def test_a_removal_is_in_the_ledger_and_happens_once(vault: Vault) -> None:
    vault.ads.add([ad(1)], NOON)
    removed(vault, ad(1), RemovalReason.MISTAKE)
    with pytest.raises(UsageError, match="was removed on 2026-10-01 already"):
        removed(vault, ad(1), RemovalReason.COURT_ORDER)
    with pytest.raises(UsageError, match="no ad jsonl:2"):
        removed(vault, ad(2), RemovalReason.MISTAKE)
    assert [one.subject for one in vault.ledger.entries()] == [ad(1).id]


def test_entries_come_in_the_order_in_which_they_were_kept(vault: Vault) -> None:
    vault.ads.add([ad(number) for number in range(7)], NOON)
    vault.ads.add([ad(3, text="Other words")], NOON + HOUR)
    told = [one for some in vault.ads.history.entries(size=3) for one in some]
    assert [(one.ad_id, one.event) for one in told[-2:]] == [
        ("jsonl:6", AdEvent.ADDED),
        ("jsonl:3", AdEvent.CHANGED),
    ]
    assert [one.seq for one in told] == sorted({one.seq for one in told})
    assert [one.seq for some in vault.ads.history.entries(told[2].seq, told[5].seq) for one in some] == [
        one.seq for one in told[3:6]
    ]


def test_standing_are_the_ads_by_their_last_entry(vault: Vault) -> None:
    vault.ads.add([ad(1), ad(2)], NOON)
    vault.ads.add([ad(1, text="Other words")], NOON + HOUR)
    standing = {one.ad_id: one for some in vault.ads.history.standing(size=1) for one in some}
    assert standing.keys() == {ad(1).id, ad(2).id}
    assert all(
        one.record and one.digest == hashlib.sha256(one.record.encode()).hexdigest() for one in standing.values()
    )
    assert vault.ads.history.without() == []


@pytest.mark.parametrize("reason", list(RemovalReason))
def test_an_ad_removed_in_error_stands_as_before_and_its_history_keeps_the_tombstone(
    vault: Vault, reason: RemovalReason
) -> None:
    whole = ad(1, payer="Jane Roe", spend=spent("5"))
    vault.ads.add([whole, ad(2)], NOON)
    vault.ads.decide([review(whole, RuleBook.bundled(), now=NOON)])
    stood = vault.ads.search(AdQuery(text="vote"))
    stone = removed(vault, whole, reason)
    assert restored(vault, whole) == whole
    assert vault.ads.search(AdQuery(text="vote")) == stood
    after, between, before = vault.ads.history.versions(whole.id)
    assert [(one.event, one.ad) for one in (after, between, before)] == [
        (AdEvent.RESTORED, whole),
        (AdEvent.REMOVED, stone),
        (AdEvent.ADDED, whole),
    ]
    assert after.restoration
    assert (after.restoration.reason, after.at) == ("It was another ad of that name.", NOON + 2 * HOUR)
    assert between.restoration is None
    assert [one.event for one in vault.ledger.entries()] == ["ad.restored", "ads.removed"]
    vault.ads.add([ad(1, text="Other words")], NOON + 3 * HOUR)
    assert vault.ads.get(whole.id) == ad(1, text="Other words")
    removed(vault, whole, reason, NOON + 4 * HOUR)
    assert restored(vault, whole, NOON + 5 * HOUR) == ad(1, text="Other words")


def test_only_what_was_removed_here_can_be_put_back(vault: Vault) -> None:
    stone = Removal(reason=RemovalReason.COURT_ORDER, by="Another house", at=NOON)
    vault.ads.add([ad(1), ad(2, removed=stone)], NOON)
    for number, said in ((1, "is not removed"), (2, "another library's tombstone"), (3, "no ad jsonl:3")):
        with pytest.raises(UsageError, match=said):
            restored(vault, ad(number))
    assert vault.ledger.entries() == []
