import csv
import re
from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from xml.etree.ElementTree import Element

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbell.ads.readers.sources import read_ads
from watchbell.desk.ads.sums import Amount, Part, Within, amounts, by_aim, by_month, told_ads
from watchbell.desk.pictures.charts import bars_svg
from watchbell.desk.pictures.maps import map_svg, read_map
from watchbell.model.ads import Ad, Money, Targeting


def ad(number: int, lower: int, upper: int | None, *places: str, month: int | None = 1, currency: str = "USD") -> Ad:
    bound = None if upper is None else Decimal(upper)
    return Ad(
        id=f"jsonl:{number}",
        source="jsonl",
        platform="facebook",
        spend=Money(currency=currency, lower=Decimal(lower), upper=bound),
        started_at=None if month is None else datetime(2026, month, 15, tzinfo=UTC),
        targeting=tuple(Targeting(dimension="region", value=place) for place in places),
    )


def table(*ads: Ad) -> pl.DataFrame:
    return told_ads([one.model_dump_json() for one in ads])


def test_a_sum_of_ranges_is_a_range_and_says_how_wide() -> None:
    [dollars, euros] = amounts(table(ad(1, 100, 499), ad(2, 0, 99), ad(3, 5, 5, currency="EUR")))
    assert dollars == Amount("USD", 2, Decimal(100), Decimal(598))
    assert dollars.width == 498
    assert euros == Amount("EUR", 1, Decimal(5), Decimal(5))
    assert euros.width == 0


def test_one_open_range_leaves_the_sum_open() -> None:
    [sum_] = amounts(table(ad(1, 100, 499), ad(2, 1_000_000, None)))
    assert sum_ == Amount("USD", 2, Decimal(1_000_100), None)
    assert sum_.width is None


def test_what_went_to_a_place_lies_between_ads_aimed_there_alone_and_all_ads_aimed_there() -> None:
    ads = table(ad(1, 10, 10, "Ohio"), ad(2, 5, 8, "Ohio", "Texas"), ad(3, 7, 7), ad(4, 99, 99, "Ohio", currency="EUR"))
    assert by_aim(ads, "USD", "region") == [
        Part("Ohio", 2, Decimal(10), Decimal(18)),
        Part("Texas", 1, Decimal(0), Decimal(8)),
    ]


def test_months_without_ads_are_there_and_undated_ads_are_not() -> None:
    months = by_month(table(ad(1, 10, 10, month=1), ad(2, 5, 8, month=4), ad(3, 7, 7, month=None)), "USD")
    assert [(part.name, part.ads, f"{part.lower:.0f}-{part.upper:.0f}") for part in months] == [
        ("2026-01", 1, "10-10"), ("2026-02", 0, "0-0"), ("2026-03", 0, "0-0"), ("2026-04", 1, "5-8"),
    ]  # fmt: skip


def test_a_mistyped_year_makes_no_century_of_empty_months() -> None:
    late = ad(2, 5, 8).model_copy(update={"started_at": datetime(9999, 12, 1, tzinfo=UTC)})
    assert [part.name for part in by_month(table(ad(1, 10, 10), late), "USD")] == ["2026-01", "9999-12"]


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 12)), min_size=1, max_size=8))
def test_months_add_up_to_the_sum(spends: list[tuple[int, int, int]]) -> None:
    ads = table(*(ad(number, low, low + more, month=month) for number, (low, more, month) in enumerate(spends)))
    [sum_], months = amounts(ads), by_month(ads, "USD")
    assert sum(part.lower for part in months) == sum_.lower
    assert sum(part.upper or 0 for part in months) == sum_.upper
    assert sum_.width is not None
    assert sum_.width >= 0


@pytest.mark.parametrize("year", [2018, 2019, 2023])
def test_sums_are_those_of_the_file_added_by_other_means(shared_data: Path, year: int) -> None:
    file = shared_data / "ads" / f"PoliticalAds_{year}.csv"
    expected: dict[str, int] = defaultdict(int)
    with file.open(encoding="utf-8-sig", newline="") as opened:
        for row in csv.DictReader(opened):
            expected[row["Currency Code"]] += int(row["Spend"])
    ads = [one for one in read_ads(file, "snap") if isinstance(one, Ad)]
    found = {sum_.currency: sum_.lower for sum_ in amounts(table(*ads))}
    assert found == expected


@pytest.mark.parametrize(("name", "count"), [("us", 51), ("europe", 32)])
def test_every_place_of_a_map_has_an_outline_that_lies_on_it(name: str, count: int) -> None:
    drawn = read_map(name)
    assert len({place.code for place in drawn.places}) == len(drawn.places) == count
    for place in drawn.places:
        points = [tuple(map(float, point.split(","))) for point in re.findall(r"[\d.-]+,[\d.-]+", place.path)]
        assert len(points) >= 3
        assert all(0 <= x <= drawn.width and 0 <= y <= drawn.height for x, y in points)


def test_the_map_of_europe_has_every_member_of_the_union() -> None:
    members = {"AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV", "LT"}
    members |= {"LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE"}
    assert members <= {place.code for place in read_map("europe").places}


def test_a_place_says_its_bounds_and_more_spend_is_darker() -> None:
    states = read_map("us")
    parts = [Part("Ohio", 100, Decimal(10), Decimal(500)), Part("iowa", 1, Decimal(0), Decimal(5))]
    found = states.placed([*parts, Part("Ruritania", 1, Decimal(0), Decimal(9))])
    assert sorted(found) == ["IA", "OH"]
    drawn = map_svg(states, found, "USD", "Spend by state")
    shades = {_title(place): place.get("class") for place in drawn.iter("g") if place.find("title") is not None}
    assert shades["Ohio: 100 ads, 10 to 500 USD"] == "shade-5"
    assert shades["Iowa: 1 ad, 0 to 5 USD"] == "shade-1"
    assert shades["Maine: no ads"] == "shade-0"


def test_only_ads_of_a_place_and_time_are_meant() -> None:
    ads = table(ad(1, 1, 1, "Ohio"), ad(2, 1, 1, "Ohio County", "Texas", month=3), ad(3, 1, 1, "Texas"), ad(4, 1, 1))
    assert list(Within(place="OHIO").of(ads)["id"]) == ["jsonl:1", "jsonl:2"]
    assert list(Within(place="ohio texas").of(ads)["id"]) == []
    assert list(Within(began_from=datetime(2026, 3, 1, tzinfo=UTC)).of(ads)["id"]) == ["jsonl:2"]
    assert list(Within(began_until=datetime(2026, 1, 15, tzinfo=UTC)).of(ads)["id"]) == []
    assert Within().of(ads).height == 4


def test_a_bar_is_solid_to_the_lower_bound_and_pale_to_the_upper() -> None:
    drawn = bars_svg([Part("2026-01", 3, Decimal(25), Decimal(100))], "Spend")
    heights = {bar.get("class"): float(bar.get("height") or 0) for bar in drawn.iter("rect")}
    assert heights["may"] == pytest.approx(3 * heights["sure"], abs=0.2)


def _title(tile: Element) -> str:
    title = tile.find("title")
    assert title is not None
    return title.text or ""
