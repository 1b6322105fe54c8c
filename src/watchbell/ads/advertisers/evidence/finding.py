"""The two plain answers of a checker."""

from datetime import date

from watchbell.model.advertisers import EvidenceVerdict, Finding


def refused(reason: str) -> Finding:
    """Return a refusal."""
    return Finding(verdict=EvidenceVerdict.REFUSED, reason=reason)


def accepted(
    reason: str, facts: dict[str, str], expires_on: date | None = None, *, unique: str | None = None
) -> Finding:
    """Return an acceptance, with what may be shown of the evidence."""
    return Finding(verdict=EvidenceVerdict.ACCEPTED, reason=reason, facts=facts, expires_on=expires_on, unique=unique)


def awaits_code(reason: str, facts: dict[str, str]) -> Finding:
    """Return that the evidence holds so far, and that a code must come back."""
    return Finding(verdict=EvidenceVerdict.CODE, reason=reason, facts=facts)


def for_review(
    reason: str, facts: dict[str, str] | None = None, expires_on: date | None = None, *, unique: str | None = None
) -> Finding:
    """Return that a person must look."""
    return Finding(
        verdict=EvidenceVerdict.REVIEW, reason=reason, facts=facts or {}, expires_on=expires_on, unique=unique
    )
