"""The demonstration's advertisers, at several states; every one of them is made up, and marked so."""

import importlib
import io
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from watchbell.ads.payers.register import Register
from watchbell.ads.payers.statements import Authority, Statement
from watchbell.desk.accounts import at_command_line
from watchbell.desk.ads.appeals import can_be_appealed, open_appeal
from watchbell.desk.ads.payers import bind_account
from watchbell.desk.advertisers import second_factor
from watchbell.desk.advertisers.authorizations import appeal_refusal
from watchbell.desk.advertisers.disclaimers import make_disclaimer
from watchbell.desk.advertisers.evidence_checks import Shown
from watchbell.desk.advertisers.office import Office
from watchbell.desk.advertisers.registers import known_names
from watchbell.desk.advertisers.steps import add_advertiser, decide, drafted_advertiser, give, note_state
from watchbell.desk.samples import sample_path
from watchbell.ids import fact_id
from watchbell.model.advertiser_accounts import AdvertiserAccount
from watchbell.model.advertisers import Advertiser, Evidence, EvidenceKind, EvidenceVerdict, Finding
from watchbell.model.partners import User
from watchbell.vault.advertisers import Given
from watchbell.vault.ledger import Entry

PERSON_EMAIL = "marisol@marisol-tennant.example"
"""With which the demonstration's advertiser signs in, under the password of the demonstration."""
_AD = "jsonl:made-up-2"
_DAY = timedelta(days=1)
_SYSTEM = "watchbell"


class _Past(NamedTuple):
    """A step that was shown and accepted before the demonstration began."""

    step: str
    kind: EvidenceKind
    reason: str
    facts: dict[str, str]
    days_ago: int = 90


def _person(name: str, *, letter_days_ago: int = 90) -> tuple[_Past, ...]:
    """Return the steps of a person: a passport, and a letter whose code came back."""
    passport = {"issued by": "UTO", "name": name}
    return (
        _Past("identity", EvidenceKind.PASSPORT, "The passport's check digits, expiry and name are right.", passport),
        _Past("location", EvidenceKind.LETTER, "The code that was sent came back.", {}, letter_days_ago),
    )


_CANDIDATE = (
    {"person": "Marisol Tennant", "email": PERSON_EMAIL, "route": "committee"}
    | {"jurisdiction": "US", "organisation": "Committee to Elect Marisol Tennant"},
    (
        *_person("Marisol Tennant"),
        _Past(
            "committee",
            EvidenceKind.COMMITTEE,
            "The committee stands in a made-up register.",
            {"committee": "C00000000 COMMITTEE TO ELECT MARISOL TENNANT", "candidate": "TENNANT, MARISOL"},
        ),
    ),
)
_LAPSING = (
    {"person": "Ada Ferry", "email": "ada@harbor-riders.example", "route": "tax-id"}
    | {"jurisdiction": "US", "organisation": "Harbor Ferry Riders"},
    (
        # A letter holds for 730 days: this one for eighteen more.
        *_person("Ada Ferry", letter_days_ago=712),
        _Past("tax-number", EvidenceKind.TAX_ID, "The number has the form of one.", {"number": "ends in 0000"}),
        _Past("tax-letter", EvidenceKind.TAX_LETTER, "The letter names the organisation.", {"document": "CP 575"}),
    ),
)
_LOOKALIKE = (
    {"person": "Cole Arnery", "email": "cole@elect-tennant.example", "route": "small-organisation"}
    | {"jurisdiction": "US", "organisation": "Cornmittee to Elect Marisol Tennant"},
    (
        *_person("Cole Arnery"),
        _Past("phone", EvidenceKind.PHONE, "The code that was sent came back.", {}),
        _Past("business-email", EvidenceKind.BUSINESS_EMAIL, "The code that was sent came back.", {}),
        _Past("business-address", EvidenceKind.ADDRESS, "Mail can be delivered there.", {}),
        _Past("website", EvidenceKind.WEBSITE, "The code that was sent came back.", {}),
    ),
)
_WAITING = (
    {"person": "Noor Quay", "email": "noor@harbor-voters.example", "route": "tax-id"}
    | {"jurisdiction": "US", "organisation": "Harbor County Voters' Circle"},
    (_Past("location", EvidenceKind.LETTER, "The code that was sent came back.", {}),),
)
_REFUSED = (
    {"person": "Gil Blank", "email": "gil@honest-counting.example", "route": "committee"}
    | {"jurisdiction": "US", "organisation": "Citizens for Honest Counting PAC"},
    (_Past("location", EvidenceKind.LETTER, "The code that was sent came back.", {}),),
)


def add_advertisers(office: Office, by: User, now: datetime) -> None:
    """Add the advertisers, unless they are there."""
    candidate = _add(office, *_CANDIDATE, now, account_id=_account(office, by, now))
    if candidate is not None:
        _make_disclaimer(office, candidate, Authority.OWN, now)
        bind_account(office, candidate, "facebook", "Marisol Tennant (made up)", by=by, now=now)
        _appeal(office, candidate, now)
    _add(office, *_LAPSING, now)
    lookalike = _add(office, *_LOOKALIKE, now)
    if lookalike is not None:
        _make_disclaimer(office, lookalike, Authority.OWN, now)
    waiting = _add(office, *_WAITING, now)
    if waiting is not None:
        _show_documents(office, waiting, now)
    refused = _add(office, *_REFUSED, now)
    if refused is not None:
        claimed = Register.read(sample_path("fec-committees-2016"))
        shown = Shown(EvidenceKind.COMMITTEE, text="C99999999", register=claimed)
        give(office, refused, "committee", shown, by=_SYSTEM, now=now)


