"""A file of posts is planned in words, then read in bounded tables; what is no post becomes a reject."""

import csv
import gzip
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from watchbell.errors import InputError, NothingUsableError, UsageError
from watchbell.files import Reject
from watchbell.model.posts import POSTS
from watchbell.sources import reading
from watchbell.sources.reading import plan, read_posts


def posts_of(path: Path, **how: Any) -> tuple[list[dict[str, Any]], list[Reject]]:
    tables, rejects = [], []
    for table, rejected in read_posts(path, **how):
        assert table.schema == POSTS
        table.validate(full=True)
        tables.append(table)
        rejects += rejected
    return pa.concat_tables(tables).to_pylist() if tables else [], rejects


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


SIMPLE = (
    "Author ID,tweet_id,Date,Content\nu1,1,2021-06-08 14:03:22,Read https://a.org/x #vote @bob\nu2,2,1623161003,Bye\n"
)


def test_a_table_is_told_by_its_columns_and_says_what_it_assumes(tmp_path: Path) -> None:
    how = plan(written(tmp_path / "posts.csv", SIMPLE))
    assert (how.source, how.guessed, how.platform) == ("table", True, "unknown")
    assert how.mapping == {"account_id": "Author ID", "post_id": "tweet_id", "created_at": "Date", "text": "Content"}
    assert [note.split(":")[0] for note in how.notes] == ["Date has no time zone", "The platform is not known"]


def test_links_hashtags_and_mentions_are_found_in_the_text(tmp_path: Path) -> None:
    (first, second), rejects = posts_of(written(tmp_path / "posts.csv", SIMPLE), platform="twitter")
    assert rejects == []
    assert (first["platform"], first["account_id"], first["post_id"]) == ("twitter", "twitter:u1", "1")
    assert first["created_at"].isoformat() == "2021-06-08T14:03:22+00:00"
    assert (first["links"], first["hashtags"], first["mentions"]) == (["https://a.org/x"], ["vote"], ["bob"])
    assert second["created_at"].isoformat() == "2021-06-08T14:03:23+00:00"


def test_a_given_mapping_wins_over_the_names(tmp_path: Path) -> None:
    path = written(
        tmp_path / "posts.jsonl", '{"user": {"id": 5}, "when": 1623161002, "date": "x", "seen": "https://a.org"}\n' * 2
    )
    mapping = {"account_id": "user.id", "created_at": "when", "links": "seen"}
    how = plan(path, mapping=mapping, platform="x")
    assert how.mapping == mapping
    assert how.unused == ("user", "date")
    (post, again), _ = posts_of(path, mapping=mapping, platform="x")
    assert (post["account_id"], post["links"]) == ("x:5", ["https://a.org"])
    assert again["post_id"] == post["post_id"]  # no ids: equal rows are one post


def test_a_column_that_few_rows_have_is_found(tmp_path: Path) -> None:
    plain = '{"user_id": "a", "id": %d, "date": 1623161002}\n'
    rare = '{"user_id": "a", "id": 999, "date": 1623161002, "retweet_id": "7"}\n'
    path = written(tmp_path / "posts.jsonl", "".join(plain % n for n in range(300)) + rare)
    assert posts_of(path)[0][-1]["repost_of"] == "7"


WRONG: list[tuple[Mapping[str, Any], str]] = [
    ({"source": "myspace"}, "no source 'myspace'"),
    ({"mapping": {"writer": "Author ID"}}, "no column 'writer' to map"),
    ({"mapping": {"account_id": "author"}}, "no column 'author'"),
    ({"source": "telegram", "mapping": {"account_id": "Author ID"}}, "--map is for tables"),
    ({"platform": "My Site"}, "--platform 'My Site'"),
]


