"""An advertiser for the tests of the desk: a committee whose evidence and words wait, with accounts, ads, an appeal."""

from datetime import datetime, timedelta
from pathlib import Path

from watchbell.ads.review import Aids, review
from watchbell.ads.rules.rulebook import RuleBook
from watchbell.desk.ads.links import link_reviewed, payer_book
from watchbell.desk.advertisers.evidence_checks import Shown
from watchbell.desk.advertisers.identity_key import IdentityKey
from watchbell.desk.advertisers.office import Office
from watchbell.desk.advertisers.steps import add_advertiser, decide, give
from watchbell.model.ads import Ad
from watchbell.model.advertisers import (
    Advertiser,
    DisclaimerVerdict,
    Evidence,
    EvidenceKind,
    EvidenceVerdict,
    Finding,
    PayerDisclaimer,
)
from watchbell.model.appeals import Appeal, appeal_id
from watchbell.model.partners import Role, User
from watchbell.model.payers import AccountFace, AdAccount
from watchbell.vault.advertisers import Given
from watchbell.vault.ledger import Entry

ADVERTISER = "advertiser--made-up"
APPROVED, HELD = "disclaimer--approved", "disclaimer--held"
RUNS, BARE, STRANGE = "jsonl:runs", "jsonl:bare", "jsonl:strange"
TEXT = (
    "Paid for by Committee for Examples, www.examples.example. "
    "Not authorized by any candidate or candidate's committee."
)
PICTURE = b"\x89PNG\r\n\x1a\n and what follows"
"""Enough of a picture to be told as one."""
_DAY = timedelta(days=1)
_LOCATION = "location"


def add_advertisers(office: Office, now: datetime, document: bytes = PICTURE) -> None:
    """Add a committee that was authorised, whose identity must be looked at anew, and whose ads therefore rest."""
    then = now - 700 * _DAY
    advertiser = Advertiser(
        id=ADVERTISER,
        person="Anna Eriksson",
        email="anna@examples.example",
        organisation="Committee for Examples",
        jurisdiction="US",
        route="committee",
        added_at=then,
        synthetic=True,
    )
    add_advertiser(office, advertiser, by="test")
    for step, kind in ((_LOCATION, EvidenceKind.LETTER), ("committee", EvidenceKind.COMMITTEE)):
        _accepted(office, step, kind, now - _DAY)
    identity = Shown(kind=EvidenceKind.DOCUMENT, text="Identity card", document=document)
    give(office, advertiser, "identity", identity, by="test", now=then)
    decide(office, advertiser, "identity", _good(then), by=reviewer(then), now=then)
    give(office, advertiser, "identity", identity, by="test", now=now - _DAY)
    for one in (_disclaimer(APPROVED, then), _disclaimer(HELD, now)):
        office.vault.advertisers.put_disclaimer(one, Entry("test", "disclaimer.made", ADVERTISER, {}, one.made_at))
    _add_accounts(office, now)
    _add_ads(office, now)


def reviewer(now: datetime, name: str = "rev") -> User:
    return User(username=name, role=Role.REVIEWER, password_hash="", created_at=now)


def key_beside(folder: Path) -> Path:
    """Make the key that documents are encrypted with."""
    file = folder / "identity.key"
    IdentityKey.make(file)
    return file


def _good(then: datetime) -> Finding:
    last = (then + 699 * _DAY).date()
    return Finding(verdict=EvidenceVerdict.ACCEPTED, reason="Face, name and number agree.", expires_on=last)


def _accepted(office: Office, step: str, kind: EvidenceKind, at: datetime) -> None:
    facts = {"committee": "C00000001 COMMITTEE FOR EXAMPLES", "candidate": "LEE, ANN"}
    evidence = Evidence(
        id=f"shown--{step}",
        advertiser_id=ADVERTISER,
        step=step,
        kind=kind,
        verdict=EvidenceVerdict.ACCEPTED,
        reason="It stands in the register." if kind is EvidenceKind.COMMITTEE else "The code came back.",
        given_at=at,
        decided_at=at,
        decided_by="watchbell",
        facts=facts if kind is EvidenceKind.COMMITTEE else {},
    )
    office.vault.advertisers.give(Given(evidence), Entry("test", "evidence.given", ADVERTISER, {}, at))


def _disclaimer(id_: str, at: datetime) -> PayerDisclaimer:
    held = id_ == HELD
    return PayerDisclaimer(
        id=id_,
        advertiser_id=ADVERTISER,
        payer="Committee for Examples",
        text="Paid for by Committee for Examples and authorized by Ann Lee." if held else TEXT,
        verdict=DisclaimerVerdict.HELD if held else DisclaimerVerdict.APPROVED,
        reason="The name is like that of the agency Commission for Examples." if held else "The name was verified.",
        made_at=at,
        decided_by="watchbell",
    )


def _add_accounts(office: Office, now: datetime) -> None:
    account = AdAccount(platform="facebook", account="77", advertiser_id=ADVERTISER, bound_at=now, bound_by="rev")
    office.vault.payers.bind(account, Entry("rev", "account.bound", ADVERTISER, {}, now))
    faces = (("Examples", ("US",), 400), ("Patriots for Examples", ("MK", "US"), 20))
    office.vault.payers.see(
        AccountFace(platform="facebook", account="77", name=name, countries=countries, first_at=now - days * _DAY)
        for name, countries, days in faces
    )


def _add_ads(office: Office, now: datetime) -> None:
    runs = Ad(
        id=RUNS,
        source="jsonl",
        platform="facebook",
        text="Vote for Ann Lee in the coming election.",
        advertiser="Patriots for Examples",
        account_id="77",
        disclaimer=TEXT,
        declared_political=True,
        started_at=now - 3 * _DAY,
        synthetic=True,
    )
    bare = runs.model_copy(update={"id": BARE, "text": "Ann Lee will lower your taxes.", "disclaimer": None})
    strange = runs.model_copy(update={"id": STRANGE, "text": "Ann Lee is a fraud.", "account_id": "78"})
    ads = [runs, bare, strange]
    book = payer_book(office.vault, office.settings)
    decisions = [review(ad, RuleBook.bundled(), now=now - _DAY, aids=Aids(payers=book)) for ad in ads]
    office.vault.ads.add(ads)
    office.vault.ads.decide(decisions)
    link_reviewed(office.vault, book, zip(ads, decisions, strict=True), now)
    against = decisions[1]
    appeal = Appeal(
        id=appeal_id(against),
        ad_id=BARE,
        advertiser_id=ADVERTISER,
        verdict=against.verdict,
        decided_at=against.decided_at,
        decided_by=against.decided_by,
        reasons="The film says who paid, at its end.",
        opened_at=now,
    )
    office.vault.appeals.open(appeal, Entry("anna", "appeal.opened", appeal.id, {}, now))
