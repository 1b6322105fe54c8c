"""The made-up scenario, step by step: a campaign pushes a lookalike news site that a partner has already published,
and buys an ad whose payer does not exist. Each room finds its part, and one case holds them all."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.stories.conftest import Watchbell
from watchbell.desk.samples import sample_path
from watchbell.model.evidence import EvidenceKind
from watchbell.vault.workspace import Workspace

LOOKALIKE = "herald-tribune-news.example"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory, watchbell: Watchbell) -> Path:
    place = tmp_path_factory.mktemp("story") / "workspace"
    watchbell("init", place)
    return place


@pytest.fixture(scope="module")
def steps(workspace: Path, watchbell: Watchbell) -> dict[str, Any]:
    register = sample_path("fec-committees-2016")
    question = ("--by", "link", "--by", "text", "--window", "60s", "--min-shared", "2")

    def run(*words: object) -> Any:
        return watchbell(*words, "--json", workspace=workspace)

    return {
        "posts": run("posts", "import", sample_path("scenario-posts")),
        "indicators": run("indicators", "import", sample_path("scenario-bundle")),
        "ads": run("ads", "import", sample_path("scenario-ads"), "--source", "jsonl", "--register", register),
        "detect": run("detect", *question),
        "match": run("match"),
    }


def test_detect_finds_the_campaign_on_both_platforms_and_nobody_else(steps: dict[str, Any]) -> None:
    groups = pl.read_parquet(Path(steps["detect"]["folder"]) / "groups.parquet")
    largest = groups.filter(pl.col("group_id") == groups["group_id"][0])
    posts = pl.read_ndjson(sample_path("scenario-posts"))
    campaign = posts.filter(pl.col("links").list.join(" ").str.contains(LOOKALIKE, literal=True))
    assert set(largest["account_id"].str.split(":").list.first()) == {"twitter", "telegram"}
    assert set(largest["account_id"].str.split(":").list.last()) <= set(campaign["account_id"])
    assert not largest["account_id"].str.contains("neighbour").any()


def test_the_news_wire_is_synchronised_too_and_stays_apart(steps: dict[str, Any]) -> None:
    groups = pl.read_parquet(Path(steps["detect"]["folder"]) / "groups.parquet")
    wires = groups.filter(pl.col("account_id").str.contains("wire"))
    assert wires["group_id"].n_unique() == 1
    assert wires.height == groups.filter(pl.col("group_id") == wires["group_id"][0]).height


def test_the_ad_is_rejected_for_what_it_says_and_held_for_who_pays(steps: dict[str, Any], workspace: Path) -> None:
    with Workspace.open(workspace) as opened:
        decisions = {ad.id: opened.vault.ads.decision(ad.id) for ad in opened.vault.ads.all()}
    codes = {ad: {finding.code for finding in found.policies} for ad, found in decisions.items() if found}
    verdicts = {ad: str(found.verdict) for ad, found in decisions.items() if found}
    assert steps["ads"]["files"][0]["ads"] == 3
    assert codes["jsonl:made-up-1"] >= {"VI-METHOD", "PAYER-UNKNOWN"}
    assert verdicts == {
        "jsonl:made-up-1": "reject",
        "jsonl:made-up-2": "approve",
        "jsonl:made-up-3": "approve",
    }


def test_one_case_holds_what_every_room_found(steps: dict[str, Any], workspace: Path) -> None:
    assert steps["match"]["hits"]
    with Workspace.open(workspace) as opened:
        cases = opened.vault.cases.all()
        assert opened.vault.ledger.verify()
    (case,) = cases
    assert {piece.kind for piece in case.evidence} == {
        EvidenceKind.GROUP,
        EvidenceKind.POST,
        EvidenceKind.INDICATOR,
        EvidenceKind.HIT,
        EvidenceKind.AD,
        EvidenceKind.AD_DECISION,
    }
    assert LOOKALIKE in case.title
    assert case.synthetic
    assert "Who is behind it is not said" in case.certainty


@pytest.mark.usefixtures("steps")
def test_the_story_told_twice_is_the_same_story(watchbell: Watchbell, workspace: Path) -> None:
    def counts() -> tuple[int, int, int, int]:
        with Workspace.open(workspace) as opened:
            vault = opened.vault
            return opened.posts.count(), vault.hits.count(), vault.ads.count(), vault.cases.count()

    before = counts()
    again = watchbell("posts", "import", sample_path("scenario-posts"), "--json", workspace=workspace)
    watchbell("match", "--json", workspace=workspace)
    assert again["files"][0]["new"] == 0
    assert counts() == before


@pytest.mark.usefixtures("steps")
def test_the_bulletin_leaves_out_what_its_audience_may_not_hear(
    watchbell: Watchbell, workspace: Path, tmp_path: Path
) -> None:
    out = tmp_path / "bulletin.json"
    watchbell("indicators", "export", "--format", "stix", "--up-to", "green", "-o", out, workspace=workspace)
    text = out.read_text()
    assert LOOKALIKE in text
    with Workspace.open(workspace) as opened:
        narrow = [found.value for found in opened.vault.indicators.all() if found.tlp.rank > 1]
    assert narrow
    assert not any(value in text for value in narrow)
