"""Passports, against the specimen of ICAO Doc 9303 part 4 and zones that another library makes."""

import importlib
from datetime import date

import pytest

from watchbell.ads.evidence.passport import passport
from watchbell.ads.evidence.zone import check_digit
from watchbell.model.advertisers import EvidenceVerdict

# ICAO Doc 9303, part 4, appendix B.
SPECIMEN = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
IN_TIME, TOO_LATE = date(2012, 4, 15), date(2012, 4, 16)


@pytest.mark.parametrize(("field", "digit"), [("520727", "3"), ("AB2134<<<", "5"), ("L898902C3", "6")])
def test_check_digits_are_the_standards(field: str, digit: str) -> None:
    assert check_digit(field) == digit


@pytest.mark.parametrize("person", ["Anna Maria Eriksson", "Anna Eriksson", "ERIKSSON, ANNA", "Anna Erikson"])
def test_the_specimen_is_accepted_under_its_name(person: str) -> None:
    found = passport(SPECIMEN, person, IN_TIME)
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
    found = passport(text, person, today)
    assert found.verdict is EvidenceVerdict.REFUSED
    assert words in found.reason
    assert found.reason.endswith(".")


@pytest.mark.parametrize("person", [("Öberg", "Jürgen"), ("O'Neill", "Siobhán"), ("García Márquez", "Ana")])
def test_zones_of_another_maker_are_read(person: tuple[str, str]) -> None:
    maker = importlib.import_module("mrz.generator.td3").TD3CodeGenerator
    zone = str(maker("P", "FRA", *person, "C01X00T47", "FRA", "640812", "F", "301031", ""))
    assert passport(zone, " ".join(reversed(person)), IN_TIME).verdict is EvidenceVerdict.ACCEPTED