def _add(
    office: Office,
    told: Mapping[str, str | None],
    past: tuple[_Past, ...],
    now: datetime,
    *,
    account_id: str | None = None,
) -> Advertiser | None:
    """Add an advertiser with what they showed before; None if they are there."""
    then = now - max(one.days_ago for one in past) * _DAY
    advertiser = drafted_advertiser(told, then).model_copy(update={"synthetic": True})
    if office.vault.advertisers.get(advertiser.id) is not None:
        return None
    add_advertiser(office, advertiser, by=_SYSTEM, account_id=account_id)
    for one in past:
        at = now - one.days_ago * _DAY
        evidence = Evidence(
            id=fact_id("shown", advertiser.id, one.step, at.isoformat()),
            advertiser_id=advertiser.id,
            step=one.step,
            kind=one.kind,
            verdict=EvidenceVerdict.ACCEPTED,
            reason=f"Made up: {one.reason[0].lower()}{one.reason[1:]}",
            given_at=at,
            decided_at=at,
            decided_by=_SYSTEM,
            facts=one.facts,
        )
        details = {"evidence": evidence.id, "step": one.step, "made_up": True}
        office.vault.advertisers.give(Given(evidence), Entry(_SYSTEM, "evidence.given", advertiser.id, details, at))
    note_state(office, advertiser, now)
    return advertiser


def _account(office: Office, by: User, now: datetime) -> str:
    """Return the account with which the candidate's advertiser is reached, opened if it is not there.

    Its password is the demonstration's. No second factor is set up: whoever signs in first does that.
    """
    known = office.vault.advertiser_accounts.by_email(PERSON_EMAIL)
    if known is not None:
        return known.id
    account = AdvertiserAccount(
        id=fact_id("account", PERSON_EMAIL),
        person=_CANDIDATE[0]["person"],
        email=PERSON_EMAIL,
        password_hash=by.password_hash,
        totp_sealed=office.key().sealed(second_factor.new_secret().encode()).decode(),
        created_at=now,
    )
    office.vault.advertiser_accounts.open("", account, Entry(_SYSTEM, "account.opened", account.id, {}, now))
    return account.id


def _make_disclaimer(office: Office, advertiser: Advertiser, authority: Authority, now: datetime) -> None:
    wanted = Statement(jurisdiction="US", payer="", authority=authority)
    make_disclaimer(office, advertiser, wanted, known_names(office.settings), now=now)


def _appeal(office: Office, advertiser: Advertiser, now: datetime) -> None:
    """Let the advertiser appeal against what the rules decided about their ad, if it keeps the ad from running."""
    decision = office.vault.ads.decision(_AD)
    if decision is not None and can_be_appealed(decision):
        reasons = "The words name our committee as it is registered, with its article before it. Please look again."
        open_appeal(office.vault, advertiser, _AD, reasons, by=advertiser.id, now=now)


def _show_documents(office: Office, advertiser: Advertiser, now: datetime) -> None:
    """Let an advertiser show a card that nobody has looked at, and a letter that one person refused too soon."""
    card = Shown(EvidenceKind.DOCUMENT, text="Identity card", document=_paper("IDENTITY CARD", advertiser.person))
    give(office, advertiser, "identity", card, by=_SYSTEM, now=now - 2 * _DAY)
    number = Shown(EvidenceKind.TAX_ID, text="91-1144442")
    give(office, advertiser, "tax-number", number, by=_SYSTEM, now=now - 3 * _DAY)
    letter = Shown(EvidenceKind.TAX_LETTER, text="CP 575", document=_paper("CP 575", advertiser.organisation or ""))
    give(office, advertiser, "tax-letter", letter, by=_SYSTEM, now=now - 3 * _DAY)
    refusal = Finding(verdict=EvidenceVerdict.REFUSED, reason="The letter names somebody else.")
    someone = at_command_line(office.vault, now)
    decided = decide(office, advertiser, "tax-letter", refusal, by=someone, now=now - _DAY)
    said = "It names the Circle, in the second line; the first is the office that wrote it."
    appeal_refusal(office, advertiser, decided, said, by=advertiser.id, now=now)


def _paper(title: str, name: str) -> bytes:
    """Return a picture of a paper that nobody issued."""
    pictures: Any = importlib.import_module("PIL.Image")
    pens: Any = importlib.import_module("PIL.ImageDraw")
    fonts: Any = importlib.import_module("PIL.ImageFont")
    paper = pictures.new("RGB", (760, 460), (236, 232, 222))
    pen = pens.Draw(paper)
    for height, size, words in ((50, 40, title), (150, 30, name), (370, 26, "MADE UP: of no country, of no office")):
        pen.text((50, height), words, font=fonts.load_default(size), fill=(40, 44, 52))
    file = io.BytesIO()
    paper.save(file, "PNG")
    return file.getvalue()
