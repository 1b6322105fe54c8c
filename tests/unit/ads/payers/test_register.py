"""Claimed registrations against the FEC's committee master."""

import gzip
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from watchbell.ads.payers.register import Register, payer_findings
from watchbell.ads.review import Aids, review
from watchbell.ads.rules.rulebook import RuleBook
from watchbell.errors import InputError
from watchbell.model.ads import Ad

ROWS = (
    "C00000059|HALLMARK CARDS PAC|ERIN BROWER|2501 MCGEE|MD#288|KANSAS CITY|MO|64108|U|Q|UNK|M|C||\n"
    "C00000422|AMERICAN MEDICAL ASSOCIATION POLITICAL ACTION COMMITTEE|W|25 M|S|W|DC|20001|B|Q||M|M|AMA|\n"
)
IN_2016 = datetime(2016, 10, 1, tzinfo=UTC)


@pytest.fixture
def register(tmp_path: Path) -> Register:
    path = tmp_path / "fec_cm_2016.txt"
    path.write_text(ROWS, "utf-8")
    return Register.read(path)


def claims(register: Register, registration_id: str | None, payer: str | None, at: datetime = IN_2016) -> list[str]:
    ad = Ad(id="a:1", source="a", platform="p", registration_id=registration_id, payer=payer, started_at=at)
    return [finding.code for finding in payer_findings(ad, register, IN_2016)]


def test_the_cycle_is_read_from_the_name(register: Register) -> None:
    assert (register.covers_from, register.covers_until) == (date(2015, 1, 1), date(2016, 12, 31))
    assert register.covers(date(2016, 2, 29))
    assert not register.covers(date(2017, 1, 1))


def test_a_decision_names_the_register_that_was_asked(register: Register, tmp_path: Path) -> None:
    other = tmp_path / "other_2016.txt"
    other.write_text(ROWS.replace("HALLMARK", "LOWMARK"), "utf-8")
    ad = Ad(id="a:1", source="a", platform="p", text="Vote")
    asked = (None, register, Register.read(other, name=register.name))
    versions = [review(ad, RuleBook.bundled(), now=IN_2016, aids=Aids(register=one)).rules_version for one in asked]
    assert len(set(versions)) == len(asked)
    assert all(version.startswith(versions[0]) for version in versions)


def test_a_known_id_with_a_like_name_passes(register: Register) -> None:
    assert claims(register, "C00000059", "Hallmark Cards, Inc. PAC") == []
    assert claims(register, "C00000059", None) == []


def test_an_unknown_id_and_another_name_are_held(register: Register) -> None:
    assert claims(register, "C99999999", "Citizens for Honest Counting PAC") == ["PAYER-UNKNOWN"]
    assert claims(register, "C00000059", "Citizens for Honest Counting PAC") == ["PAYER-MISMATCH"]


def test_shared_committee_words_make_no_likeness(tmp_path: Path) -> None:
    path = tmp_path / "cm16.txt"
    path.write_text(ROWS.replace("HALLMARK CARDS PAC", "COMMITTEE TO ELECT ANN LEE"), "utf-8")
    assert claims(Register.read(path), "C00000059", "Committee to Elect Bob Ray") == ["PAYER-MISMATCH"]


def test_nothing_is_said_outside_its_days_or_without_a_claim(register: Register) -> None:
    assert claims(register, "C99999999", "X", datetime(2018, 1, 1, tzinfo=UTC)) == []
    assert claims(register, None, "X") == []


def test_gzip_and_given_days(tmp_path: Path) -> None:
    path = tmp_path / "register.gz"
    path.write_bytes(gzip.compress(ROWS.encode()))
    register = Register.read(path, name="Ours", covers_from=date(2019, 1, 1), covers_until=date(2019, 1, 2))
    assert len(register) == 2
    found = register.find("c00000422")
    assert found is not None
    assert found.registry == "Ours"


@pytest.mark.parametrize("content", [b"CMTE_ID,CMTE_NM\n", b"C00000059|ONLY TWO\n", b"\x1f\x8bbroken"])
def test_another_file_is_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "cm_2016.txt"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"cm_2016\.txt"):
        Register.read(path)


def test_a_name_without_a_year_needs_days(tmp_path: Path) -> None:
    path = tmp_path / "committees.txt"
    path.write_text(ROWS, "utf-8")
    with pytest.raises(InputError, match="which years"):
        Register.read(path)


@pytest.mark.shared
def test_the_real_register_is_read_whole(shared_data: Path) -> None:
    path = shared_data / "ads" / "registries" / "fec_cm_2016.txt"
    register = Register.read(path)
    ids = {line.split("|", 1)[0] for line in path.read_text("utf-8", errors="replace").splitlines()}
    assert len(register) == len(ids) == 17811
    found = register.find("C00575795")
    assert found is not None
    assert "HILLARY" in found.name
