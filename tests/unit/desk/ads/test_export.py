"""Ads leave in other libraries' forms: those asked for, what is removed as the library tells it, and no formulas."""

import csv
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from watchbell.ads.readers.sources import read_ads
from watchbell.desk.ads.export import FORMS, Exported, Wanted, export_ads
from watchbell.desk.ads.library import remove_ad
from watchbell.errors import UsageError
from watchbell.model.ads import Ad, Money, Removal, RemovalReason
from watchbell.vault.ads import AdQuery
from watchbell.vault.vault import Vault, open_vault, sqlite_url

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)


def ad(number: int, **more: object) -> Ad:
    spend = Money(currency="EUR", lower=Decimal(number), upper=Decimal(number))
    told = {"id": f"snap:{number}", "source": "snap", "platform": "snapchat", "text": f"Vote {number}", "payer": "Acme"}
    return Ad.model_validate(told | {"spend": spend, "declared_political": True, "started_at": NOW} | more)


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    with open_vault(sqlite_url(tmp_path / "vault.db")) as opened:
        opened.ads.add(
            [
                ad(1, payer="=cmd|' /C calc'!A0"),
                ad(2, started_at=datetime(2026, 10, 1, tzinfo=UTC), ended_at=datetime(2026, 10, 5, tzinfo=UTC)),
                ad(3, payer="Jane Roe"),
                ad(4, payer="Zebra", spend=Money(currency="USD", lower=Decimal(4), upper=None)),
                ad(5, declared_political=False),
                ad(6, sums_up=12, source="meta-report", id="meta-report:6"),
            ]
        )
        for number, reason in ((2, RemovalReason.MISTAKE), (3, RemovalReason.PERSONAL_DATA)):
            remove_ad(opened, f"snap:{number}", Removal(reason=reason, by="A house", at=NOW), by="root")
        yield opened


def exported(vault: Vault, form: str, out: Path, currency: str | None = None, **query: object) -> Exported:
    wanted = Wanted(form, AdQuery.model_validate(query), currency)
    return export_ads(vault, wanted, out, lambda ad_id: f"https://library.example/library/ads/{ad_id}")


def read(out: Path, form: str) -> list[Ad]:
    return [one for one in read_ads(out, form) if isinstance(one, Ad)]


def test_metas_api_form_has_every_ad_and_tombstone_as_the_library_tells_them(vault: Vault, tmp_path: Path) -> None:
    out = tmp_path / "ads.json"
    done = exported(vault, "meta-api", out)
    assert (done.ads, done.left_out, done.kept_back) == (6, {}, {})
    assert {one.id: one for one in read(out, "auto")} == {one.id: one for one in vault.ads.all()}
    assert "Jane Roe" not in out.read_text("utf-8")
    told = json.loads(out.read_text("utf-8"))["data"][0]
    assert told["ad_snapshot_url"] == f"https://library.example/library/ads/{told['id']}"


@pytest.mark.parametrize("form", sorted({*FORMS} - {"meta-api", "meta-report"}))
def test_a_form_without_tombstones_has_no_removed_ad_and_says_so(vault: Vault, tmp_path: Path, form: str) -> None:
    out = tmp_path / "ads"
    done = exported(vault, form, out)
    assert done.ads == len(read(out, form)) == 2
    assert sorted(done.kept_back.values()) == [1, 1, 2]
    assert not any(secret in out.read_text("utf-8") for secret in ("Jane Roe", "Vote 2", "Vote 5", "Vote 6"))


@pytest.mark.parametrize("form", FORMS)
def test_a_made_up_ad_leaves_only_where_the_form_says_that_it_is(vault: Vault, tmp_path: Path, form: str) -> None:
    vault.ads.add([ad(9, synthetic=True, advertiser="Invented League")])
    done = exported(vault, form, tmp_path / "ads", advertiser="invented")
    assert (done.ads, sum(done.kept_back.values())) == ((1, 0) if form == "meta-api" else (0, 1))
    assert ("Invented League" in (tmp_path / "ads").read_text("utf-8")) == (form == "meta-api")


def test_no_cell_is_a_formula(vault: Vault, tmp_path: Path) -> None:
    done = exported(vault, "snap", tmp_path / "ads.csv", text="1")
    [row] = csv.DictReader((tmp_path / "ads.csv").read_text("utf-8").splitlines())
    assert row["PayingAdvertiserName"] == "'=cmd|' /C calc'!A0"
    assert done.left_out == {"payer": 1}


def test_the_searchs_conditions_say_which_ads_go(vault: Vault, tmp_path: Path) -> None:
    assert exported(vault, "meta-api", tmp_path / "a", payer="zebra").ads == 1
    assert exported(vault, "meta-api", tmp_path / "b", running_on="2026-10-03").ads == 1
    done = exported(vault, "snap", tmp_path / "c", "usd")
    assert [one.id for one in read(tmp_path / "c", "snap")] == ["snap:4"]
    assert done.left_out == {"spend": 1}


def test_a_report_is_of_one_kind_and_in_one_currency(vault: Vault, tmp_path: Path) -> None:
    out = tmp_path / "report.csv"
    with pytest.raises(UsageError, match="1 single ads and 1 sums of ads"):
        exported(vault, "meta-report", out)
    assert not out.exists()
    sums = exported(vault, "meta-report", out, source="meta-report")
    assert (sums.ads, sums.summed, [one.sums_up for one in read(out, "auto")]) == (1, 0, [12])
    vault.ads.add([ad(7), ad(8, spend=Money(currency="USD", lower=Decimal(8), upper=Decimal(8)))])
    with pytest.raises(UsageError, match=r"EUR \(2 rows\), USD \(1 rows\)"):
        exported(vault, "meta-report", out, source="snap")
    single = exported(vault, "meta-report", out, "EUR", source="snap")
    assert (single.ads, single.summed) == (2, 2)
    assert out.read_text("utf-8").splitlines()[1:] == ["unknown,,Acme,7,1", "unknown,,'=cmd|' /C calc'!A0,1,1"]


def test_an_unknown_form_is_refused(vault: Vault, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no form 'tiktok'"):
        exported(vault, "tiktok", tmp_path / "x")
