"""Refusals that are heard again: what an advertiser says against a person's no, for somebody else to decide."""

from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from watchbell.desk.advertisers.authorizations import heard_again, step_title
from watchbell.desk.advertisers.office import Office
from watchbell.desk.claiming import Turn, turns
from watchbell.desk.permissions import Permission, demand
from watchbell.model.advertisers import (
    Advertiser,
    DisclaimerVerdict,
    Evidence,
    EvidenceVerdict,
    PayerDisclaimer,
)
from watchbell.model.appeals import AppealState
from watchbell.model.partners import User
from watchbell.vault.ledger import LedgerEntry

SHOWN = 100
"""Rehearings on a page, and pieces decided last among which the answered ones are looked for."""
Piece = Evidence | PayerDisclaimer
_STATES: dict[EvidenceVerdict | DisclaimerVerdict, AppealState] = {
    EvidenceVerdict.REVIEW: AppealState.OPEN,
    EvidenceVerdict.ACCEPTED: AppealState.GRANTED,
    EvidenceVerdict.REFUSED: AppealState.REFUSED,
    DisclaimerVerdict.HELD: AppealState.OPEN,
    DisclaimerVerdict.APPROVED: AppealState.GRANTED,
    DisclaimerVerdict.REFUSED: AppealState.REFUSED,
}


@dataclass(frozen=True, slots=True)
class Rehearing:
    """Evidence or words that one person refused, and another one decides about."""

    advertiser: Advertiser
    piece: Piece
    title: str
    """The step, or the words that say who paid."""
    reasons: str
    asked_at: datetime
    refused_by: str
    turn: Turn
    is_own: bool
    """This person refused it, so somebody else decides."""


def rehearings_of(office: Office, state: AppealState, user: User, now: datetime) -> list[Rehearing]:
    """Return the refusals that are heard again: open ones first asked first, of the others those decided last.

    Raises:
        NotAllowedError: the person may not decide about advertisers.
    """
    demand(user.role, Permission.ADVERTISERS_DECIDE)
    pieces = _pieces(office, state)
    asked: dict[str, LedgerEntry] = {}
    for advertiser_id in {one.advertiser_id for one in pieces}:
        for entry in heard_again(office, advertiser_id):
            asked.setdefault(entry.details["subject"], entry)
    heard = list(islice((one for one in pieces if one.id in asked), SHOWN))
    held = turns(office.vault, [one.id for one in heard], user, now)
    known = {one.id: one for one in office.vault.advertisers.all()}
    found = [_rehearing(office, known[one.advertiser_id], one, asked[one.id], held[one.id], user) for one in heard]
    return sorted(found, key=lambda one: one.asked_at) if state is AppealState.OPEN else found


def _pieces(office: Office, state: AppealState) -> list[Piece]:
    """Return what waits for a person, or what people decided last in this way."""
    shelf = office.vault.advertisers
    given = shelf.waiting() if state is AppealState.OPEN else shelf.evidence()
    every: list[Piece] = [*given, *shelf.disclaimers()]
    pieces = [one for one in every if _STATES.get(one.verdict) is state]
    if state is AppealState.OPEN:
        return pieces
    by_people = [(one.decided_at, one) for one in pieces if one.decided_at and one.decided_by != "watchbell"]
    return [one for _, one in sorted(by_people, key=lambda pair: pair[0], reverse=True)[:SHOWN]]


def _rehearing(
    office: Office,
    advertiser: Advertiser,
    piece: Evidence | PayerDisclaimer,
    entry: LedgerEntry,
    turn: Turn,
    user: User,
) -> Rehearing:
    title = step_title(office, advertiser, piece.step) if isinstance(piece, Evidence) else piece.text
    return Rehearing(
        advertiser=advertiser,
        piece=piece,
        title=title,
        reasons=entry.details["reason"],
        asked_at=entry.at,
        refused_by=entry.details["against"],
        turn=turn,
        is_own=user.username == entry.details["against"],
    )
