"""`watchbell detect` as it is typed."""

import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from watchbell.cli.detect import app
from watchbell.cli.posts import app as posts_app
from watchbell.errors import NothingUsableError, UsageError
from watchbell.model.actions import GROUPS, PAIRS
from watchbell.vault.workspace import Workspace

POSTS = """author_id,id,created_at,text,url
a,1,2021-06-08T10:00:00Z,one,https://news.example/1
b,2,2021-06-08T10:00:05Z,two,https://news.example/1?utm_source=x
a,3,2021-06-08T11:00:00Z,three,https://news.example/2
b,4,2021-06-08T11:00:09Z,four,https://news.example/2
c,5,2021-06-08T12:00:00Z,five,https://news.example/1
"""


def run(*words: object, code: int = 0) -> str:
    result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result.stdout


@pytest.fixture
def posts(tmp_path: Path) -> Path:
    path = tmp_path / "posts.csv"
    path.write_text(POSTS)
    return path


def test_posts_give_pairs_groups_and_how_they_were_found(posts: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    document = json.loads(
        run(posts, "--out", out, "--window", "10s", "--by", "link", "--platform", "twitter", "--json")
    )
    pairs = pl.read_parquet(out / "pairs.parquet")
    assert pairs.select("account_a", "account_b", "by", "post_pairs", "objects").rows() == [
        ("twitter:a", "twitter:b", "link", 2, 2)
    ]
    assert pairs.columns == PAIRS.names
    assert pl.read_parquet(out / "groups.parquet").columns == GROUPS.names
    described = json.loads((out / "run.json").read_text())
    assert described["counts"] == document["counts"]
    assert described["parameters"] == {
        "by": ["link"],
        "window_s": 10.0,
        "min_shared": 2,
        "rule": "shared",
        "level": 0.0,
        "any_dependence": False,
        "held_out": False,
    }


@pytest.mark.parametrize("windows", [["--window", "5s,1h"], ["--window", "1h", "--window", "5s"]])
def test_several_windows_are_counted_together_and_a_pair_is_one_pair(
    windows: list[str], posts: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    document = json.loads(
        run(posts, "--out", out, *windows, "--by", "link", "--platform", "x", "--min-shared", 1, "--json")
    )
    pairs = pl.read_parquet(out / "pairs.parquet").filter(account_a="x:a", account_b="x:b")
    assert pairs.select("window_s", "post_pairs").rows() == [(5.0, 1), (3_600.0, 2)]
    assert document["parameters"]["window_s"] == [5, 3_600]
    assert document["counts"]["pairs"] == 1


def test_a_rate_under_any_dependence_is_asked_for_and_written_down(posts: Path, tmp_path: Path) -> None:
    asked = ["--window", "10s", "--by", "link", "--platform", "twitter", "--any-dependence"]
    run(posts, "--out", tmp_path / "out", *asked)
    described = json.loads((tmp_path / "out" / "run.json").read_text())
    assert described["parameters"]["any_dependence"] is True


def test_a_table_of_actions_keeps_its_ids(tmp_path: Path) -> None:
    table = tmp_path / "actions.parquet"
    pl.DataFrame({"u": [10, 9, 10], "o": [1, 1, 1], "t": [0, 4, 9]}).write_parquet(table)
    run(table, "--account", "u", "--object", "o", "--time", "t", "--out", tmp_path / "out", "--min-shared", 1)
    rows = (
        pl.read_parquet(tmp_path / "out" / "pairs.parquet").select("account_a", "account_b", "by", "post_pairs").rows()
    )
    assert rows == [("10", "9", "object", 2)]


def test_a_rule_chooses_the_pairs_that_make_groups_and_all_pairs_stay(posts: Path, tmp_path: Path) -> None:
    document = json.loads(
        run(posts, "--out", tmp_path / "o", "--by", "link", "--rule", "fdr", "--level", 0.01, "--json")
    )
    assert document["parameters"]["rule"] == "fdr"
    assert (document["counts"]["pairs"], document["counts"]["kept_pairs"], document["counts"]["groups"]) == (1, 0, 0)


def test_rows_that_are_no_actions_are_kept_beside_the_result(tmp_path: Path) -> None:
    table = tmp_path / "actions.csv"
    table.write_text("u,o,t\na,x,1\nb,x,2\nc,x,never\n,x,3\n")
    options = ("--account", "u", "--object", "o", "--time", "t", "--min-shared", 1)
    said = run(table, *options, "--out", tmp_path / "out")
    rejects = [json.loads(line) for line in (tmp_path / "out" / "rejects.jsonl").read_text().splitlines()]
    assert {(reject["row"], reject["field"]) for reject in rejects} == {(4, "t"), (5, "u")}
    assert "2 rows could not be used" in said


def test_the_workspace_keeps_the_run_and_the_same_question_is_the_same_run(posts: Path, tmp_path: Path) -> None:
    Workspace.create(tmp_path / "w").close()
    place = ("--workspace", tmp_path / "w")
    imported = CliRunner().invoke(posts_app, ["import", str(posts), "--platform", "twitter", *map(str, place)])
    assert imported.exit_code == 0, imported.output
    first, again = (json.loads(run("--by", "link", *place, "--json")) for _ in range(2))
    assert first["run_id"] == again["run_id"]
    with Workspace.open(tmp_path / "w") as workspace:
        assert [found.run_id for found in workspace.vault.runs.all()] == [first["run_id"]]
    assert first["counts"]["pairs"] == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("posts.csv",), "--out"),
        (("posts.csv", "--out", "o", "--by", "vibe"), "no trace vibe"),
        (("posts.csv", "--out", "o", "--window", "soon"), "no length of time"),
        (("posts.csv", "--out", "o", "--rule", "vibe"), "no rule vibe"),
        (("posts.csv", "--out", "o", "--rule", "fdr", "--level", "5"), "from 0 to 1"),
        (("posts.csv", "--out", "o", "--account", "a"), "--object"),
        (("--account", "a", "--object", "b", "--time", "c"), "name the files"),
        (
            (
                "posts.csv",
                "--out",
                "o",
                "--account",
                "a",
                "--object",
                "b",
                "--time",
                "c",
                "--by",
                "link",
                "--by",
                "text",
            ),
            "once",
        ),
    ],
)
def test_what_cannot_be_meant_is_said(
    words: tuple[str, ...], said: str, posts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(posts.parent)
    with pytest.raises(UsageError, match=said):
        run(*words)


def test_a_file_without_one_usable_row_is_an_error_that_says_the_first_reason(tmp_path: Path) -> None:
    table = tmp_path / "actions.csv"
    table.write_text("u,o,t\na,x,1623160000000\nb,x,1623160001000\n")
    with pytest.raises(NothingUsableError, match="divided by 1000"):
        run(table, "--account", "u", "--object", "o", "--time", "t", "--out", tmp_path / "out")


def test_a_table_is_counted_without_loading_pandas(tmp_path: Path) -> None:
    """Several of Arrow's ways load it where it is installed, and that takes longer than a small table does."""
    table = tmp_path / "actions.parquet"
    pl.DataFrame({"u": ["a", "b"] * 2, "o": ["x", "x", "y", "y"], "t": [1, 2, 3, 4]}).write_parquet(table)
    words = [str(table), "--account", "u", "--object", "o", "--time", "t", "--out", str(tmp_path / "out")]
    script = (
        "import sys; from watchbell.cli.detect import app\n"
        "app(sys.argv[1:], standalone_mode=False); assert 'pandas' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script, *words], check=True, capture_output=True)
