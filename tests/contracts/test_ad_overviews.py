"""The sums over the whole library are the same on both databases, and those that anyone can add up from a source."""

import csv
import gzip
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.contracts.test_ad_history import HOUR, NOON, removed
from watchbell.ads.readers.sources import read_ads
from watchbell.desk.ads.overview import REMOVED, UNDECIDED, Overview, make_overviews, overview_of
from watchbell.desk.ads.sums import Part
from watchbell.desk.samples import sample_path
from watchbell.model.ads import Ad, Money, RemovalReason, Targeting
from watchbell.vault.adoverviews import Choice
from watchbell.vault.vault import Vault, open_vault, sqlite_url

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)


def ad(number: int, payer: str | None, **more: object) -> Ad:
    spend = Money(currency="USD", lower=Decimal(100), upper=Decimal(499))
    told = {"id": f"jsonl:{number:02}", "source": "jsonl", "platform": "facebook", "payer": payer, "spend": spend}
    return Ad.model_validate(told | {"country": "US", "started_at": datetime(2026, 10, 1 + number, tzinfo=UTC)} | more)


def whole(vault: Vault, country: str = "", span: str = "") -> Overview:
    found = overview_of(vault, country, span)
    assert found is not None
    assert found[1] == NOW
    return found[0]


@pytest.fixture
def library(vault: Vault) -> Vault:
    ohio, texas = (Targeting(dimension="region", value=name) for name in ("Ohio", "Texas"))
    woman = Targeting(dimension="gender", value="FEMALE")
    vault.ads.add(
        [
            ad(1, "Acme", targeting=(ohio,)),
            ad(2, "ACME", targeting=(ohio, texas, woman)),
            ad(3, "Zebra", spend=Money(currency="USD", lower=Decimal(5000), upper=None)),
            ad(4, None, country="de", started_at=datetime(1850, 1, 1, tzinfo=UTC)),
            ad(5, "Acme", spend=None, started_at=None, country="wherever it pays"),
            ad(6, "Zebra", sums_up=1200),
        ]
    )
    make_overviews(vault, NOW)
    return vault


def test_sums_have_bounds_and_are_of_each_country_and_span(library: Vault) -> None:
    assert library.ad_overviews.countries() == [Choice("DE", 1), Choice("US", 3)]
    assert [one.name for one in library.ad_overviews.spans("US")] == [
        "2026",
        "2026-10",
        "us-ga-runoff-2026",
        "us-general-2026",
    ]
    (spent,) = whole(library).spending
    assert (spent.total.ads, spent.total.lower, spent.total.upper) == (4, Decimal(5300), None)
    assert [(one.name, one.ads, one.lower, one.upper) for one in spent.payers] == [
        ("Zebra", 1, Decimal(5000), None),
        ("ACME", 2, Decimal(200), Decimal(998)),
    ]
    assert (spent.without_payer, spent.undated, spent.without_place) == (1, 1, 2)
    assert spent.states["OH"] == Part("Ohio", 2, Decimal(100), Decimal(998))
    assert spent.countries.keys() == {"DE"}
    found = whole(library)
    assert (found.ads, found.unpublished, found.placed, found.reports, found.reported_ads) == (5, 1, 2, 1, 1200)
    assert (found.verdicts, found.seen) == ({UNDECIDED: 5}, None)


def test_months_are_told_by_days_and_years_by_months(library: Vault) -> None:
    (spent,) = whole(library, "US", "2026-10").spending
    assert [(one.name, one.ads) for one in spent.over_time] == [("2026-10-02", 1), ("2026-10-03", 1), ("2026-10-04", 1)]
    (spent,) = whole(library, "US", "2026").spending
    assert [(one.name, one.ads) for one in spent.over_time] == [("2026-10", 3)]
    assert whole(library, "US", "us-general-2026").ads == 3


def test_a_payer_whom_no_ad_names_any_more_is_not_named_even_before_the_next_night(library: Vault) -> None:
    removed(library, ad(3, "Zebra"), RemovalReason.MISTAKE)
    assert len(whole(library).spending[0].payers) == 2
    removed(library, ad(1, "Acme"), RemovalReason.COURT_ORDER, NOON + HOUR)
    assert len(whole(library).spending[0].payers) == 2, "another ad names them"
    for gone in (ad(2, "ACME"), ad(5, "Acme")):
        removed(library, gone, RemovalReason.PERSONAL_DATA, NOON + 2 * HOUR)
    assert [one.name for one in whole(library).spending[0].payers] == ["Zebra"]
    make_overviews(library, NOW)
    (spent,) = whole(library).spending
    assert (spent.total.ads, spent.without_payer, spent.without_place) == (4, 3, 4)
    assert whole(library).verdicts == {REMOVED: 4, UNDECIDED: 1}


def test_sums_that_are_made_again_take_the_place_of_all_others(library: Vault) -> None:
    library.ads.add([ad(4, None, country="fr")])
    later = NOW + timedelta(days=1)
    make_overviews(library, later)
    assert [one.name for one in library.ad_overviews.countries()] == ["FR", "US"]
    assert overview_of(library, "DE") is None
    found = overview_of(library)
    assert found is not None
    assert found[1] == later


def test_an_empty_library_has_sums_of_nothing(vault: Vault) -> None:
    assert overview_of(vault) is None
    make_overviews(vault, NOW)
    assert (whole(vault).ads, whole(vault).spending) == (0, [])


def check_against(vault: Vault, path: Path, rows: Iterable[dict[str, str]]) -> None:
    """Hold the sums against those that the file's own rows add up to."""
    payers: defaultdict[str, Counter[str]] = defaultdict(Counter)
    months: defaultdict[str, Counter[str]] = defaultdict(Counter)
    everything, american = Counter[str](), Counter[str]()
    for row in rows:
        currency, spend = row["Currency Code"], int(row["Spend"])
        everything[currency] += spend
        payers[currency][row["PayingAdvertiserName"].strip().casefold()] += spend
        months[currency][row["StartDate"][:7].replace("/", "-")] += spend
        american[currency] += spend if row["CountryCode"] == "united states" else 0
    vault.ads.add(one for one in read_ads(path, "snap") if isinstance(one, Ad))
    make_overviews(vault, NOW)
    for spent in whole(vault).spending:
        currency = spent.total.currency
        assert spent.total.lower == spent.total.upper == everything[currency]
        assert {one.name: one.lower for one in spent.over_time if one.ads} == months[currency]
        assert {one.name.casefold(): one.lower for one in spent.payers}.items() <= payers[currency].items()
        assert spent.payers[0].lower == max(payers[currency].values())
        assert spent.all_payers == len(payers[currency])
    assert {one.total.currency for one in whole(vault).spending} == everything.keys()
    assert {one.total.currency: one.total.lower for one in whole(vault, "US").spending} == +american


def test_sums_are_those_of_the_bundled_file(vault: Vault) -> None:
    path = sample_path("snap-ads-2018")
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        check_against(vault, path, csv.DictReader(file))


@pytest.mark.shared
def test_sums_are_those_of_snaps_own_file(tmp_path: Path, shared_data: Path) -> None:
    path = shared_data / "ads" / "PoliticalAds_2019.csv"
    with path.open(encoding="utf-8-sig", newline="") as file, open_vault(sqlite_url(tmp_path / "vault.db")) as vault:
        check_against(vault, path, csv.DictReader(file))
