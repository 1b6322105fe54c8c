"""Committees, governmental hosts, tax numbers, phones, e-mails, websites and addresses: real rows, and forgeries."""

from datetime import date
from pathlib import Path

import pytest

from watchbell.ads.advertisers.evidence.address import Address, deliverable, letter_address, normalised
from watchbell.ads.advertisers.evidence.committee import committee
from watchbell.ads.advertisers.evidence.government import GovernmentDomains, government_domain
from watchbell.ads.advertisers.evidence.names import mixes_scripts, skeleton
from watchbell.ads.advertisers.evidence.organisation import business_email, phone, website
from watchbell.ads.advertisers.evidence.tax_id import tax_id, tax_letter
from watchbell.ads.payers.register import Register
from watchbell.errors import InputError
from watchbell.model.advertisers import EvidenceVerdict, Finding

IN_2016 = date(2016, 9, 1)
TREASURER = "Jose Villarreal"
# Rows of the FEC's file for 2016; the second with the frequency T, as its terminated ones have.
ROWS = (
    "C00575795|HILLARY FOR AMERICA|VILLARREAL, JOSE H.|P.O. BOX 5256||NEW YORK|NY|101855256|P|P|DEM|M|||P00003392\n"
    "C00000059|HALLMARK CARDS PAC|ERIN BROWER|2501 MCGEE|MD#288|KANSAS CITY|MO|64108|U|Q|UNK|T|C||\n"
)
DOMAINS = GovernmentDomains({"29palms.gov": "City of Twentynine Palms", "house.gov": "House", "senate.gov": "House"})
WHITE_HOUSE = Address(
    street="1600 Pennsylvania Ave NW",
    city="Washington",
    region="District of Columbia",
    postal_code="20500",
    country="US",
)


@pytest.fixture
def register(tmp_path: Path) -> Register:
    path = tmp_path / "fec_cm_2016.txt"
    path.write_text(ROWS, "utf-8")
    return Register.read(path)


def refusal(found: Finding) -> str:
    assert found.verdict is EvidenceVerdict.REFUSED, found
    assert found.reason.endswith(".")
    return found.reason


def test_a_committee_is_shown_with_treasurer_and_candidate(register: Register) -> None:
    found = committee("c00575795", "Hillary for America", TREASURER, register, IN_2016)
    assert (found.verdict, found.expires_on) == (EvidenceVerdict.ACCEPTED, date(2016, 12, 31))
    assert found.facts["treasurer"] == "VILLARREAL, JOSE H."
    assert found.facts["candidate"] == "P00003392"


def test_committees_that_are_not_the_advertisers_are_refused(register: Register) -> None:
    assert "no committee C99999999" in refusal(committee("C99999999", "X", TREASURER, register, IN_2016))
    assert "not as Citizens" in refusal(
        committee("C00575795", "Citizens for Honest Counting", TREASURER, register, IN_2016)
    )
    assert "terminated" in refusal(committee("C00000059", "Hallmark Cards PAC", TREASURER, register, IN_2016))
    forged = "Hillary for \N{CYRILLIC CAPITAL LETTER A}merica"
    assert "another script" in refusal(committee("C00575795", forged, TREASURER, register, IN_2016))


def test_who_is_neither_treasurer_nor_candidate_waits_for_a_person(register: Register) -> None:
    found = committee("C00575795", "Hillary for America", "Joseph Nobody", register, IN_2016)
    assert (found.verdict, found.expires_on) == (EvidenceVerdict.REVIEW, date(2016, 12, 31))
    assert "names Joseph Nobody as neither treasurer nor candidate" in found.reason


def test_an_old_register_leaves_it_to_a_person(register: Register) -> None:
    found = committee("C00575795", "Hillary for America", TREASURER, register, date(2026, 1, 1))
    assert found.verdict is EvidenceVerdict.REVIEW


