"""Who paid, in each law's words; and names that are held because they are, or look like, somebody else's."""

from pathlib import Path

import pytest

from watchbell.ads.advertisers.evidence.government import GovernmentDomains
from watchbell.ads.payers.disclaimers import statement_in
from watchbell.ads.payers.names import KnownNames, collision, members_of_congress
from watchbell.ads.payers.register import Register
from watchbell.ads.payers.statements import (
    Authority,
    Statement,
    adapted,
    composed,
    only_reaches,
    reaches,
    share_of_picture,
    share_of_text,
    shown_at,
)
from watchbell.errors import InputError, UsageError

CLUB = Statement(jurisdiction="US", payer="Club for America")
KNOWN = KnownNames({
    "committee": ["HILLARY FOR AMERICA", "HOPE PAC"],
    "member of Congress": ["Maria Cantwell"],
    "agency": ["U.S. Department of Energy"],
})  # fmt: skip


def changed(**fields: object) -> Statement:
    return CLUB.model_copy(update=fields)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (changed(authority=Authority.OWN), "Paid for by Club for America."),
        (changed(authority=Authority.OWN, payer="Club Inc."), "Paid for by Club Inc."),
        (
            changed(authority=Authority.OTHER, candidate="Jane Roe"),
            "Paid for by Club for America and authorized by Jane Roe.",
        ),
        (
            changed(authority=Authority.NONE, contact="www.club.org"),
            "Paid for by Club for America, www.club.org. Not authorized by any candidate or candidate's committee.",
        ),
        (
            changed(jurisdiction="GB", payer="Ann Roe", contact="1 The Mall, London", behind="Club"),
            "Promoted by Ann Roe on behalf of Club, both of 1 The Mall, London.",
        ),
        (
            changed(
                jurisdiction="GB", payer="Ann Roe", contact="1 The Mall", behind="Club", behind_contact="2 Quay St"
            ),
            "Promoted by Ann Roe, 1 The Mall, on behalf of Club, 2 Quay St.",
        ),
        (changed(jurisdiction="GB", contact="1 The Mall"), "Promoted by Club for America, 1 The Mall."),
        (
            changed(jurisdiction="EU", behind="Holding SA"),
            "Political advertisement. The sponsor is Club for America. The sponsor is controlled by Holding SA.",
        ),
        (changed(jurisdiction="CA", payer="Ann Roe", behind="Club"), "Authorized by Ann Roe, agent for Club."),
        (
            changed(jurisdiction="CA", contact="613-555-0100, club.example"),
            "Authorized by Club for America, 613-555-0100, club.example.",
        ),
        (
            changed(jurisdiction="EU", behind="Holding SA", language="es"),
            "Anuncio político. El patrocinador es Club for America. El patrocinador está controlado por Holding SA.",
        ),
    ],
)
def test_each_law_has_its_words(statement: Statement, words: str) -> None:
    assert composed(statement) == words


