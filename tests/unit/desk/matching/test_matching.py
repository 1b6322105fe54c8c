"""Matching in a workspace: new indicators alone, warning lists, imitations in posts and ads."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from typer.testing import CliRunner

from watchbell.cli.main import app
from watchbell.desk.matching.lookalikes import lookalike_index, lookalikes_in_lines
from watchbell.desk.matching.matching import match_newcomers, match_workspace
from watchbell.errors import UsageError
from watchbell.model.ads import Ad
from watchbell.model.indicators import Indicator, IndicatorKind, indicator_id
from watchbell.model.posts import POSTS
from watchbell.vault.workspace import Workspace

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def indicator(domain: str, **more: object) -> Indicator:
    return Indicator(
        id=indicator_id(IndicatorKind.DOMAIN, None, domain, "Meta"),
        kind=IndicatorKind.DOMAIN,
        value=domain,
        published_as=domain,
        source="Meta",
        valid_from=NOW,
        created=NOW,
        modified=NOW,
    ).model_copy(update=more)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    opened = Workspace.create(tmp_path / "w")
    basis = {"platform": "telegram", "account_id": "telegram:1", "created_at": NOW}
    links = [["https://first.example/"], ["https://second.example/"], ["https://www.spiegel.ltd/"]]
    posts = [basis | {"post_id": str(n), "links": held} for n, held in enumerate(links)]
    opened.posts.add(pa.Table.from_pylist(posts, schema=POSTS))
    opened.vault.ads.add([Ad(id="a:1", source="a", platform="facebook", links=("https://second.example/ad",))])
    return opened


def test_only_what_is_new_is_looked_for(workspace: Workspace) -> None:
    shelf = workspace.vault.indicators
    shelf.add([indicator("first.example")])
    assert match_workspace(workspace, now=NOW).new == 1
    assert match_newcomers(workspace, now=NOW).indicators == 0
    shelf.add([indicator("second.example")])
    found = match_newcomers(workspace, now=NOW)
    assert (found.indicators, found.new, found.posts, found.ads) == (1, 2, 3, 1)
    assert match_newcomers(workspace, now=NOW).indicators == 0
    shelf.add([indicator("second.example", modified=NOW + timedelta(days=1))])
    assert match_newcomers(workspace, now=NOW).indicators == 1


def test_a_warning_list_in_the_workspace_marks_its_hits(workspace: Workspace) -> None:
    workspace.vault.indicators.add([indicator("first.example"), indicator("bit.ly")])
    told = {"name": "Own sites", "version": 3, "type": "string", "list": ["first.example"]}
    (workspace.root / "warninglists").mkdir()
    (workspace.root / "warninglists" / "own.json").write_text(json.dumps(told), "utf-8")
    matched = match_workspace(workspace, now=NOW)
    assert matched.hits["remark"].to_pylist() == ["On the warning list “Own sites” (version 3)."]
    assert (matched.indicators, matched.set_aside) == (1, 1)


def test_what_has_ended_is_found_only_when_asked_for(workspace: Workspace) -> None:
    workspace.vault.indicators.add([indicator("first.example", revoked=True)])
    assert match_workspace(workspace, now=NOW).hits.num_rows == 0
    assert match_workspace(workspace, now=NOW, ended=True).hits.num_rows == 1


def test_imitations_are_found_in_posts_and_ads_and_are_not_public(workspace: Workspace) -> None:
    workspace.vault.ads.add([Ad(id="a:2", source="a", platform="facebook", advertiser="Washingtom Post")])
    matched = match_workspace(workspace, now=NOW, imitated=lookalike_index(["bundled"]))
    found = {(hit["target_id"], hit["indicator_value"], hit["field"]) for hit in matched.hits.to_pylist()}
    assert found == {("telegram:2", "spiegel.de", "links"), ("a:2", "washingtonpost.com", "advertiser")}
    assert set(matched.hits["tlp"].to_pylist()) == {"amber"}


def test_an_import_may_look_for_what_it_brought(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text("type,value,tlp\ndomain,second.example,clear\n", "utf-8")
    arguments = [
        "indicators",
        "import",
        str(tmp_path / "new.csv"),
        "--match",
        "--workspace",
        str(workspace.root),
        "--json",
    ]
    for expected in (2, 0):
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 0, result.output
        assert json.loads(result.stdout)["new_hits"] == expected
    again = CliRunner().invoke(app, ["match", "--new", "--workspace", str(workspace.root), "--json"])
    assert (json.loads(again.stdout)["indicators"], json.loads(again.stdout)["hits"]) == (0, 0)


def test_hosts_are_read_out_of_lists_tables_and_certificate_logs(tmp_path: Path) -> None:
    index = lookalike_index(["bundled"])
    lines = [
        "spiegel.ltd",
        "1,welt.media,x",
        '{"all_domains": ["*.lemonde.ltd", "lemonde.ltd", "fine.example"]}',
        "\0" * 9,
    ]
    assert [one.host for one in lookalikes_in_lines(lines, index)] == ["spiegel.ltd", "welt.media", "lemonde.ltd"]
    (tmp_path / "empty.txt").write_text("# none\n", "utf-8")
    with pytest.raises(UsageError, match="not one protected name"):
        lookalike_index([str(tmp_path / "empty.txt")])


def test_lookalikes_at_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "ours.txt").write_text("harbour-courier.example\n", "utf-8")
    (tmp_path / "seen.txt").write_text("harbourcourier.top\nspiegel.ltd\n", "utf-8")
    result = CliRunner().invoke(
        app,
        [
            "lookalike",
            "fine.example",
            "--list",
            str(tmp_path / "seen.txt"),
            "--against",
            str(tmp_path / "ours.txt"),
            "--json",
        ],
    )
    told = json.loads(result.stdout)
    assert [(one["host"], one["imitates"], one["list"]) for one in told["lookalikes"]] == [
        ("harbourcourier.top", "harbour-courier.example", "ours.txt")
    ]
    shown = CliRunner().invoke(app, ["lookalike", "spiegel.ltd"])
    assert "1 lookalikes of" in shown.stdout
    assert CliRunner().invoke(app, ["lookalike"]).exit_code != 0
