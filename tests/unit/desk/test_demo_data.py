"""The bundled data is what its sources published, and the made-up part is what its script makes."""

import csv
import gzip
import hashlib
import json
import subprocess
import sys
from collections import defaultdict
from datetime import datetime, timedelta
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import zstandard
from polars.testing import assert_frame_equal
from stix2validator import validate_file

from watchbell.desk.samples import SAMPLES, sample_files, sample_path
from watchbell.errors import UsageError
from watchbell.model.ads import Ad

ROOT = Path(__file__).parents[3]
DATA = sample_path("retweets").parents[1]
LOOKALIKE = "herald-tribune-news.example"


def bundled_bytes(path: Path) -> bytes:
    if path.suffix == ".zst":
        return zstandard.ZstdDecompressor().decompressobj().decompress(path.read_bytes())
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def json_lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in sample_path(name).read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_is_there_with_its_source_and_licence(name: str) -> None:
    assert sample_files(name)
    path = sample_path(name)
    source = ((path if path.is_dir() else path.parent) / "SOURCE.md").read_text(encoding="utf-8")
    assert "licence" in source.lower()
    assert ("`LICENSE`" in source) == ((path if path.is_dir() else path.parent) / "LICENSE").is_file()


def test_an_unknown_sample_is_named_in_the_error() -> None:
    with pytest.raises(UsageError, match="no sample called 'tweets'"):
        sample_path("tweets")


def test_all_of_it_stays_small_enough_to_ship() -> None:
    assert sum(file.stat().st_size for file in DATA.rglob("*")) < 12_000_000


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "original"),
    [
        ("ira-ads", "ads/ira_facebook_ads.jsonl"),
        ("snap-ads-2018", "ads/PoliticalAds_2018.csv"),
        ("snap-ads-2019", "ads/PoliticalAds_2019.csv"),
        ("fec-committees-2016", "ads/registries/fec_cm_2016.txt"),
    ],
)
def test_compressed_files_hold_the_originals_bytes(name: str, original: str, shared_data: Path) -> None:
    assert bundled_bytes(sample_path(name)) == (shared_data / original).read_bytes()


@pytest.mark.shared
def test_retweets_keep_every_row_in_order(shared_data: Path) -> None:
    original = pl.read_parquet(shared_data / "posts/russian_coord_tweets.parquet")
    bundled = pl.read_parquet(sample_path("retweets"))
    assert_frame_equal(bundled, original.cast({name: bundled.schema[name] for name in bundled.columns}))
    assert len(bundled) == 35_125
    assert bundled["account_id"].n_unique() == 9_509


@pytest.mark.shared
def test_every_indicator_file_that_was_published_is_there_byte_for_byte(shared_data: Path) -> None:
    published = (shared_data / "indicators/meta/indicators/csv").rglob("*.csv")
    digests = sorted(hashlib.sha256(file.read_bytes()).hexdigest() for file in published)
    assert digests == sorted(hashlib.sha256(file.read_bytes()).hexdigest() for file in sample_files("indicators"))


def test_figures_in_the_sources_hold() -> None:
    assert len(sample_files("indicators")) == 42
    assert len(bundled_bytes(sample_path("ira-ads")).splitlines()) == 3_498


def test_the_scenario_is_what_its_script_makes(tmp_path: Path) -> None:
    subprocess.run([sys.executable, ROOT / "scripts/make_scenario.py", tmp_path], check=True)
    for file in tmp_path.iterdir():
        assert file.read_bytes() == (DATA / "scenario" / file.name).read_bytes(), f"remake {file.name}"


def test_the_scenario_says_everywhere_that_it_is_made_up() -> None:
    rows = json_lines("scenario-posts")
    assert all(row["synthetic"] and row["account_id"].endswith("_made_up") for row in rows)
    hosts = {link.split("/")[2] for row in rows for link in row["links"]}
    assert all(host.endswith(".example") for host in hosts)
    assert all(row["synthetic"] for row in json_lines("scenario-ads"))
    bundle = json.loads(sample_path("scenario-bundle").read_text(encoding="utf-8"))
    objects = [item for item in bundle["objects"] if item["type"] != "marking-definition"]
    assert all("synthetic" in item["labels"] for item in objects)


def push_times() -> dict[str, dict[str, datetime]]:
    """When each account first shared each story of the lookalike."""
    times: dict[str, dict[str, datetime]] = defaultdict(dict)
    for row in json_lines("scenario-posts"):
        for link in row["links"]:
            if LOOKALIKE in link:
                times[row["account_id"]].setdefault(link, datetime.fromisoformat(row["created_at"]))
    return times


def test_fourteen_accounts_push_together_and_their_believers_do_not() -> None:
    times = push_times()
    campaign = {name for name in times if not name.startswith("neighbour")}
    assert len(campaign) == 14
    for one, other in combinations(sorted(campaign), 2):
        gaps = [abs(times[one][link] - times[other][link]) for link in times[one].keys() & times[other].keys()]
        assert sum(gap <= timedelta(seconds=10) for gap in gaps) >= 8
    first = {
        link: min(times[name][link] for name in campaign if link in times[name])
        for link in times["ballot_room_made_up"]
    }
    believers = [name for name in times if name not in campaign]
    assert len(believers) == 30
    late = [at - first[link] for name in believers for link, at in times[name].items() if link in first]
    assert min(late) > timedelta(hours=1)


def test_the_wire_is_synchronised_too() -> None:
    feed = [row for row in json_lines("scenario-posts") if row["account_id"].startswith("river_valley")]
    at = [datetime.fromisoformat(row["created_at"]) for row in feed]
    assert len(feed) == 80
    assert all(later - earlier == timedelta(seconds=1) for earlier, later in list(pairwise(at))[::2])


def test_the_partners_bundle_is_valid_stix() -> None:
    result = validate_file(str(sample_path("scenario-bundle")))
    assert result.is_valid, result


def test_the_ads_are_records_and_only_the_campaigns_payer_does_not_exist() -> None:
    rows = json_lines("scenario-ads")
    ads = [Ad.model_validate({"source": "jsonl", **row}) for row in rows]
    assert [LOOKALIKE in " ".join(ad.links) for ad in ads] == [True, False, False]
    master = bundled_bytes(sample_path("fec-committees-2016")).decode("latin-1").splitlines()
    committees = {row[0]: row[1] for row in csv.reader(master, delimiter="|", quoting=csv.QUOTE_NONE)}
    assert ads[0].registration_id not in committees
    assert all("HONEST COUNTING" not in name for name in committees.values())
