"""Passports and identity cards, against the specimens of ICAO Doc 9303 and zones that another library makes."""

import importlib
from datetime import date

import pytest

from tests.passports import CARD, LARGE_CARD, SPECIMEN
from watchbell.ads.advertisers.evidence.travel_document import IDENTITY_CARD, PASSPORT, by_lines, by_typed_lines
from watchbell.ads.advertisers.evidence.zone import check_digit
from watchbell.model.advertisers import EvidenceVerdict

IN_TIME, TOO_LATE = date(2012, 4, 15), date(2012, 4, 16)


@pytest.mark.parametrize(("field", "digit"), [("520727", "3"), ("AB2134<<<", "5"), ("L898902C3", "6")])
def test_check_digits_are_the_standards(field: str, digit: str) -> None:
    assert check_digit(field) == digit


@pytest.mark.parametrize("person", ["Anna Maria Eriksson", "Anna Eriksson", "ERIKSSON, ANNA", "Anna Erikson"])
def test_the_specimen_is_accepted_under_its_name(person: str) -> None:
    found = by_lines(PASSPORT, SPECIMEN, person, IN_TIME)
    assert (found.verdict, found.expires_on) == (EvidenceVerdict.ACCEPTED, date(2012, 4, 15))
    assert "L898902C3" not in str(found.facts)


@pytest.mark.parametrize(
    ("text", "person", "today", "words"),
    [
        (SPECIMEN.replace("C36UTO", "C37UTO"), "Anna Eriksson", IN_TIME, "check digit of the passport number"),
        (SPECIMEN.replace("1204159", "2204159"), "Anna Eriksson", IN_TIME, "check digit of the day of expiry"),
        (SPECIMEN[:-1] + "1", "Anna Eriksson", IN_TIME, "check digit of the whole line"),
        (SPECIMEN, "Anna Eriksson", TOO_LATE, "expired on 2012-04-15"),
        (SPECIMEN, "Maria Anna", IN_TIME, "not Maria Anna"),
        (SPECIMEN, "Eriksson", IN_TIME, "not Eriksson"),
        (SPECIMEN, "Anna Eriksson Clinton", IN_TIME, "not Anna"),
        (SPECIMEN.replace("P<", "V<"), "Anna Eriksson", IN_TIME, "not the zone of a passport"),
        ("", "Anna Eriksson", IN_TIME, "two lines of 44"),
        ("\0" * 10_000, "Anna Eriksson", IN_TIME, "two lines of 44"),
    ],
)
def test_forgeries_are_refused_in_a_sentence(text: str, person: str, today: date, words: str) -> None:
    found = by_lines(PASSPORT, text, person, today)
    assert found.verdict is EvidenceVerdict.REFUSED
    assert words in found.reason
    assert found.reason.endswith(".")


@pytest.mark.parametrize("person", [("Öberg", "Jürgen"), ("O'Neill", "Siobhán"), ("García Márquez", "Ana")])
def test_zones_of_another_maker_are_read(person: tuple[str, str]) -> None:
    maker = importlib.import_module("mrz.generator.td3").TD3CodeGenerator
    zone = str(maker("P", "FRA", *person, "C01X00T47", "FRA", "640812", "F", "301031", ""))
    found = by_lines(PASSPORT, zone, " ".join(reversed(person)), date(2020, 11, 1))
    assert (found.verdict, found.unique) == (EvidenceVerdict.ACCEPTED, "passport FRA C01X00T47")


def test_typed_lines_wait_for_a_person_however_right_they_are() -> None:
    found = by_typed_lines(PASSPORT, SPECIMEN, "Anna Eriksson", IN_TIME)
    assert (found.verdict, found.expires_on) == (EvidenceVerdict.REVIEW, date(2012, 4, 15))
    assert found.reason.endswith("They were typed: a person must see the passport.")
    assert by_typed_lines(PASSPORT, SPECIMEN, "Bob", IN_TIME).verdict is EvidenceVerdict.REFUSED


