"""A newcomer runs the demonstration: real data in; networks, hits, decisions, cases and a bundle out."""

import json
from pathlib import Path
from typing import Any

import pytest
from stix2validator import ValidationOptions, validate_string

from tests.stories.conftest import Watchbell

COUNTS = ("posts", "pairs", "groups", "indicators", "hits", "ads", "ad_decisions", "cases")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "workspace"


@pytest.fixture(scope="module")
def first(watchbell: Watchbell, workspace: Path) -> dict[str, Any]:
    result: dict[str, Any] = watchbell("demo", "--no-serve", "--json", "--workspace", workspace)
    return result


def test_every_room_has_something_to_show(first: dict[str, Any]) -> None:
    assert all(first[name] > 0 for name in COUNTS)
    # 35,124 distinct rows of CooRTweet's set and the scenario's; every ad of the three real files and the scenario's 3.
    assert first["posts"] > 35_124
    assert first["ads"] == first["ad_decisions"] == 3_498 + 659 + 3_610 + 3


def test_running_it_again_changes_nothing(watchbell: Watchbell, workspace: Path, first: dict[str, Any]) -> None:
    again = watchbell("demo", "--no-serve", "--json", "--workspace", workspace)
    assert {name: again[name] for name in COUNTS} == {name: first[name] for name in COUNTS}
    assert "password" in first["account"]
    assert "password" not in again["account"]


def test_the_bundle_is_valid_stix_in_strict_mode(first: dict[str, Any]) -> None:
    bundle = Path(first["bundle"]).read_text()
    report = validate_string(bundle, ValidationOptions(strict=True, version="2.1"))
    assert report.is_valid, [str(error) for result in report.object_results for error in result.errors]


def test_the_bundle_names_the_published_domain_and_its_marking(first: dict[str, Any]) -> None:
    objects = json.loads(Path(first["bundle"]).read_text())["objects"]
    assert any("herald-tribune-news.example" in found.get("pattern", "") for found in objects)
    assert {"amber"} == {
        extension["tlp_2_0"]
        for found in objects
        if found["type"] == "marking-definition"
        for extension in found["extensions"].values()
        if extension["tlp_2_0"] == "amber"
    }
