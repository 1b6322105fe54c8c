"""Notices are kept version by version, on both databases."""

from datetime import UTC, datetime, timedelta

from watchbell.ads.eu_notice import Known, notice_of
from watchbell.desk.ads.eu_notices import eu_label, notice_versions
from watchbell.model.ads import Ad, Removal, RemovalReason
from watchbell.vault.ledger import Entry
from watchbell.vault.vault import Vault

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
AD = Ad(id="jsonl:1", source="jsonl", platform="facebook", country="FR", payer="Club", declared_political=True)


def versions(vault: Vault, hours: int) -> list[int]:
    return [one.number for one in notice_versions(vault, AD.id, "https://here/flag", NOON + hours * HOUR)]


def test_a_notice_gets_a_version_only_when_it_says_something_else(vault: Vault) -> None:
    vault.ads.add([AD], NOON)
    assert versions(vault, 0) == [1]
    assert versions(vault, 1) == [1]
    vault.ads.add([AD.model_copy(update={"payer": "Club SA"})], NOON)
    assert versions(vault, 2) == [2, 1]
    stands, before = notice_versions(vault, AD.id, "https://here/flag", NOON + 3 * HOUR)
    assert (stands.at, before.at) == (NOON + 2 * HOUR, NOON)
    assert before.notice == notice_of(AD, Known("https://here/flag"))
    assert before.notice.digest != stands.notice.digest
    assert eu_label(vault, AD.id) == "Political advertisement. The sponsor is Club SA."


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
