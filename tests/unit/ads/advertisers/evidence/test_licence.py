"""Licences: bar codes drawn by a real encoder are read from the picture, made-up ones refused."""

import io
from datetime import date

import pytest
import zxingcpp
from PIL import Image

from tests.passports import as_file, photographed
from watchbell.ads.advertisers.evidence.licence import driver_licence
from watchbell.model.advertisers import EvidenceVerdict

TODAY = date(2026, 11, 3)


def card(**changes: str) -> str:
    """Return a record as AAMVA's card design standard (2020, version 10) lays it out, annex D."""
    fields = {
        "DAQ": "D12345678",
        "DCS": "ERIKSSON",
        "DAC": "ANNA",
        "DAD": "MARIA",
        "DBD": "01152023",
        "DBB": "08121974",
    }
    fields |= {"DBA": "08122030", "DBC": "2", "DAU": "068 in", "DAG": "123 MAIN ST", "DAI": "SACRAMENTO", "DAJ": "CA"}
    fields |= {"DAK": "958140000  ", "DCF": "83D9BN217QO983B1", "DCG": "USA"} | changes
    body = "DL" + "\n".join(name + value for name, value in fields.items()) + "\r"
    return f"@\n\x1e\rANSI 636014100101DL0031{len(body):04d}{body}"


def picture_of(text: str) -> bytes:
    barcode = zxingcpp.create_barcode(text.encode("latin-1"), zxingcpp.BarcodeFormat.PDF417)
    drawn = Image.fromarray(zxingcpp.write_barcode_to_image(barcode, scale=3))
    file = io.BytesIO()
    drawn.save(file, "PNG")
    return file.getvalue()


def test_a_licence_is_read_from_its_picture() -> None:
    found = driver_licence(picture_of(card()), "Anna Eriksson", TODAY)
    assert (found.verdict, found.expires_on) == (EvidenceVerdict.ACCEPTED, date(2030, 8, 12)), found.reason
    assert "D12345678" not in str(found.facts)
    assert (found.unique or "").endswith(" D12345678")


@pytest.mark.parametrize("angle", [-7, 20, 90, 180])
def test_a_photographed_licence_is_read_whichever_way_it_lies(angle: float) -> None:
    with Image.open(io.BytesIO(picture_of(card()))) as drawn:
        found = driver_licence(as_file(photographed(drawn.convert("L"), angle), "JPEG"), "Anna Eriksson", TODAY)
    assert found.verdict is EvidenceVerdict.ACCEPTED, found.reason


@pytest.mark.parametrize(
    ("text", "person", "words"),
    [
        (card(DBA="08122025"), "Anna Eriksson", "expired on 2025-08-12"),
        (card(DBD="01152027"), "Anna Eriksson", "issued on 2027-01-15"),
        (card(), "Bob Eriksson", "not Bob Eriksson"),
        ("hello", "Anna Eriksson", "not that of a driver's licence"),
        ("@\n\x1e\rANSI 63", "Anna Eriksson", "bar code"),
    ],
)
def test_forgeries_are_refused_in_a_sentence(text: str, person: str, words: str) -> None:
    found = driver_licence(picture_of(text), person, TODAY)
    assert found.verdict is EvidenceVerdict.REFUSED
    assert words in found.reason


def test_what_is_no_bar_code_is_refused() -> None:
    file = io.BytesIO()
    Image.new("L", (60, 60), 255).save(file, "PNG")
    assert "No PDF417" in driver_licence(file.getvalue(), "Anna Eriksson", TODAY).reason
    assert "no picture" in driver_licence(b"%PDF-1.7", "Anna Eriksson", TODAY).reason
