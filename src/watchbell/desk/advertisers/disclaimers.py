"""Disclaimers at the desk: bound to the name that was verified, and held where the name is like somebody else's."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from watchbell.ads.advertisers.evidence.names import words
from watchbell.ads.payers.names import KnownNames, collision
from watchbell.ads.payers.statements import Authority, Statement, adapted, composed, only_reaches
from watchbell.desk.ads.payers import link_ads_of
from watchbell.desk.advertisers.authorizations import take
from watchbell.desk.advertisers.evidence_checks import storable
from watchbell.desk.advertisers.office import Office
from watchbell.desk.advertisers.steps import status
from watchbell.desk.claiming import TOO_LATE, let_go, may_undo
from watchbell.desk.permissions import Permission, demand
from watchbell.desk.wording import worded
from watchbell.errors import UsageError
from watchbell.ids import fact_id
from watchbell.model.advertisers import (
    Advertiser,
    DisclaimerVerdict,
    EvidenceKind,
    EvidenceVerdict,
    PayerDisclaimer,
)
from watchbell.model.partners import User
from watchbell.vault.ledger import Entry


def make_disclaimer(
    office: Office,
    advertiser: Advertiser,
    wanted: Statement,
    names: Mapping[str, Iterable[str]],
    *,
    now: datetime,
) -> PayerDisclaimer:
    """Compose and keep a disclaimer of an authorised advertiser; held if its name is like somebody else's.

    Raises:
        UsageError: the advertiser is not authorised, or the law asks for more than is said.
    """
    if not status(office, advertiser, now).may_run:
        raise UsageError("A disclaimer is made for an advertiser who is authorised; `watchbell advertiser status`.")
    disclaimer = drafted_disclaimer(office, advertiser, wanted, names, now=now)
    before = {one.id: one for one in office.vault.advertisers.disclaimers(advertiser.id)}
    if disclaimer.id in before:
        return before[disclaimer.id]
    office.vault.advertisers.put_disclaimer(disclaimer, _told(disclaimer, "disclaimer.made", "watchbell", now))
    if disclaimer.verdict is DisclaimerVerdict.APPROVED:
        link_ads_of(office, advertiser.id, now)
    return disclaimer


def drafted_disclaimer(
    office: Office,
    advertiser: Advertiser,
    wanted: Statement,
    names: Mapping[str, Iterable[str]],
    *,
    now: datetime,
) -> PayerDisclaimer:
    """Return a disclaimer as it would be kept; nothing is.

    Args:
        office: the records.
        advertiser: whose it is.
        wanted: what it says beside the payer's name, which is the verified one whatever stands there.
        names: names that are not to be borne by accident, by what their bearers are; other advertisers' are added.
        now: the present.

    Raises:
        UsageError: the law asks for more than is said.
    """
    payer = advertiser.organisation or advertiser.person
    person_signs = office.book.route(advertiser.jurisdiction, advertiser.route).person_signs
    said = _bound(wanted, advertiser, person_signs=person_signs)
    text = composed(said)
    others = [one for one in office.vault.advertisers.all() if one.id != advertiser.id]
    known = KnownNames({**names, "advertiser": {one.organisation or one.person for one in others}})
    doubts = [
        collision(payer, known, _own_names(office, advertiser)),
        _unverified(said, person_signs=person_signs),
        _not_their_own(office, said, advertiser),
        _claimed_in_contact(said, known),
        _elsewhere(office, said, advertiser),
    ]
    held = " ".join(filter(None, doubts))
    return PayerDisclaimer(
        id=fact_id("disclaimer", advertiser.id, text),
        advertiser_id=advertiser.id,
        payer=payer,
        text=text,
        behind=said.behind,
        adapted=adapted(said),
        verdict=DisclaimerVerdict.HELD if held else DisclaimerVerdict.APPROVED,
        reason=held or "The name was verified, and is like nobody else's.",
        made_at=now,
        decided_by="watchbell",
    )


def decide_disclaimer(
    office: Office, disclaimer: PayerDisclaimer, verdict: DisclaimerVerdict, reason: str, *, by: User, now: datetime
) -> PayerDisclaimer:
    """Approve or refuse a disclaimer that is held; ads that bear it are then linked, and held or released.

    Raises:
        NotAllowedError: the person may not, or refused it before.
        UsageError: it is not held, somebody else is looking at it, or there is no reason.
    """
    take(office, disclaimer, by=by, now=now)
    # Somebody may have decided between when it was shown and when it was held.
    disclaimer = next(
        one for one in office.vault.advertisers.disclaimers(disclaimer.advertiser_id) if one.id == disclaimer.id
    )
    if disclaimer.verdict is not DisclaimerVerdict.HELD or verdict is DisclaimerVerdict.HELD:
        raise UsageError("A disclaimer that is held is approved or refused, once.")
    update = {"verdict": verdict, "reason": worded(reason), "decided_by": by.username, "decided_at": now}
    decided = disclaimer.model_copy(update=update | {"held_because": disclaimer.reason})
    office.vault.advertisers.put_disclaimer(decided, _told(decided, "disclaimer.decided", by.username, now))
    let_go(office.vault, disclaimer.id, by=by)
    link_ads_of(office, decided.advertiser_id, now)
    return decided


def undo_disclaimer(office: Office, disclaimer: PayerDisclaimer, *, by: User, now: datetime) -> PayerDisclaimer:
    """Take one's own decision back within a minute; the disclaimer is held again, for the reason it was.

    Raises:
        NotAllowedError: the person may not.
        UsageError: the decision is not theirs, or older than a minute.
    """
    demand(by.role, Permission.ADVERTISERS_DECIDE)
    if disclaimer.held_because is None or not may_undo(disclaimer.decided_by, disclaimer.decided_at, by, now):
        raise UsageError(TOO_LATE)
    update = {"verdict": DisclaimerVerdict.HELD, "reason": disclaimer.held_because, "decided_by": "watchbell"}
    held = disclaimer.model_copy(update=update | {"decided_at": None, "held_because": None})
    office.vault.advertisers.put_disclaimer(held, _told(held, "disclaimer.undone", by.username, now))
    link_ads_of(office, held.advertiser_id, now)
    return held


def enabled_disclaimers(office: Office, advertiser: Advertiser, now: datetime) -> list[PayerDisclaimer]:
    """Return the disclaimers under which ads run now: the approved ones, while the advertiser is authorised."""
    if not status(office, advertiser, now).may_run:
        return []
    mine = office.vault.advertisers.disclaimers(advertiser.id)
    return [one for one in mine if one.verdict is DisclaimerVerdict.APPROVED]


def _bound(wanted: Statement, advertiser: Advertiser, *, person_signs: bool) -> Statement:
    """Put the verified names where the law wants the payer's, the promoter's or the agent's."""
    told = wanted.model_dump(include={"candidate", "contact", "behind", "behind_contact"}, exclude_none=True)
    written = {name: worded(storable(value), name) for name, value in told.items()}
    verified: dict[str, str | None] = {"payer": advertiser.organisation or advertiser.person}
    if person_signs:
        verified = {"payer": advertiser.person, "behind": advertiser.organisation}
    return wanted.model_copy(update={"jurisdiction": advertiser.jurisdiction, **written, **verified})


