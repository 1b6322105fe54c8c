"""Whoever decides holds what they decide about, so that two people never decide the same thing."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from watchbell.errors import UsageError
from watchbell.model.partners import User
from watchbell.vault.claims import Claim
from watchbell.vault.vault import Vault

CLAIM_LASTS = timedelta(minutes=15)
UNDO_WITHIN = timedelta(minutes=1)
TOO_LATE = "Only your own decision can be taken back, and only within a minute. Decide again instead."


@dataclass(frozen=True, slots=True)
class Turn:
    """How something stands with one person who may decide about it."""

    holder: Claim | None
    """Whoever is looking at it now."""
    is_mine: bool
    undo_until: datetime | None = None
    """Until when this person may take their last decision back."""


def hold(vault: Vault, subject: str, *, by: User, now: datetime) -> None:
    """Hold something by its id, so that nobody else decides about it meanwhile; held already, it is held longer.

    Raises:
        UsageError: somebody else holds it.
    """
    holder = vault.claims.take(subject, Claim(by.username, now + CLAIM_LASTS), now)
    if holder.username != by.username:
        raise UsageError(f"{holder.username} is looking at this. It is free again at {holder.until:%H:%M} UTC.")


def let_go(vault: Vault, subject: str, *, by: User) -> None:
    """Let others have what this person holds."""
    vault.claims.release(subject, by.username)


def turns(vault: Vault, subjects: Collection[str], user: User, now: datetime) -> dict[str, Turn]:
    """Return how each of these stands with a person, while nothing of it is decided."""
    holders = vault.claims.of(subjects, now)
    return {
        one: Turn(holders.get(one), is_mine=one in holders and holders[one].username == user.username)
        for one in subjects
    }


def may_undo(decided_by: str | None, decided_at: datetime | None, user: User, now: datetime) -> datetime | None:
    """Return until when a person may take a decision back; None where it is not theirs, or too old."""
    if decided_at is None or decided_by != user.username:
        return None
    until = decided_at + UNDO_WITHIN
    return until if now <= until else None
