"""What `watchbell detect` does with a run, as it is typed."""

import json
from pathlib import Path

import igraph
import pytest
from typer.testing import CliRunner

from watchbell.cli.detect import app
from watchbell.cli.posts import app as posts_app
from watchbell.errors import InputError, UsageError
from watchbell.vault.workspace import Workspace

POSTS = """author_id,id,created_at,text,url
a,1,2021-06-08T10:00:00Z,one [bold]x,https://news.example/1
b,2,2021-06-08T10:00:05Z,two,https://news.example/1?utm_source=x
a,3,2021-06-08T11:00:00Z,three,https://news.example/2
b,4,2021-06-08T11:00:09Z,four,https://news.example/2
"""
PAIR = ("--pair", "twitter:a", "twitter:b")


def run(*words: object) -> str:
    result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A run on a file."""
    posts = tmp_path / "posts.csv"
    posts.write_text(POSTS)
    run(posts, "--out", tmp_path / "run", "--by", "link", "--platform", "twitter")
    return tmp_path / "run"


def test_the_posts_behind_a_pair_are_shown_side_by_side(kept: Path) -> None:
    said = run("explain", kept, *PAIR)
    for shown in ("2 post pairs on 2 objects", "+5 s", "one [bold]x", "two", "twitter:3"):
        assert shown in said
    document = json.loads(run("explain", kept, *PAIR, "--json"))
    assert [row["gap_s"] for row in document["evidence"]] == [5.0, 9.0]
    assert document["is_as_counted"]


def test_the_posts_of_a_group_are_shown_burst_by_burst(kept: Path) -> None:
    group = json.loads(run("facts", kept, "--json"))[0]["group_id"]
    said = run("explain", kept, "--group", group)
    for shown in ("link: https://news.example/1", "+5 s", "one [bold]x", "twitter:b", "four"):
        assert shown in said
    assert "3 of 4 posts" in run("explain", kept, "--group", group, "--limit", 3)
    evidence = json.loads(run("explain", kept, "--group", group, "--json"))["evidence"]
    assert [(row["burst"], row["gap_s"]) for row in evidence] == [(1, 0.0), (1, 5.0), (2, 0.0), (2, 9.0)]


@pytest.mark.parametrize("asked", [(), (*PAIR, "--group", "group-1"), ("--group", "group-1")])
def test_posts_are_those_of_a_pair_or_of_a_group_of_the_run(kept: Path, asked: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match=r"--group ID|no group group-1"):
        run("explain", kept, *asked)


def test_groups_are_followed_through_runs_and_through_periods_of_a_workspace(kept: Path, tmp_path: Path) -> None:
    later = kept.with_name("later")
    posts = kept.with_name("later.csv")
    posts.write_text(POSTS.replace("2021-06-08", "2021-06-16").replace("a,", "a,1").replace("b,", "b,1"))
    run(posts, "--out", later, "--by", "link", "--platform", "twitter")
    said = run("follow", later, kept)
    assert "Run 1, from 2021-06-08 10:00 UTC: 1 group of 2 accounts" in said
    assert "run 2: steady; 2 accounts, 0 new, 0 gone" in said
    place = ("--workspace", tmp_path / "workspace")
    Workspace.create(tmp_path / "workspace").close()
    with pytest.raises(UsageError, match="no runs of consecutive periods"):
        run("follow", *place)
    for file in (kept.with_name("posts.csv"), posts):
        CliRunner().invoke(posts_app, ["import", str(file), "--platform", "twitter", *map(str, place)])
    stricter = ("--any-dependence", "--held-out")
    document = json.loads(run("follow", "--every", "7d", "--by", "link", *stricter, *place, "--json"))
    asked = json.loads((tmp_path / "workspace" / "runs" / document["runs"][0]["run_id"] / "run.json").read_text())
    assert (asked["parameters"]["any_dependence"], asked["parameters"]["held_out"]) == (True, True)
    assert [step["accounts"] for step in document["runs"]] == [2, 2]
    assert document == json.loads(run("follow", *place, "--json"))
    with pytest.raises(UsageError, match="not both"):
        run("follow", kept, "--every", "7d")


def test_what_strangers_wrote_does_not_steer_the_terminal(kept: Path) -> None:
    (kept.parent / "posts.csv").write_text(POSTS.replace("two", "two \x1b[2J :bell: \u202eevil"))
    said = run("explain", kept, *PAIR)
    assert ":bell:" in said
    assert not {"\x1b", "\u202e"} & set(said)


def test_only_as_many_as_asked_for_are_shown(kept: Path) -> None:
    said = run("explain", kept, *PAIR, "--limit", 1)
    assert "+9 s" not in said
    assert "1 of 2 post pairs" in said


def test_it_is_said_when_the_run_has_no_such_pair(kept: Path) -> None:
    posts = kept.parent / "posts.csv"
    posts.write_text(POSTS + "c,5,2021-06-08T10:00:09Z,five,https://news.example/1\n")
    said = run("explain", kept, "--pair", "twitter:a", "twitter:c")
    assert "no such pair" in said
    assert "+9 s" in said


def test_a_run_of_a_workspace_is_called_by_its_id(kept: Path) -> None:
    place = ("--workspace", kept.parent / "w")
    Workspace.create(kept.parent / "w").close()
    words = ["import", str(kept.parent / "posts.csv"), "--platform", "twitter", *map(str, place)]
    assert CliRunner().invoke(posts_app, words).exit_code == 0
    run_id = json.loads(run("--by", "link", *place, "--json"))["run_id"]
    assert "+5 s" in run("explain", run_id, *PAIR, *place)
    assert "Both asked the same question." in run("compare", run_id, run_id, *place)


def test_two_runs_are_compared(kept: Path) -> None:
    other = kept.parent / "other"
    run(kept.parent / "posts.csv", "--out", other, "--by", "link", "--platform", "twitter", "--window", "7s")
    assert "window_s: 60.0 | 7.0" in run("compare", kept, other)
    document = json.loads(run("compare", kept, other, "--json"))
    assert document["pairs"] == {"both": 0, "only_first": 1, "only_second": 0, "jaccard": 0.0}
    assert document["parameters"] == {"window_s": [60.0, 7.0]}


def test_a_run_is_written_for_other_tools(kept: Path) -> None:
    out = kept.parent / "new" / "out"
    assert "2 accounts and 1 pairs" in run("export", kept, "--format", "graphml", "-o", out.with_suffix(".graphml"))
    assert igraph.Graph.Read_GraphML(str(out.with_suffix(".graphml"))).ecount() == 1
    run("export", kept, "--format", "gexf", "-o", out.with_suffix(".gexf"))
    run("export", kept, "--format", "csv", "-o", out.with_suffix(".csv"))
    said = run("export", kept, "--format", "report", "-o", out.with_suffix(".html"))
    assert "no timelines" not in said
    assert sorted(file.name for file in out.parent.iterdir()) == [
        "out.csv",
        "out.gexf",
        "out.graphml",
        "out.groups.csv",
        "out.html",
    ]


def test_a_report_is_made_without_the_posts_and_says_so(kept: Path) -> None:
    (kept.parent / "posts.csv").unlink()
    assert "It has no timelines and facts." in run("export", kept, "--format", "report", "-o", kept.parent / "run.html")


def test_what_cannot_be_meant_is_said(kept: Path) -> None:
    with pytest.raises(UsageError, match="is a folder"):
        run("export", kept, "--format", "csv", "-o", kept)
    with pytest.raises(InputError, match="no finished run"):
        run("compare", kept, kept.parent / "nothing")


def test_files_named_like_a_command_are_named_by_their_path(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(kept.parent)
    Path("explain").write_text(POSTS)
    options = ("--by", "link", "--platform", "twitter", "--json")
    for words in (("./explain", "--out", "one"), ("find", "explain", "--out", "two"), ("--out", "three", "explain")):
        assert json.loads(run(*words, *options))["counts"]["pairs"] == 1


def test_the_help_of_detect_tells_of_what_can_be_done_with_a_run() -> None:
    said = run("--help")
    assert "--min-shared" in said
    for command in ("explain", "compare", "export"):
        assert command in said
