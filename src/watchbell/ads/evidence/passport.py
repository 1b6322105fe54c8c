"""A passport, by the machine-readable zone at the foot of its page (ICAO Doc 9303 part 4, section 4.2)."""

import re
from datetime import date
from typing import NamedTuple

from watchbell.ads.evidence.finding import accepted, refused
from watchbell.ads.evidence.names import same_person
from watchbell.ads.evidence.zone import wrong_digit
from watchbell.ads.evidence.zone_picture import zone_in
from watchbell.errors import InputError
from watchbell.model.advertisers import EvidenceVerdict, Finding

_LINE = re.compile(r"[A-Z0-9<]{44}")


class Zone(NamedTuple):
    """What is read from the two lines."""

    issuer: str
    family: str
    given: str
    expires_on: date


def passport(text: str, person: str, today: date) -> Finding:
    """Check a passport's two lines against the name that the person gave.

    Check digits find a slip or a clumsy forgery; they prove nobody's identity by themselves.
    """
    zone = _zone(text)
    if isinstance(zone, str):
        return refused(zone)
    if zone.expires_on < today:
        return refused(f"The passport expired on {zone.expires_on}.")
    if not same_person(person, zone.family, zone.given):
        return refused(f"The name in the passport is not {person}.")
    facts = {"issued by": zone.issuer, "name": f"{zone.given} {zone.family}".strip()}
    return accepted("The passport's check digits, expiry and name are right.", facts, zone.expires_on)


def passport_picture(picture: bytes, person: str, today: date) -> Finding:
    """Check the picture of a passport's page, by the two lines at its foot, against the name that the person gave."""
    try:
        lines = zone_in(picture)
    except InputError as error:
        return refused(str(error))
    if lines is None:
        return refused(f"The two lines at the foot of a passport's page cannot be read in the picture. {_BETTER}")
    found = passport(lines, person, today)
    return refused(f"{found.reason} {_BETTER}") if found.verdict is EvidenceVerdict.REFUSED else found


_BETTER = "If it was misread, photograph the whole page, flat and in light, or type the two lines."


def _zone(text: str) -> Zone | str:
    """Return what the two lines say, or why they cannot be a passport's."""
    lines = ["".join(line.split()).upper() for line in text.strip().splitlines()]
    if len(lines) != len(("upper", "lower")) or not all(_LINE.fullmatch(line) for line in lines):
        return "The machine-readable zone of a passport has two lines of 44 signs: letters, digits and <."
    upper, lower = lines
    if not upper.startswith("P"):
        return "This is not the zone of a passport, whose first sign is P."
    wrong = wrong_digit(lower)
    if wrong:
        return f"The check digit of {wrong} is wrong."
    return _read(upper, lower) or "The day of expiry in the passport's second line is no day."


def _read(upper: str, lower: str) -> Zone | None:
    family, _, given = upper[5:].partition("<<")
    try:
        # A passport is good for ten years or so: the century is this one.
        expires_on = date(2000 + int(lower[21:23]), int(lower[23:25]), int(lower[25:27]))
    except ValueError:
        return None
    family, given = (" ".join(part.replace("<", " ").split()) for part in (family, given))
    return Zone(upper[2:5].strip("<"), family, given, expires_on)
