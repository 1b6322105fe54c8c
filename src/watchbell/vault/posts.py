"""Posts in Parquet, one file for each platform and day: `posts/platform=twitter/day=2021-06-08/posts.parquet`."""

import fcntl
import os
import re
import shutil
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import reduce
from operator import and_
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from watchbell.errors import InputError, WorkspaceError
from watchbell.model.posts import POSTS
from watchbell.vault.added import Added

PLATFORM = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
PARTITIONS = ds.partitioning(pa.schema([("platform", pa.string()), ("day", pa.string())]), flavor="hive")
FILE_NAME = "posts.parquet"
# Readers skip names that begin with a dot: what an import is still writing, and the file that holds the lock.
INCOMING = ".incoming"
LOCK = ".lock"


class PostStore:
    """The posts of a workspace. Adding again changes nothing, and a killed import leaves whole files only."""

    def __init__(self, root: Path) -> None:
        """Keep posts in the folder `root`, which need not exist yet."""
        self.root = root

    def add(self, posts: pa.Table) -> Added:
        """Add the posts (POSTS) whose (platform, post_id) is not there yet; of two in one table the first counts.

        Each call rewrites the days it touches, so few large tables are faster than many small ones.

        Raises:
            InputError: a platform's name cannot be a folder's, a required column has nulls, an account is of another
                platform, or a date lies outside the years 1 to 9999.
            WorkspaceError: the folder cannot be read or written.
        """
        posts = _checked(posts)
        with self._locked() as incoming:
            new = self._unknown(posts)
            staged = [self._stage(part, table, incoming) for part, table in _by_day(new)]
            os.sync()  # one for all: after a power cut no file may bear its name without its rows
            for file, place in staged:
                place.parent.mkdir(parents=True, exist_ok=True)
                file.replace(place)
        return Added(new=new.num_rows, known=posts.num_rows - new.num_rows)

    def scan(
        self,
        *,
        accounts: Collection[str] | None = None,
        columns: Sequence[str] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> pa.Table:
        """Return the posts of `accounts` created from `since` up to, not including, `until` (POSTS, or its `columns`).

        They come by platform, then by time. Only the files that can hold such posts are read.

        Raises:
            WorkspaceError: a file cannot be read.
        """
        names = POSTS.names if columns is None else list(columns)
        with _sentences(self.root):
            table = self._dataset().to_table(columns=names, filter=_condition(accounts, since, until))
        return table.cast(pa.schema([POSTS.field(name) for name in names]))

    def batches(self, rows: int = 100_000) -> Iterator[pa.Table]:
        """Yield all posts in tables of `rows` (the last may be shorter), in the order of `scan`.

        Raises:
            WorkspaceError: a file cannot be read.
        """
        held, count = [], 0
        for batch in self._small_batches(rows):
            held.append(batch)
            count += batch.num_rows
            if count >= rows:
                table = pa.Table.from_batches(held)
                yield table.slice(0, rows).cast(POSTS)
                held, count = table.slice(rows).to_batches(), count - rows
        if count:
            yield pa.Table.from_batches(held).cast(POSTS)

    def count(self) -> int:
        """Return how many posts there are."""
        with _sentences(self.root):
            return int(self._dataset().count_rows())

    def _small_batches(self, most: int) -> Iterator[pa.RecordBatch]:
        """Yield all posts as the files have them, in batches of `most` rows or fewer."""
        with _sentences(self.root):
            yield from self._dataset().to_batches(columns=POSTS.names, batch_size=most)

    def _dataset(self, platform: str | None = None) -> ds.Dataset:
        """Return all files, or those of one platform, with the columns of POSTS."""
        files = sorted(self.root.glob(f"platform={platform or '*'}/day=*/{FILE_NAME}"))
        schema = POSTS.append(pa.field("day", pa.string()))
        return ds.dataset(
            [str(file) for file in files],
            schema=schema,
            format="parquet",
            partitioning=PARTITIONS,
            partition_base_dir=str(self.root),
        )

    def _unknown(self, posts: pa.Table) -> pa.Table:
        """Return the posts that are new, each once. A known post is known whatever day it is given now."""
        platforms = pc.unique(posts["platform"]).to_pylist()
        return pa.concat_tables([self._unknown_of(platform, posts) for platform in platforms] or [posts])

    def _unknown_of(self, platform: str, posts: pa.Table) -> pa.Table:
        mine = posts.filter(pc.field("platform") == platform)
        ids = mine["post_id"]
        known = self._dataset(platform).to_table(columns=["post_id"], filter=pc.field("post_id").isin(ids))
        return mine.filter(pc.and_(_is_first(ids), pc.invert(pc.is_in(ids, value_set=known["post_id"]))))

    def _stage(self, part: "Day", posts: pa.Table, incoming: Path) -> tuple[Path, Path]:
        """Write a day's file as it shall be; return it and the place where it belongs."""
        place = self.root / f"platform={part.platform}" / f"day={part.day}" / FILE_NAME
        if place.exists():
            posts = pa.concat_tables([pq.ParquetFile(place).read(), posts])
            posts = posts.sort_by([("created_at", "ascending"), ("post_id", "ascending")])
        file = incoming / f"{part.platform}-{part.day}.parquet"
        pq.write_table(posts, file, compression="zstd")
        return file, place

    @contextmanager
    def _locked(self) -> Iterator[Path]:
        """Yield an empty folder for files in the making, with all other writers kept out.

        The lock ends with the process that holds it; what a killed one left in the folder is thrown away.
        """
        incoming = self.root / INCOMING
        with _sentences(self.root):
            self.root.mkdir(parents=True, exist_ok=True)
            with (self.root / LOCK).open("a") as handle:
                fcntl.flock(handle, fcntl.LOCK_EX)
                shutil.rmtree(incoming, ignore_errors=True)
                incoming.mkdir()
                yield incoming
                shutil.rmtree(incoming)


class Day(NamedTuple):
    """A partition: the posts of one platform on one day in UTC."""

    platform: str
    day: str


@contextmanager
def _sentences(root: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, pa.ArrowInvalid) as error:
        raise WorkspaceError(f"The posts in {root} cannot be read or written: {error}") from error


def _checked(posts: pa.Table) -> pa.Table:
    """Return the table with the columns of POSTS, or say why its posts cannot be kept."""
    if lacking := set(POSTS.names) - set(posts.column_names):
        raise InputError(f"The posts lack the columns {', '.join(sorted(lacking))}.")
    posts = posts.select(POSTS.names).combine_chunks()
    for field in POSTS:
        if not field.nullable and posts[field.name].null_count:
            raise InputError(f"Every post needs {field.name}; {posts[field.name].null_count} rows have none.")
    for platform in pc.unique(posts["platform"]).to_pylist():
        if not PLATFORM.fullmatch(platform):
            raise InputError(
                f"The platform name {platform!r:.80} cannot be used: write it in lower-case letters, digits, "
                "'.', '_' and '-', 64 at most."
            )
    posts = posts.cast(POSTS)
    prefixes = pc.list_element(pc.split_pattern(posts["account_id"], ":", max_splits=1), 0)
    if not pc.all(pc.equal(prefixes, posts["platform"]), min_count=0).as_py():
        raise InputError("Every account_id begins with its platform and a colon, as in twitter:12; some do not.")
    years = pc.min_max(pc.year(posts["created_at"])).as_py()
    if posts.num_rows and not 1 <= years["min"] <= years["max"] <= 9999:  # noqa: PLR2004  # what a datetime can hold
        raise InputError(
            f"A post is dated in the year {years['min']} or {years['max']}; the years 1 to 9999 are known."
        )
    return posts


def _is_first(values: pa.ChunkedArray) -> pa.Array:
    """Return which values have no equal before them."""
    codes = values.combine_chunks().dictionary_encode().indices.to_numpy()
    first = np.zeros(len(codes), bool)
    first[np.unique(codes, return_index=True)[1]] = True
    return pa.array(first)


def _by_day(posts: pa.Table) -> Iterator[tuple[Day, pa.Table]]:
    """Yield each day's posts in the order of time, without the columns that the folder's name says."""
    day = posts["created_at"].cast(pa.date32()).cast(pa.string())
    order = [(name, "ascending") for name in ("platform", "day", "created_at", "post_id")]
    posts = posts.append_column("day", day).sort_by(order)
    keys = posts.select(["platform", "day"]).group_by(["platform", "day"], use_threads=False)
    start = 0
    for row in keys.aggregate([([], "count_all")]).to_pylist():
        part = posts.slice(start, row["count_all"]).drop_columns(["platform", "day"])
        start += row["count_all"]
        yield Day(row["platform"], row["day"]), part


def _condition(
    accounts: Collection[str] | None, since: datetime | None, until: datetime | None
) -> pc.Expression | None:
    """Return the filter; platform and day are said too, for they leave out whole folders."""
    parts: list[Any] = []
    if accounts is not None:
        platforms = sorted({account.partition(":")[0] for account in accounts})
        parts += [
            pc.field("platform").isin(pa.array(platforms, pa.string())),
            pc.field("account_id").isin(pa.array(accounts, pa.string())),
        ]
    if since is not None:
        parts += [pc.field("day") >= _day(since), pc.field("created_at") >= _instant(since)]
    if until is not None:
        parts += [pc.field("day") <= _day(until), pc.field("created_at") < _instant(until)]
    return reduce(and_, parts) if parts else None


def _day(at: datetime) -> str:
    return at.astimezone(UTC).date().isoformat()


def _instant(at: datetime) -> pa.Scalar:
    return pa.scalar(at.astimezone(UTC), POSTS.field("created_at").type)
