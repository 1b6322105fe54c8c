"""What each trace sees in a post."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from watchbell.detect.actions import actions_of_posts, distinct, traces_named
from watchbell.detect.traces.catalogue import TRACES
from watchbell.errors import UsageError
from watchbell.model.actions import ACTIONS
from watchbell.model.posts import POSTS

ROOT = Path(__file__).parents[3]
AT = datetime(2016, 10, 1, 12, tzinfo=UTC)


def post(**fields: Any) -> pa.Table:
    row = {"platform": "twitter", "account_id": "twitter:a", "post_id": "1", "created_at": AT, **fields}
    return pa.Table.from_pylist([row], POSTS)


def objects(trace: str, posts: pa.Table) -> list[str]:
    found: list[str] = actions_of_posts(posts, traces_named([trace]))["object_id"].to_pylist()
    return found


@pytest.mark.parametrize(
    ("trace", "fields", "expected"),
    [
        ("link", {"links": ["HTTPS://News.example/a?utm_source=x&id=7#top"]}, ["https://news.example/a?id=7"]),
        ("link", {"links": ["https://a.example/", "no link", ""]}, ["https://a.example/"]),
        ("domain", {"links": ["https://www.news.co.uk/a", "https://m.news.co.uk/b"]}, ["news.co.uk"]),
        ("hashtag", {"hashtags": ["#Vote", "\uff36\uff2f\uff34\uff25", "투표", ""]}, ["vote", "투표"]),
        ("text", {"text": "RT @a: Stay  HOME\nhttps://t.example/x"}, ["stay home"]),
        ("text", {"text": " \u200b "}, []),
        ("text", {"text": "انتخابات  نزيهة"}, ["انتخابات نزيهة"]),
        ("exact_text", {"text": "RT @a: Stay  HOME\nhttps://t.example/x"}, ["stay home"]),
        ("hashtag_sequence", {"hashtags": ["#B", "a", "C", "d", "A", "", "e"]}, ["b a c d e"]),
        ("hashtag_sequence", {"hashtags": ["a", "b", "c", "d", "D"]}, []),
        ("media", {"media": [{"sha256": "AB", "pdq": None, "url": None}]}, ["sha256:ab"]),
        ("media", {"media": [{"sha256": "AB", "pdq": "CD", "url": None}]}, ["pdq:cd"]),
        ("media", {"media": [{"sha256": None, "pdq": None, "url": "https://x.example/1.png"}]}, []),
        ("repost", {"repost_of": "99"}, ["twitter:99"]),
        ("reply", {"reply_to": "98"}, ["twitter:98"]),
        ("mention", {"mentions": ["@Bob", "bob"]}, ["twitter:bob"]),
    ],
)
def test_objects_of_a_post(trace: str, fields: dict[str, Any], expected: list[str]) -> None:
    assert sorted(objects(trace, post(**fields))) == sorted(expected)


@pytest.mark.parametrize("trace", TRACES)
def test_a_post_without_anything_is_no_action(trace: str) -> None:
    assert objects(trace, post()) == []


def test_actions_have_the_schema_and_name_their_post() -> None:
    actions = actions_of_posts(post(repost_of="9", hashtags=["a"]), list(TRACES.values()))
    assert actions.schema == ACTIONS
    assert set(zip(actions["kind"].to_pylist(), actions["post_id"].to_pylist(), strict=True)) == {
        ("repost", "twitter:1"),
        ("hashtag", "twitter:1"),
    }


def test_a_post_that_two_files_hold_acts_once() -> None:
    actions = actions_of_posts(post(repost_of="9"), traces_named(["repost"]))
    assert distinct([actions, actions]).num_rows == 1
    assert distinct([]).num_rows == 0


def test_an_unknown_trace_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match="no trace vibe"):
        traces_named(["link", "vibe"])


NEW_TRACE = '''"""Two accounts quote the same post."""

from watchbell.detect.trace import Trace, on_platform, one

TRACE = Trace("quote", "quoted", "quotes of the same posts", one(on_platform("quote_of")))
'''


def test_a_file_that_declares_a_trace_is_all_that_the_command_line_the_desk_and_the_docs_need(tmp_path: Path) -> None:
    """In a process of its own, for traces are looked up once."""
    (tmp_path / "traces").mkdir()
    (tmp_path / "traces" / "quote.py").write_text(NEW_TRACE)
    (tmp_path / "posts.csv").write_text(
        "author_id,id,created_at,quote_of\na,1,2021-06-08T10:00:00Z,9\nb,2,2021-06-08T10:00:05Z,9\n"
    )
    code = f"""
import sys
from watchbell.detect import traces
traces.__path__.append({str(tmp_path / "traces")!r})
import watchbell as wb
from typer.testing import CliRunner
from watchbell.cli.detect import app
found = CliRunner().invoke(app, ["posts.csv", "--out", "run", "--by", "quote", "--min-shared", "1", "--platform", "x"])
assert found.exit_code == 0, found.output
assert "1 pairs" in found.output, found.output
assert "quote" in CliRunner().invoke(app, ["find", "--help"]).output
assert wb.detect("posts.csv", by=["quote"], min_shared=1, platform="x").pairs.height == 1
assert CliRunner().invoke(app, ["export", "run", "--format", "report", "-o", "run.html"]).exit_code == 0
assert "they quoted" in open("run.html").read()
sys.path.insert(0, {str(ROOT / "scripts")!r})
import generate_reference
assert "quote the same post" in generate_reference.traces_page()
from watchbell.web import words
assert words.TRACES["quote"] == "quotes of the same posts"
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path)
