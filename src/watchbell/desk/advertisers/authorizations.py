"""What of advertisers waits for a person: evidence that nobody could check alone, and disclaimers that are held.

One person holds a piece at a time. A decision can be taken back within a minute; the ledger has both.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from watchbell.ads.advertisers.authorization import Standing, State
from watchbell.desk.ads.payers import Change, PaidView, ads_of, changes_of
from watchbell.desk.advertisers.office import Office
from watchbell.desk.advertisers.steps import UNDECIDED_DAYS, decide, note_state, see_document, standing_of, status
from watchbell.desk.claiming import TOO_LATE, Turn, hold, let_go, may_undo, turns
from watchbell.desk.permissions import Permission, demand
from watchbell.desk.wording import worded
from watchbell.errors import NotAllowedError, UsageError
from watchbell.model.advertisers import (
    Advertiser,
    DisclaimerVerdict,
    Evidence,
    EvidenceVerdict,
    Finding,
    PayerDisclaimer,
)
from watchbell.model.partners import User
from watchbell.model.payers import AdAccount
from watchbell.vault.claims import Claim
from watchbell.vault.ledger import Entry, LedgerEntry
from watchbell.vault.vault import Vault

_NOTICED = frozenset({"advertiser.notified", *(f"advertiser.{state}" for state in State)})
_AGAIN = "refusal.appealed"
_LOOKED_BACK = 1_000


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something of an advertiser that waits for a person."""

    advertiser: Advertiser
    subject: str
    """The evidence's or the disclaimer's id."""
    step: str | None
    """The step's title; None of a disclaimer."""
    reason: str
    since: datetime
    holder: Claim | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A piece of evidence as a reviewer sees it."""

    evidence: Evidence
    title: str
    turn: Turn
    has_document: bool
    waits: bool
    """It is the last of its step that waits."""
    again: bool
    """A person refused it, so somebody else may look again."""
    others: tuple[Advertiser, ...]
    """Who has shown the same document, or claimed the same committee."""


@dataclass(frozen=True, slots=True)
class AdvertiserView:
    """All that a reviewer sees of an advertiser."""

    advertiser: Advertiser
    standing: Standing
    shown: tuple[Shown, ...]
    """The last given first."""
    disclaimers: tuple[tuple[PayerDisclaimer, Turn], ...]
    accounts: tuple[tuple[AdAccount, tuple[Change, ...]], ...]
    """With what each showed otherwise, the last first."""
    ads: tuple[PaidView, ...]
    notices: tuple[LedgerEntry, ...]
    """What the advertiser was told, and when their ads were paused or restored; the last first."""
    has_key: bool
    """Whether documents can be read here."""


def waiting(office: Office, now: datetime) -> list[Waiting]:
    """Return what waits, the longest first."""
    known = {one.id: one for one in office.vault.advertisers.all()}
    found = [*_evidence_waiting(office, known), *_disclaimers_waiting(office, known)]
    holders = office.vault.claims.of([one.subject for one in found], now)
    with_holders = (
        Waiting(one.advertiser, one.subject, one.step, one.reason, one.since, holders.get(one.subject)) for one in found
    )
    return sorted(with_holders, key=lambda one: (one.since, one.subject))


def count_waiting(vault: Vault) -> int:
    """Return how many pieces wait for a person."""
    evidence = {(one.advertiser_id, one.step) for one in vault.advertisers.waiting()}
    disclaimers = vault.advertisers.disclaimers()
    return len(evidence) + sum(one.verdict is DisclaimerVerdict.HELD for one in disclaimers)


def due_soon(office: Office, now: datetime) -> list[tuple[Advertiser, Standing]]:
    """Return the advertisers of whom something lapses soon or has lapsed, the first to lapse first."""
    given: dict[str, list[Evidence]] = {}
    for evidence in office.vault.advertisers.evidence():
        given.setdefault(evidence.advertiser_id, []).append(evidence)
    advertisers = (one for one in office.vault.advertisers.all() if one.id in given)
    standings = ((one, standing_of(office, one, given[one.id], now)) for one in advertisers)
    due = [(one, found) for one, found in standings if found.state is State.PAUSED or found.due(now)]
    return sorted(due, key=lambda pair: (pair[1].until is not None, pair[1].until, pair[0].id))


def advertiser_view(office: Office, advertiser: Advertiser, user: User, now: datetime) -> AdvertiserView:
    """Return what a reviewer sees of an advertiser.

    Raises:
        NotAllowedError: the person may not.
    """
    demand(user.role, Permission.ADVERTISERS_DECIDE)
    vault = office.vault
    disclaimers = vault.advertisers.disclaimers(advertiser.id)
    held = turns(vault, [one.id for one in disclaimers], user, now)
    accounts = vault.payers.accounts(advertiser.id)
    entries = vault.ledger.about(advertiser.id, limit=_LOOKED_BACK)
    return AdvertiserView(
        advertiser=advertiser,
        standing=status(office, advertiser, now),
        shown=tuple(_shown(office, advertiser, user, now)),
        disclaimers=tuple((one, _undoable(held[one.id], one, user, now)) for one in reversed(disclaimers)),
        accounts=tuple((one, changes_of(vault, one.platform, one.account)) for one in accounts),
        ads=tuple(ads_of(office, advertiser, now)),
        notices=tuple(entry for entry in entries if entry.event in _NOTICED),
        has_key=office.settings.identity_key_file is not None and office.settings.identity_key_file.exists(),
    )


def take(office: Office, piece: Evidence | PayerDisclaimer, *, by: User, now: datetime) -> None:
    """Hold evidence or a disclaimer, so that nobody else decides about it meanwhile.

    Raises:
        NotAllowedError: the person may not decide, or refused it before.
        UsageError: somebody else holds it.
    """
    demand(by.role, Permission.ADVERTISERS_DECIDE)
    if by.username in refused_by(office, piece):
        raise NotAllowedError("You refused this before, so somebody else decides now.")
    hold(office.vault, piece.id, by=by, now=now)


def look_again(
    office: Office, advertiser: Advertiser, piece: Evidence | PayerDisclaimer, reason: str, *, by: User, now: datetime
) -> None:
    """Let what a person refused wait again, because the advertiser says why that was wrong; somebody else decides then.

    Raises:
        NotAllowedError: the person may not decide, or refused it themselves.
        UsageError: no person refused it, or there is no reason.
    """
    demand(by.role, Permission.ADVERTISERS_DECIDE)
    if by.username == piece.decided_by:
        raise NotAllowedError("You refused this yourself, so somebody else looks again.")
    _let_wait(office, advertiser, piece, Entry(by.username, _AGAIN, advertiser.id, {"reason": reason}, now))


def appeal_refusal(
    office: Office, advertiser: Advertiser, piece: Evidence | PayerDisclaimer, reasons: str, *, by: str, now: datetime
) -> None:
    """Let an advertiser say once why a person's refusal was wrong; somebody else decides then.

    Raises:
        UsageError: no person refused it, two have, or there are no reasons.
    """
    if refused_by(office, piece):
        raise UsageError("Two people have looked at this. Show something else instead.")
    _let_wait(office, advertiser, piece, Entry(by, _AGAIN, advertiser.id, {"reason": reasons}, now))


def can_be_looked_at_again(piece: Evidence | PayerDisclaimer) -> bool:
    """Tell whether a person, and not a checker, refused it."""
    refused = piece.verdict in {EvidenceVerdict.REFUSED, DisclaimerVerdict.REFUSED}
    return refused and piece.decided_by not in {None, "watchbell"}


def refused_by(office: Office, piece: Evidence | PayerDisclaimer) -> frozenset[str]:
    """Return who refused it before it was to be looked at again."""
    again = heard_again(office, piece.advertiser_id)
    return frozenset(one.details["against"] for one in again if one.details["subject"] == piece.id)


def heard_again(office: Office, advertiser_id: str) -> list[LedgerEntry]:
    """Return what was said against refusals of an advertiser's pieces, the last first; `subject` names the piece."""
    return [one for one in office.vault.ledger.about(advertiser_id, limit=_LOOKED_BACK) if one.event == _AGAIN]


