"""600,000 real posts: all go in once, and the ones of an account come out as another reader finds them."""

from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest

from watchbell.model.posts import POSTS
from watchbell.vault.added import Added
from watchbell.vault.posts import PostStore


def telegram_posts(file: Path) -> pl.DataFrame:
    return pl.read_parquet(file).with_row_index("post_id").select(
        account_id="telegram:" + pl.col("channel_id"),
        post_id=pl.col("post_id").cast(pl.String),
        created_at=pl.col("date").str.to_datetime("%Y-%m-%d %H:%M:%S%z", time_unit="us"),
        text="message",
    )  # fmt: skip


def as_posts(frame: pl.DataFrame) -> pa.Table:
    given = frame.with_columns(platform=pl.lit("telegram")).to_arrow()
    columns = [
        given[field.name] if field.name in given.column_names else pa.nulls(len(given), field.type) for field in POSTS
    ]
    return pa.table(columns, names=POSTS.names).cast(POSTS)


@pytest.mark.shared
def test_six_hundred_thousand_posts(tmp_path: Path, shared_data: Path) -> None:
    frame = telegram_posts(shared_data / "posts" / "telegram_channels.parquet")
    posts, store = as_posts(frame), PostStore(tmp_path)
    assert store.add(posts) == Added(600_000, 0)
    assert store.add(posts.slice(500_000)) == Added(0, 100_000)
    assert store.count() == sum(batch.num_rows for batch in store.batches()) == 600_000

    account = frame["account_id"].mode()[0]
    found = pl.from_arrow(store.scan(accounts=[account], columns=frame.columns))
    assert isinstance(found, pl.DataFrame)
    assert found.sort("post_id").equals(frame.filter(pl.col("account_id") == account).sort("post_id"))
