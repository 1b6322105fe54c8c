"""Advertisers at the desk: what they show, the codes that come back, and a person's word."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from pydantic import ValidationError

from watchbell.ads.advertisers.authorization import Standing, standing
from watchbell.ads.advertisers.evidence.codes import MOST_TRIES, code_hash, judged_code, new_code
from watchbell.ads.advertisers.evidence.letter import letter
from watchbell.ads.advertisers.evidence.names import mixes_scripts
from watchbell.ads.advertisers.evidence.organisation import host_of_email
from watchbell.ads.elections.calendar import EU_STATES, Calendar
from watchbell.desk.advertisers.evidence_checks import WAYS, Asked, Shown, check, storable
from watchbell.desk.advertisers.office import Office
from watchbell.desk.advertisers.senders import Message, Way, sender_for
from watchbell.desk.advertisers.website_marks import MARK, WELL_KNOWN
from watchbell.desk.permissions import Permission, demand
from watchbell.desk.wording import worded
from watchbell.errors import UsageError
from watchbell.ids import fact_id
from watchbell.model.advertisers import Advertiser, Evidence, EvidenceKind, EvidenceVerdict, Finding, SentCode
from watchbell.model.partners import User
from watchbell.vault.advertisers import Given
from watchbell.vault.ledger import Entry
from watchbell.vault.vault import Vault

_LONGEST_NAME = 200
# A letter takes a week and lies for two; an e-mail and a text message are there at once.
_CODE_DAYS = {Way.POST: 30, Way.EMAIL: 1, Way.SMS: 1}
_PUBLISH_DAYS = 30
# A document that nobody decided about, because other evidence was shown since, is deleted after this.
UNDECIDED_DAYS = 180
_OURSELVES = "watchbell"


class Receipt(NamedTuple):
    """Evidence that came in, and what the advertiser must publish, if anything."""

    evidence: Evidence
    publish: str | None = None


Published = Callable[[Mapping[str, str]], list[str]]
"""Returns the codes that a website, by its facts `host` and `domain`, publishes."""


def add_advertiser(office: Office, advertiser: Advertiser, *, by: str, account_id: str | None = None) -> Advertiser:
    """Add an advertiser; one with the same person, organisation and route is the same.

    Args:
        office: the records.
        advertiser: as `drafted_advertiser` makes it.
        by: who adds it.
        account_id: the account whose it is; None where an operator adds it.

    Raises:
        UsageError: the route does not exist or does not suit, or a name or the e-mail address cannot be used.
    """
    route = office.book.route(advertiser.jurisdiction, advertiser.route)
    if route.organisation != (advertiser.organisation is not None):
        needs = "needs the organisation's name" if route.organisation else "is for a person alone"
        raise UsageError(f"The route {advertiser.route} {needs}.")
    checked_name(advertiser.person)
    if advertiser.organisation is not None:
        checked_name(advertiser.organisation)
    if host_of_email(advertiser.email) is None:
        raise UsageError(f"{advertiser.email!r} is no e-mail address.")
    state = standing(office.plan(advertiser), (), advertiser.added_at).state
    details = {"jurisdiction": advertiser.jurisdiction, "route": advertiser.route}
    entry = Entry(by, "advertiser.added", advertiser.id, details, advertiser.added_at)
    if not office.vault.advertisers.add(advertiser, state, entry, account_id):
        raise UsageError("This advertiser is there already. `watchbell advertiser show` lists all of them.")
    return advertiser


def drafted_advertiser(told: Mapping[str, str | None], now: datetime, *, account_id: str = "") -> Advertiser:
    """Return an advertiser as somebody tells of them.

    Args:
        told: `person`, `email`, `jurisdiction`, `route`, and `organisation` where there is one.
        now: the present.
        account_id: whose it is: of two people of one name each has an advertiser of their own.

    Raises:
        UsageError: a field is missing or cannot be; the message names it.
    """
    given = {name: " ".join(storable(value).split()) for name, value in told.items() if value is not None}
    try:
        draft = Advertiser.model_validate(given | {"id": "", "added_at": now})
    except ValidationError as error:
        found = error.errors()[0]
        raise UsageError(f"The field {found['loc'][0]} of the advertiser cannot be used: {found['msg']}.") from error
    parts = (draft.person.casefold(), (draft.organisation or "").casefold(), *filter(None, [account_id]))
    return draft.model_copy(update={"id": fact_id("advertiser", draft.jurisdiction, draft.route, *parts)})


def advertiser_named(vault: Vault, name: str) -> Advertiser:
    """Return the advertiser of this id, organisation or person.

    Raises:
        UsageError: there is none, or more than one.
    """
    wanted = " ".join(name.split()).casefold()
    found = [
        one
        for one in vault.advertisers.all()
        if one.id == name or wanted in {one.person.casefold(), (one.organisation or "").casefold()}
    ]
    if len(found) != 1:
        how_many = "no advertiser" if not found else "more than one advertiser"
        raise UsageError(f"There is {how_many} {name!r}. `watchbell advertiser show` lists them with their ids.")
    return found[0]


def status(office: Office, advertiser: Advertiser, now: datetime, country: str | None = None) -> Standing:
    """Return where an advertiser stands with ads of a country; None: with ads of any."""
    return standing_of(office, advertiser, office.vault.advertisers.evidence(advertiser.id), now, country)


def standing_of(
    office: Office, advertiser: Advertiser, given: Iterable[Evidence], now: datetime, country: str | None = None
) -> Standing:
    """Return where an advertiser stands who gave this evidence.

    What is asked for only before a vote is asked for before one of the whole jurisdiction and, with ads of a member
    state of the Union, before that state's own: article 5(2) of Regulation (EU) 2024/900 is about each of them.
    """
    voting = {advertiser.jurisdiction}
    if advertiser.jurisdiction == "EU" and country in EU_STATES:
        voting.add(country)
    near = (election for one in voting for election in Calendar.bundled().near(now.date(), one))
    votes = [day for election in near for day in election.days]
    return standing(office.plan(advertiser), given, now, votes)


def give(office: Office, advertiser: Advertiser, step: str, shown: Shown, *, by: str, now: datetime) -> Receipt:
    """Take evidence in: check it, send the code it needs, and keep it with what came of it.

    Raises:
        UsageError: there is no such step, or what the evidence needs is missing.
        NotSentError: its code could not be sent; nothing is kept.
    """
    plan = office.plan(advertiser)
    if step not in plan.steps:
        raise UsageError(f"The route {advertiser.route} has no step {step!r}; it has {', '.join(plan.steps)}.")
    known = tuple(office.vault.advertisers.evidence(advertiser.id))
    finding = check(Asked(advertiser, plan.steps[step], known, now.date()), shown)
    fingerprint = office.key().fingerprint(finding.unique) if finding.unique else None
    if fingerprint and office.vault.advertisers.others_with(fingerprint, advertiser.id):
        finding = _held(finding)
    evidence = _evidence(advertiser, step, shown.kind, finding, now)
    code, publish = _sent(office, advertiser, evidence, shown, now)
    looked_at = finding.verdict is EvidenceVerdict.REVIEW and shown.document
    document = office.key().sealed(shown.document) if looked_at else None
    evidence = _without_home(evidence)
    given = Given(evidence, code, document, now + timedelta(days=UNDECIDED_DAYS), fingerprint)
    office.vault.advertisers.give(given, _told(evidence, "evidence.given", by, now))
    note_state(office, advertiser, now)
    return Receipt(evidence, publish)


def confirm(office: Office, advertiser: Advertiser, step: str, typed: str, *, now: datetime) -> Evidence:
    """Enter a code that came back; return the evidence that it settles, accepted or refused.

    Raises:
        UsageError: no code was sent for the step, it was used before, or it is wrong and may be tried again.
    """
    evidence = _waiting(office, advertiser, step)
    sent = office.vault.advertisers.count_try(evidence.id)
    if sent is None:
        raise UsageError("No code was sent for this step.")
    finding = judged_code(sent, typed, office.key().for_codes, now)
    if finding is None:
        raise UsageError(f"The code is wrong. It can be tried {MOST_TRIES - sent.tries} times more.")
    return _settled(office, advertiser, evidence, finding, now)


def confirm_website(office: Office, advertiser: Advertiser, step: str, published: Published, now: datetime) -> Evidence:
    """Look for the code under the domain; return the evidence, accepted.

    Raises:
        UsageError: there is no such step that waits, or the code is not there.
    """
    evidence = _waiting(office, advertiser, step)
    if evidence.kind is not EvidenceKind.WEBSITE:
        raise UsageError("Nothing is published for this step: enter the code that was sent.")
    found = published(evidence.facts)
    if not found:
        domain, host = evidence.facts["domain"], evidence.facts["host"]
        raise UsageError(
            f"Neither a TXT record of {domain} nor a line of https://{host}{WELL_KNOWN} begins with {MARK}. "
            "Publish one; a TXT record may take an hour to be seen."
        )
    return confirm(office, advertiser, step, found[-1], now=now)


def decide(office: Office, advertiser: Advertiser, step: str, finding: Finding, *, by: User, now: datetime) -> Evidence:
    """Decide evidence that waits for a person.

    Raises:
        NotAllowedError: the person may not decide this.
        UsageError: nothing waits, or there is no reason.
    """
    demand(by.role, Permission.ADVERTISERS_DECIDE)
    evidence = waiting_evidence(office, advertiser, step)
    finding = finding.model_copy(update={"reason": worded(finding.reason)})
    return _decided(office, advertiser, _decision(evidence, finding, by.username, now), now)


def see_document(office: Office, advertiser: Advertiser, step: str, *, by: User, now: datetime) -> bytes:
    """Return the document of the evidence that waits for a person; that it was seen is written down.

    Raises:
        NotAllowedError: the person may not see it.
        UsageError: nothing waits, or it came without a document.
        InputError: it was encrypted with another key.
    """
    demand(by.role, Permission.ADVERTISERS_DECIDE)
    evidence = waiting_evidence(office, advertiser, step)
    key = office.key()
    sealed = office.vault.advertisers.document(evidence.id, _told(evidence, "document.seen", by.username, now))
    if sealed is None:
        raise UsageError("There is no document with this evidence, or it has been deleted.")
    return key.opened(sealed)


def note_state(office: Office, advertiser: Advertiser, now: datetime) -> str | None:
    """Write a change of state into the ledger; return the state if it is another."""
    state = status(office, advertiser, now).state
    entry = Entry(_OURSELVES, f"advertiser.{state}", advertiser.id, {}, now)
    return state if office.vault.advertisers.note_state(advertiser.id, state, entry) else None


def _sent(
    office: Office, advertiser: Advertiser, evidence: Evidence, shown: Shown, now: datetime
) -> tuple[SentCode | None, str | None]:
    """Send the code that evidence waits for; return its record, and what is to be published instead."""
    if evidence.verdict is not EvidenceVerdict.CODE:
        return None, None
    code, way = new_code(), WAYS.get(shown.kind)
    expires_at = now + timedelta(days=_CODE_DAYS[way] if way else _PUBLISH_DAYS)
    hashed = code_hash(code, evidence.id, office.key().for_codes)
    kept = SentCode(evidence_id=evidence.id, code_hash=hashed, expires_at=expires_at)
    if way is None:
        return kept, f"{MARK}{code}"
    sender = sender_for(way, office.settings)
    sender.send(_message(office, advertiser, evidence, f"{code[:4]}-{code[4:]}", expires_at))
    return kept, None


def _message(office: Office, advertiser: Advertiser, evidence: Evidence, code: str, until: datetime) -> Message:
    facts = evidence.facts
    to = facts.get("email") or facts.get("phone") or facts["address"]
    text = f"Your code for political ads is {code}. It is good until {until:%Y-%m-%d %H:%M} UTC. Tell nobody.\n"
    page = b""
    if evidence.kind is EvidenceKind.LETTER:
        lines = [advertiser.person, *to.split(", ")]
        page = letter(office.settings.operator, lines, code, f"{until:%Y-%m-%d}")
    return Message(evidence.id, to, "Your code for political ads", text, page)


def _settled(office: Office, advertiser: Advertiser, evidence: Evidence, finding: Finding, now: datetime) -> Evidence:
    if finding.verdict is EvidenceVerdict.ACCEPTED and not office.vault.advertisers.use_code(evidence.id, now):
        raise UsageError("This code was used before.")
    return _decided(office, advertiser, _decision(evidence, finding, _OURSELVES, now), now)


def _decision(evidence: Evidence, finding: Finding, by: str, now: datetime) -> Evidence:
    update = {"verdict": finding.verdict, "reason": finding.reason, "decided_at": now, "decided_by": by}
    return evidence.model_copy(update=update | ({"expires_on": finding.expires_on} if finding.expires_on else {}))


def _decided(office: Office, advertiser: Advertiser, evidence: Evidence, now: datetime) -> Evidence:
    delete_at = now + timedelta(days=office.settings.identity_document_days)
    entry = _told(evidence, "evidence.decided", evidence.decided_by or _OURSELVES, now)
    office.vault.advertisers.decide(evidence, delete_at, entry)
    note_state(office, advertiser, now)
    return evidence


def _waiting(office: Office, advertiser: Advertiser, step: str) -> Evidence:
    """Return the evidence whose code is entered."""
    mine = [one for one in office.vault.advertisers.evidence(advertiser.id) if one.step == step]
    waiting = [one for one in mine if one.verdict is EvidenceVerdict.CODE]
    if waiting:
        return waiting[-1]
    if mine and mine[-1].kind in {*WAYS, EvidenceKind.WEBSITE} and mine[-1].verdict is EvidenceVerdict.ACCEPTED:
        raise UsageError("This code was used before.")
    raise UsageError(f"No code is waited for in the step {step}. Show evidence for it first.")


def waiting_evidence(office: Office, advertiser: Advertiser, step: str) -> Evidence:
    """Return the evidence of a step that waits for a person, the last that was shown.

    Raises:
        UsageError: nothing of the step waits.
    """
    mine = office.vault.advertisers.evidence(advertiser.id)
    waiting = [one for one in mine if one.step == step and one.verdict is EvidenceVerdict.REVIEW]
    if not waiting:
        raise UsageError(f"Nothing of the step {step} waits for a person.")
    return waiting[-1]


def _evidence(advertiser: Advertiser, step: str, kind: EvidenceKind, finding: Finding, now: datetime) -> Evidence:
    decided = finding.verdict in {EvidenceVerdict.ACCEPTED, EvidenceVerdict.REFUSED}
    return Evidence(
        id=fact_id("shown", advertiser.id, step, now.isoformat()),
        advertiser_id=advertiser.id,
        step=step,
        kind=kind,
        verdict=finding.verdict,
        reason=finding.reason,
        given_at=now,
        decided_at=now if decided else None,
        decided_by=_OURSELVES if decided else None,
        expires_on=finding.expires_on,
        facts=finding.facts,
    )


def _held(finding: Finding) -> Finding:
    """Leave to a person what somebody else has shown too."""
    reasons = [] if finding.verdict is EvidenceVerdict.ACCEPTED else [finding.reason]
    said = "Another advertiser has shown the same: a person must see whose it is."
    return finding.model_copy(update={"verdict": EvidenceVerdict.REVIEW, "reason": " ".join([*reasons, said])})


def _without_home(evidence: Evidence) -> Evidence:
    """Leave out where a person lives: once the letter is made, the place is enough."""
    if evidence.kind is not EvidenceKind.LETTER:
        return evidence
    facts = {name: value for name, value in evidence.facts.items() if name != "address"}
    return evidence.model_copy(update={"facts": facts})


def _told(evidence: Evidence, event: str, by: str, now: datetime) -> Entry:
    """Return an entry for the ledger, which is never erased: what came of the evidence, but nothing from it."""
    details = {"evidence": evidence.id, "step": evidence.step, "kind": evidence.kind, "verdict": evidence.verdict}
    return Entry(by, event, evidence.advertiser_id, details, now)


def checked_name(name: str) -> None:
    """Return if a person or an organisation can be called so.

    Raises:
        UsageError: they cannot.
    """
    worded(name, "name")
    if len(name) > _LONGEST_NAME or not name.isprintable():
        raise UsageError(f"A name has up to {_LONGEST_NAME} printable characters.")
    if mixes_scripts(name):
        raise UsageError(
            f"{name!r} has letters of another script that only look like the others. Write it in one script."
        )
