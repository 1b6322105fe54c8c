"""Notices are kept version by version, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest

from watchbell.ads.notices.transparency import Known, Publisher, notice_of
from watchbell.desk.ads.eu_notices import declare, drafted_declaration, eu_label, notice_versions
from watchbell.errors import UsageError
from watchbell.model.ads import Ad, Declaration, Origin, Removal, RemovalReason
from watchbell.model.advertisers import Advertiser
from watchbell.model.payers import PaidAd
from watchbell.vault.ledger import Entry
from watchbell.vault.vault import Vault

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
HERE = Publisher("https://here/flag")
AD = Ad(id="jsonl:1", source="jsonl", platform="facebook", country="FR", payer="Club", declared_political=True)


def versions(vault: Vault, hours: int) -> list[int]:
    return [one.number for one in notice_versions(vault, AD.id, HERE, NOON + hours * HOUR)]


def test_a_notice_gets_a_version_only_when_it_says_something_else(vault: Vault) -> None:
    vault.ads.add([AD], NOON)
    assert versions(vault, 0) == [1]
    assert versions(vault, 1) == [1]
    vault.ads.add([AD.model_copy(update={"payer": "Club SA"})], NOON)
    assert versions(vault, 2) == [2, 1]
    stands, before = notice_versions(vault, AD.id, HERE, NOON + 3 * HOUR)
    assert (stands.at, before.at) == (NOON + 2 * HOUR, NOON)
    assert before.notice == notice_of(AD, Known(HERE))
    assert before.notice.digest != stands.notice.digest
    assert eu_label(vault, AD.id) == (
        "Annonce publicitaire à caractère politique. Le parraineur est Club SA.",
        "fr",
    )


def test_what_a_removal_hides_is_hidden_in_its_notices(vault: Vault) -> None:
    vault.ads.add([AD], NOON)
    assert versions(vault, 0) == [1]
    removal = Removal(reason=RemovalReason.COURT_ORDER, by="A house", at=NOON)
    vault.ads.remove(AD.id, removal, Entry("root", "ad.removed", AD.id, {}, NOON))
    assert versions(vault, 1) == []
    assert eu_label(vault, AD.id) is None


def test_an_ad_elsewhere_has_none(vault: Vault) -> None:
    vault.ads.add([AD.model_copy(update={"country": "US"})], NOON)
    assert versions(vault, 0) == []


def test_what_is_declared_is_kept_version_by_version_and_only_of_ones_own_ad(vault: Vault) -> None:
    sponsor = Advertiser(
        id="a1", person="Ann Roe", email="ann@club.org", jurisdiction="EU", route="person", added_at=NOON
    )
    vault.advertisers.add(sponsor, "incomplete", Entry("ann", "advertiser.added", "a1", {}, NOON))
    imported = Declaration(origin=Origin.PUBLIC)
    vault.ads.add([AD.model_copy(update={"declaration": imported})], NOON)
    with pytest.raises(UsageError, match="not known to be this advertiser's"):
        declare(vault, sponsor, AD.id, Declaration(), by="ann", now=NOON)
    vault.payers.link([], [PaidAd(ad_id=AD.id, advertiser_id="a1")])
    assert versions(vault, 0) == [1]
    assert "publique" in vault.ad_notices.versions(AD.id)[0].notice.headings[6].told[0]
    private = drafted_declaration({"origin": "private", "address": "", "linked": ["eu-parliament-2029"]})
    for hour in (1, 2):
        declare(vault, sponsor, AD.id, private, by="ann", now=NOON + hour * HOUR)
    declare(vault, sponsor, AD.id, Declaration(), by="ann", now=NOON + 3 * HOUR)
    told = vault.ad_notices.declared(AD.id)
    assert [(one.number, one.at) for one in told] == [(2, NOON + 3 * HOUR), (1, NOON + HOUR)]
    assert told[1].declaration == private
    assert versions(vault, 4) == [2, 1]
    assert vault.ad_notices.versions(AD.id)[0].notice.headings[6].told == ()
    with pytest.raises(UsageError, match="The field whence of the declaration"):
        drafted_declaration({"whence": "the moon"})
