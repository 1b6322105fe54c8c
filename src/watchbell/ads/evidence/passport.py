"""The machine-readable zone of a passport: ICAO Doc 9303, parts 3 (section 4.9, check digits) and 4 (section 4.2)."""

import re
from datetime import date
from typing import NamedTuple

from watchbell.ads.evidence.finding import accepted, refused
from watchbell.ads.evidence.names import same_person
from watchbell.model.advertisers import Finding

_LINE = re.compile(r"[A-Z0-9<]{44}")
_WEIGHTS = (7, 3, 1)
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


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


def _zone(text: str) -> Zone | str:
    """Return what the two lines say, or why they cannot be a passport's."""
    lines = ["".join(line.split()).upper() for line in text.strip().splitlines()]
    if len(lines) != len(("upper", "lower")) or not all(_LINE.fullmatch(line) for line in lines):
        return "The machine-readable zone of a passport has two lines of 44 signs: letters, digits and <."
    upper, lower = lines
    if not upper.startswith("P"):
        return "This is not the zone of a passport, whose first sign is P."
    wrong = _wrong_digit(lower)
    if wrong:
        return f"The check digit of {wrong} is wrong."
    return _read(upper, lower) or "The day of expiry in the passport's second line is no day."


def check_digit(field: str) -> str:
    """Return the check digit of a field, the filler counting 0."""
    values = (_DIGITS.index(sign) if sign != "<" else 0 for sign in field)
    return str(sum(value * _WEIGHTS[place % 3] for place, value in enumerate(values)) % 10)


def _wrong_digit(lower: str) -> str | None:
    """Return the first field whose check digit is wrong. An empty optional field may have a filler for its digit."""
    fields = {
        "the passport number": (lower[:9], lower[9]),
        "the day of birth": (lower[13:19], lower[19]),
        "the day of expiry": (lower[21:27], lower[27]),
        "the optional field": (lower[28:42], lower[42] if lower[28:42].strip("<") else lower[42].replace("<", "0")),
        "the whole line": (lower[:10] + lower[13:20] + lower[21:43], lower[43]),
    }
    return next((name for name, (field, digit) in fields.items() if check_digit(field) != digit), None)


def _read(upper: str, lower: str) -> Zone | None:
    family, _, given = upper[5:].partition("<<")
    try:
        # A passport is good for ten years or so: the century is this one.
        expires_on = date(2000 + int(lower[21:23]), int(lower[23:25]), int(lower[25:27]))
    except ValueError:
        return None
    family, given = (" ".join(part.replace("<", " ").split()) for part in (family, given))
    return Zone(upper[2:5].strip("<"), family, given, expires_on)
