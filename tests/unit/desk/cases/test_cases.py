"""Cases opened by rule: what opens one, what joins one, and what they say."""

import dataclasses
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tests import made_up_desk as made_up
from watchbell.desk.cases import cases
from watchbell.desk.cases.cases import open_cases
from watchbell.desk.investigations.group_facts import facts_at_desk
from watchbell.desk.investigations.investigate import Question, investigate_workspace
from watchbell.detect.techniques import Technique
from watchbell.exchange.stix import bundle_of_case
from watchbell.model.cases import Case, CaseStatus
from watchbell.model.evidence import EvidenceKind
from watchbell.model.indicators import HITS
from watchbell.model.posts import POSTS
from watchbell.model.tlp import Tlp
from watchbell.vault.workspace import Workspace

NOW = made_up.NOW


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Nine accounts that push the same links, ads and an indicator; no case, no hit."""
    opened = Workspace.create(tmp_path / "w")
    opened.posts.add(made_up.posts())
    investigate_workspace(opened, Question(("link",), 60, 2), NOW)
    opened.vault.ads.add(made_up.ads())
    opened.vault.ads.decide(made_up.decisions())
    opened.vault.indicators.add([made_up.indicator()])
    return opened


def hit(target_kind: str, target_id: str, account_id: str | None = None, **more: Any) -> pa.Table:
    row = {
        "hit_id": f"hit-{target_id}",
        "indicator_id": made_up.INDICATOR,
        "indicator_kind": "domain",
        "indicator_value": "herald-news.example",
        "source": "A partner",
        "tlp": "amber",
        "target_kind": target_kind,
        "target_id": target_id,
        "account_id": account_id,
        "field": "links",
        "matched": "https://herald-news.example/",
        "relation": "exact",
    }
    return pa.Table.from_pylist([row | more], HITS)


def only_case(workspace: Workspace) -> Case:
    (case,) = workspace.vault.cases.all()
    return case


def kinds(case: Case) -> set[EvidenceKind]:
    return {piece.kind for piece in case.evidence}


def test_a_group_opens_a_case_with_its_members_and_the_posts_of_a_burst(workspace: Workspace) -> None:
    assert open_cases(workspace, NOW) == (1, 0)
    case = only_case(workspace)
    group = next(piece for piece in case.evidence if piece.kind is EvidenceKind.GROUP)
    posts = [piece for piece in case.evidence if piece.kind is EvidenceKind.POST]
    assert len(group.data["accounts"]) == made_up.MEMBERS
    assert len(posts) == made_up.MEMBERS
    assert [piece.data["gap_s"] for piece in posts] == [3.0 * account for account in range(made_up.MEMBERS)]
    assert {piece.data["object"] for piece in posts} == {"https://herald-news.example/story/0"}


def test_a_case_never_claims_more_than_was_found(workspace: Workspace) -> None:
    open_cases(workspace, NOW)
    case = only_case(workspace)
    assert case.status is CaseStatus.OPEN
    assert case.tlp is Tlp.AMBER
    assert "that they are coordinated is not shown" in case.certainty
    assert "Who is behind it is not said here" in case.certainty


def test_opening_cases_again_changes_nothing(workspace: Workspace) -> None:
    open_cases(workspace, NOW)
    before = only_case(workspace)
    assert open_cases(workspace, NOW + timedelta(days=1)) == (0, 1)
    assert only_case(workspace) == before


def test_a_hit_joins_the_group_it_touches_and_an_ad_joins_through_the_hit(workspace: Workspace) -> None:
    open_cases(workspace, NOW)
    identity = only_case(workspace).id
    workspace.vault.hits.add(hit("post", "twitter:0-0", "twitter:100"))
    workspace.vault.hits.add(hit("ad", made_up.HELD_AD))
    assert open_cases(workspace, NOW) == (0, 1)
    case = only_case(workspace)
    assert case.id == identity
    assert case.title == "9 accounts in step around herald-news.example"
    assert kinds(case) == set(EvidenceKind) - {EvidenceKind.PAIR, EvidenceKind.NOTE}
    assert case.synthetic


def test_a_hit_that_touches_no_group_opens_a_case_of_its_own(workspace: Workspace) -> None:
    workspace.vault.hits.add(hit("ad", made_up.APPROVED_AD))
    assert open_cases(workspace, NOW) == (2, 0)
    titles = {case.title for case in workspace.vault.cases.all()}
    assert titles == {"9 accounts in step around the same posts", "Partners' indicators seen: herald-news.example"}


def _titles(workspace: Workspace) -> set[str]:
    open_cases(workspace, NOW)
    return {case.title for case in workspace.vault.cases.all()} - {"9 accounts in step around the same posts"}


def test_an_indicator_opens_a_case_by_itself_when_it_is_found_often_enough(workspace: Workspace) -> None:
    for n in range(2):
        workspace.vault.hits.add(hit("post", f"twitter:lone-{n}", f"twitter:lone-{n}"))
    assert _titles(workspace) == set()
    workspace.vault.hits.add(hit("post", "twitter:lone-3", "twitter:lone-3"))
    assert _titles(workspace) == {"Partners' indicators seen: herald-news.example"}


@pytest.mark.parametrize(
    ("setting", "opens"),
    [("case_hit_targets = 1", True), ("case_hit_targets = 1\ncase_hit_confidence = 50", False), ("", False)],
)
def test_an_operator_says_what_opens_a_case(setting: str, opens: bool, workspace: Workspace) -> None:
    (workspace.root / "watchbell.toml").write_text(setting, "utf-8")
    workspace.vault.hits.add(hit("post", "twitter:lone", "twitter:lone", confidence=40))
    with Workspace.open(workspace.root) as again:
        assert bool(_titles(again)) is opens


def test_hits_on_a_warning_list_open_no_case_unless_asked(workspace: Workspace) -> None:
    workspace.vault.hits.add(hit("ad", made_up.APPROVED_AD, remark="On the warning list “Own sites” (version 3)."))
    assert _titles(workspace) == set()
    (workspace.root / "watchbell.toml").write_text("case_warned_hits = true", "utf-8")
    with Workspace.open(workspace.root) as again:
        assert _titles(again) == {"Partners' indicators seen: herald-news.example"}


def test_imitations_open_a_case_that_says_what_looks_like_what(workspace: Workspace) -> None:
    more = {
        "indicator_id": "protected--1",
        "indicator_kind": "lookalike",
        "indicator_value": "herald.example",
        "relation": "lookalike",
        "reason": "heralb.example imitates herald.example (The Herald): in “heralb” a letter is another.",
    }
    for n, score in enumerate((90, 85, 95, 60)):
        workspace.vault.hits.add(hit("post", f"twitter:lone-{n}", "twitter:lone", confidence=score, **more))
    assert _titles(workspace) == {"Imitations seen of herald.example"}
    case = next(case for case in workspace.vault.cases.all() if "Imitations" in case.title)
    [piece] = case.evidence
    assert piece.summary == "1 imitation of herald.example, found 3 times in posts and ads."
    assert piece.data["found"][0]["reason"] == more["reason"]
    assert "proves no bad intent" in case.certainty


def test_the_strictest_marking_governs_the_case(workspace: Workspace) -> None:
    red = made_up.indicator().model_copy(update={"tlp": Tlp.RED, "modified": NOW + timedelta(days=1)})
    workspace.vault.indicators.add([red])
    workspace.vault.hits.add(hit("ad", made_up.HELD_AD))
    open_cases(workspace, NOW)
    with_hit = next(case for case in workspace.vault.cases.all() if EvidenceKind.HIT in kinds(case))
    assert with_hit.tlp is Tlp.RED


def test_two_accounts_alone_open_no_case(tmp_path: Path) -> None:
    with Workspace.create(tmp_path / "two") as workspace:
        posts = made_up.posts().to_pylist()
        pair = [post for post in posts if post["account_id"] in {"twitter:100", "twitter:101"}]
        workspace.posts.add(pa.Table.from_pylist(pair, POSTS))
        findings, _ = investigate_workspace(workspace, Question(("link",), 60, 2), NOW)
        assert findings.groups.num_rows == 2
        assert open_cases(workspace, NOW) == (0, 0)


def test_each_opening_is_in_the_ledger(workspace: Workspace) -> None:
    open_cases(workspace, NOW)
    assert workspace.vault.ledger.verify()
    assert [entry.event for entry in workspace.vault.ledger.entries(10)].count("case.opened") == 1


def test_the_techniques_that_a_group_resembles_reach_whoever_the_case_is_shared_with(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = Technique("T0084.001", "The same words, again and again.")
    monkeypatch.setattr(
        cases, "facts_at_desk", lambda *asked: dataclasses.replace(facts_at_desk(*asked), techniques=(copied,))
    )
    open_cases(workspace, NOW)
    told = bundle_of_case(only_case(workspace), [], operator="House")["objects"]
    assert [held["name"] for held in told if held["type"] == "attack-pattern"] == ["Use Copypasta"]
