"""A newcomer runs the demonstration: real data in; networks, hits, decisions, cases and a bundle out."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from stix2validator import ValidationOptions, validate_string

from tests.stories.conftest import Watchbell
from watchbell.clock import system_clock
from watchbell.desk.advertisers.authorizations import waiting
from watchbell.desk.advertisers.office import office_in
from watchbell.desk.advertisers.rehearings import rehearings_of
from watchbell.desk.advertisers.steps import status
from watchbell.desk.demo import demo_account
from watchbell.model.appeals import AppealState
from watchbell.vault.workspace import Workspace

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


def test_made_up_advertisers_stand_at_every_state_and_wait_for_a_reviewer(
    first: dict[str, Any], workspace: Path
) -> None:
    assert first["cases"] > 0
    with Workspace.open(workspace) as opened:
        office, now = office_in(opened), system_clock()
        advertisers = opened.vault.advertisers.all()
        assert {one.synthetic for one in advertisers} == {True}
        found = {one.organisation: status(office, one, now) for one in advertisers}
        assert Counter(one.state for one in found.values()) == {"authorized": 3, "review": 1, "refused": 1}
        assert found["Committee to Elect Marisol Tennant"].label == "Confirmed Organization"
        assert [step.step for step in found["Harbor Ferry Riders"].due(now)] == ["location"]
        assert [one.step for one in waiting(office, now)] == [
            "The tax office's letter about the number",
            "Who the person is",
            None,
        ]
        assert len(opened.vault.appeals.all(AppealState.OPEN)) == 1
        someone = demo_account(opened, now)[0]
        assert len(rehearings_of(office, AppealState.OPEN, someone, now)) == 1
        assert opened.settings.advertiser_pages


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
