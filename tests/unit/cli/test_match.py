"""`watchbell match`: partners' indicators found in files without a workspace, and in a workspace's posts and ads."""

import csv
import json
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from watchbell.cli.main import app
from watchbell.errors import InputError, NothingUsableError, UsageError
from watchbell.model.ads import Ad
from watchbell.model.indicators import HITS
from watchbell.vault.workspace import Workspace

_POSTS = [
    {"platform": "telegram", "account_id": "1", "post_id": "a", "created_at": "2024-05-01T12:00:00Z",
     "text": "see https://bad.example/x and https://twitter.com/nobody"},
    {"platform": "telegram", "account_id": "=cmd|' /C calc'!A0", "post_id": "b", "created_at": "2024-05-01T12:01:00Z",
     "text": "https://t.me/bad_channel/7"},
    {"platform": "telegram", "account_id": "2", "post_id": "c", "created_at": "2024-05-01T12:02:00Z", "text": "-"},
    {"platform": "telegram", "account_id": "2", "post_id": "d", "created_at": "never", "text": "https://bad.example/"},
]  # fmt: skip
_INDICATORS = (
    "type,value,source\ndomain,bad.example,=HYPERLINK(1)\nurl,https://t.me/bad_channel,Harbour\ndomain,twitter.com,x\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "posts.jsonl").write_text("".join(json.dumps(post) + "\n" for post in _POSTS), encoding="utf-8")
    (tmp_path / "list.csv").write_text(_INDICATORS, encoding="utf-8")
    return tmp_path


def _run(*words: str) -> Result:
    return CliRunner().invoke(app, ["match", *words], catch_exceptions=False)


def _files(folder: Path, out: str) -> list[str]:
    return [str(folder / "posts.jsonl"), "--indicators", str(folder / "list.csv"), "--out", str(folder / out)]


def _workspace(folder: Path) -> list[str]:
    root = folder / "ws"
    with Workspace.create(root) as workspace:
        ad = Ad(id="jsonl:1", source="jsonl", platform="facebook", links=("https://www.bad.example/",))
        workspace.vault.ads.add([ad])
    for group, file in (("posts", "posts.jsonl"), ("indicators", "list.csv")):
        CliRunner().invoke(app, [group, "import", str(folder / file), "--workspace", str(root)], catch_exceptions=False)
    return ["--workspace", str(root)]


def test_files_need_no_workspace(folder: Path) -> None:
    told = json.loads(_run(*_files(folder, "hits.parquet"), "--json").stdout)
    assert (told["hits"], told["posts"], told["indicators"], told["rejected_rows"]) == (2, 3, 2, 1)
    assert told["by_kind"] == {"domain": 1, "handle": 1}
    hits = pq.read_table(folder / "hits.parquet")
    assert hits.schema == HITS
    assert hits.column("target_id").to_pylist() == ["telegram:a", "telegram:b"]
    rejects = (folder / "hits.parquet.rejects.jsonl").read_text("utf-8").splitlines()
    assert json.loads(rejects[0])["row"] == 4


def test_no_cell_of_a_csv_is_a_formula(folder: Path) -> None:
    _run(*_files(folder, "hits.csv"))
    with (folder / "hits.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["matched"] for row in rows] == ["https://bad.example/x", "https://t.me/bad_channel/7"]
    assert rows[0]["source"] == "'=HYPERLINK(1)"
    assert not [cell for row in rows for cell in row.values() if cell[:1] in tuple("=+-@")]


def test_json_lines_are_hits_one_by_one(folder: Path) -> None:
    result = _run(*_files(folder, "hits.jsonl"))
    assert "2 hits of 2 indicators in 3 posts." in result.stdout
    hits = [json.loads(line) for line in (folder / "hits.jsonl").read_text("utf-8").splitlines()]
    assert [hit["relation"] for hit in hits] == ["exact", "account"]
    assert hits[0]["at"] == "2024-05-01T12:00:00+00:00"


def test_a_workspace_keeps_its_hits_once(folder: Path) -> None:
    at = _workspace(folder)
    first = json.loads(_run(*at, "--json").stdout)
    assert (first["hits"], first["new"], first["posts"], first["ads"]) == (3, 3, 3, 1)
    again = json.loads(_run(*at, "--json").stdout)
    assert (again["hits"], again["new"]) == (3, 0)
    with Workspace.open(folder / "ws") as workspace:
        assert sorted(workspace.vault.hits.all().column("target_kind").to_pylist()) == ["ad", "post", "post"]


def test_the_workspaces_indicators_serve_for_files_too(folder: Path) -> None:
    at = _workspace(folder)
    told = json.loads(_run(str(folder / "posts.jsonl"), "--out", str(folder / "h.csv"), *at, "--json").stdout)
    assert (told["hits"], told["new"], told["ads"]) == (2, 0, 0)


def test_files_of_indicators_serve_for_the_workspaces_posts(folder: Path) -> None:
    at = _workspace(folder)
    told = json.loads(
        _run("--indicators", str(folder / "list.csv"), "--out", str(folder / "h.csv"), *at, "--json").stdout
    )
    assert (told["hits"], told["posts"], told["new"]) == (2, 3, 0)


def test_a_bare_install_matches_without_the_parts_for_stix(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stix2", "stix2.pattern_visitor", "stix2patterns"):
        monkeypatch.setitem(sys.modules, name, None)
    assert json.loads(_run(*_files(folder, "hits.csv"), "--json").stdout)["hits"] == 2


@pytest.mark.parametrize(
    ("words", "error", "said"),
    [
        (["posts.jsonl", "--indicators", "list.csv"], UsageError, "--out"),
        (["posts.jsonl", "--indicators", "list.csv", "--out", "hits.xlsx"], UsageError, "names no format"),
        (["posts.jsonl", "--indicators", "posts.jsonl", "--out", "hits.csv"], InputError, "holds no indicators"),
        (["posts.jsonl", "--indicators", "none.csv", "--out", "hits.csv"], InputError, "none.csv"),
        (["posts.jsonl", "--indicators", "bad.csv", "--out", "hits.csv"], NothingUsableError, "not one indicator"),
    ],
)
def test_wrong_use_is_said_in_words(
    folder: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], error: type[Exception], said: str
) -> None:
    monkeypatch.chdir(folder)
    (folder / "bad.csv").write_text("type,value\ndomain,18 accounts\n", encoding="utf-8")
    with pytest.raises(error, match=said):
        _run(*words)
    assert not (folder / "hits.csv").exists()


def test_an_expired_indicator_is_silent(folder: Path) -> None:
    past = {"type": "domain", "value": "bad.example", "valid_from": "2024-01-01", "valid_until": "2025-01-01"}
    (folder / "list.jsonl").write_text(json.dumps(past) + "\n", encoding="utf-8")
    words = [str(folder / "posts.jsonl"), "--indicators", str(folder / "list.jsonl"), "--out", str(folder / "h.csv")]
    assert json.loads(_run(*words, "--json").stdout)["hits"] == 0
