"""A passport or an identity card, by the machine-readable zone on it (ICAO Doc 9303, parts 4, 5 and 6)."""

import re
from datetime import date
from typing import NamedTuple

from watchbell.ads.advertisers.evidence.finding import accepted, for_review, refused
from watchbell.ads.advertisers.evidence.names import same_person
from watchbell.ads.advertisers.evidence.zone import TD1, TD2, TD3, Layout, cut, number_of, wrong_digit
from watchbell.ads.advertisers.evidence.zone_picture import zone_in
from watchbell.errors import InputError
from watchbell.model.advertisers import EvidenceVerdict, Finding

_LINE = re.compile(r"[A-Z0-9<]+")


class Document(NamedTuple):
    """A kind of document that has a zone."""

    name: str
    one: str
    """The name with its article."""
    layouts: tuple[Layout, ...]
    lines: str
    """What its zone looks like."""
    place: str
    """Where it stands."""
    begins: str
    longer: str | None = None
    """Who may hold one for longer than ten years; None: nobody."""


PASSPORT = Document(
    "passport",
    "a passport",
    (TD3,),
    "has two lines of 44 signs: letters, digits and <",
    "The two lines at the foot of a passport's page",
    "whose first sign is P",
)
IDENTITY_CARD = Document(
    "identity card",
    "an identity card",
    (TD1, TD2),
    "has three lines of 30 signs or two of 36: letters, digits and <",
    "The lines of an identity card that machines read, on its back or at its foot,",
    "whose first sign is I, A or C",
    # Regulation (EU) 2019/1157, article 4.
    longer="people of 70 years and more",
)


class Zone(NamedTuple):
    """What is read from the lines."""

    issuer: str
    number: str
    family: str
    given: str
    expires_on: date


def by_lines(document: Document, text: str, person: str, today: date) -> Finding:
    """Check the lines of a document's zone against the name that the person gave.

    Check digits find a slip or a clumsy forgery; they prove nobody's identity by themselves. Passports are issued
    for ten years at most.
    """
    zone = _zone(document, text)
    if isinstance(zone, str):
        return refused(zone)
    if zone.expires_on < today:
        return refused(f"The {document.name} expired on {zone.expires_on}.")
    if not same_person(person, zone.family, zone.given):
        return refused(f"The name in the {document.name} is not {person}.")
    facts = {"issued by": zone.issuer, "name": f"{zone.given} {zone.family}".strip()}
    unique = f"{document.name} {zone.issuer} {zone.number}"
    if zone.expires_on > _ten_years_after(today):
        long = f"The {document.name} says that it is good until {zone.expires_on}, for longer than ten years"
        if document.longer is None:
            return refused(f"{long}.")
        return for_review(f"{long}, as only {document.longer} may have.", facts, zone.expires_on, unique=unique)
    told = f"The {document.name}'s check digits, expiry and name are right."
    return accepted(told, facts, zone.expires_on, unique=unique)


def by_typed_lines(document: Document, text: str, person: str, today: date) -> Finding:
    """Check lines that were typed; whoever knows the standard can reckon them, so that a person decides."""
    found = by_lines(document, text, person, today)
    if found.verdict is EvidenceVerdict.REFUSED:
        return found
    said = f"{found.reason} They were typed: a person must see the {document.name}."
    return found.model_copy(update={"verdict": EvidenceVerdict.REVIEW, "reason": said})


def by_picture(document: Document, picture: bytes, person: str, today: date) -> Finding:
    """Check the picture of a document, by the lines of its zone, against the name that the person gave."""
    try:
        lines = zone_in(picture, document.layouts)
    except InputError as error:
        return refused(str(error))
    if lines is None:
        return refused(f"{document.place} cannot be read in the picture. {_BETTER}")
    found = by_lines(document, lines, person, today)
    return refused(f"{found.reason} {_BETTER}") if found.verdict is EvidenceVerdict.REFUSED else found


_BETTER = "If it was misread, photograph the whole side, flat and in light, or add the lines typed, and a person looks."


def _zone(document: Document, text: str) -> Zone | str:
    """Return what the lines say, or why they cannot be the document's."""
    lines = ["".join(line.split()).upper() for line in text.strip().splitlines()]
    layout = next((one for one in document.layouts if _fits(one, lines)), None)
    if layout is None:
        return f"The machine-readable zone of {document.one} {document.lines}."
    if lines[0][0] not in layout.first:
        return f"This is not the zone of {document.one}, {document.begins}."
    wrong = wrong_digit(layout, lines)
    if wrong:
        return f"The check digit of {wrong} is wrong."
    return _read(layout, lines) or f"The day of expiry in the {document.name} is no day."


def _fits(layout: Layout, lines: list[str]) -> bool:
    widths = [len(line) for line in lines if _LINE.fullmatch(line)]
    return widths == [layout.width] * len(layout.rows)


def _read(layout: Layout, lines: list[str]) -> Zone | None:
    family, _, given = cut(lines, layout.names).partition("<<")
    expiry = cut(lines, layout.expiry)
    try:
        # A document is good for ten years or so: the century is this one.
        expires_on = date(2000 + int(expiry[:2]), int(expiry[2:4]), int(expiry[4:]))
    except ValueError:
        return None
    family, given = (" ".join(part.replace("<", " ").split()) for part in (family, given))
    number, _ = number_of(layout, lines)
    return Zone(lines[0][2:5].strip("<"), number.strip("<"), family, given, expires_on)


def _ten_years_after(day: date) -> date:
    return day.replace(year=day.year + 10, day=min(day.day, 28) if day.month == 2 else day.day)  # noqa: PLR2004  # February
