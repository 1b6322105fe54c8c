"""Passports in pictures: lying askew, blurred, noisy and on their side; and what must stay wrong stays wrong."""

import io
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

import pytest
from PIL import Image

from tests.passports import CARD, LARGE_CARD, SPECIMEN, as_file, page, photographed, zone
from watchbell.ads.advertisers.evidence import travel_document
from watchbell.ads.advertisers.evidence.travel_document import IDENTITY_CARD, PASSPORT, by_picture
from watchbell.ads.advertisers.evidence.zone import TD3, NameRow, NumberRow, name_line, number_line
from watchbell.ads.advertisers.evidence.zone_picture import zone_in as _zone_in
from watchbell.model.advertisers import EvidenceVerdict

TODAY = date(2026, 11, 3)

# What a picture shows hangs on nothing else, and reading one takes seconds: each is read once.
zone_in = lru_cache(_zone_in)


@pytest.fixture(scope="module", autouse=True)
def _read_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(travel_document, "zone_in", zone_in)
        yield


@pytest.mark.parametrize("angle", [-5, 90, 180])
def test_a_photographed_page_is_read_whichever_way_it_lies(angle: float) -> None:
    assert zone_in(as_file(photographed(page(SPECIMEN), angle), "JPEG"), (TD3,)) == SPECIMEN


@pytest.mark.parametrize(("lines", "angle"), [(CARD, -5), (CARD, 90), (LARGE_CARD, 180)])
def test_a_photographed_identity_card_is_read_whichever_way_it_lies(lines: str, angle: float) -> None:
    picture = as_file(photographed(page(lines), angle), "JPEG")
    assert zone_in(picture, IDENTITY_CARD.layouts) == lines
    assert "expired on 2012-04-15" in by_picture(IDENTITY_CARD, picture, "Anna Eriksson", TODAY).reason


def test_a_forged_identity_card_is_found_in_the_picture_and_a_passport_is_none() -> None:
    forged = by_picture(IDENTITY_CARD, as_file(page(CARD.replace("D23145890", "D23145891"))), "Anna Eriksson", TODAY)
    assert "check digit of the card's number" in forged.reason
    passport = by_picture(IDENTITY_CARD, as_file(page(SPECIMEN)), "Anna Eriksson", TODAY)
    assert "cannot be read in the picture" in passport.reason
    assert {forged.verdict, passport.verdict} == {EvidenceVerdict.REFUSED}


def test_a_picture_shows_who_they_are() -> None:
    picture = as_file(page(zone("GARCIA MARQUEZ", "ANA", date(2031, 1, 31), "C01X00T47", "FRA")))
    found = by_picture(PASSPORT, picture, "Ana García Márquez", TODAY)
    assert (found.verdict, found.expires_on) == (EvidenceVerdict.ACCEPTED, date(2031, 1, 31)), found.reason
    assert "C01X00T47" not in str(found.facts)
    assert "not Bob Márquez" in by_picture(PASSPORT, picture, "Bob Márquez", TODAY).reason


def test_a_forged_number_is_found_in_the_picture() -> None:
    forged = as_file(page(zone("ERIKSSON", "ANNA", date(2031, 1, 31)).replace("L898902C3", "L898902C4")))
    found = by_picture(PASSPORT, forged, "Anna Eriksson", TODAY)
    assert found.verdict is EvidenceVerdict.REFUSED
    assert "check digit of the passport number" in found.reason


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (as_file(Image.new("L", (900, 600), 230)), "cannot be read in the picture"),
        (b"%PDF-1.7", "no picture"),
        (b"", "no picture"),
        (b"\0" * (20 * 1024 * 1024 + 1), "larger than 20 MB"),
        (as_file(Image.new("1", (9000, 9000))), "40 million pixels"),
        (as_file(Image.new("L", (1600, 40))), "more than 8 times as long"),
        (as_file(Image.new("L", (1, 3000))), "more than 8 times as long"),
    ],
)
def test_what_shows_no_passport_is_refused_in_a_sentence(content: bytes, words: str) -> None:
    found = by_picture(PASSPORT, content, "Anna Eriksson", TODAY)
    assert found.verdict is EvidenceVerdict.REFUSED
    assert words in found.reason


def test_the_camera_says_which_way_is_up() -> None:
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 8  # turned a quarter
    page(SPECIMEN).rotate(-90, expand=True).save(file, "JPEG", exif=exif)
    assert zone_in(file.getvalue(), (TD3,)) == SPECIMEN


@pytest.mark.parametrize(
    ("read", "is_"),
    [
        ("P<UT0ER1KS50N<<ANNA<MARIA<<<<<K<<<<<<", "P<UTOERIKSSON<<ANNA<MARIA"),
        ("P<D<<SCHMIDT<<KARL<K<<<<<<K<", "P<D<<SCHMIDT<<KARL<K"),
        ("P<UTOARKFREITH<<<<<<<<<K<<<", "P<UTOARKFREITH"),
        ("PASSPORTUTOPIA", None),
        ("P<UTO" + "A" * 60 + "<<B", None),
    ],
)
def test_letters_are_put_right_only_where_no_digit_can_be(read: str, is_: str | None) -> None:
    assert name_line(read, TD3, NameRow(5)) == (is_.ljust(44, "<") if is_ else None)


@pytest.mark.parametrize(
    ("read", "is_"),
    [
        ("L898902C36UT07408I22F12O4159ZE184226B<<<<<1O", SPECIMEN.splitlines()[1]),
        # In a number both may stand: it is left, and the check digit finds it.
        ("L8989O2C36UTO7408122F1204159ZE184226B<<<<<10", "L8989O2C36UTO7408122F1204159ZE184226B<<<<<10"),
        ("L898902C36UTO7408122F3005017<<<<<<<<<<<06", "L898902C36UTO7408122F3005017<<<<<<<<<<<<<<06"),
        ("L898902C36UTO7408122F1204159ZE184226B<<<10", None),
        ("L898902C36UTO7408122F1204159ZE184226\u4e00<<<<<10", None),
    ],
)
def test_digits_are_put_right_only_where_no_letter_can_be(read: str, is_: str | None) -> None:
    row = TD3.rows[1]
    assert isinstance(row, NumberRow)
    assert number_line(read, TD3, row) == is_
