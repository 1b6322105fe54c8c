"""Notices of ads in the Union: the template's sixteen headings, what is known under each, and what is missing."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from watchbell.ads.calendar import Calendar
from watchbell.ads.eu_notice import Known, is_under_the_regulation, notice_of
from watchbell.model.ads import Ad, Count, Money, Targeting
from watchbell.model.advertisers import Advertiser

FLAG = "https://library.example/library/flag/jsonl:1"
SHOWN = datetime(2029, 5, 20, 12, tzinfo=UTC)
BARE = Ad(id="jsonl:1", source="jsonl", platform="facebook", country="DE", declared_political=True)
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
    assert headings[11].told[-1] == FLAG
    assert all(one.told or one.missing or one.left_out for one in headings)


def test_what_nobody_told_is_named_as_missing() -> None:
    notice = notice_of(BARE, Known(FLAG))
    assert [one.number for one in notice.missing] == [1, 2, 4, 5, 6, 7, 8, 9, 14, 15]
    assert notice.label == "Political advertisement. Who the sponsor is has not been told."


def test_what_is_known_stands_under_its_heading() -> None:
    elections = Calendar.bundled().near(SHOWN.date(), "DE")
    notice = notice_of(FULL, Known(FLAG, SPONSOR, "Holding SA", elections))
    told = {one.number: " | ".join(one.told) for one in notice.headings}
    assert "post@beispiel.example" in told[1]
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
