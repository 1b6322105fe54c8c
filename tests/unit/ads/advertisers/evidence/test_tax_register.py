"""Tax numbers in an operator's register: whose they are is said, and what the register does not know is left open."""

from pathlib import Path

import pytest

from watchbell.ads.advertisers.evidence.tax_id import TaxRegister, tax_id
from watchbell.errors import InputError
from watchbell.model.advertisers import EvidenceVerdict


@pytest.fixture
def register(tmp_path: Path) -> TaxRegister:
    file = tmp_path / "eo1.csv"
    # The columns of the IRS's extract, the rest left out; it drops leading zeros where a spreadsheet wrote it.
    file.write_text(
        "EIN,NAME,ICO,STREET\n530196605,AMERICAN NATIONAL RED CROSS,% X,430 17TH ST\n10211530,CLUB OF MAINE,,\n"
    )
    return TaxRegister.read(file)


@pytest.mark.parametrize(
    ("number", "organisation", "verdict", "words"),
    [
        ("53-0196605", "American National Red Cross", EvidenceVerdict.ACCEPTED, "has it under this name"),
        ("010211530", "Club of Maine", EvidenceVerdict.ACCEPTED, "has it under this name"),
        ("53-0196605", "Hallmark Cards", EvidenceVerdict.REFUSED, "as AMERICAN NATIONAL RED CROSS's"),
        ("91-1144442", "Hallmark Cards", EvidenceVerdict.ACCEPTED, "the tax office's letter must show"),
    ],
)
def test_a_number_is_whose_the_register_says(
    register: TaxRegister, number: str, organisation: str, verdict: EvidenceVerdict, words: str
) -> None:
    found = tax_id(number, organisation, register)
    assert (found.verdict, words in found.reason) == (verdict, True), found.reason


def test_another_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Domain name,Organization name\n")
    with pytest.raises(InputError, match="lacks a column `EIN`"):
        TaxRegister.read(tmp_path / "a.csv")
