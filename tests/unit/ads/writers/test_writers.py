"""What leaves in another library's form comes back as the same ad, but for what the form has no place for."""

import csv
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchbell.ads.readers.sources import READERS, read_ads, source_of
from watchbell.ads.writers import google, meta_report, snap, standard
from watchbell.ads.writers.forms import Form, forms, report_form
from watchbell.files import Row
from watchbell.files.spreadsheet import cell
from watchbell.model.ads import Ad, Count, Money, Seen, Targeting

FORMS = forms(lambda ad_id: f"https://library.example/library/ads/{ad_id}")
WORDS = st.from_regex(r"[A-Za-zäß0-9][A-Za-zäß0-9 ]{0,20}[a-z]", fullmatch=True)
MAYBE = st.none() | WORDS
SUMS = st.decimals(min_value=0, max_value=10**7, places=2)
COUNTS = st.integers(0, 10**9)
TIMES = st.datetimes(datetime(2015, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # hypothesis takes them so
CURRENCIES = st.sampled_from(["USD", "EUR", "GBP", "CAD"])


def exact_money(amount: Decimal, currency: str) -> Money:
    return Money(currency=currency, lower=amount, upper=amount)


def ranged(lower: Decimal, width: Decimal | None, currency: str) -> Money:
    return Money(currency=currency, lower=lower, upper=None if width is None else lower + width)


def counted(lower: int, width: int | None) -> Count:
    return Count(lower=lower, upper=None if width is None else lower + width)


RANGED = st.builds(ranged, SUMS, st.none() | SUMS, CURRENCIES)
EXACT = st.builds(exact_money, SUMS, CURRENCIES)
RANGE = st.builds(counted, COUNTS, st.none() | COUNTS)
LINKS = st.lists(st.sampled_from(["https://a.example/?x=1;y", "http://b.example"]), max_size=2).map(tuple)
NOTHING = Ad(id="a:1", source="a", platform="p")


def back(form: Form, ad: Ad) -> Ad:
    told = form.told(ad, None)
    written = {name: cell(value) for name, value in told.items()} if form.columns else json.loads(json.dumps(told))
    return READERS[form.name](Row(1, dict(written)))


def aims(*choices: tuple[str, bool]) -> st.SearchStrategy[tuple[Targeting, ...]]:
    """Aims in the order in which the form tells them, each dimension once with one value."""
    each = [
        st.none() | st.builds(Targeting, dimension=st.just(dimension), value=WORDS, excluded=st.just(excluded))
        for dimension, excluded in choices
    ]
    return st.tuples(*each).map(lambda found: tuple(one for one in found if one))


@settings(max_examples=30)
@given(
    st.builds(
        Ad,
        id=WORDS.map("snap:{}".format),
        source=st.just("snap"),
        platform=st.just("snapchat"),
        text=MAYBE,
        advertiser=MAYBE,
        payer=MAYBE,
        payer_address=MAYBE,
        registration_id=st.none() | st.just("C00687848"),
        disclaimer=MAYBE,
        declared_political=st.just(True),
        spend=st.none() | EXACT,
        impressions=st.none() | COUNTS.map(lambda count: Count(lower=count, upper=count)),
        started_at=st.none() | TIMES.map(lambda at: at.replace(microsecond=0)),
        ended_at=st.none() | TIMES.map(lambda at: at.replace(microsecond=0)),
        targeting=aims(("gender", False), ("region", False), ("region", True), ("metro", True), ("interest", False)),
        links=LINKS,
        media=st.just(()) | WORDS.map(lambda name: (name,)),
        country=st.sampled_from([None, "US", "GB", "Ruritania"]),
    )
)
def test_an_ad_of_snaps_comes_back_whole(ad: Ad) -> None:
    assert back(FORMS["snap"], ad) == ad
    assert list(FORMS["snap"].differing(ad, snap.row(ad))) == []


@settings(max_examples=30)
@given(
    st.builds(
        Ad,
        id=WORDS.map("google:{}".format),
        source=st.just("google"),
        platform=st.just("google"),
        advertiser=MAYBE,
        account_id=MAYBE,
        reports_payer=st.just(False),
        declared_political=st.just(True),
        spend=st.none() | RANGED.filter(lambda money: money.currency in google.CURRENCIES),
        impressions=st.none() | RANGE,
        started_at=st.none() | TIMES.map(lambda at: at.replace(hour=0, minute=0, second=0, microsecond=0)),
        targeting=aims(("age", False), ("gender", False), ("region", False), ("region", True)),
        media=st.just(()) | WORDS.map(lambda name: (name,)),
        country=st.sampled_from([None, "US", "EU, US"]),
    )
)
def test_an_ad_of_googles_comes_back_whole(ad: Ad) -> None:
    assert back(FORMS["google"], ad) == ad


@settings(max_examples=30)
@given(
    st.builds(
        Ad,
        id=WORDS.map("standard:{}".format),
        source=st.just("standard"),
        platform=st.sampled_from(["facebook", "google"]),
        text=MAYBE,
        advertiser=MAYBE,
        account_id=MAYBE,
        payer=MAYBE,
        payer_address=MAYBE,
        registration_id=MAYBE,
        declared_political=st.just(True),
        spend=st.none() | RANGED | EXACT,
        impressions=st.none() | RANGE,
        clicks=st.none() | COUNTS,
        started_at=st.none() | TIMES,
        ended_at=st.none() | TIMES,
        targeting=aims(("user_interest_used", False), ("geo_location_excluded", True), ("other", False)),
        links=LINKS,
        media=LINKS,
        language=st.sampled_from([None, "en"]),
        country=st.sampled_from([None, "GB"]),
    )
)
def test_an_ad_of_the_standard_comes_back_whole(ad: Ad) -> None:
    assert back(FORMS["standard"], ad) == ad


@settings(max_examples=30)
@given(
    st.builds(
        Ad,
        id=st.just("meta-report:9:1:x"),
        source=st.just("meta-report"),
        platform=st.just("facebook, instagram"),
        advertiser=MAYBE,
        account_id=st.just("9"),
        payer=MAYBE,
        declared_political=st.just(True),
        spend=EXACT | st.builds(lambda most: Money(currency="USD", lower=Decimal(0), upper=most), SUMS),
        sums_up=COUNTS,
    )
)
def test_a_sum_of_metas_report_comes_back_but_for_its_number_in_the_file(ad: Ad) -> None:
    assert ad.spend
    assert back(report_form(ad.spend.currency), ad).model_copy(update={"id": ad.id}) == ad


FULL = NOTHING.model_copy(
    update={
        "text": "=1+1",
        "payer": "Somebody",
        "declared_political": True,
        "spend": Money(currency="RUB", lower=Decimal("0.5"), upper=None),
        "seen_by": (Seen(share=Decimal(1), region="Ohio"),),
        "targeting": (Targeting(dimension="shoe size", value="42, or 43"), Targeting(dimension="age", value="18+")),
        "links": ("https://a.example/",),
        "media": ("a.png", "b.png"),
        "clicks": 3,
        "started_at": datetime(2024, 1, 1, 12, tzinfo=UTC),
    }
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("snap", {"id", "source", "platform", "text", "spend", "seen_by", "targeting", "media", "clicks"}),
        (
            "google",
            {"id", "source", "platform", "text", "payer", "reports_payer", "spend", "seen_by", "targeting", "media"}
            | {"clicks", "links", "started_at"},
        ),
        ("standard", {"id", "source", "seen_by", "targeting", "media"}),
        ("meta-api", set()),
    ],
)
def test_what_a_form_has_no_place_for_is_named(name: str, expected: set[str]) -> None:
    form = FORMS[name]
    told = form.told(FULL, None)
    written = {field: cell(value) for field, value in told.items()} if form.columns else json.loads(json.dumps(told))
    assert set(form.differing(FULL, written)) == expected


def test_columns_are_those_of_the_real_files_and_of_the_readme() -> None:
    assert len(snap.COLUMNS) == 38
    for form in (FORMS["snap"], FORMS["google"], report_form("EUR")):
        assert source_of(dict.fromkeys(form.columns)) == form.name
        assert list(
            form.told(FULL.model_copy(update={"spend": exact_money(Decimal(5), "EUR"), "sums_up": 1}), None)
        ) == list(form.columns)


@pytest.mark.shared
def test_snaps_own_files_leave_as_they_came(shared_data: Path) -> None:
    path = shared_data / "ads" / "PoliticalAds_2018.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == snap.COLUMNS
    ads = [ad for ad in read_ads(path, "snap") if isinstance(ad, Ad)]
    told = [snap.row(ad) for ad in ads]
    assert len(told) == len(rows)
    # In the targeting a comma stands between values and in them alike.
    assert {name for ad, row in zip(ads, told, strict=True) for name in FORMS["snap"].differing(ad, row)} <= {
        "targeting"
    }
    exact = ("ADID", "CreativeUrl", "Currency Code", "Impressions", "StartDate", "EndDate", "PayingAdvertiserName")
    for column in exact:
        assert [one[column] for one in told] == [row[column].strip() for row in rows], column
    assert [Decimal(one["Spend"]) for one in told] == [Decimal(row["Spend"]) for row in rows]


@pytest.mark.shared
@pytest.mark.parametrize("country", ["US", "GB"])
def test_metas_own_reports_leave_as_they_came(shared_data: Path, country: str) -> None:
    path = shared_data / "ads" / f"meta_report_month_{country}.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    told = [meta_report.row(ad) for ad in read_ads(path, "auto") if isinstance(ad, Ad)]
    assert told == [{name: value.strip() for name, value in row.items()} for row in rows]


def test_single_ads_are_summed_up_by_page_and_payer_with_bounds() -> None:
    page = {"id": "meta:1", "source": "meta", "platform": "facebook", "advertiser": "A", "account_id": "1"}
    first = Ad.model_validate(page | {"payer": "B", "spend": exact_money(Decimal(10), "EUR")})
    second = first.model_copy(update={"id": "meta:2", "spend": ranged(Decimal(100), Decimal(99), "EUR")})
    other = first.model_copy(update={"id": "meta:3", "payer": None, "spend": exact_money(Decimal("0.50"), "EUR")})
    unknown = other.model_copy(update={"id": "meta:4", "reports_payer": False})
    told = [list(meta_report.row(one).values()) for one in meta_report.summed([other, first, second, unknown])]
    assert told == [
        ["1", "A", "B", "\N{LESS-THAN OR EQUAL TO}209", "2"],
        ["1", "A", "These ads ran without a disclaimer", "0.5", "1"],
        ["1", "A", "", "0.5", "1"],
    ]


def test_a_kind_of_targeting_is_one_that_the_schema_knows() -> None:
    kinds = [one["type"] for one in standard.document(FULL, None)["targeting_categories"]]
    assert kinds == ["other", "user_characteristic_age"]
    kept_away = Targeting(dimension="region", value="Ohio", excluded=True)
    told = standard.document(FULL.model_copy(update={"targeting": (kept_away,)}), None)
    assert told["targeting_categories"] == [{"name": "region", "type": "geo_location_excluded", "value": "Ohio"}]


@pytest.mark.parametrize(
    ("dimension", "kinds"),
    [("shoe size", []), ("other", []), ("age", ["user_characteristic_exclusion"])]
    + [(kind, [kind]) for kind in ("user_interest_excluded", "user_characteristic_exclusion")],
)
def test_what_an_ad_was_kept_away_from_never_leaves_as_what_it_was_aimed_at(dimension: str, kinds: list[str]) -> None:
    kept_away = Targeting(dimension=dimension, value="42", excluded=True)
    ad = NOTHING.model_copy(update={"targeting": (kept_away,)})
    told = standard.document(ad, None)
    assert [one["type"] for one in told["targeting_categories"]] == kinds
    assert all(one.excluded for one in back(FORMS["standard"], ad).targeting)
    assert ("targeting" in FORMS["standard"].differing(ad, told)) == (dimension not in kinds)
