"""What each trace sees in a post."""

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest

from watchbell.detect.actions import actions_of_posts, distinct, traces_named
from watchbell.detect.traces.catalogue import TRACES
from watchbell.errors import UsageError
from watchbell.model.actions import ACTIONS
from watchbell.model.posts import POSTS

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