def test_the_commissions_own_examples_are_composed_and_read() -> None:
    # FEC, "Fundraising notices for party committees" (fec.gov/help-candidates-and-committees).
    authorised = "Paid for by XYZ State Party Committee and authorized by Joe Smith for Congress."
    other = changed(payer="XYZ State Party Committee", authority=Authority.OTHER, candidate="Joe Smith for Congress")
    assert composed(other) == authorised
    independent = (
        "Paid for by the XYZ State Party Committee (www.XYZ.org) and not authorized by any candidate or "
        "candidate\u2019s committee."
    )
    for said in (authorised, independent):
        found = statement_in(said)
        assert found is not None
        assert found.payer.removeprefix("the ") == "XYZ State Party Committee"


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (CLUB, "own, other or none"),
        (changed(authority=Authority.OTHER), "110.11\\(b\\)\\(2\\)"),
        (changed(authority=Authority.NONE, contact=" "), "110.11\\(b\\)\\(3\\)"),
        (changed(jurisdiction="GB"), "postal address"),
        (changed(jurisdiction="GB", contact="1 The Mall", behind="Club", behind_contact=" "), "41\\(3\\)\\(b\\)"),
        (changed(authority=Authority.NONE, contact="ann@club.org"), "'ann@club.org' is none"),
        (changed(jurisdiction="GB", contact="www.club.org"), "'www.club.org' is none"),
        (changed(jurisdiction="GB", contact="ann@club.org, 020 7946 0000"), "is none"),
        (
            changed(jurisdiction="GB", contact="1 The Mall", behind="Club", behind_contact="club.org"),
            "41\\(3\\)\\(b\\)",
        ),
        (changed(jurisdiction="CA"), "sections 349.5, 352"),
        (changed(jurisdiction="CA", contact="613-555-0100"), "both"),
        (changed(jurisdiction="CA", contact="club.example"), "both"),
        (changed(jurisdiction="EU", language="it"), "de, es, fr"),
        (changed(jurisdiction="NZ"), "No words are known"),
    ],
)
def test_what_the_law_asks_for_may_not_be_missing(statement: Statement, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        composed(statement)


@pytest.mark.parametrize(
    "statement",
    [
        changed(authority=Authority.NONE, contact="www.club.org"),
        changed(authority=Authority.OTHER, candidate="Jane Roe"),
        changed(jurisdiction="GB", contact="1 The Mall, London"),
        changed(jurisdiction="EU", behind="Holding SA"),
        changed(jurisdiction="CA", contact="613-555-0100, club.example"),
    ],
)
def test_the_review_of_ads_reads_the_payer_out_of_what_is_composed_here(statement: Statement) -> None:
    found = statement_in(composed(statement))
    assert found is not None
    assert found.payer.startswith("Club for America")


def test_the_short_form_stands_where_the_whole_would_take_more_than_a_quarter() -> None:
    whole, short = composed(changed(authority=Authority.NONE, contact="www.club.org")), adapted(CLUB)
    assert short == "Paid for by Club for America"
    assert shown_at(whole, short, share_of_text(whole, 4 * len(whole))) == whole
    assert shown_at(whole, short, share_of_text(whole, 4 * len(whole) - 1)) == short
    assert shown_at(whole, adapted(changed(jurisdiction="GB")), share_of_text(whole, 10)) == whole


@pytest.mark.parametrize(("width", "height", "form"), [(720, 300, "whole"), (300, 250, "whole"), (88, 31, "short")])
def test_of_a_picture_the_area_of_the_words_counts(width: int, height: int, form: str) -> None:
    # The largest and the smallest are those that the FEC showed when it asked about adapted disclaimers (REG 2011-02).
    whole, short = composed(changed(authority=Authority.NONE, contact="www.club.org")), adapted(CLUB)
    shown = shown_at(whole, short, share_of_picture(whole, width, height, 12))
    assert shown == {"whole": whole, "short": short}[form]


@pytest.mark.parametrize(
    ("contact", "there"),
    [
        ("www.club.org", True),
        ("https://club.org/about", True),
        ("(202) 555-0143", True),
        ("1 Main St, Springfield", True),
        ("somewhere", False),
        ("our office", False),
        ("ann@club.org", False),
        ("ann.roe@club.org", False),
        ("ann@club.org, www.club.org", True),
    ],
)
def test_how_whoever_paid_is_reached(contact: str, *, there: bool) -> None:
    assert reaches(contact) is there


@pytest.mark.parametrize(
    ("payer", "whose"),
    [
        ("Hillary for America", "committee"),
        ("Hi11ary For Arnerica", "committee"),
        ("Hillary for America.", "committee"),
        ("Maria Cantwel", "member of Congress"),
        ("Hillary 4 America", "committee"),
        ("Hil\u200blary for Amer\u0131ca", "committee"),
        ("\uff28\uff49llary for America", "committee"),
        # Cyrillic letters throughout, so that no script is mixed.
        ("\u041d\u041e\u0420\u0415 \u0420\u0410\u0421", "committee"),
        ("Senator Maria Cantwell (D-WA)", "member of Congress"),
        ("Office of Sen. Maria Cantwell", "member of Congress"),
        ("The Department of Energy", "agency"),
        ("\N{CYRILLIC CAPITAL LETTER EM}aria Cantwell", "another script"),
    ],
)
def test_a_name_like_somebody_elses_is_held(payer: str, whose: str) -> None:
    assert whose in (collision(payer, KNOWN) or "")


def test_all_who_bear_a_like_name_are_named_beside_foreign_letters() -> None:
    known = KnownNames({
        "committee": ["Maria Cantwell for Senate", "Maria Cantwel"],
        "member of Congress": ["Maria Cantwell"],
        "agency": ["U.S. Department of Energy"],
        "advertiser": ["MARIA CANTWELL"],
    })  # fmt: skip
    said = collision("\N{CYRILLIC CAPITAL LETTER EM}aria Cantwell", known)
    assert said == (
        "The name has letters of another script that only look like the others. The name is like that of the member of "
        "Congress Maria Cantwell, the advertiser MARIA CANTWELL and the committee Maria Cantwel."
    )
    assert collision("Maria Cantwell", known, ["Maria Cantwell"]) == (
        "The name is like that of the committee Maria Cantwel."
    )
    many = KnownNames({"committee": [f"Citizens for Honest Counting {letter}" for letter in "ABCDEFGHIJKLMNOP"]})
    assert (collision("Citizens for Honest Counting Q", many) or "").count("the committee") == 12


def test_a_name_of_ones_own_and_a_new_one_are_not() -> None:
    assert collision("Hillary for America", KNOWN, ["HILLARY FOR AMERICA"]) is None
    assert collision("Citizens for Honest Counting", KNOWN) is None
    assert collision("Hope Fund", KNOWN) is None
    assert collision("Senator", KNOWN) is None


@pytest.mark.shared
def test_all_senators_are_held(shared_data: Path) -> None:
    folder = shared_data / "ads" / "registries"
    names = members_of_congress(folder / "legislators-current.yaml")
    known = KnownNames({
        "member of Congress": names,
        "committee": Register.read(folder / "fec_cm_2016.txt").names(),
        "agency": GovernmentDomains.read(folder / "dotgov-current-full.csv").names(),
    })  # fmt: skip
    assert len(names) > 535
    assert all(collision(name, known) for name in sorted(names)[::20])
    assert collision("Environmental Protection Agency", known) is not None
    assert collision("The Lamplighters of Nowhere in Particular", known) is None


def test_another_list_is_refused(tmp_path: Path) -> None:
    (tmp_path / "list.yaml").write_text("- a\n")
    with pytest.raises(InputError, match="no list of legislators"):
        members_of_congress(tmp_path / "list.yaml")


@pytest.mark.parametrize(
    ("contact", "only"),
    [
        ("www.club.org", True),
        ("https://club.org/about-us?for=you", True),
        ("Tel. 613-555-0100 or club.example", True),
        ("430 South Capitol St SE, Washington, DC 20003", True),
        ("P.O. Box 5256, New York, NY 10185", True),
        ("1 The Mall, London", True),
        ("for Biden for President, authorized by Joe Biden", False),
        ("1 Main St, authorized by Joe Biden", False),
        ("www.club.org, Joe Biden", False),
        ("=cmd|x", False),
    ],
)
def test_a_contact_claims_nothing(contact: str, *, only: bool) -> None:
    assert only_reaches(contact) is only
