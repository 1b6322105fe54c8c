"""The words that say who paid, composed as each law asks, from a verified name and never from what somebody typed.

United States: 52 U.S.C. 30120(a), 11 CFR 110.11(b) and, for small ads, the adapted form of 110.11(g) (87 FR 77467, in
force since 1 March 2023). United Kingdom: the imprint of the Elections Act 2022, section 41(3). European Union: the
label of Regulation (EU) 2024/900, article 11(1), in the words of Implementing Regulation (EU) 2025/1410, annex II,
point 1, in the ad's language. Canada: Canada Elections Act, section 320; third parties, sections 349.5 and 352.
"""

from enum import StrEnum

from watchbell.ads.notice_words import notice_languages
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
    """A permanent street address, telephone number or address on the web; a postal address in the United Kingdom; a
    telephone number and an address of a Canadian third party."""
    behind: str | None = None
    """On whose behalf a promoter or an agent acts, or who controls a sponsor."""
    behind_contact: str | None = None
    """The postal address of whom a promoter acts for; None: it is the promoter's."""
    language: str = "en"
    """In which the European label is written: the ad's."""


def composed(statement: Statement) -> str:
    """Return the whole disclaimer.

    Raises:
        UsageError: something that the law asks for is missing, or no words are known for the jurisdiction.
    """
    if statement.jurisdiction not in _COMPOSERS:
        raise UsageError(f"No words are known for {statement.jurisdiction}.")
    return _COMPOSERS[statement.jurisdiction](statement)


def adapted(statement: Statement) -> str | None:
    """Return the short form; only US law knows one.

    Beside it the ad must show that there is more, and the whole one after no more than one step, by a link, a pop-up or
    the like (110.11(g)).
    """
    return f"Paid for by {statement.payer}" if statement.jurisdiction == "US" else None


def shown_on(whole: str, short: str | None, characters: int) -> str:
    """Return which form stands on an ad with room for so many characters of text."""
    return short if short is not None and len(whole) > SHARE * characters else whole


def _american(statement: Statement) -> str:
    paid = f"Paid for by {statement.payer}"
    if statement.authority is Authority.OWN:
        return _ended(paid)
    if statement.authority is Authority.OTHER:
        candidate = _needed(statement.candidate, "the candidate or committee that authorised it (11 CFR 110.11(b)(2))")
        return _ended(f"{paid} and authorized by {candidate}")
    if statement.authority is Authority.NONE:
        contact = _needed(statement.contact, "a street address, telephone number or website (11 CFR 110.11(b)(3))")
        return f"{paid}, {contact}. Not authorized by any candidate or candidate's committee."
    raise UsageError("Say whether a candidate authorised the ad: own, other or none (11 CFR 110.11(b)).")


def _british(statement: Statement) -> str:
    address = _needed(statement.contact, "the promoter's postal address (Elections Act 2022, section 41(3)(a))")
    promoted = f"Promoted by {statement.payer}"
    if not statement.behind:
        return f"{promoted}, {address}."
    if not statement.behind_contact:
        return f"{promoted} on behalf of {statement.behind}, both of {address}."
    other = _needed(statement.behind_contact, "the postal address of whom they act for (section 41(3)(b))")
    return f"{promoted}, {address}, on behalf of {statement.behind}, {other}."


def _european(statement: Statement) -> str:
    known = notice_languages()
    if statement.language not in known:
        raise UsageError(f"The label is written in {', '.join(known)}; it is not known in {statement.language!r}.")
    return known[statement.language].label_of(statement.payer, statement.behind)


def _canadian(statement: Statement) -> str:
    if statement.behind:
        return _ended(f"Authorized by {statement.payer}, agent for {statement.behind}")
    wanted = (
        "the third party's telephone number and civic or Internet address (Canada Elections Act, sections 349.5, 352)"
    )
    return f"Authorized by {statement.payer}, {_needed(statement.contact, wanted)}."


_COMPOSERS = {"US": _american, "GB": _british, "EU": _european, "CA": _canadian}


def _needed(value: str | None, what: str) -> str:
    if not value or not value.strip():
        raise UsageError(f"The disclaimer must name {what}.")
    return " ".join(value.split())


def _ended(sentence: str) -> str:
    """Return a sentence with its full stop, which the name of a company at its end may bring along."""
    return sentence if sentence.endswith(".") else f"{sentence}."