def test_a_host_of_government_is_taken_whole() -> None:
    found = government_domain("https://www.29palms.gov/ads", "clerk@29palms.gov", DOMAINS)
    assert found.verdict is EvidenceVerdict.CODE
    assert found.facts["registered by"] == "City of Twentynine Palms"
    assert "one host" in refusal(government_domain("house.gov", "a@senate.gov", DOMAINS))
    assert "one host" in refusal(government_domain("cantwell.house.gov", "a@house.gov", DOMAINS))
    assert "not in the registry" in refusal(government_domain("30palms.gov", "a@30palms.gov", DOMAINS))
    assert "not under .gov" in refusal(government_domain("29palms.gov.example.com", "a@29palms.gov", DOMAINS))
    assert "no address" in refusal(government_domain("file:///etc/passwd", "a@29palms.gov", DOMAINS))


@pytest.mark.shared
def test_the_real_registries_are_read(shared_data: Path) -> None:
    folder = shared_data / "ads" / "registries"
    domains = GovernmentDomains.read(folder / "dotgov-current-full.csv")
    assert len(domains) > 10_000
    assert domains.owner("www.29palms.gov") == "City of Twentynine Palms"
    register = Register.read(folder / "fec_cm_2016.txt")
    register.read_candidates(folder / "fec_cn_2016.txt")
    found = committee("C00575795", "Hillary for America", "Hillary Clinton", register, IN_2016)
    assert found.facts["candidate"].startswith("CLINTON, HILLARY")


def test_another_file_is_no_registry(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("name\nx.gov\n")
    with pytest.raises(InputError, match="lacks a column"):
        GovernmentDomains.read(tmp_path / "a.csv")


def test_a_tax_number_needs_the_tax_offices_letter() -> None:
    assert tax_id("91-1144442", "Club").facts == {"number": "91-1144442"}
    assert "nine digits" in refusal(tax_id("00-1144442", "Club"))
    assert tax_letter("CP 575 A", "Hallmark").verdict is EvidenceVerdict.REVIEW
    for own in ("Form W-9", "w9 (2024)", "Form W\N{EN DASH}9", "W\N{NON-BREAKING HYPHEN}9", "SS-4"):
        assert "own word" in refusal(tax_letter(own, "Hallmark"))


def test_phones_and_business_mail() -> None:
    assert phone("(202) 456-1111", "US").facts == {"phone": "+12024561111"}
    assert "must be in US" in refusal(phone("+44 7400 123456", "US"))
    assert "no telephone number" in refusal(phone("call me", "US"))
    assert "No text message" in refusal(phone("+1 800 456 1111", "US"))
    assert business_email("ann@example.org").verdict is EvidenceVerdict.CODE
    assert "Anyone can have" in refusal(business_email("ann@Gmail.com"))
    assert "no e-mail address" in refusal(business_email("ann@@example.org"))


def test_a_website_is_under_the_domain_of_the_mail() -> None:
    found = website("https://www.club.co.uk/about", "ann@mail.club.co.uk")
    assert found.facts == {"host": "club.co.uk", "domain": "club.co.uk"}
    assert "is not" in refusal(website("https://other.co.uk", "ann@club.co.uk"))
    assert "no address" in refusal(website("http://127.0.0.1/", "ann@club.co.uk"))


def test_addresses_are_written_as_the_post_asks() -> None:
    assert normalised(WHITE_HOUSE).region == "DC"
    assert "WASHINGTON, DC 20500" in deliverable(WHITE_HOUSE, "US").facts["address"]
    assert letter_address(WHITE_HOUSE, "US").verdict is EvidenceVerdict.CODE
    wrong = WHITE_HOUSE.model_copy(update={"postal_code": "94043"})
    assert "postal code: invalid" in refusal(deliverable(wrong, "US"))
    box = WHITE_HOUSE.model_copy(update={"street": "PO Box 12"})
    assert deliverable(box, "US").verdict is EvidenceVerdict.ACCEPTED
    assert "not to a box" in refusal(letter_address(box, "US"))
    assert "must be in GB" in refusal(letter_address(WHITE_HOUSE, "GB"))


def test_names_that_look_alike_have_one_skeleton() -> None:
    assert skeleton("Hi11ary for \N{CYRILLIC CAPITAL LETTER A}rnerica, Inc") == skeleton("HILLARY FOR AMERICA INC")
    assert skeleton("Friends of Ann") != skeleton("Friends of Bob")
    assert mixes_scripts("\N{CYRILLIC CAPITAL LETTER A}merica")
    assert not mixes_scripts("Łukasz Öberg")
