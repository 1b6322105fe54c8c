"""Posts go into the folder once each, come back whole, and only the asked ones are read."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchbell.errors import InputError, WorkspaceError
from watchbell.model.posts import POSTS
from watchbell.vault.added import Added
from watchbell.vault.posts import PostStore

NOON = datetime(2021, 6, 8, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> PostStore:
    return PostStore(tmp_path / "posts")


def post(number: int, **changes: object) -> dict[str, Any]:
    facts = {"platform": "twitter", "account_id": "twitter:1", "post_id": f"{number:03}", "created_at": NOON}
    return facts | changes


def table(*posts: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(list(posts), schema=POSTS)


FULL = post(
    1,
    text="Vote\0 on Tuesday 🗳",
    lang="en",
    links=["https://example.org/"],
    hashtags=["vote", None],
    mentions=[],
    media=[{"sha256": "00", "pdq": None, "url": "a.png"}],
    reply_to="7",
    repost_of="8",
    quote_of="9",
    account_name="Аня",
    account_created_at=datetime(2009, 1, 1, tzinfo=UTC),
    followers=2**40,
    created_at=NOON.replace(microsecond=123456),
)


def test_posts_come_back_as_they_went_in(store: PostStore) -> None:
    given = table(FULL, post(2))
    assert store.add(given) == Added(2, 0)
    assert store.scan().equals(table(post(2), FULL))
    assert store.count() == 2


def test_an_empty_store_has_the_columns_of_posts(store: PostStore) -> None:
    assert store.scan().equals(POSTS.empty_table())
    assert list(store.batches()) == []
    assert store.count() == 0
    assert store.add(POSTS.empty_table()) == Added(0, 0)


def test_adding_again_changes_nothing(store: PostStore) -> None:
    given = table(*(post(n, created_at=NOON + timedelta(days=n % 3)) for n in range(9)))
    store.add(given)
    before = store.scan()
    assert store.add(given) == Added(0, 9)
    assert store.scan().equals(before)


def test_a_known_post_is_known_even_on_another_day(store: PostStore) -> None:
    store.add(table(FULL))
    moved = FULL | {"created_at": NOON + timedelta(days=400), "text": "edited"}
    assert store.add(table(moved, post(2))) == Added(1, 1)
    assert store.scan().to_pylist() == table(post(2), FULL).to_pylist()


def test_of_one_post_twice_in_a_table_the_first_counts(store: PostStore) -> None:
    assert store.add(table(post(1, text="a"), post(1, text="b"), post(2))) == Added(2, 1)
    assert store.scan(columns=["text"]).to_pylist() == [{"text": "a"}, {"text": None}]


def test_one_id_on_two_platforms_is_two_posts(store: PostStore) -> None:
    store.add(table(post(1)))
    assert store.add(table(post(1, platform="vk", account_id="vk:1"))) == Added(1, 0)
    assert store.scan(columns=["platform"])["platform"].to_pylist() == ["twitter", "vk"]


def test_the_day_is_that_of_utc(store: PostStore) -> None:
    evening = datetime(2021, 6, 8, 22, tzinfo=timezone(timedelta(hours=-5)))
    store.add(table(post(1, created_at=evening)))
    assert [file.relative_to(store.root).as_posix() for file in store.root.rglob("*.parquet")] == [
        "platform=twitter/day=2021-06-09/posts.parquet"
    ]


def test_other_programs_can_read_the_folder(store: PostStore) -> None:
    store.add(table(*(post(n, created_at=NOON + timedelta(days=n)) for n in range(5))))
    found = pl.read_parquet(f"{store.root}/**/*.parquet", hive_partitioning=True)
    assert found.sort("post_id")["post_id"].to_list() == ["000", "001", "002", "003", "004"]
    assert set(found["platform"]) == {"twitter"}


def test_a_scan_takes_accounts_columns_and_a_time(store: PostStore) -> None:
    store.add(
        table(
            *(post(n, account_id=f"twitter:{n % 2}", created_at=NOON + timedelta(hours=8 * n)) for n in range(8)),
            post(9, platform="vk", account_id="vk:1"),
        )
    )

    def ids(**asked: Any) -> list[str]:
        return [str(one) for one in store.scan(**asked, columns=["post_id"])["post_id"].to_pylist()]

    assert ids(accounts={"twitter:1", "vk:1", "vk:none"}) == ["001", "003", "005", "007", "009"]
    assert ids(accounts=[]) == []
    assert ids(since=NOON + timedelta(hours=16)) == ["002", "003", "004", "005", "006", "007"]
    assert ids(until=NOON + timedelta(hours=16)) == ["000", "001", "009"]
    assert ids(since=NOON, until=NOON) == []
    assert ids(accounts=["twitter:0"], since=NOON + timedelta(hours=1), until=NOON + timedelta(hours=33)) == [
        "002",
        "004",
    ]
    assert store.scan(columns=["followers", "platform"]).schema == pa.schema([POSTS.field("followers"), POSTS.field(0)])


def test_a_scan_reads_only_the_files_it_needs(store: PostStore) -> None:
    store.add(table(post(1), post(2, created_at=NOON + timedelta(days=1)), post(3, platform="vk", account_id="vk:1")))
    (store.root / "platform=vk/day=2021-06-08/posts.parquet").write_bytes(b"broken")
    assert store.scan(accounts=["twitter:1"]).num_rows == 2
    (store.root / "platform=twitter/day=2021-06-09/posts.parquet").write_bytes(b"broken")
    assert store.scan(accounts=["twitter:1"], until=NOON + timedelta(hours=1)).num_rows == 1


def test_a_file_that_is_broken_is_named(store: PostStore) -> None:
    store.add(table(post(1)))
    (file,) = store.root.rglob("*.parquet")
    file.write_bytes(b"broken")
    for attempt in (store.scan, store.count, lambda: list(store.batches()), lambda: store.add(table(post(2)))):
        with pytest.raises(WorkspaceError, match=r"day=2021-06-08/posts\.parquet"):
            attempt()


@pytest.mark.parametrize("rows", [1, 3, 4, 1000])
def test_batches_hold_all_posts_in_the_order_of_a_scan(store: PostStore, rows: int) -> None:
    store.add(table(*(post(n, created_at=NOON + timedelta(days=n // 4)) for n in range(10))))
    batches = list(store.batches(rows=rows))
    assert pa.concat_tables(batches).equals(store.scan())
    assert {batch.num_rows for batch in batches[:-1]} <= {rows}
    assert batches[-1].num_rows <= rows


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../../etc", "a/b", "/etc", "Twitter", "x=y", "a b", "a\n", "é", "a" * 65, "-a", "a\0"]
)
def test_a_platform_name_that_is_no_folder_is_refused(store: PostStore, name: str) -> None:
    with pytest.raises(InputError, match="platform name"):
        store.add(table(post(1, platform=name, account_id=f"{name}:1")))
    assert store.count() == 0


@pytest.mark.parametrize(
    ("posts", "sentence"),
    [
        (table(post(1)).drop_columns(["text"]), "lack the columns text"),
        (table(post(1, post_id=None), post(2)), "needs post_id; 1 rows have none"),
        (table(post(1, account_id="1")), "begins with its platform"),
        (table(post(1, account_id="vk:1")), "begins with its platform"),
    ],
)
def test_posts_that_cannot_be_kept_are_refused_in_a_sentence(store: PostStore, posts: pa.Table, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        store.add(posts)


@pytest.mark.parametrize("microseconds", [2**62, -(2**62)])
def test_a_time_beyond_the_calendar_is_refused(store: PostStore, microseconds: int) -> None:
    at = pa.array([microseconds], pa.int64()).cast(POSTS.field("created_at").type)
    posts = table(post(1)).set_column(POSTS.get_field_index("created_at"), POSTS.field("created_at"), at)
    with pytest.raises(InputError, match="the years 1 to 9999"):
        store.add(posts)


@pytest.mark.parametrize("year", [1, 999, 1969, 9999])
def test_any_year_of_the_calendar_can_be_kept(store: PostStore, year: int) -> None:
    given = table(post(1, created_at=datetime(year, 1, 1, tzinfo=UTC)))
    store.add(given)
    assert store.scan(since=datetime(year, 1, 1, tzinfo=UTC)).equals(given)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "posts").write_text("a file")
    with pytest.raises(WorkspaceError, match="cannot be read or written"):
        PostStore(tmp_path / "posts").add(table(post(1)))


days = st.datetimes(datetime(2020, 1, 1), datetime(2020, 1, 4), timezones=st.just(UTC))  # noqa: DTZ001  # hypothesis adds it
some_posts = st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["vk", "x.y"]), days, st.text()), max_size=8)


@settings(max_examples=25, deadline=None)
@given(imports=st.lists(some_posts, max_size=4))
def test_whatever_is_imported_each_post_is_there_once_as_first_told(
    tmp_path_factory: pytest.TempPathFactory, imports: list[Any]
) -> None:
    store = PostStore(tmp_path_factory.mktemp("posts"))
    expected: dict[tuple[str, str], tuple[datetime, str]] = {}
    for rows in imports:
        before = len(expected)
        posts = [post(n, platform=name, account_id=f"{name}:1", created_at=at, text=text) for n, name, at, text in rows]
        for one in posts:
            expected.setdefault((one["platform"], one["post_id"]), (one["created_at"], one["text"]))
        assert store.add(table(*posts)) == Added(len(expected) - before, len(posts) - len(expected) + before)
    found = {(row["platform"], row["post_id"]): (row["created_at"], row["text"]) for row in store.scan().to_pylist()}
    assert found == expected
    assert store.count() == len(expected)
