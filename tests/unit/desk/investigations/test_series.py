"""One question asked of consecutive periods, and its groups followed through them."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pytest

from watchbell.desk.investigations.explain import explain, explain_in_run, material_of_run
from watchbell.desk.investigations.following import Followed, followed
from watchbell.desk.investigations.investigate import Question, investigate_workspace
from watchbell.desk.investigations.networks import groups_of_run, latest_run, network_of, run_named
from watchbell.desk.investigations.series import investigate_periods, latest_series, periods_of
from watchbell.desk.pictures.lineages import lineages_svg
from watchbell.errors import InputError, UsageError
from watchbell.model.posts import POSTS
from watchbell.vault.workspace import Workspace

MONDAY = datetime(2026, 10, 5, tzinfo=UTC)
NOW = datetime(2026, 11, 3, tzinfo=UTC)
WEEK = timedelta(days=7)
QUESTION = Question(("link",), 60, 2)
# Who posts the links of each week; the third is silent.
WEEKS = ("abcd", "abcdefgh", "", "abcdxyz")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    rows = [
        {
            "platform": "twitter",
            "account_id": f"twitter:{account}",
            "post_id": f"{week}-{link}-{account}",
            "created_at": MONDAY + week * WEEK + timedelta(hours=10 + link, seconds=place),
            "text": f"link {link}",
            "links": [f"https://news.example/{week}/{link}"],
        }
        for week, accounts in enumerate(WEEKS)
        for link in range(3)
        for place, account in enumerate(accounts)
    ]
    made = Workspace.create(tmp_path / "workspace")
    made.posts.add(pa.Table.from_pylist(rows, POSTS))
    return made


def made(workspace: Workspace) -> Followed:
    list(investigate_periods(workspace, QUESTION, WEEK, NOW))
    return followed(latest_series(workspace))


def test_a_group_is_followed_through_the_weeks(workspace: Workspace) -> None:
    found = made(workspace)
    assert [(step.starts, step.accounts) for step in found.steps] == [
        (MONDAY + number * WEEK, len(accounts)) for number, accounts in enumerate(WEEKS)
    ]
    (lineage,) = found.lineages
    assert [seen.changes for seen in lineage.sightings] == [("born",), ("grew",), ("returned", "shrank")]
    assert found.life_of(lineage) == "seen in 3 of 4 runs, 4 to 8 accounts"
    assert found.said()["runs"][0]["starts"] == "2026-10-05T00:00:00.000Z"
    drawn = lineages_svg(found)
    assert len(drawn.findall("circle")) == 3
    assert len(drawn.findall("path[@class='goes-on rested']")) == 1


def test_the_same_question_again_makes_no_more_runs(workspace: Workspace) -> None:
    first, again = made(workspace), made(workspace)
    assert first == again
    assert len(workspace.vault.runs.all()) == len(WEEKS)
    list(investigate_periods(workspace, Question(("link",), 5, 2), WEEK, NOW + WEEK))
    assert {run.described["parameters"]["window_s"] for run in latest_series(workspace)} == {5}


def test_runs_of_periods_are_not_the_run_that_the_desk_shows(workspace: Workspace) -> None:
    assert latest_series(workspace) == []
    _, described = investigate_workspace(workspace, QUESTION, NOW)
    list(investigate_periods(workspace, QUESTION, WEEK, NOW + WEEK))
    run = latest_run(workspace)
    assert run
    assert run.run_id == described["run_id"]


def test_a_run_of_a_period_is_explained_from_its_own_posts(workspace: Workspace) -> None:
    made(workspace)
    for run in (run for run in latest_series(workspace) if run.groups.height):
        assert explain(run, material_of_run(run, None), "twitter:a", "twitter:b").is_as_counted
        stored = run_named(workspace, run.described["run_id"])
        assert stored
        network = network_of(stored, groups_of_run(stored)[0].group_id)
        assert network
        here = explain_in_run(network, "twitter:b", "twitter:a")
        assert (here.evidence.height, here.is_as_counted) == (3, True)
        assert here.evidence["gap_s"].to_list() == [1, 1, 1]


@pytest.mark.parametrize("every", [timedelta(0), timedelta(minutes=1)])
def test_periods_too_short_to_follow_are_refused(workspace: Workspace, every: timedelta) -> None:
    with pytest.raises(UsageError, match=r"second at least|periods"):
        periods_of(workspace, every)


def test_periods_begin_with_a_day_and_hold_every_post(workspace: Workspace) -> None:
    days = periods_of(workspace, timedelta(days=1))
    assert days[0].since == MONDAY
    assert all(before.until == after.since for before, after in pairwise(days))
    assert days[-1].until > MONDAY + 3 * WEEK + timedelta(hours=12)
    # Ten hours pass before the first post: no empty periods stand in front of it.
    assert periods_of(workspace, timedelta(hours=1))[0].since == MONDAY + timedelta(hours=10)


def test_no_posts_no_periods(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has no posts"):
        periods_of(Workspace.create(tmp_path / "empty"), WEEK)
