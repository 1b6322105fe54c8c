"""Passports and identity cards that nobody holds: zones with right check digits, and pictures of the page."""

import io
import random
from datetime import date

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from watchbell.ads.advertisers.evidence.zone import check_digit

# ICAO Doc 9303, part 4, appendix B.
SPECIMEN = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"

# ICAO Doc 9303, part 5 and part 6, the specimens of their appendices.
CARD = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"
LARGE_CARD = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6"

_PAGE = (1000, 700)
_PAPER, _INK, _TABLE = 232, 24, 70
_CELL, _LINES_FROM, _LINE_HEIGHT = 21.3, 585, 50


def zone(family: str, given: str, expires_on: date, number: str = "L898902C3", country: str = "UTO") -> str:
    """Return the two lines of a passport's zone (ICAO Doc 9303 part 4, section 4.2)."""
    names = f"P<{country}{family}<<{given}".replace(" ", "<").ljust(44, "<")
    parts = [number.ljust(9, "<"), "740812", f"{expires_on:%y%m%d}", "<" * 14]
    checked = [part + check_digit(part) for part in parts]
    whole = check_digit("".join(checked))
    return f"{names}\n{checked[0]}{country}{checked[1]}F{checked[2]}{checked[3]}{whole}"


def page(lines: str) -> Image.Image:
    """Return the page of a passport, or the side of a card, with these lines at its foot."""
    drawn = Image.new("L", _PAGE, _PAPER)
    pen, font = ImageDraw.Draw(drawn), ImageFont.load_default(30)
    pen.rectangle((40, 120, 280, 470), outline=_INK, width=3)
    for height, words in ((60, "PASSPORT"), (150, "UTOPIA"), (230, "Date of birth  12 AUG 1974")):
        pen.text((320, height), words, font=font, fill=_INK)
    rows = lines.splitlines()
    cell, highest = _CELL * 44 / len(rows[0]), _LINES_FROM - (len(rows) - 2) * _LINE_HEIGHT
    signs = ImageFont.load_default(30 * 44 / len(rows[0]))
    for row, line in enumerate(rows):
        for place, sign in enumerate(line):
            where = (40 + place * cell, highest + row * _LINE_HEIGHT)
            pen.text(where, sign, font=signs, fill=_INK, anchor="ms")
    return drawn


def photographed(paper: Image.Image, angle: float, seed: int = 5) -> Image.Image:
    """Return what a phone makes of a page that lies `angle` degrees askew: blurred, noisy, on a darker table."""
    turned = paper.rotate(angle, expand=True, fillcolor=_TABLE, resample=Image.Resampling.BICUBIC)
    grain = Image.frombytes("L", turned.size, random.Random(seed).randbytes(turned.width * turned.height))
    return Image.blend(turned.filter(ImageFilter.GaussianBlur(0.8)), grain, 0.12)


def as_file(picture: Image.Image, kind: str = "PNG") -> bytes:
    """Return a picture as its file."""
    file = io.BytesIO()
    picture.save(file, kind)
    return file.getvalue()