@pytest.mark.parametrize(("how", "message"), WRONG, ids=[message for _, message in WRONG])
def test_a_wrong_wish_is_said_before_anything_is_read(tmp_path: Path, how: Mapping[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        plan(written(tmp_path / "posts.csv", SIMPLE), **how)


def test_a_table_that_does_not_say_who_or_when_names_its_columns(tmp_path: Path) -> None:
    path = written(tmp_path / "prices.csv", "item,price\nbread,2\nmilk,1\n")
    with pytest.raises(InputError, match=r"account_id or created_at.*--map account_id=COLUMN.*item, price"):
        plan(path)


def test_a_file_without_a_readable_row_says_why(tmp_path: Path) -> None:
    with pytest.raises(NothingUsableError, match=r"row 1: The line is not JSON"):
        plan(written(tmp_path / "posts.jsonl", "{x}\n{y}\n"))


def test_times_of_days_only_are_pointed_out(tmp_path: Path) -> None:
    how = plan(written(tmp_path / "posts.csv", "user_id,id,date\n1,2,2021-06-08\n"))
    assert "simultaneous" in how.notes[0]


HOSTILE_ROWS = {
    "year 0": "u,3,0000-01-01T00:00:00Z,x",
    "year 12": "u,3,0012-05-01,x",
    "far future": "u,3,2525-01-01,x",
    "before platforms": "u,3,86400,x",
    "either day or month": "u,3,3/4/2017 19:58,x",
    "no time": "u,3,,x",
    "no account": ",3,2021-06-08T14:03:22Z,x",
    "ragged": "u,3",
    "NUL": "u,3,2021-06-08T14:03:22Z,a\0b",
    "open quote": 'u,3,2021-06-08T14:03:22Z,"x',
}


@pytest.mark.parametrize("row", HOSTILE_ROWS.values(), ids=HOSTILE_ROWS)
def test_a_row_that_is_no_post_costs_no_other(tmp_path: Path, row: str) -> None:
    head, *good = ["user_id,id,date,text", "a,1,2021-06-08T14:03:22Z,one", "b,2,2021-06-08T14:03:23Z,two"]
    path = written(tmp_path / "posts.csv", "\n".join([head, good[0], row, good[1]]) + "\n")
    posts, rejects = posts_of(path)
    assert [post["post_id"] for post in posts] == ["1", "2"]
    (reject,) = rejects
    assert (reject.file, reject.row) == (str(path), 3)
    assert reject.reason.endswith(".")


def test_a_bad_time_names_field_and_value(tmp_path: Path) -> None:
    path = written(tmp_path / "posts.csv", "user_id,id,publish_date\na,1,2021-06-08T14:03Z\na,2,0000-00-00\n")
    (reject,) = posts_of(path)[1]
    assert reject.field == "publish_date"
    assert "'0000-00-00'" in reject.reason


def test_a_platform_that_a_row_names_wins(tmp_path: Path) -> None:
    rows = "platform,account_id,post_id,created_at\n"
    rows += "".join(f"{name},{n},1623161002\n" for name, n in [("VK,1", 1), (",2", 2), ("vk,vk:3", 3), ("\u00fc,4", 4)])
    posts, rejects = posts_of(written(tmp_path / "posts.csv", rows), platform="other")
    assert [post["account_id"] for post in posts] == ["vk:1", "other:2", "vk:3"]
    assert [reject.field for reject in rejects] == ["platform"]


def test_what_watchbell_wrote_it_reads_back(tmp_path: Path) -> None:
    row = {
        "platform": "twitter", "account_id": "twitter:1", "post_id": "2", "created_at": 1_623_161_002_000_000,
        "text": "t", "lang": "en", "links": ["https://a.org/a,b"], "hashtags": ["x"], "mentions": ["y"],
        "media": [{"sha256": "0" * 64, "pdq": None, "url": "https://a.org/p.jpg"}], "reply_to": "3", "repost_of": "4",
        "quote_of": "5", "account_name": "n", "account_created_at": 1_323_161_002_000_000, "followers": 7,
    }  # fmt: skip
    table = pa.Table.from_pylist([row], schema=POSTS)
    pq.write_table(table, tmp_path / "posts.parquet")
    assert posts_of(tmp_path / "posts.parquet") == (table.to_pylist(), [])


def test_a_long_file_comes_in_bounded_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "BATCH_ROWS", 10)
    rows = "".join(f"u,{n},{'x' if n % 5 == 0 else 1623161002 + n}\n" for n in range(100))
    path = written(tmp_path / "posts.csv", "user_id,id,date\n" + rows)
    sizes = [(table.num_rows, len(rejects)) for table, rejects in read_posts(path)]
    assert sizes == [(8, 2)] * 10


def test_a_telegram_export_is_read_message_by_message(tmp_path: Path) -> None:
    messages = [
        {"id": n, "type": "message", "date_unixtime": str(1623161002 + n), "date": "", "text": "m"} for n in range(200)
    ]
    messages[7]["date_unixtime"] = "0"
    document = {"name": "News", "type": "public_channel", "id": 5, "messages": messages}
    path = written(tmp_path / "result.json", json.dumps(document, indent=1))
    assert plan(path).source == "telegram"
    posts, rejects = posts_of(path)
    assert [post["post_id"] for post in posts] == [f"5/{n}" for n in range(200) if n != 7]
    assert [reject.row for reject in rejects] == [8]


def test_pages_of_tweets_give_each_tweet_or_its_reason(tmp_path: Path) -> None:
    tweets = [{"id": str(n), "author_id": "1", "text": "t", "created_at": "2021-01-06T18:40:40.000Z"} for n in range(4)]
    del tweets[1]["created_at"]
    path = written(tmp_path / "tweets.jsonl", "\n".join(json.dumps({"data": tweets[at : at + 2]}) for at in (0, 2)))
    posts, rejects = posts_of(path)
    assert [post["post_id"] for post in posts] == ["0", "2", "3"]
    assert [(reject.row, reject.field) for reject in rejects] == [(1, "created_at")]


TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "account_id": st.text("abc019", min_size=1, max_size=6),
            "created_at": st.integers(700_000_000, 2_000_000_000),
            "text": TEXTS,
            "hashtags": st.lists(st.text("xyzжш", min_size=1, max_size=5), max_size=3, unique=True),
        }
    ),
    min_size=2,
    max_size=5,
)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reading")