def test_no_passport_is_good_for_longer_than_ten_years() -> None:
    assert by_lines(PASSPORT, SPECIMEN, "Anna Eriksson", date(2002, 4, 15)).verdict is EvidenceVerdict.ACCEPTED
    assert "longer than ten years." in by_lines(PASSPORT, SPECIMEN, "Anna Eriksson", date(2002, 4, 14)).reason
    card = by_lines(IDENTITY_CARD, CARD, "Anna Eriksson", date(2002, 4, 14))
    assert (card.verdict, "as only people of 70" in card.reason) == (EvidenceVerdict.REVIEW, True)
    assert by_lines(PASSPORT, SPECIMEN, "Anna Eriksson", date(2000, 2, 29)).verdict is EvidenceVerdict.REFUSED


@pytest.mark.parametrize("lines", [CARD, LARGE_CARD])
@pytest.mark.parametrize("person", ["Anna Maria Eriksson", "Anna Erikson"])
def test_the_specimens_of_identity_cards_are_accepted_under_their_name(lines: str, person: str) -> None:
    found = by_lines(IDENTITY_CARD, lines, person, IN_TIME)
    assert (found.verdict, found.expires_on) == (EvidenceVerdict.ACCEPTED, date(2012, 4, 15)), found.reason
    assert found.facts == {"issued by": "UTO", "name": "ANNA MARIA ERIKSSON"}


@pytest.mark.parametrize(
    ("text", "person", "today", "words"),
    [
        (CARD.replace("D23145890", "D23145891"), "Anna Eriksson", IN_TIME, "check digit of the card's number"),
        (CARD.replace("740812", "740813"), "Anna Eriksson", IN_TIME, "check digit of the day of birth"),
        (CARD.replace("1204159", "2204159"), "Anna Eriksson", IN_TIME, "check digit of the day of expiry"),
        (CARD.replace("<<<6", "<<<7"), "Anna Eriksson", IN_TIME, "check digit of all lines together"),
        (LARGE_CARD[:-1] + "7", "Anna Eriksson", IN_TIME, "check digit of all lines together"),
        (CARD.replace("7<<<<", "7B<<<"), "Anna Eriksson", IN_TIME, "check digit of all lines together"),
        (CARD, "Anna Eriksson", TOO_LATE, "The identity card expired on 2012-04-15"),
        (CARD, "Bob Eriksson", IN_TIME, "The name in the identity card is not Bob Eriksson"),
        (CARD.replace("I<", "V<"), "Anna Eriksson", IN_TIME, "not the zone of an identity card"),
        (SPECIMEN, "Anna Eriksson", IN_TIME, "three lines of 30 signs or two of 36"),
    ],
)
def test_forged_identity_cards_are_refused_in_a_sentence(text: str, person: str, today: date, words: str) -> None:
    found = by_lines(IDENTITY_CARD, text, person, today)
    assert found.verdict is EvidenceVerdict.REFUSED
    assert words in found.reason
    assert found.reason.endswith(".")


def test_identity_cards_of_another_maker_are_read_with_long_numbers_too() -> None:
    small = importlib.import_module("mrz.generator.td1").TD1CodeGenerator
    large = importlib.import_module("mrz.generator.td2").TD2CodeGenerator
    expiry, day = "301031", date(2020, 11, 1)
    names = ("García Márquez", "Ana")
    for zone in (
        str(small("ID", "ESP", "BAA000589", "800101", "F", expiry, "ESP", *names, "99999999R")),
        str(large("ID", "FRA", *names, "D23145890", "FRA", "800101", "F", expiry)),
    ):
        assert by_lines(IDENTITY_CARD, zone, "Ana García Márquez", day).verdict is EvidenceVerdict.ACCEPTED
    # A number of twelve signs: nine signs, a filler, then the rest with the check digit.
    long_number = "592035074862"
    digit = check_digit(long_number)
    upper = f"IDBEL{long_number[:9]}<{long_number[9:]}{digit}".ljust(30, "<")
    middle = f"800101{check_digit('800101')}F{expiry}{check_digit(expiry)}BEL".ljust(29, "<")
    middle += check_digit(upper[5:] + middle[:7] + middle[8:15] + middle[18:])
    zone = f"{upper}\n{middle}\n{'GARCIA<MARQUEZ<<ANA'.ljust(30, '<')}"
    assert by_lines(IDENTITY_CARD, zone, "Ana García Márquez", day).verdict is EvidenceVerdict.ACCEPTED
    forged = zone.replace(f"<{long_number[9:]}{digit}", f"<{long_number[9:]}{(int(digit) + 1) % 10}")
    assert "the card's number" in by_lines(IDENTITY_CARD, forged, "Ana García Márquez", day).reason
