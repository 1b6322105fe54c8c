"""Notices of ads in the Union: the template's sixteen headings, what is known under each, and what is missing."""

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from watchbell.ads.elections.calendar import Calendar
from watchbell.ads.notices.transparency import Known, Publisher, is_under_the_regulation, notice_of
from watchbell.ads.notices.words import language_of, notice_languages
from watchbell.ads.payers.disclaimers import statement_in
from watchbell.model.ads import Ad, Count, Declaration, Money, Origin, RemovalReason, Targeting, Whence
from watchbell.model.advertisers import Advertiser
from watchbell.model.notices import TransparencyNotice

FLAG_AT = "https://library.example/library/flag/jsonl:1"
FLAG = Publisher(FLAG_AT)
SHOWN = datetime(2029, 5, 20, 12, tzinfo=UTC)
BARE = Ad(id="jsonl:1", source="jsonl", platform="facebook", country="DE", declared_political=True, language="en")
FULL = BARE.model_copy(
    update={
        "payer": "Verein Beispiel",
        "payer_address": "Weg 1, 10115 Berlin, Germany",
        "spend": Money(currency="EUR", lower=Decimal("1234.50"), upper=Decimal("1234.50")),
        "impressions": Count(lower=1000, upper=1999),
        "clicks": 12,
        "started_at": SHOWN,
        "ended_at": datetime(2029, 6, 1, 23, tzinfo=UTC),
        "targeting": (
            Targeting(dimension="age", value="18-24"),
            Targeting(dimension="region", value="X", excluded=True),
        ),
    }
)
SPONSOR = Advertiser(
    id="a1",
    person="Ann Roe",
    email="post@beispiel.example",
    organisation="Verein Beispiel",
    jurisdiction="EU",
    route="sponsor",
    added_at=SHOWN,
)


def test_a_notice_has_the_templates_sixteen_headings_in_their_order() -> None:
    headings = notice_of(BARE, Known(FLAG)).headings
    assert [one.number for one in headings] == list(range(1, 17))
    assert headings[0].title == "The sponsor"
    assert headings[11].told[-1] == FLAG_AT
    assert all(one.told or one.missing or one.left_out for one in headings)


def test_what_nobody_told_is_named_as_missing() -> None:
    notice = notice_of(BARE, Known(FLAG))
    assert [one.number for one in notice.missing] == [1, 2, 4, 5, 6, 7, 8, 9, 14, 15]
    assert notice.label == "Political advertisement. Who the sponsor is has not been told."


def test_what_is_known_stands_under_its_heading() -> None:
    elections = Calendar.bundled().near(SHOWN.date(), "DE")
    notice = notice_of(FULL, Known(FLAG, SPONSOR, proved=True, controller="Holding SA", elections=elections))
    told = {one.number: " | ".join(one.told) for one in notice.headings}
    assert told[1].startswith("Verein Beispiel, who proved who they are | post@beispiel.example")
    assert "nobody proved it here" in notice_of(FULL, Known(FLAG, SPONSOR)).headings[0].told[0]
    assert told[2] == "Holding SA"
    assert told[4] == "From 2029-05-20 | To 2029-06-01"
    assert told[5] == "1,234.50 EUR"
    assert "European Parliament" in told[9]
    assert told[10] == "https://elections.europa.eu/"
    assert "Kept away from region: X" in told[15]
    assert "Views: at least 1,000, at most 1,999" in told[15]
    assert [one.number for one in notice.missing] == [2, 6, 7, 8, 9, 14, 15, 16]
    assert notice.label == (
        "Political advertisement. The sponsor is Verein Beispiel. The sponsor is controlled by Holding SA."
    )


DECLARED = Declaration(
    address="Weg 1, 10115 Berlin",
    nobody_controls=True,
    origin=Origin.PRIVATE,
    whence=Whence.INSIDE,
    campaign=Money(currency="EUR", lower=Decimal(9000), upper=Decimal(9000)),
    method="As invoiced, value added tax included.",
    linked=("eu-parliament-2029", "Law on lamps"),
    personal_data=False,
)


def declared_notice(declared: Declaration, language: str = "en") -> TransparencyNotice:
    elections = Calendar.bundled().near(SHOWN.date(), "DE")
    known = Known(
        FLAG._replace(name="House", contact="mail@house.example"),
        SPONSOR,
        proved=True,
        elections=elections,
        declared=declared,
    )
    known = known._replace(linked=(elections[0], "Law on lamps") if declared.linked else ())
    return notice_of(FULL, known, notice_languages()[language])


