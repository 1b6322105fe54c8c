"""The words that say who paid, composed as each law asks, from a verified name and never from what somebody typed.

United States: 11 CFR 110.11(b) and, for small ads, the adapted form of 110.11(g) (87 FR 77467, in force since 1 March
2023). United Kingdom: the imprint of the Elections Act 2022, section 41. European Union: Regulation (EU) 2024/900,
article 11(1). Canada: Canada Elections Act, section 320.
"""

from enum import StrEnum

from watchbell.errors import UsageError
from watchbell.model.record import Record

SHARE = 0.25
"""A whole disclaimer that would take more than this part of the ad may give way to the adapted one (110.11(g))."""


class Authority(StrEnum):
    """Whether a candidate stands behind a US ad (11 CFR 110.11(b)(1) to (3))."""

    OWN = "own"
    """Paid for and authorised by the candidate's own committee."""
    OTHER = "other"
    """Paid for by another, authorised by a candidate."""
    NONE = "none"
    """Not authorised by any candidate or committee of one."""


class Statement(Record):
    """What is to be said of a payer."""

    jurisdiction: str
    payer: str
    """The verified name."""
    authority: Authority | None = None
    candidate: str | None = None
    """Who authorised it, where another paid."""
    contact: str | None = None
    """A permanent street address, telephone number or address on the web; a postal address in the United Kingdom."""
    behind: str | None = None
    """On whose behalf a promoter acts, or who controls a sponsor."""


def composed(statement: Statement) -> str:
    """Return the whole disclaimer.

    Raises:
        UsageError: something that the law asks for is missing, or no words are known for the jurisdiction.
    """
    if statement.jurisdiction not in _COMPOSERS:
        raise UsageError(f"No words are known for {statement.jurisdiction}.")
    return _COMPOSERS[statement.jurisdiction](statement)


def adapted(statement: Statement) -> str | None:
    """Return the short form, behind which the whole one must be one step away; only US law knows one."""
    return f"Paid for by {statement.payer}" if statement.jurisdiction == "US" else None


def shown_on(whole: str, short: str | None, characters: int) -> str:
    """Return which form stands on an ad with room for so many characters of text."""
    return short if short is not None and len(whole) > SHARE * characters else whole


def _american(statement: Statement) -> str:
    paid = f"Paid for by {statement.payer}"
    if statement.authority is Authority.OWN:
        return f"{paid}."
    if statement.authority is Authority.OTHER:
        candidate = _needed(statement.candidate, "the candidate or committee that authorised it (11 CFR 110.11(b)(2))")
        return f"{paid} and authorized by {candidate}."
    if statement.authority is Authority.NONE:
        contact = _needed(statement.contact, "a street address, telephone number or website (11 CFR 110.11(b)(3))")
        return f"{paid}, {contact}. Not authorized by any candidate or candidate's committee."
    raise UsageError("Say whether a candidate authorised the ad: own, other or none (11 CFR 110.11(b)).")


def _british(statement: Statement) -> str:
    address = _needed(statement.contact, "the promoter's postal address (Elections Act 2022, section 41)")
    behind = f" on behalf of {statement.behind}" if statement.behind else ""
    return f"Promoted by {statement.payer}, {address}{behind}."


def _european(statement: Statement) -> str:
    behind = f", ultimately controlled by {statement.behind}" if statement.behind else ""
    return f"Political advertisement. Sponsor: {statement.payer}{behind}."


def _canadian(statement: Statement) -> str:
    behind = _needed(statement.behind, "whose agent authorised it (Canada Elections Act, section 320)")
    return f"Authorized by {statement.payer}, agent for {behind}."


_COMPOSERS = {"US": _american, "GB": _british, "EU": _european, "CA": _canadian}


def _needed(value: str | None, what: str) -> str:
    if not value or not value.strip():
        raise UsageError(f"The disclaimer must name {what}.")
    return " ".join(value.split())
