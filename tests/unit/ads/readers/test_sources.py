"""Ads out of each kind of file, held against sums made without our readers."""

import csv
import json
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbell.ads.readers import lines
from watchbell.ads.readers.fields import FieldError
from watchbell.ads.readers.sources import read_ads, source_of
from watchbell.errors import InputError, UsageError
from watchbell.files import Reject, Row
from watchbell.model.ads import Ad, Targeting


def all_read(path: Path, source: str = "auto") -> tuple[list[Ad], list[Reject]]:
    items = list(read_ads(path, source))
    return [item for item in items if isinstance(item, Ad)], [item for item in items if isinstance(item, Reject)]


def spent(ads: list[Ad]) -> Counter[str]:
    sums: Counter[str] = Counter()
    for ad in ads:
        assert ad.spend is not None
        sums[ad.spend.currency] += ad.spend.lower  # type: ignore[assignment]  # Decimal sums
    return sums


@pytest.mark.shared
def test_all_ira_ads_come_in(shared_data: Path) -> None:
    path = shared_data / "ads" / "ira_facebook_ads.jsonl"
    ads, rejects = all_read(path)
    written = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert (len(ads), rejects) == (3498, [])
    for currency in ("RUB", "USD"):
        expected = sum(Decimal(row["spend_amount"]) for row in written if row["spend_currency"] == currency)
        assert spent(ads)[currency] == expected
    assert sum(ad.impressions.lower for ad in ads if ad.impressions) == sum(row["impressions"] for row in written)
    assert sum(len(ad.targeting) for ad in ads) == sum(len(row["targets"]) for row in written)
    assert sum(ad.clicks or 0 for ad in ads) == sum(row["clicks"] or 0 for row in written)
    began = [datetime.fromisoformat(row["created"]) for row in written if row["created"]]
    assert [ad.started_at for ad in ads if ad.started_at] == began
    assert {ad.source for ad in ads} == {"ira"}
    assert {ad.payer for ad in ads} == {None}


@pytest.mark.shared
def test_an_ira_ad_keeps_time_targeting_and_platform(shared_data: Path) -> None:
    first, second = all_read(shared_data / "ads" / "ira_facebook_ads.jsonl")[0][:2]
    assert first.id == "ira:1"
    assert first.platform == "instagram"
    assert first.started_at == datetime(2015, 10, 25, 13, 28, 33, tzinfo=UTC)
    assert Targeting(dimension="age", value="18 - 51") in first.targeting
    assert Targeting(dimension="location_living_in:united_states", value="Georgia") in second.targeting


