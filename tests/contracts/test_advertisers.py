"""An advertiser's way through evidence, codes and the clock, on every database."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from watchbell.ads.advertisers.authorization import State
from watchbell.ads.advertisers.evidence.codes import MOST_TRIES, code_hash
from watchbell.ads.advertisers.routebook import RouteBook
from watchbell.ads.payers.register import Register
from watchbell.desk.accounts import at_command_line
from watchbell.desk.advertisers import timekeeping
from watchbell.desk.advertisers.authorizations import advertiser_view
from watchbell.desk.advertisers.evidence_checks import Shown
from watchbell.desk.advertisers.identity_key import IdentityKey
from watchbell.desk.advertisers.office import Office
from watchbell.desk.advertisers.senders import Message
from watchbell.desk.advertisers.steps import (
    add_advertiser,
    advertiser_named,
    confirm,
    decide,
    give,
    see_document,
    status,
)
from watchbell.desk.advertisers.timekeeping import keep_time
from watchbell.errors import InputError, NotAllowedError, NotSentError, UsageError
from watchbell.model.advertisers import Advertiser, Evidence, EvidenceKind, EvidenceVerdict, Finding, SentCode
from watchbell.model.partners import Role, User
from watchbell.settings import Settings
from watchbell.vault.advertisers import Given
from watchbell.vault.ledger import Entry
from watchbell.vault.vault import Vault

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
ANN = Advertiser(
    id="advertiser--1",
    person="Anna Eriksson",
    email="ann@example.org",
    jurisdiction="GB",
    route="person",
    added_at=NOW,
)
ACCEPT = Finding(verdict=EvidenceVerdict.ACCEPTED, reason="It is she.")
SECRET = b"the picture of an identity card"


@pytest.fixture
def office(vault: Vault, tmp_path: Path) -> Office:
    key = tmp_path / "identity.key"
    IdentityKey.make(key)
    opened = Office(vault, Settings(identity_key_file=key), RouteBook.bundled())
    add_advertiser(opened, ANN, by="test")
    return opened


def show_document(office: Office, at: datetime = NOW) -> Evidence:
    shown = Shown(kind=EvidenceKind.DOCUMENT, text="Identity card", document=SECRET)
    return give(office, ANN, "identity", shown, by="test", now=at).evidence


def waits_for(office: Office, code: str, at: datetime = NOW) -> Evidence:
    """Put evidence there that waits for a code that is known here."""
    evidence = Evidence(
        id=f"shown--{at.isoformat()}",
        advertiser_id=ANN.id,
        step="promoter-address",
        kind=EvidenceKind.LETTER,
        verdict=EvidenceVerdict.CODE,
        reason="A letter with a code goes to the address.",
        given_at=at,
    )
    hashed = code_hash(code, evidence.id, office.key().for_codes)
    sent = SentCode(evidence_id=evidence.id, code_hash=hashed, expires_at=at + 30 * DAY)
    office.vault.advertisers.give(Given(evidence, sent), Entry("test", "evidence.given", ANN.id, {}, at))
    return evidence


def test_an_advertiser_is_added_once_and_found_by_any_name(office: Office) -> None:
    assert advertiser_named(office.vault, "anna  ERIKSSON") == ANN == advertiser_named(office.vault, ANN.id)
    with pytest.raises(UsageError, match="there already"):
        add_advertiser(office, ANN, by="test")
    with pytest.raises(UsageError, match="no advertiser"):
        advertiser_named(office.vault, "Bob")
    forged = ANN.model_copy(update={"id": "b", "person": "\N{CYRILLIC CAPITAL LETTER A}nna Eriksson"})
    with pytest.raises(UsageError, match="another script"):
        add_advertiser(office, forged, by="test")
    with pytest.raises(UsageError, match="for a person alone"):
        add_advertiser(office, ANN.model_copy(update={"id": "c", "organisation": "Club"}), by="test")


def test_a_document_is_encrypted_seen_with_an_entry_and_deleted_after_the_decision(office: Office) -> None:
    evidence = show_document(office)
    by = at_command_line(office.vault, NOW)
    sealed = office.vault.advertisers.document(evidence.id, Entry("test", "test", ANN.id, {}, NOW))
    assert sealed is not None
    assert SECRET not in sealed
    assert see_document(office, ANN, "identity", by=by, now=NOW) == SECRET
    assert "document.seen" in [entry.event for entry in office.vault.ledger.about(ANN.id)]
    decide(office, ANN, "identity", ACCEPT, by=by, now=NOW)
    assert keep_time(office, NOW + 29 * DAY).deleted == 0
    assert keep_time(office, NOW + 30 * DAY).deleted == 1
    assert office.vault.advertisers.document(evidence.id, Entry("test", "test", ANN.id, {}, NOW)) is None
    assert office.vault.ledger.verify()


def test_a_document_that_nobody_decides_about_goes_too(office: Office) -> None:
    show_document(office)
    assert keep_time(office, NOW + 180 * DAY).deleted == 1
    with pytest.raises(UsageError, match="has been deleted"):
        see_document(office, ANN, "identity", by=at_command_line(office.vault, NOW), now=NOW)


def test_another_key_opens_nothing(office: Office, tmp_path: Path) -> None:
    show_document(office)
    IdentityKey.make(tmp_path / "other.key")
    other = Office(office.vault, Settings(identity_key_file=tmp_path / "other.key"), office.book)
    with pytest.raises(InputError, match="another key"):
        see_document(other, ANN, "identity", by=at_command_line(office.vault, NOW), now=NOW)


def test_only_who_may_sees_and_decides_and_only_once(office: Office) -> None:
    show_document(office)
    analyst = User(username="ann", role=Role.ANALYST, password_hash="", created_at=NOW)
    with pytest.raises(NotAllowedError):
        see_document(office, ANN, "identity", by=analyst, now=NOW)
    with pytest.raises(NotAllowedError):
        decide(office, ANN, "identity", ACCEPT, by=analyst, now=NOW)
    by = at_command_line(office.vault, NOW)
    with pytest.raises(UsageError, match="Say it in words"):
        decide(office, ANN, "identity", ACCEPT.model_copy(update={"reason": " "}), by=by, now=NOW)
    decided = decide(office, ANN, "identity", ACCEPT, by=by, now=NOW)
    with pytest.raises(UsageError, match="Nothing of the step"):
        decide(office, ANN, "identity", ACCEPT, by=by, now=NOW)
    with pytest.raises(UsageError, match="decided before"):
        office.vault.advertisers.decide(decided, NOW, Entry("test", "test", ANN.id, {}, NOW))


def test_authorised_then_paused_by_the_clock_then_restored_without_review(office: Office) -> None:
    show_document(office)
    decide(office, ANN, "identity", ACCEPT, by=at_command_line(office.vault, NOW), now=NOW)
    waits_for(office, "ABCD2345")
    confirm(office, ANN, "promoter-address", "abcd-2345", now=NOW)
    assert status(office, ANN, NOW).label == "Promoted by"
    soon = NOW + 700 * DAY
    with pytest.warns(UserWarning, match="No e-mail was sent"):
        assert keep_time(office, soon).told == len(("identity", "promoter-address"))
    assert keep_time(office, soon + DAY).told == 0
    later = NOW + 730 * DAY
    assert keep_time(office, later).changed == {ANN.id: State.PAUSED}
    assert keep_time(office, later).changed == {}
    show_document(office, later)
    decide(office, ANN, "identity", ACCEPT, by=at_command_line(office.vault, later), now=later)
    waits_for(office, "WXYZ6789", later)
    confirm(office, ANN, "promoter-address", "WXYZ6789", now=later)
    assert status(office, ANN, later).may_run
    events = [entry.event for entry in office.vault.ledger.about(ANN.id)]
    assert [event for event in reversed(events) if event in {"advertiser.authorized", "advertiser.paused"}] == [
        "advertiser.authorized",
        "advertiser.paused",
        "advertiser.authorized",
    ]


def test_a_code_locks_after_its_tries_and_works_once(office: Office) -> None:
    waits_for(office, "ABCD2345")
    for left in range(MOST_TRIES - 1, 0, -1):
        with pytest.raises(UsageError, match=f"{left} times more"):
            confirm(office, ANN, "promoter-address", "ABCD2346", now=NOW)
    locked = confirm(office, ANN, "promoter-address", "ABCD2346", now=NOW)
    assert locked.verdict is EvidenceVerdict.REFUSED
    with pytest.raises(UsageError, match="No code is waited for"):
        confirm(office, ANN, "promoter-address", "ABCD2345", now=NOW)
    waits_for(office, "WXYZ6789", NOW + DAY)
    assert confirm(office, ANN, "promoter-address", "WXYZ6789", now=NOW + DAY).verdict is EvidenceVerdict.ACCEPTED
    with pytest.raises(UsageError, match="used before"):
        confirm(office, ANN, "promoter-address", "WXYZ6789", now=NOW + DAY)


def test_a_code_is_not_kept_and_two_at_once_use_it_once(office: Office, open_again: Callable[[], Vault]) -> None:
    evidence = waits_for(office, "ABCD2345")
    assert "ABCD2345" not in str(office.vault.advertisers.count_try(evidence.id))
    vaults = [open_again() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        used = list(pool.map(lambda vault: vault.advertisers.use_code(evidence.id, NOW), vaults))
        tries = list(pool.map(lambda vault: vault.advertisers.count_try(evidence.id), vaults))
    assert sorted(used) == [False, False, False, True]
    assert sorted(one.tries for one in tries if one) == [2, 3, 4, 5]


def test_without_a_key_or_in_production_without_a_sender_nothing_is_kept(office: Office) -> None:
    keyless = Office(office.vault, Settings(), office.book)
    with pytest.raises(UsageError, match="watchbell advertiser key"):
        show_document(keyless)
    assert office.vault.advertisers.evidence(ANN.id) == []


def test_a_committee_that_another_advertiser_has_claimed_waits_for_a_person(office: Office, tmp_path: Path) -> None:
    (tmp_path / "cm26.txt").write_text("C00575795|CLUB|ROE, ANN|||||||||M|||\n")
    shown = Shown(kind=EvidenceKind.COMMITTEE, text="C00575795", register=Register.read(tmp_path / "cm26.txt"))
    us = {"person": "Ann Roe", "organisation": "Club", "jurisdiction": "US", "route": "committee"}
    first, second = (ANN.model_copy(update=us | {"id": one}) for one in ("first", "second"))
    for one in (first, second):
        add_advertiser(office, one, by="test")
    assert give(office, first, "committee", shown, by="test", now=NOW).evidence.verdict is EvidenceVerdict.ACCEPTED
    again = give(office, first, "committee", shown, by="test", now=NOW + DAY).evidence
    assert again.verdict is EvidenceVerdict.ACCEPTED
    held = give(office, second, "committee", shown, by="test", now=NOW).evidence
    assert (held.verdict, held.reason) == (
        EvidenceVerdict.REVIEW,
        "Another advertiser has shown the same: a person must see whose it is.",
    )
    (told,) = advertiser_view(office, second, at_command_line(office.vault, NOW), NOW).shown
    assert told.others == (first,)
    assert "first" not in str(held.model_dump())


def test_a_notice_that_cannot_be_sent_holds_up_no_other(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    bob = ANN.model_copy(update={"id": "advertiser--2", "person": "Bob Roe", "email": "bob@example.org"})
    add_advertiser(office, bob, by="test")
    for one in (ANN, bob):
        give(office, one, "identity", Shown(kind=EvidenceKind.DOCUMENT, text="card", document=b"x"), by="x", now=NOW)
        decide(office, one, "identity", ACCEPT, by=at_command_line(office.vault, NOW), now=NOW)
    sent = []

    class Bouncing:
        def send(self, message: Message) -> None:
            if message.to == ANN.email:
                raise NotSentError("no such mailbox")
            sent.append(message.to)

    monkeypatch.setattr(timekeeping, "sender_for", lambda *_: Bouncing())
    kept = keep_time(office, NOW + 700 * DAY)
    assert (kept.told, kept.untold, sent) == (1, {ANN.id: "no such mailbox"}, [bob.email])


def test_a_notice_is_remembered_however_much_is_noted_after_it(office: Office) -> None:
    show_document(office)
    decide(office, ANN, "identity", ACCEPT, by=at_command_line(office.vault, NOW), now=NOW)
    with pytest.warns(UserWarning, match="No e-mail was sent"):
        assert keep_time(office, NOW + 700 * DAY).told == 1
    for _ in range(1_001):
        office.vault.ledger.append("test", "test", ANN.id, {}, NOW)
    assert keep_time(office, NOW + 701 * DAY).told == 0