@given(rows=ROWS, shape=st.sampled_from(["csv", "jsonl", "json", "parquet"]), squeeze=st.booleans())
@settings(deadline=None, max_examples=150)
def test_posts_are_the_same_in_every_format(
    folder: Path, rows: list[dict[str, Any]], shape: str, squeeze: bool
) -> None:
    for number, row in enumerate(rows):
        row["post_id"] = str(number)
    path = folder / f"posts.{shape}"
    if shape == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    else:
        data = as_text(rows, shape).encode()
        path.write_bytes(zstandard.compress(data) if squeeze else gzip.compress(data))
    posts, rejects = posts_of(path, platform="p")
    assert rejects == []
    for row, post in zip(rows, posts, strict=True):
        assert post["account_id"] == f"p:{row['account_id']}"
        assert int(post["created_at"].timestamp()) == row["created_at"]
        assert (post["text"] or "") == row["text"]
        assert post["hashtags"] == row["hashtags"] or not row["hashtags"]


def as_text(rows: list[dict[str, Any]], shape: str) -> str:
    if shape == "csv":
        names = ["post_id", "account_id", "created_at", "text", "hashtags"]
        lines = [[row[name] if name != "hashtags" else " ".join(row[name]) for name in names] for row in rows]
        written = io.StringIO(newline="")
        csv.writer(written, quoting=csv.QUOTE_ALL).writerows([names, *lines])
        return written.getvalue()
    return json.dumps(rows) if shape == "json" else "\n".join(map(json.dumps, rows))


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "source"),
    [("russian_coord_tweets", "table"), ("telegram_channels", "telegram"), ("ira_tweets_a", "table")],
)
def test_real_sets_are_read_without_a_reject(shared_data: Path, name: str, source: str) -> None:
    path = shared_data / "posts" / f"{name}.parquet"
    assert plan(path).source == source
    wanted = min(pq.ParquetFile(path).metadata.num_rows, 100_000)  # the whole of the largest takes a minute
    for table, rejects in read_posts(path):
        assert rejects == []
        wanted -= table.num_rows
        if wanted <= 0:
            break
    assert wanted <= 0


@pytest.mark.shared
def test_real_telegram_posts_keep_their_words_links_and_times(shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "posts" / "telegram_channels.parquet"
    rows = next(pq.ParquetFile(source).iter_batches(2_000)).to_pylist()
    with (tmp_path / "real.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    posts, _ = posts_of(tmp_path / "real.csv")
    for row, post in zip(rows, posts, strict=True):
        assert post["account_id"] == f"telegram:{row['channel_id']}"
        assert f"{post['created_at']:%Y-%m-%d %H:%M:%S}+00:00" == row["date"]
        assert (post["text"] or "") == (row["message"] or "")
        assert row["url"] is None or post["links"] == [row["url"]]
        assert (post["repost_of"] is not None) == bool(row["forward_msg_from_peer_id"] and row["forward_msg_date"])