def test_what_a_sponsor_declares_completes_the_notice_and_is_told_as_theirs() -> None:
    notice = declared_notice(DECLARED)
    assert notice.missing == ()
    told = {one.number: " | ".join(one.told) for one in notice.headings}
    assert "Weg 1, 10115 Berlin" in told[1]
    assert told[6] == "9,000 EUR | Declared by the sponsor under their own responsibility."
    assert told[7].startswith("The money is private. | It comes from inside the Union. | Declared")
    assert "Linked to: Law on lamps" in told[9]
    assert "Or write to House: mail@house.example" in told[12]
    assert "no personal data was used" in told[14]
    left_out = [one.number for one in notice.headings if one.left_out]
    assert left_out == [2, 3, 11, 13, 16]


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"in_campaign": True, "campaign": None}, [6]),
        ({"in_campaign": False, "campaign": None}, []),
        ({"linked": ()}, []),
        ({"origin": None}, [7]),
        ({"personal_data": True}, [15, 16]),
        ({"personal_data": True, "techniques": "Age and region", "rights": "House, mail@house.example"}, []),
    ],
)
def test_what_is_not_declared_stays_missing(changes: dict[str, object], missing: list[int]) -> None:
    notice = declared_notice(DECLARED.model_copy(update=changes))
    assert [one.number for one in notice.missing] == missing


def test_a_notice_is_in_the_language_of_its_ad_with_its_numbers() -> None:
    german = declared_notice(DECLARED, "de")
    told = {one.number: " | ".join(one.told) for one in german.headings}
    assert german.language == "de"
    assert german.label == (
        "Politische Anzeige. Der Sponsor ist Verein Beispiel. Sie steht im Zusammenhang mit: Wahl zum Europäischen "
        "Parlament 2029, 2029-06-07 bis 2029-06-10; Law on lamps."
    )
    targeted = declared_notice(DECLARED.model_copy(update={"linked": (), "personal_data": True}))
    assert targeted.label.endswith("Verein Beispiel. Personal data was used to target or deliver it.")
    assert told[5] == "1.234,50 EUR"
    assert "Wahl zum Europäischen Parlament 2029, 2029-06-07 bis 2029-06-10" in told[9]
    assert notice_of(BARE.model_copy(update={"language": None}), Known(FLAG)).language == "de"
    assert notice_of(BARE.model_copy(update={"language": "fr_FR"}), Known(FLAG)).headings[0].title == "Le parraineur"


def test_where_the_ads_language_is_none_of_ours_the_notice_says_so() -> None:
    notice = notice_of(BARE.model_copy(update={"language": "it"}), Known(FLAG))
    assert (notice.language, notice.ad_language) == ("en", "it")
    assert notice_of(BARE.model_copy(update={"language": None, "country": "BE"}), Known(FLAG)).ad_language is None
    assert [language_of(one, None) for one in ("Español", "es-419", "en, de", "Klingon", None)] == [
        "es",
        "es",
        "en",
        "klingon",
        None,
    ]


def test_each_language_says_all_that_english_says_with_the_same_told_in_it() -> None:
    english, *others = notice_languages().values()
    assert {one.language for one in others} == {"de", "es", "fr"}
    for one in others:
        for said, there in ((english.says, one.says), (english.lacks, one.lacks), (english.label, one.label)):
            assert {key: sorted(re.findall("{[a-z]+}", text)) for key, text in said.items()} == {
                key: sorted(re.findall("{[a-z]+}", text)) for key, text in there.items()
            }
        assert set(one.removals) == set(RemovalReason)
        for words in one.label_of("Club", "Holding SA"), one.label_of("Club", None):
            found = statement_in(words)
            assert found is not None
            assert found.payer == "Club"


def test_a_range_is_no_total_and_another_payer_has_a_heading() -> None:
    ranged = FULL.model_copy(
        update={"payer": "Somebody Else", "spend": Money(currency="EUR", lower=Decimal(100), upper=None)}
    )
    headings = notice_of(ranged, Known(FLAG, SPONSOR)).headings
    assert headings[4].missing == ("the total figure: the source gives a range",)
    assert headings[2].told[0] == "Somebody Else"


@pytest.mark.parametrize(
    ("changes", "sponsor", "political", "needs"),
    [
        ({}, None, True, True),
        ({}, None, False, False),
        ({"country": "US"}, None, True, False),
        ({"country": "US"}, SPONSOR, True, True),
        ({"country": "GB"}, None, True, False),
        ({"ended_at": datetime(2025, 10, 9, 23, tzinfo=UTC)}, None, True, False),
        ({"ended_at": datetime(2025, 10, 10, 1, tzinfo=UTC)}, None, True, True),
        ({"sums_up": 7}, None, True, False),
    ],
)
def test_which_ads_need_one(
    changes: dict[str, object], sponsor: Advertiser | None, *, political: bool, needs: bool
) -> None:
    ad = BARE.model_copy(update=changes)
    assert is_under_the_regulation(ad, sponsor, political=political) is needs
