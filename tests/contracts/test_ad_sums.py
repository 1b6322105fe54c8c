"""Payers and their ads, and which ads are alike, are the same on both databases."""

import csv
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.contracts.test_ad_history import HOUR, NOON, removed, restored
from watchbell.ads.readers.sources import read_ads
from watchbell.model.ads import Ad, Money, RemovalReason, Targeting
from watchbell.vault.ads import AdQuery
from watchbell.vault.vault import Vault


def ad(number: int, payer: str | None, **more: object) -> Ad:
    spend = Money(currency="USD", lower=Decimal(number), upper=Decimal(number))
    told = {"id": f"jsonl:{number:02}", "source": "jsonl", "platform": "facebook", "payer": payer, "spend": spend}
    return Ad.model_validate(told | more)


@pytest.fixture
def library(vault: Vault) -> Vault:
    ohio, not_ohio = (
        Targeting(dimension="region", value="Ohio"),
        Targeting(dimension="Region", value="Ohio", excluded=True),
    )
    vault.ads.add(
        [
            ad(1, "Acme", targeting=(ohio,), language="en"),
            ad(2, "ACME", targeting=(not_ohio,), language="es"),
            ad(3, "Änderung jetzt", started_at=datetime(2026, 1, 1, tzinfo=UTC)),
            ad(4, "Zebra", targeting=(Targeting(dimension="language", value="es"),)),
            ad(5, None, targeting=(Targeting(dimension="interest", value="Ohio"),)),
        ]
    )
    return vault


def test_payers_are_listed_by_name_whatever_the_letter_case(library: Vault) -> None:
    rows = library.ad_sums.payers()
    assert [(row.name, row.records) for row in rows] == [("Acme", 2), ("Zebra", 1), ("Änderung jetzt", 1)]
    assert library.ad_sums.payers(limit=1) + library.ad_sums.payers(after=rows[0].key) == rows
    assert [row.name for row in library.ad_sums.payers("ÄND")] == ["Änderung jetzt"]
    assert library.ad_sums.payers("%") == []


def test_all_ads_of_a_payer_come_with_their_decisions(library: Vault) -> None:
    found = library.ad_sums.of_payer("aCmE")
    assert [Ad.model_validate_json(record).id for record, _ in found] == ["jsonl:01", "jsonl:02"]
    assert library.ad_sums.of_payer("Acm") == []


def test_likeness_is_kept_in_the_place_of_what_was_kept_before(library: Vault) -> None:
    library.ad_sums.put_likeness({"jsonl:01": "jsonl:01", "jsonl:02": "jsonl:01", "jsonl:03": "jsonl:03"})
    library.ad_sums.put_likeness({"jsonl:02": "jsonl:02", "jsonl:04": "jsonl:02"})
    assert [one.id for one in library.ad_sums.alike("jsonl:02")] == ["jsonl:04"]
    assert library.ad_sums.alike("jsonl:01") == []
    assert library.ad_sums.groups_of(["jsonl:01", "jsonl:04"]) == {"jsonl:04": "jsonl:02"}


def test_whose_content_is_hidden_is_in_no_group_and_names_none(library: Vault) -> None:
    library.ad_sums.put_likeness(dict.fromkeys(["jsonl:01", "jsonl:02", "jsonl:03"], "jsonl:01"))
    removed(library, ad(1, "Acme"), RemovalReason.MISTAKE)
    assert len(library.ad_sums.groups_of(["jsonl:01", "jsonl:02", "jsonl:03"])) == 3
    restored(library, ad(1, "Acme"))
    removed(library, ad(1, "Acme"), RemovalReason.PERSONAL_DATA, NOON + 3 * HOUR)
    ids = ["jsonl:01", "jsonl:02", "jsonl:03"]
    assert library.ad_sums.groups_of(ids) == {"jsonl:02": "jsonl:02", "jsonl:03": "jsonl:02"}
    removed(library, ad(3, None), RemovalReason.COURT_ORDER)
    assert library.ad_sums.groups_of(ids) == {}


DAY = datetime(2026, 5, 10, tzinfo=UTC)


# Began, ended, and whether that is to have run on `DAY`.
RUNS = (
    (DAY - timedelta(days=900), None, True),
    (DAY - timedelta(days=9), DAY, True),
    (DAY - timedelta(days=9), DAY - timedelta(seconds=1), False),
    (DAY, DAY + timedelta(hours=23), True),
    (DAY + timedelta(hours=23, minutes=59), None, True),
    (DAY + timedelta(days=1), None, False),
    (None, DAY + timedelta(days=1), False),
)


@pytest.mark.parametrize("besides", [{}, {"payer": "acme"}, {"text": "acme", "sort": "spend"}, {"started_until": DAY}])
def test_ads_are_found_by_a_day_on_which_they_ran(vault: Vault, besides: dict[str, object]) -> None:
    ads = [ad(number, "Acme", started_at=began, ended_at=ended) for number, (began, ended, _) in enumerate(RUNS)]
    vault.ads.add(ads)
    page = vault.ads.search(AdQuery.model_validate(besides | {"running_on": DAY.date()}))
    until = DAY if "started_until" in besides else DAY + timedelta(days=1)
    ran = {one.id for one, (began, _, runs) in zip(ads, RUNS, strict=True) if runs and began and began < until}
    assert ({one.id for one, _ in page.ads}, page.total) == (ran, len(ran))
    assert vault.ads.search(AdQuery(running_on=date.max)).total == 3


@pytest.mark.shared
def test_snaps_ads_of_a_day_are_those_that_its_own_file_says_ran(vault: Vault, shared_data: Path) -> None:
    path = shared_data / "ads" / "PoliticalAds_2018.csv"
    vault.ads.add(one for one in read_ads(path, "snap") if isinstance(one, Ad))
    with path.open(encoding="utf-8-sig", newline="") as file:
        days = [(row["StartDate"][:10], row["EndDate"][:10]) for row in csv.DictReader(file)]
    for day in (date(2018, 8, 1), date(2018, 10, 15), date(2018, 11, 6), date(2019, 6, 1)):
        ran = sum(began <= f"{day:%Y/%m/%d}" and (not ended or f"{day:%Y/%m/%d}" <= ended) for began, ended in days)
        assert vault.ads.search(AdQuery(running_on=day)).total == ran
    assert 0 < vault.ads.search(AdQuery(running_on=date(2018, 11, 6), country="us")).total < len(days)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"place": "ohio"}, ["01"]),
        ({"language": "ES"}, ["02", "04"]),
        ({"spend_least": 3}, ["03", "04", "05"]),
        ({"spend_most": 2.5}, ["01", "02"]),
        ({"spend_least": 2, "spend_most": 4, "text": "zebra"}, ["04"]),
        ({"spend_least": 2, "payer": "acme", "sort": "spend"}, ["02"]),
        ({"removed": True}, []),
        ({"removed": False, "place": "ohio"}, ["01"]),
    ],
)
def test_ads_are_found_by_place_language_and_spend(
    library: Vault, query: dict[str, object], expected: list[str]
) -> None:
    page = library.ads.search(AdQuery.model_validate(query))
    assert sorted(one.id for one, _ in page.ads) == [f"jsonl:{number}" for number in expected]
    assert page.total == len(expected)
    assert not page.total_is_least
