"""Two people for what is marked narrowly: one asks to share it, another agrees, and only then it leaves."""

from datetime import datetime
from typing import NamedTuple

from watchbell.desk.exchange.audiences import audience_of
from watchbell.desk.permissions import Permission, demand
from watchbell.desk.wording import worded
from watchbell.errors import NotAllowedError, UsageError
from watchbell.model.partners import User
from watchbell.model.releases import Release, ReleaseState, release_id
from watchbell.model.tlp import Tlp
from watchbell.vault.ledger import Entry
from watchbell.vault.vault import Vault

ONE_PERSON = Tlp.AMBER
"""The narrowest marking that one person may share alone; narrower ones are for their recipients only (TLP 2.0)."""


def needs_two(label: Tlp) -> bool:
    """Tell whether sharing what has this marking needs a second person."""
    return label.rank > ONE_PERSON.rank


class Parcel(NamedTuple):
    """Something that would leave the house."""

    subject: str
    """Id of the case, `INDICATORS` or `CLEARANCE` (`model.releases`)."""
    version: str
    """What is meant exactly."""
    tlp: Tlp
    """The strictest marking of what is in it."""
    recipient: str
    """The partner's id."""


def release_for(vault: Vault, parcel: Parcel) -> Release | None:
    """Return the release that was asked for a parcel, in whatever state; None where none was."""
    return vault.releases.get(release_id(parcel.subject, parcel.version, parcel.recipient))


def ask_release(vault: Vault, parcel: Parcel, reason: str, *, by: User, now: datetime) -> Release:
    """Ask that a parcel may leave. Asked again, it is the same release.

    Raises:
        NotAllowedError: the person may not share.
        UsageError: there is no reason, or this was refused before.
    """
    demand(by.role, Permission.CASES_SHARE)
    release = Release(
        id=release_id(parcel.subject, parcel.version, parcel.recipient),
        **parcel._asdict(),
        reason=worded(reason),
        asked_by=by.username,
        asked_at=now,
    )
    details = {**parcel._asdict(), "reason": release.reason}
    if vault.releases.ask(release, Entry(by.username, "release.asked", release.id, details, now)):
        return release
    known = vault.releases.get(release.id)
    if known is None or known.state is ReleaseState.REFUSED:
        raise UsageError("A second person refused to let this version go to them. The release says why.")
    return known


def decide_release(
    vault: Vault, release: Release, state: ReleaseState, word: str, *, by: User, now: datetime
) -> Release:
    """Let something leave, or refuse it, as the second person.

    Raises:
        NotAllowedError: the person may not share, may not hear it, or asked for it.
        UsageError: there is no reason, or it was decided before.
    """
    demand(by.role, Permission.RELEASES_DECIDE)
    if by.username == release.asked_by:
        raise NotAllowedError("Whoever asks for a release cannot be the second person. Ask somebody else.")
    if not audience_of(by).hears(release.tlp):
        raise NotAllowedError(f"You are not cleared for TLP:{release.tlp.upper()}, so you cannot judge this release.")
    if state is ReleaseState.ASKED:
        raise UsageError("The second person approves or refuses.")
    decided = release.model_copy(
        update={"state": state, "decided_by": by.username, "decided_at": now, "word": worded(word)}
    )
    details = {"state": state, "word": decided.word, "asked_by": release.asked_by}
    vault.releases.decide(decided, Entry(by.username, "release.decided", release.id, details, now))
    return decided