def decide_evidence(
    office: Office, advertiser: Advertiser, evidence: Evidence, finding: Finding, *, by: User, now: datetime
) -> Evidence:
    """Decide the evidence that a person has looked at.

    Raises:
        NotAllowedError: the person may not decide.
        UsageError: somebody else holds it, something newer was shown for the step, or there is no reason.
    """
    take(office, evidence, by=by, now=now)
    if not _is_last(office, evidence):
        raise UsageError("This does not wait any more: it was decided, or something else was shown for the step.")
    decided = decide(office, advertiser, evidence.step, finding, by=by, now=now)
    let_go(office.vault, evidence.id, by=by)
    return decided


def undo_evidence(office: Office, advertiser: Advertiser, evidence: Evidence, *, by: User, now: datetime) -> None:
    """Take one's own decision back within a minute; the evidence waits again.

    Raises:
        NotAllowedError: the person may not decide.
        UsageError: the decision is not theirs, or older than a minute.
    """
    demand(by.role, Permission.ADVERTISERS_DECIDE)
    if not may_undo(evidence.decided_by, evidence.decided_at, by, now):
        raise UsageError(TOO_LATE)
    details = {"evidence": evidence.id, "step": evidence.step, "verdict": evidence.verdict}
    entry = Entry(by.username, "evidence.undone", evidence.advertiser_id, details, now)
    _reopen(office, advertiser, evidence, "A decision about it was taken back, so a person must look.", entry)


