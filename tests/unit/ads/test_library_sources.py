"""What other ad libraries give away comes in without a lost row, and what ours gives away comes back as it was."""

import csv
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from watchbell.ads.library import document
from watchbell.ads.readers.sources import read_ads
from watchbell.files import Reject
from watchbell.model.ads import Ad, Count, Money, Seen, Targeting


def all_read(path: Path, source: str = "auto", left_out: set[str] | None = None) -> tuple[list[Ad], list[Reject]]:
    items = list(read_ads(path, source, left_out=left_out))
    return [item for item in items if isinstance(item, Ad)], [item for item in items if isinstance(item, Reject)]


@pytest.mark.shared
@pytest.mark.parametrize(
    ("country", "currency", "rows", "without"), [("US", "USD", 13_511, 6_739), ("GB", "GBP", 3_744, 1_459)]
)
def test_all_of_metas_report_comes_in(shared_data: Path, country: str, currency: str, rows: int, without: int) -> None:
    path = shared_data / "ads" / f"meta_report_month_{country}.csv"
    sums, rejects = all_read(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        written = list(csv.DictReader(file))
    amounts = [row[f"Amount spent ({currency})"] for row in written]
    assert (len(sums), len(written), rejects) == (rows, rows, [])
    assert len({one.id for one in sums}) == rows
    spends = [one.spend for one in sums if one.spend]
    assert {spend.currency for spend in spends} == {currency}
    exact = sum(int(amount) for amount in amounts if amount.isdigit())
    assert sum(spend.lower for spend in spends) == exact
    assert sum(spend.upper or 0 for spend in spends) == exact + 100 * amounts.count("\N{LESS-THAN OR EQUAL TO}100")
    assert sum(one.sums_up or 0 for one in sums) == sum(int(row["Number of ads in Library"]) for row in written)
    assert sum(one.payer is None for one in sums) == without
    assert all_read(path)[0] == sums


HEAD = "Page ID,Page name,Disclaimer,Amount spent (EUR),Number of ads in Library\n"


def test_a_row_of_the_report_that_cannot_be_read_is_kept_aside(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    path.write_text(f"{HEAD}1,A,B,\N{LESS-THAN OR EQUAL TO}100,2\n2,A,B,many,2\n3,A,B,7,\n,A,B,7,1\n", "utf-8")
    sums, rejects = all_read(path)
    assert [(one.advertiser, one.payer, one.sums_up) for one in sums] == [("A", "B", 2)]
    assert sums[0].spend == Money(currency="EUR", lower=Decimal(0), upper=Decimal(100))
    assert [reject.field for reject in rejects] == ["Amount spent (EUR)", "Number of ads in Library", "Page ID"]


FULL = Ad(
    id="snap:1",
    source="snap",
    platform="facebook, instagram",
    text="Vote\non Tuesday",
    advertiser="A page",
    payer="Somebody",
    payer_address="1 Main St",
    registration_id="C00000001",
    disclaimer="Paid for by Somebody",
    reports_payer=False,
    declared_political=True,
    spend=Money(currency="RUB", lower=Decimal("0.10"), upper=None),
    impressions=Count(lower=1000, upper=4999),
    clicks=7,
    started_at=datetime(2024, 10, 1, 12, tzinfo=UTC),
    targeting=(Targeting(dimension="region", value="Ohio", excluded=True), Targeting(dimension="interest", value="x")),
    seen_by=(Seen(share=Decimal("0.60"), region="Ohio"), Seen(share=Decimal("0.2"), age="18-24", gender="unknown")),
    links=("https://a.example/",),
    media=("a.png",),
    language="en",
    country="Puerto Rico",
    synthetic=True,
)


@pytest.mark.parametrize("ad", [FULL, Ad(id="jsonl:2", source="jsonl", platform="tv", sums_up=3)])
@pytest.mark.parametrize("as_lines", [True, False])
def test_what_our_own_api_answers_comes_back_as_it_was(tmp_path: Path, ad: Ad, *, as_lines: bool) -> None:
    told = {"data": [document(ad, None, page_address="https://w.example/1")], "paging": {}, "total_count": 1}
    path = tmp_path / "answer.json"
    path.write_text(json.dumps(told, indent=None if as_lines else 2), "utf-8")
    left_out: set[str] = set()
    assert all_read(path, left_out=left_out) == ([ad], [])
    assert left_out == set()


META = {
    "id": "123",
    "ad_snapshot_url": "https://www.facebook.com/ads/archive/render_ad/?id=123",
    "page_id": "9",
    "page_name": "A page",
    "bylines": "Somebody",
    "ad_creative_bodies": ["Vote", "Vote today"],
    "ad_creative_link_titles": ["Our plan"],
    "ad_delivery_start_time": "2024-10-01",
    "currency": "USD",
    "spend": {"lower_bound": "0", "upper_bound": "99"},
    "impressions": {"lower_bound": "1000000"},
    "publisher_platforms": ["facebook", "instagram"],
    "languages": ["en"],
    "target_ages": ["18", "65+"],
    "target_gender": "Women",
    "target_locations": [{"name": "Ohio", "type": "region", "excluded": True, "num_obfuscated": 0}],
    "delivery_by_region": [{"percentage": "1", "region": "Ohio"}],
    "demographic_distribution": [{"percentage": "0.301933", "age": "65+", "gender": "female"}],
    "estimated_audience_size": {"lower_bound": "1"},
}


WRONG = [
    META | {"id": "124", "spend": {"lower_bound": "much"}},
    META | {"id": "125", "delivery_by_region": [{"percentage": "38", "region": "Ohio"}]},
    META | {"id": "126", "demographic_distribution": [{"percentage": "0.1", "shoe": "42"}]},
    META | {"id": "127", "demographic_distribution": "all"},
]


def test_metas_api_keeps_ranges_aims_and_names_what_is_left_out(tmp_path: Path) -> None:
    path, left_out = tmp_path / "meta.json", set[str]()
    path.write_text(json.dumps({"data": [META, 5, *WRONG]}), "utf-8")
    (ad,), rejects = all_read(path, "meta-api", left_out)
    assert ad.id == "meta:123"
    assert ad.text == "Vote\nVote today\nOur plan"
    assert (ad.payer, ad.platform, ad.declared_political) == ("Somebody", "facebook, instagram", True)
    assert ad.spend == Money(currency="USD", lower=Decimal(0), upper=Decimal(99))
    assert ad.impressions == Count(lower=1_000_000, upper=None)
    assert ad.started_at == datetime(2024, 10, 1, tzinfo=UTC)
    assert [(aim.dimension, aim.value, aim.excluded) for aim in ad.targeting] == [
        ("age", "18", False),
        ("age", "65+", False),
        ("gender", "Women", False),
        ("region", "Ohio", True),
    ]
    assert ad.seen_by == (
        Seen(share=Decimal(1), region="Ohio"),
        Seen(share=Decimal("0.301933"), age="65+", gender="female"),
    )
    wrong = ["spend", "delivery_by_region", "demographic_distribution", "demographic_distribution"]
    assert [reject.field for reject in rejects] == [None, *wrong]
    assert left_out == {"estimated_audience_size"}


# Its fields and their types, as Meta's own client for R has them (facebookresearch/Radlibrary, R/archived_ads.R).
METAS_TYPES = {
    **dict.fromkeys(["id", "ad_snapshot_url", "page_id", "page_name", "bylines", "currency", "target_gender"], str),
    **dict.fromkeys(["ad_delivery_start_time", "ad_delivery_stop_time"], str),
    **dict.fromkeys(["spend", "impressions"], dict),
    **dict.fromkeys(["ad_creative_bodies", "ad_creative_link_captions", "publisher_platforms", "languages"], list),
    **dict.fromkeys(["target_ages", "target_locations", "delivery_by_region", "demographic_distribution"], list),
}


def test_our_own_api_answers_in_the_fields_and_types_of_metas(tmp_path: Path) -> None:
    path = tmp_path / "meta.json"
    path.write_text(json.dumps({"data": [META]}), "utf-8")
    (ad,), _ = all_read(path, "meta-api")
    told = document(ad.model_copy(update={"links": ("a.example",), "ended_at": ad.started_at}), None, page_address="x")
    assert {name: type(told[name]) for name in METAS_TYPES} == METAS_TYPES
    same = ("page_id", "page_name", "bylines", "currency", "spend", "publisher_platforms", "languages", "target_ages")
    for name in (*same, "target_gender", "delivery_by_region", "demographic_distribution"):
        assert told[name] == META[name], name
    assert told["target_locations"] == [{"name": "Ohio", "excluded": True}]
    assert told["impressions"] == {"lower_bound": "1000000", "upper_bound": None}


GOOGLE = {
    "Ad_ID": "CR1",
    "Ad_URL": "https://adstransparency.google.com/advertiser/AR1/creative/CR1",
    "Ad_Type": "TEXT",
    "Regions": "US",
    "Advertiser_ID": "AR1",
    "Advertiser_Name": "Somebody",
    "Date_Range_Start": "2020-10-01",
    "Date_Range_End": "2020-10-09",
    "Impressions": "10k-100k",
    "Spend_Range_Min_EUR": "90",
    "Spend_Range_Max_EUR": "900",
    "Spend_Range_Min_USD": "100",
    "Spend_Range_Max_USD": "1000",
    "Age_Targeting": "25-34, 35-44",
    "Geo_Targeting_Excluded": "Ohio,United States",
}


def test_googles_bundle_keeps_ranges_and_the_currency_of_the_place(tmp_path: Path) -> None:
    rows = [
        GOOGLE,
        GOOGLE | {"Ad_ID": "CR2", "Regions": "FR", "Impressions": "\N{LESS-THAN OR EQUAL TO} 10k"},
        GOOGLE | {"Ad_ID": "CR3", "Spend_Range_Max_USD": "", "Impressions": "> 10M"},
        GOOGLE | {"Ad_ID": "CR4", "Impressions": "10000-15000"},
        GOOGLE | {"Ad_ID": "CR5", "Impressions": "many"},
    ]
    path = tmp_path / "google-political-ads-creative-stats.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, GOOGLE)
        writer.writeheader()
        writer.writerows(rows)
    ads, rejects = all_read(path)
    spends = [f"{ad.spend.currency} {ad.spend.lower}-{ad.spend.upper}" for ad in ads if ad.spend]
    assert spends == ["USD 100-1000", "EUR 90-900", "USD 100-None", "USD 100-1000"]
    seen = [(ad.impressions.lower, ad.impressions.upper) for ad in ads if ad.impressions]
    assert seen == [(10_000, 100_000), (0, 10_000), (10_000_000, None), (10_000, 15_000)]
    assert (ads[0].id, ads[0].payer, ads[0].reports_payer) == ("google:CR1", None, False)
    assert [(aim.dimension, aim.value, aim.excluded) for aim in ads[0].targeting] == [
        ("age", "25-34", False),
        ("age", "35-44", False),
        ("region", "Ohio,United States", True),
    ]
    assert [(reject.row, reject.field) for reject in rejects] == [(6, "Impressions")]


STANDARD = {
    "advertiser": {"advertiser_id": "9", "advertiser_real_name": "A party", "advertiser_electoral_id": "PP1"},
    "advertisement": {
        "advert_id": "77",
        "advert_copy": ["Vote", "today"],
        "advert_urls": ["https://a.example/"],
        "dates": {
            "datetime_period": [
                {"datetime_live": "2024-06-02T00:00:00Z", "datetime_ended": "2024-06-03T00:00:00Z"},
                {"datetime_live": "2024-06-01T00:00:00Z", "datetime_ended": None},
            ]
        },
    },
    "advertising_platform": {"platform_name": "Facebook"},
    "targeting_categories": [
        {"name": "Place", "type": "geo_location_excluded", "value": "Wales"},
        {"name": "Near", "type": "geo_location_approximate", "value": True},
    ],
    "spending": {"spending_lower_bound": 500, "spending_upper_bound": 600},
    "delivery": {},
    "reach": {"impressions": {"impressions_paid_lower_bound": 10}, "engagement": {"engagement_clicks": 3}},
    "moderation": {},
    "provider_data": {"currency": "GBP"},
}


def test_the_transparency_standard_comes_in_and_a_sum_without_a_currency_does_not(tmp_path: Path) -> None:
    path = tmp_path / "adverts.json"
    path.write_text(json.dumps([STANDARD, STANDARD | {"provider_data": {}}, STANDARD | {"reach": 5}]), "utf-8")
    (ad,), rejects = all_read(path)
    assert (ad.id, ad.platform, ad.text, ad.advertiser) == ("standard:77", "facebook", "Vote\ntoday", "A party")
    assert (ad.registration_id, ad.clicks, ad.ended_at) == ("PP1", 3, None)
    assert ad.started_at == datetime(2024, 6, 1, tzinfo=UTC)
    assert ad.spend == Money(currency="GBP", lower=Decimal(500), upper=Decimal(600))
    assert ad.impressions == Count(lower=10, upper=None)
    assert [(aim.dimension, aim.value, aim.excluded) for aim in ad.targeting] == [
        ("geo_location_excluded", "Wales", True),
        ("geo_location_approximate", "true", False),
    ]
    assert [(reject.row, reject.field) for reject in rejects] == [(2, "provider_data.currency"), (3, "reach")]
