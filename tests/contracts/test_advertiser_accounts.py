"""Advertisers' accounts, on every database: what works once, and what is another's."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from watchbell.model.advertiser_accounts import AdvertiserAccount, SignUp
from watchbell.model.advertisers import Advertiser, Evidence, EvidenceKind, EvidenceVerdict
from watchbell.vault.advertiser_accounts import MOST_SIGN_UPS
from watchbell.vault.advertisers import Given
from watchbell.vault.ledger import Entry
from watchbell.vault.vault import Vault

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
SIGN_UP = SignUp(person="Anna Eriksson", email="anna@club.org", password_hash="p", code_hash="c", expires_at=LATER)
ANNA = AdvertiserAccount(
    id="account--1",
    person="Anna Eriksson",
    email="anna@club.org",
    password_hash="p",
    totp_sealed="t",
    created_at=NOW,
)
OPENED = Entry(ANNA.id, "account.opened", ANNA.id, {}, NOW)


def test_a_sign_up_waits_is_tried_and_makes_one_account(vault: Vault) -> None:
    accounts = vault.advertiser_accounts
    assert accounts.begin("one", SIGN_UP, NOW)
    assert accounts.begin("two", SIGN_UP, NOW)
    assert accounts.sign_up("one", NOW) == SIGN_UP
    assert [accounts.count_try("one", NOW), accounts.count_try("one", NOW)] == [
        SIGN_UP.model_copy(update={"tries": tries}) for tries in (1, 2)
    ]
    assert accounts.count_try("one", LATER) is None
    assert accounts.open("one", ANNA, OPENED)
    assert accounts.sign_up("one", NOW) is None
    assert not accounts.open("two", ANNA.model_copy(update={"id": "account--2"}), OPENED)
    assert accounts.all() == [accounts.by_email("anna@club.org")] == [ANNA]


def test_a_flood_of_sign_ups_is_bounded_and_ebbs(vault: Vault) -> None:
    accounts = vault.advertiser_accounts
    for number in range(MOST_SIGN_UPS):
        assert accounts.begin(str(number), SIGN_UP, NOW)
    assert not accounts.begin("more", SIGN_UP, NOW)
    assert accounts.begin("more", SIGN_UP.model_copy(update={"expires_at": LATER + timedelta(hours=1)}), LATER)
    assert accounts.sign_up("0", NOW) is None


def test_a_code_works_once_even_if_two_send_it_at_once(vault: Vault) -> None:
    accounts = vault.advertiser_accounts
    accounts.open("", ANNA, OPENED)
    accounts.put_recovery_codes(ANNA.id, ("a", "b"))
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _: accounts.use_step(ANNA.id, 7), range(4))) == 1
        assert sum(pool.map(lambda _: accounts.use_recovery_code(ANNA.id, "a"), range(4))) == 1
    assert not accounts.use_step(ANNA.id, 6)
    assert accounts.use_step(ANNA.id, 8)
    assert accounts.recovery_codes_left(ANNA.id) == 1
    accounts.put_recovery_codes(ANNA.id, ())
    assert not accounts.use_recovery_code(ANNA.id, "b")


def test_a_session_ends_by_the_clock_by_hand_and_everywhere(vault: Vault) -> None:
    accounts = vault.advertiser_accounts
    accounts.open("", ANNA, OPENED)
    for token in ("one", "two", "three"):
        accounts.open_session(token, ANNA.id, LATER)
    assert accounts.of_session("one", NOW) == ANNA
    assert accounts.of_session("one", LATER) is None
    accounts.close_session("one")
    assert [accounts.of_session(token, NOW) for token in ("one", "two")] == [None, ANNA]
    accounts.close_sessions(ANNA.id)
    assert [accounts.of_session(token, NOW) for token in ("two", "three")] == [None, None]


def test_an_account_has_its_own_advertisers(vault: Vault) -> None:
    vault.advertiser_accounts.open("", ANNA, OPENED)
    told = {"person": "Anna Eriksson", "email": ANNA.email, "jurisdiction": "US", "route": "legal-name"}
    mine, another = (Advertiser(id=one, added_at=NOW, **told) for one in ("advertiser--1", "advertiser--2"))
    added = Entry(ANNA.id, "advertiser.added", mine.id, {}, NOW)
    assert vault.advertisers.add(mine, "incomplete", added, ANNA.id)
    assert vault.advertisers.add(another, "incomplete", added)
    assert vault.advertisers.of_account(ANNA.id) == [mine]


def test_one_document_under_two_accounts_is_known_and_under_one_is_nobodys_concern(vault: Vault) -> None:
    bob = ANNA.model_copy(update={"id": "account--2", "email": "bob@club.org"})
    told = {"person": "Anna Eriksson", "email": ANNA.email, "jurisdiction": "US", "route": "legal-name"}
    whose = {"first": ANNA.id, "second": ANNA.id, "third": bob.id, "fourth": None}
    for account in (ANNA, bob):
        vault.advertiser_accounts.open("", account, OPENED)
    for advertiser, account_id in whose.items():
        entry = Entry("test", "advertiser.added", advertiser, {}, NOW)
        assert vault.advertisers.add(Advertiser(id=advertiser, added_at=NOW, **told), "incomplete", entry, account_id)
        evidence = Evidence(
            id=f"{advertiser}--passport",
            advertiser_id=advertiser,
            step="identity",
            kind=EvidenceKind.PASSPORT,
            verdict=EvidenceVerdict.ACCEPTED,
            reason="R.",
            given_at=NOW,
        )
        vault.advertisers.give(Given(evidence, fingerprint="print"), entry)

    def others(advertiser: str) -> list[str]:
        return [one.id for one in vault.advertisers.others_with("print", advertiser)]

    assert others("first") == ["fourth", "third"]
    assert others("fourth") == ["first", "second", "third"]
    assert vault.advertisers.others_with("another", "first") == []
    assert vault.advertisers.fingerprint("third--passport") == "print"
