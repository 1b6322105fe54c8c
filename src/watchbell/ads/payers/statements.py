"""The words that say who paid, composed as each law asks, from a verified name and never from what somebody typed.

United States: 52 U.S.C. 30120(a), 11 CFR 110.11(b) and, for small ads, the adapted form of 110.11(g) (87 FR 77467, in
force since 1 March 2023). United Kingdom: the imprint of the Elections Act 2022, section 41(3). European Union: the
label of Regulation (EU) 2024/900, article 11(1), in the words of Implementing Regulation (EU) 2025/1410, annex II,
point 1, in the ad's language. Canada: Canada Elections Act, section 320; third parties, sections 349.5 and 352.
"""

import re
from enum import StrEnum

from watchbell.ads.notices.words import notice_languages
from watchbell.errors import UsageError
from watchbell.model.record import Record

SHARE = 0.25
"""A whole disclaimer that would take more than this part of the ad may give way to the adapted one (110.11(g))."""
# A letter of a proportional script is about half as wide as it is high, and a line a fifth higher than its letters.
_LETTER = 0.5 * 1.2
_PHONE = re.compile(r"\+?\(?\d[\d\s().-]{5,}\d")
_EMAIL = re.compile(r"\S+@\S+")
_WEB = re.compile(r"(?:https?://)?(?:[a-z0-9-]+\.)+[a-z]{2,}", re.IGNORECASE)
_WHOLE_WEB = re.compile(rf"{_WEB.pattern}\S*", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_BETWEEN = frozenset({"and", "call", "email", "mail", "or", "phone", "tel", "telephone", "visit", "web", "website"})
# Words of a claim about who stands behind an ad, which no street or town needs.
_CLAIMS = frozenset(
    {
        "approved",
        "approves",
        "authorised",
        "authorized",
        "behalf",
        "by",
        "campaign",
        "candidate",
        "committee",
        "congress",
    }
    | {
        "elect",
        "endorsed",
        "endorses",
        "for",
        "governor",
        "paid",
        "president",
        "senate",
        "sponsored",
        "supports",
        "vote",
    }
)
_STREET = re.compile(r"\d.*[^\W\d_]{2}|[^\W\d_]{2}.*(?:\d|,)", re.DOTALL)


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


def share_of_text(words: str, characters: int) -> float:
    """Return which part words take of an ad with room for so many characters, spaces and punctuation counted.

    The rule says 25 percent "of the communication" and not of what; of a text ad characters are what is scarce.
    """
    return len(words) / characters


def share_of_picture(words: str, width: int, height: int, letters: int) -> float:
    """Return which part of a picture's area words take that are written in it.

    Args:
        words: the words.
        width: of the picture, in pixels.
        height: of the picture, in pixels.
        letters: their height in pixels; letters as large as most of the ad's other text are large enough (110.11(c)).
    """
    return len(words) * _LETTER * letters**2 / (width * height)


def shown_at(whole: str, short: str | None, share: float) -> str:
    """Return which form stands on an ad of which the whole disclaimer would take this part."""
    return short if short is not None and share > SHARE else whole


def reaches(contact: str) -> bool:
    """Tell whether words give a street address, a telephone number or an address on the web (110.11(b)(3))."""
    rest = _EMAIL.sub(" ", contact)
    return any(pattern.search(rest) for pattern in (_WEB, _PHONE, _STREET))


def only_reaches(contact: str) -> bool:
    """Tell whether words are a number, an address on the web or a postal one, and claim nothing beside it."""
    rest = _PHONE.sub(" ", _WHOLE_WEB.sub(" ", _EMAIL.sub(" ", contact)))
    words = set(_WORD.findall(rest.lower())) - _BETWEEN
    return not words or (any(sign.isdigit() for sign in rest) and words.isdisjoint(_CLAIMS))


def _american(statement: Statement) -> str:
    paid = f"Paid for by {statement.payer}"
    if statement.authority is Authority.OWN:
        return _ended(paid)
    if statement.authority is Authority.OTHER:
        candidate = _needed(statement.candidate, "the candidate or committee that authorised it (11 CFR 110.11(b)(2))")
        return _ended(f"{paid} and authorized by {candidate}")
    if statement.authority is Authority.NONE:
        wanted = "a street address, telephone number or website (11 CFR 110.11(b)(3))"
        contact = _needed(statement.contact, wanted)
        if not reaches(contact):
            raise UsageError(f"The disclaimer must name {wanted}; {contact!r} is none.")
        return f"{paid}, {contact}. Not authorized by any candidate or candidate's committee."
    raise UsageError("Say whether a candidate authorised the ad: own, other or none (11 CFR 110.11(b)).")


def _british(statement: Statement) -> str:
    address = _postal(statement.contact, "the promoter's postal address (Elections Act 2022, section 41(3)(a))")
    promoted = f"Promoted by {statement.payer}"
    if not statement.behind:
        return f"{promoted}, {address}."
    if not statement.behind_contact:
        return f"{promoted} on behalf of {statement.behind}, both of {address}."
    other = _postal(statement.behind_contact, "the postal address of whom they act for (section 41(3)(b))")
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
    contact = _needed(statement.contact, wanted)
    rest = _PHONE.sub(" ", contact)
    if not _PHONE.search(contact) or not (_WEB.search(rest) or _STREET.search(rest)):
        raise UsageError(f"The disclaimer must name {wanted}, both; {contact!r} does not.")
    return f"Authorized by {statement.payer}, {contact}."


_COMPOSERS = {"US": _american, "GB": _british, "EU": _european, "CA": _canadian}


def _needed(value: str | None, what: str) -> str:
    if not value or not value.strip():
        raise UsageError(f"The disclaimer must name {what}.")
    return " ".join(value.split())


def _postal(value: str | None, what: str) -> str:
    address = _needed(value, what)
    if not _STREET.search(_WEB.sub(" ", _PHONE.sub(" ", _EMAIL.sub(" ", address)))):
        raise UsageError(f"The disclaimer must name {what}; {address!r} is none.")
    return address


def _ended(sentence: str) -> str:
    """Return a sentence with its full stop, which the name of a company at its end may bring along."""
    return sentence if sentence.endswith(".") else f"{sentence}."
