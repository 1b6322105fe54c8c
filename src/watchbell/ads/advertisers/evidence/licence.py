"""A US or Canadian driver's licence: the PDF417 on its back, after the AAMVA Card Design Standard, annex D."""

import importlib
from datetime import date
from typing import Any

from watchbell.ads.advertisers.evidence.finding import accepted, refused
from watchbell.ads.advertisers.evidence.names import same_person
from watchbell.ads.advertisers.evidence.picture import opened
from watchbell.errors import InputError
from watchbell.model.advertisers import Finding

# The reader follows a code on any side, but in a blurred picture only up to two degrees askew.
_ANGLES = (0, *(turn for step in range(4, 28, 4) for turn in (-step, step)))
_WIDEST = 2400
_BICUBIC = 3


def driver_licence(picture: bytes, person: str, today: date) -> Finding:
    """Check the picture of a licence's bar code against the name that the person gave."""
    try:
        encoded = pdf417_in(picture)
    except InputError as error:
        return refused(str(error))
    if encoded is None:
        return refused("No PDF417 can be read in the picture. Photograph the back of the licence, flat and in light.")
    if not encoded.startswith(b"@") or b"ANSI " not in encoded[:20]:
        return refused("The bar code is not that of a driver's licence (AAMVA).")
    return _checked(encoded.decode("latin-1"), person, today)


def pdf417_in(picture: bytes) -> bytes | None:
    """Return the bytes of the PDF417 in a picture; None where there is none.

    Raises:
        InputError: the file is no picture, or beyond all measure.
    """
    grey = opened(picture, "L")
    zxing: Any = importlib.import_module("zxingcpp")
    for angle in _ANGLES:
        turned = grey if angle == 0 else grey.rotate(angle, expand=True, fillcolor=255, resample=_BICUBIC)
        found = zxing.read_barcodes(turned, formats=zxing.BarcodeFormat.PDF417)
        if found:
            # `.text` would write line ends and other control signs out as names.
            return bytes(found[0].bytes)
        # A code that fills a picture of this size is read; a larger one would be turned for long.
        grey.thumbnail((_WIDEST, _WIDEST))
    return None


def _checked(encoded: str, person: str, today: date) -> Finding:
    parser: Any = importlib.import_module("aamva_parser")
    try:
        licence = parser.parse(encoded)
    except Exception:  # noqa: BLE001  # whatever a made-up bar code does to the parser
        return refused("The bar code cannot be read as that of a driver's licence (AAMVA).")
    family, given = licence.last_name or "", licence.first_name or ""
    if not family or licence.expiration_date is None or licence.issue_date is None:
        return refused("The bar code lacks the name, the day of issue or the day of expiry.")
    expires_on, issued_on = licence.expiration_date.date(), licence.issue_date.date()
    if issued_on > today or issued_on >= expires_on:
        return refused(f"The licence says that it was issued on {issued_on} and expires on {expires_on}.")
    if expires_on < today:
        return refused(f"The licence expired on {expires_on}.")
    if not same_person(person, family, f"{given} {licence.middle_name or ''}"):
        return refused(f"The name on the licence is not {person}.")
    facts = {"issued by": licence.state or "unknown", "name": f"{given} {family}".strip().title()}
    number = licence.drivers_license_id
    unique = f"licence {licence.state} {number}" if number else None
    return accepted("The licence's bar code, expiry and name are right.", facts, expires_on, unique=unique)