def document_of(office: Office, advertiser: Advertiser, evidence: Evidence, *, by: User, now: datetime) -> bytes:
    """Return the document of the evidence that a person holds; that they saw it is written down.

    Raises:
        NotAllowedError: the person may not see it.
        UsageError: they do not hold it, or there is no document.
        InputError: it was encrypted with another key.
    """
    demand(by.role, Permission.ADVERTISERS_DECIDE)
    if not turns(office.vault, [evidence.id], by, now)[evidence.id].is_mine or not _is_last(office, evidence):
        raise UsageError("Hold this evidence first: a document is shown to whoever decides about it.")
    return see_document(office, advertiser, evidence.step, by=by, now=now)


def _let_wait(office: Office, advertiser: Advertiser, piece: Evidence | PayerDisclaimer, entry: Entry) -> None:
    """Let a refused piece wait again; its reason, which the advertiser reads, names nobody."""
    if not can_be_looked_at_again(piece):
        raise UsageError("Only what a person refused is looked at again.")
    said = f"It was refused: {piece.reason} Somebody else must look, for: {worded(entry.details['reason'])}"
    details = entry.details | {"subject": piece.id, "against": piece.decided_by}
    entry = entry._replace(details=details)
    if isinstance(piece, Evidence):
        _reopen(office, advertiser, piece, said, entry)
        return
    update = {"verdict": DisclaimerVerdict.HELD, "reason": said, "decided_by": "watchbell", "decided_at": None}
    office.vault.advertisers.put_disclaimer(piece.model_copy(update=update | {"held_because": None}), entry)


def _reopen(office: Office, advertiser: Advertiser, evidence: Evidence, reason: str, entry: Entry) -> None:
    waits = evidence.model_copy(update={"reason": reason})
    office.vault.advertisers.reopen(waits, entry.at + timedelta(days=UNDECIDED_DAYS), entry)
    note_state(office, advertiser, entry.at)


def _evidence_waiting(office: Office, known: dict[str, Advertiser]) -> Iterator[Waiting]:
    last = {(one.advertiser_id, one.step): one for one in office.vault.advertisers.waiting()}
    for one in last.values():
        advertiser = known[one.advertiser_id]
        title = step_title(office, advertiser, one.step)
        yield Waiting(advertiser, one.id, title, one.reason, one.given_at, None)


def _disclaimers_waiting(office: Office, known: dict[str, Advertiser]) -> Iterator[Waiting]:
    for one in office.vault.advertisers.disclaimers():
        if one.verdict is DisclaimerVerdict.HELD:
            yield Waiting(known[one.advertiser_id], one.id, None, f"{one.text} {one.reason}", one.made_at, None)


def _shown(office: Office, advertiser: Advertiser, user: User, now: datetime) -> Iterator[Shown]:
    given = office.vault.advertisers.evidence(advertiser.id)
    ids = [one.id for one in given]
    held, with_documents = turns(office.vault, ids, user, now), office.vault.advertisers.with_documents(ids)
    last = {one.step: one.id for one in given if one.verdict is EvidenceVerdict.REVIEW}
    for one in reversed(given):
        turn = _undoable(held[one.id], one, user, now)
        title = step_title(office, advertiser, one.step)
        waits, again = last.get(one.step) == one.id, can_be_looked_at_again(one)
        yield Shown(one, title, turn, one.id in with_documents, waits, again, _others(office.vault, one))


def _others(vault: Vault, evidence: Evidence) -> tuple[Advertiser, ...]:
    fingerprint = vault.advertisers.fingerprint(evidence.id)
    return tuple(vault.advertisers.others_with(fingerprint, evidence.advertiser_id)) if fingerprint else ()


def _undoable(turn: Turn, decided: Evidence | PayerDisclaimer, user: User, now: datetime) -> Turn:
    return Turn(turn.holder, turn.is_mine, may_undo(decided.decided_by, decided.decided_at, user, now))


def _is_last(office: Office, evidence: Evidence) -> bool:
    mine = (one for one in office.vault.advertisers.evidence(evidence.advertiser_id) if one.step == evidence.step)
    waits = [one.id for one in mine if one.verdict is EvidenceVerdict.REVIEW]
    return bool(waits) and waits[-1] == evidence.id


def step_title(office: Office, advertiser: Advertiser, step: str) -> str:
    """Return what a step of an advertiser's route is called."""
    known = office.plan(advertiser).steps.get(step)
    return known.title if known else step
