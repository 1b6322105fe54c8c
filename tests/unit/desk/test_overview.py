import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests import made_up_desk
from tests.made_up_desk import NOW
from watchbell.desk.overview import overview_of, waiting
from watchbell.model.ads import Verdict
from watchbell.model.audiences import PUBLIC, Audience
from watchbell.model.cases import CaseStatus
from watchbell.model.tlp import Tlp
from watchbell.vault.workspace import Workspace

AUDIENCE = Audience(Tlp.AMBER_STRICT)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    root = tmp_path_factory.mktemp("desk") / "workspace"
    made_up_desk.build(root)
    with Workspace.open(root) as opened:
        yield opened


def test_the_figures_are_those_of_the_workspace(workspace: Workspace) -> None:
    seen = overview_of(workspace, AUDIENCE)
    assert (seen.posts, seen.indicators, seen.hits, seen.ads, seen.networks) == (64, 2, 2, 3, 1)
    assert seen.verdicts == {Verdict.APPROVE: 1, Verdict.REVIEW: 1, Verdict.REJECT: 1}
    assert seen.undecided_ads == 0
    assert seen.cases == {
        CaseStatus.OPEN: 1,
        CaseStatus.IN_REVIEW: 0,
        CaseStatus.CONFIRMED: 0,
        CaseStatus.DISMISSED: 0,
    }
    assert [group.accounts for group in seen.largest] == [made_up_desk.MEMBERS]


def test_an_ad_without_a_decision_is_counted_apart(workspace: Workspace, tmp_path: Path) -> None:
    with Workspace.open(shutil.copytree(workspace.root, tmp_path / "copy")) as copy:
        ad = made_up_desk.ads()[0]
        copy.vault.ads.add([ad.model_copy(update={"id": "jsonl:new"})])
        assert overview_of(copy, AUDIENCE).undecided_ads == 1


def test_a_fresh_workspace_has_an_overview(tmp_path: Path) -> None:
    with Workspace.create(tmp_path / "fresh") as fresh:
        seen = overview_of(fresh, AUDIENCE)
    assert (seen.posts, seen.ads, seen.networks, seen.run, seen.waiting_cases) == (0, 0, 0, None, ())


def test_rich_evidence_and_long_waits_come_first_and_what_is_judged_does_not_wait() -> None:
    case = made_up_desk.case()
    older = case.model_copy(update={"id": "older", "opened_at": NOW - timedelta(days=1)})
    judged = case.model_copy(update={"id": "judged", "status": CaseStatus.DISMISSED})
    bare = older.model_copy(update={"id": "bare", "evidence": ()})
    assert waiting([bare, case, judged, older]) == (older, case, bare)


def test_no_figure_tells_of_what_the_audience_may_not_hear_of(workspace: Workspace) -> None:
    seen = overview_of(workspace, PUBLIC)
    assert (seen.indicators, seen.hits, sum(seen.cases.values()), seen.waiting_cases) == (1, 1, 0, ())