@pytest.mark.shared
@pytest.mark.parametrize(("year", "rows"), [(2018, 659), (2019, 3610), (2023, 4524)])
def test_all_snap_ads_come_in(shared_data: Path, year: int, rows: int) -> None:
    path = shared_data / "ads" / f"PoliticalAds_{year}.csv"
    ads, rejects = all_read(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        written = list(csv.DictReader(file))
    assert (len(ads), len(written), rejects) == (rows, rows, [])
    expected: Counter[str] = Counter()
    for row in written:
        expected[row["Currency Code"]] += Decimal(row["Spend"])  # type: ignore[assignment]  # Decimal sums
    assert spent(ads) == expected
    assert sum(ad.impressions.lower for ad in ads if ad.impressions) == sum(int(row["Impressions"]) for row in written)
    assert [ad.payer for ad in ads] == [row["PayingAdvertiserName"].strip() for row in written]
    assert all(ad.declared_political and ad.started_at for ad in ads)


def letters(cells: Iterable[str]) -> str:
    """What is written in cells, but for what stands between values."""
    return "".join(cells).replace(",", "").replace(" ", "")


@pytest.mark.shared
def test_no_target_and_no_day_of_snaps_ads_is_lost_and_none_changes_sides(shared_data: Path) -> None:
    path = shared_data / "ads" / "PoliticalAds_2018.csv"
    ads, _ = all_read(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        written = list(csv.DictReader(file))
    others = {"Gender", "AgeBracket", "Interests", "OsType", "Segments", "Language", "AdvancedDemographics"}
    others |= {"Targeting Connection Type", "Targeting Carrier (ISP)", "AdvertisingJurisdiction"}
    for ad, row in zip(ads, written, strict=True):
        included = (row[name] for name in row if name.endswith("(Included)") or name in others)
        excluded = (row[name] for name in row if name.endswith("(Excluded)"))
        told = {side: letters(aim.value for aim in ad.targeting if aim.excluded is side) for side in (False, True)}
        assert sorted(told[False]) == sorted(letters(included))
        assert sorted(told[True]) == sorted(letters(excluded))
        for at, cell in ((ad.started_at, row["StartDate"]), (ad.ended_at, row["EndDate"])):
            assert (f"{at:%Y/%m/%d %H:%M:%SZ}" if at else "") == cell


@pytest.mark.shared
def test_a_snap_ad_keeps_included_and_excluded_targets_apart(shared_data: Path) -> None:
    ads, _ = all_read(shared_data / "ads" / "PoliticalAds_2018.csv", "snap")
    excluded = {
        target.value for ad in ads for target in ad.targeting if target.excluded and target.dimension == "region"
    }
    assert {"Maryland", "Indiana", "Jura", "Vaud"} <= excluded
    first = next(ad for ad in ads if ad.id.startswith("snap:00f8fa37"))
    assert first.country == "US"
    assert first.links[0].startswith("https://www.voterparticipation.org/register-to-vote-today/")
    assert Targeting(dimension="demographic", value="Marital Status (Single)") in first.targeting
    assert "C00687848" in {ad.registration_id for ad in ads}


GENERIC = [
    {"id": 7, "text": "Vote!", "spend": {"currency": "USD", "lower": 100, "upper": None}, "colour": "red"},
    {"id": "8", "text": "Vote", "spend": 12.5, "currency": "EUR", "impressions": 10, "declared_political": True},
]


def written(folder: Path, rows: list[dict[str, object]]) -> Path:
    path = folder / "ads.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def test_generic_ads_keep_ranges_and_name_what_is_left_out(tmp_path: Path) -> None:
    left_out: set[str] = set()
    ads = [ad for ad in read_ads(written(tmp_path, GENERIC), "auto", left_out=left_out) if isinstance(ad, Ad)]
    assert [ad.id for ad in ads] == ["jsonl:7", "jsonl:8"]
    assert ads[0].spend is not None
    assert (ads[0].spend.lower, ads[0].spend.upper) == (Decimal(100), None)
    assert ads[1].spend is not None
    assert ads[1].spend.lower == Decimal("12.5")
    assert left_out == {"colour"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", None),
        ("id", "  "),
        ("text", ["a"]),
        ("spend", "much"),
        ("spend", 5),
        ("spend", {"currency": "dollars", "lower": 1, "upper": 1}),
        ("spend", {"currency": "USD", "lower": 1, "upper": "1e400"}),
        ("spend", {"currency": "USD", "lower": -1, "upper": 1}),
        ("clicks", "1e400"),
        ("impressions", 1.5),
        ("clicks", -1),
        ("started_at", "2020-01-01"),
        ("started_at", "0001-01-01T00:00:00Z"),
        ("started_at", "yesterday"),
        ("declared_political", "perhaps"),
        ("targeting", [{"where": "Ohio"}]),
        ("links", "https://a.example"),
    ],
)
def test_a_bad_value_is_a_reject_that_names_file_row_and_field(tmp_path: Path, field: str, value: object) -> None:
    bad = {"id": "x", "text": "Vote", field: value}
    ads, rejects = all_read(written(tmp_path, [GENERIC[1], bad, GENERIC[0]]), "jsonl")
    assert len(ads) == 2
    assert [(reject.file, reject.row) for reject in rejects] == [(str(tmp_path / "ads.jsonl"), 2)]
    assert rejects[0].field in {field, "currency"}
    assert "`" in rejects[0].reason


@pytest.mark.parametrize("spend", ["1e400", "9" * 400, 1e16])
def test_a_sum_that_no_ad_costs_is_a_reject(tmp_path: Path, spend: object) -> None:
    ads, rejects = all_read(
        written(tmp_path, [{"id": "x", "text": "Vote", "spend": spend, "currency": "USD"}]), "jsonl"
    )
    assert (ads, [reject.field for reject in rejects]) == ([], ["spend"])
    assert "no ad costs more" in rejects[0].reason


def test_of_rows_about_one_ad_the_last_is_taken(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"id": "x", "text": "First"},
        {"id": "y", "text": "Other"},
        {"id": "jsonl:x", "text": "Last"},
    ]
    ads, rejects = all_read(written(tmp_path, rows), "jsonl")
    assert [(ad.id, ad.text) for ad in ads] == [("jsonl:y", "Other"), ("jsonl:x", "Last")]
    assert [(reject.row, reject.field, reject.reason) for reject in rejects] == [
        (1, "id", "Row 3 tells of the same ad and is taken instead.")
    ]
    rows.append({"id": "x", "text": "No ad", "started_at": "2030-13-01"})
    ads, rejects = all_read(written(tmp_path, rows), "jsonl")
    assert [(ad.id, ad.text) for ad in ads] == [("jsonl:y", "Other"), ("jsonl:x", "Last")]
    assert [(reject.row, reject.field) for reject in rejects] == [(1, "id"), (4, "started_at")]
    elsewhere: list[dict[str, object]] = [{"id": "x", "source": source, "text": "Vote"} for source in ("a", "b")]
    assert [ad.id for ad in all_read(written(tmp_path, elsewhere), "jsonl")[0]] == ["a:x", "b:x"]


def test_an_unknown_source_and_a_missing_file_are_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no ad source 'tiktok'"):
        list(read_ads(tmp_path / "ads.jsonl", "tiktok"))
    with pytest.raises(InputError):
        list(read_ads(tmp_path / "absent.jsonl", "jsonl"))


def test_the_fields_tell_the_source() -> None:
    assert source_of({"ADID": 1, "Currency Code": 1, "Spend": 1, "StartDate": 1, "PayingAdvertiserName": 1}) == "snap"
    assert source_of({"id": 1, "text": 1}) == "jsonl"


VALUES = st.none() | st.booleans() | st.floats() | st.text(max_size=20) | st.lists(st.text(max_size=3), max_size=2)


@given(st.dictionaries(st.sampled_from(sorted(lines.KNOWN)), VALUES))
def test_any_record_is_an_ad_or_names_the_field(values: dict[str, object]) -> None:
    try:
        named = lines.read_ad(Row(1, values)).id
    except FieldError as error:
        named = error.field
    assert named in lines.KNOWN or ":" in named