def _unverified(said: Statement, *, person_signs: bool) -> str | None:
    """Return why a name that only the advertiser told must be looked at."""
    named = said.candidate if said.authority is Authority.OTHER else None
    if not person_signs:
        named = named or said.behind
    return None if named is None else f"It names {named}, and that they stand behind it is the advertiser's word."


def _not_their_own(office: Office, said: Statement, advertiser: Advertiser) -> str | None:
    """Return why words must be looked at that leave out whether a candidate authorised the ad (11 CFR 110.11(b)(1))."""
    if said.authority is not Authority.OWN:
        return None
    shown = office.vault.advertisers.evidence(advertiser.id)
    committees = [one for one in shown if one.kind is EvidenceKind.COMMITTEE]
    if any(one.verdict is EvidenceVerdict.ACCEPTED and "candidate" in one.facts for one in committees):
        return None
    return "It is said to be of a candidate's own committee, and no register shows that they are one."


def _claimed_in_contact(said: Statement, known: KnownNames) -> str | None:
    """Return why the words that tell how to reach somebody must be looked at: they tell more, or name somebody."""
    for contact in filter(None, (said.contact, said.behind_contact)):
        if not only_reaches(contact) or any(known.like(part) for part in contact.split(",")):
            return f"“{contact}” is more than a telephone number, a website or an address."
    return None


def _elsewhere(office: Office, said: Statement, advertiser: Advertiser) -> str | None:
    """Return why a British promoter's address must be looked at: the letter with the code went to another place."""
    if advertiser.jurisdiction != "GB":
        return None
    shown = [one for one in office.vault.advertisers.evidence(advertiser.id) if one.kind is EvidenceKind.LETTER]
    places = [one.facts["place"] for one in shown if one.verdict is EvidenceVerdict.ACCEPTED and "place" in one.facts]
    if not places or set(words(places[-1].split(", ")[0])) <= set(words(said.contact or "")):
        return None
    return f"The letter with the code went to {places[-1]}, and the imprint names {said.contact}."


def _own_names(office: Office, advertiser: Advertiser) -> list[str]:
    """Return the names that a register, not the advertiser, says are theirs."""
    names = []
    for one in office.vault.advertisers.evidence(advertiser.id):
        if one.verdict is not EvidenceVerdict.ACCEPTED:
            continue
        if one.kind is EvidenceKind.COMMITTEE:
            names.append(one.facts["committee"].partition(" ")[2])
        elif one.kind is EvidenceKind.GOVERNMENT_DOMAIN:
            names.append(one.facts["registered by"])
    return names


def _told(disclaimer: PayerDisclaimer, event: str, by: str, now: datetime) -> Entry:
    details = {"disclaimer": disclaimer.id, "verdict": disclaimer.verdict, "text": disclaimer.text}
    return Entry(by, event, disclaimer.advertiser_id, details, now)
