"""`watchbell detect facts`: what is known of a run's groups, read again from what the run was made of."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from watchbell.cli.detect import app
from watchbell.desk.samples import sample_path
from watchbell.errors import InputError, UsageError

OUTLETS = """version = "test"
source = "a test"
[[outlet]]
name = "River Valley Wire"
kind = "news agency"
accounts = ["twitter:river_valley_wire_made_up", "twitter:river_valley_wire_alerts_made_up"]
"""


def run(*words: object) -> str:
    result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("run")
    run(sample_path("scenario-posts"), "--by", "link", "--window", "10s", "--min-shared", 8, "--out", place)
    return place


def test_the_campaign_and_the_news_wire_are_told_apart_by_their_facts(folder: Path) -> None:
    campaign, wire = json.loads(run("facts", folder, "--json"))
    assert campaign["platforms"] == ["telegram", "twitter"]
    assert campaign["languages"][0]["lang"] == "en"
    assert {technique["disarm_id"] for technique in campaign["techniques"]} == {"T0119.002"}
    assert (wire["judged"], wire["automated"]) == (2, 2)
    assert {member["role"] for member in wire["members"]} == {"seeder", "amplifier"}


def test_a_declared_outlet_is_said_to_be_one(folder: Path, tmp_path: Path) -> None:
    listed = tmp_path / "outlets.toml"
    listed.write_text(OUTLETS)
    facts: list[dict[str, Any]] = json.loads(run("facts", folder, "--outlets", listed, "--json"))
    assert [group["declared"] for group in facts] == [False, True]
    assert "synchronised openly" in run("facts", folder, "--outlets", listed)


def test_one_group_can_be_asked_for(folder: Path) -> None:
    name = json.loads(run("facts", folder, "--json"))[1]["group_id"]
    assert run("facts", folder, "--group", name).count("group-") == 1
    with pytest.raises(UsageError, match="no group group-none"):
        run("facts", folder, "--group", "group-none")


def test_a_run_whose_input_is_gone_says_so(tmp_path: Path) -> None:
    posts = tmp_path / "posts.jsonl"
    posts.write_bytes(sample_path("scenario-posts").read_bytes())
    run(posts, "--by", "link", "--out", tmp_path / "run")
    posts.unlink()
    with pytest.raises(InputError, match="cannot be found"):
        run("facts", tmp_path / "run")


def test_a_workspace_keeps_its_own_list_of_outlets(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "outlets.toml").write_text(OUTLETS)
    assert "synchronised openly" in run("facts", folder, "--workspace", tmp_path)
    (tmp_path / "outlets.toml").write_text("version = [")
    with pytest.raises(InputError, match="cannot be read as a list of outlets"):
        run("facts", folder, "--workspace", tmp_path)


def test_declared_outlets_stand_apart_in_what_is_exported(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "outlets.toml").write_text(OUTLETS)
    run("export", folder, "--format", "csv", "-o", tmp_path / "run.csv", "--workspace", tmp_path)
    groups = pl.read_csv(tmp_path / "run.groups.csv")
    wire = groups.filter(pl.col("declared"))
    assert set(wire["outlet"]) == {"River Valley Wire"}
    assert groups.filter(~pl.col("declared"))["outlet"].null_count() == groups.height - 2
    run("export", folder, "--format", "report", "-o", tmp_path / "run.html", "--workspace", tmp_path)
    page = (tmp_path / "run.html").read_text()
    apart = page.index("Groups of declared outlets")
    assert page.index("Group 1: ") < apart < page.index("Group 2: ")


def test_results_are_split_within_and_across_platforms(folder: Path, tmp_path: Path) -> None:
    campaign, _ = json.loads(run("facts", folder, "--json"))
    assert 0 < campaign["across"] < campaign["pairs"]
    assert f"{campaign['across']} of {campaign['pairs']} pairs are across platforms" in run("facts", folder)
    written = {}
    for span in ("all", "within", "across"):
        run("export", folder, "--format", "csv", "-o", tmp_path / f"{span}.csv", "--platforms", span)
        written[span] = pl.read_csv(tmp_path / f"{span}.csv")
    sides = [written["across"][side].str.split(":").list.first() for side in ("account_a", "account_b")]
    assert (sides[0] != sides[1]).all()
    assert written["across"].height == campaign["across"]
    assert written["within"].height + written["across"].height == written["all"].height
    run("export", folder, "--format", "report", "-o", tmp_path / "run.html")
    assert "telegram and twitter" in (tmp_path / "run.html").read_text()
