"""A table that already holds actions: one row says that an account acted on an object at a time."""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pyarrow as pa

from watchbell.errors import InputError, UsageError
from watchbell.files import File, Reject, Row, read_rows
from watchbell.files.streams import open_file
from watchbell.model.actions import ACTIONS, CODED_ACTIONS

# Numbers are epoch seconds. From 10^11 on (the year 5138) they are taken for a mistaken unit.
_TOO_LATE_S = 1e11
_YEAR_ONE_S = -62_135_596_800
_DAY_S = 86_400
_PER_SECOND = {"ms": 1e3, "us": 1e6, "ns": 1e9}
_PARQUET = b"PAR1"
_BATCH_ROWS = 100_000
_EMPTY = "It is empty or no text. An action needs an account, an object and a time."
_NO_TIME = (
    "It is no time. Write ISO 8601 (2021-06-08T14:03:22Z) or epoch seconds; milliseconds must be divided by 1000."
)


class ActionColumns(NamedTuple):
    """Which columns of a table say who acted, on what, when, and in which post."""

    account: str
    object: str
    time: str
    post: str | None = None


def read_actions(path: File, columns: ActionColumns, kind: str) -> tuple[pa.Table, list[Reject]]:
    """Return the ACTIONS of a table and the rows that are none.

    Times are ISO 8601 (without a zone: UTC), epoch seconds, or a timestamp type. Accounts, objects and posts keep
    the ids they came with. Rows equal in account, object and post (without `post`: and time) are one action.

    Raises:
        InputError: the file cannot be read as a table.
        UsageError: it lacks a column that was named.
    """
    coded, rejects = read_coded_actions(path, columns, kind)
    return coded.cast(ACTIONS), rejects


def read_coded_actions(path: File, columns: ActionColumns, kind: str) -> tuple[pa.Table, list[Reject]]:
    """Return what `read_actions` does as CODED_ACTIONS: each different id is written once, whatever its length."""
    frame, rejects = _of_parquet(path, columns) if _is_parquet(path) else _of_rows(path, columns)
    frame = frame.with_columns(*_ids(frame), at=_instants(frame["time"]))
    for name, field, reason in (
        ("account", columns.account, _EMPTY),
        ("object", columns.object, _EMPTY),
        ("at", columns.time, _NO_TIME),
    ):
        if frame[name].null_count():
            is_wrong = pl.col(name).is_null()
            rejects += _rejected(str(path), field, frame.filter(is_wrong), reason)
            frame = frame.filter(~is_wrong)
    frame = frame.select("account", "object", "at", "post")
    same = ["account", "object", "at" if columns.post is None else "post"]
    return _coded(_once(frame, same), kind), rejects


def _once(frame: pl.DataFrame, same: list[str]) -> pl.DataFrame:
    """Return the first of all rows that are equal in the columns `same`."""
    hashes = frame.select(pl.struct(same).hash()).to_series()
    ordered = hashes.sort()
    twice = ordered.filter(ordered == ordered.shift()).unique()
    if twice.is_empty():  # what differs in its hash differs
        return frame
    again = (
        frame.with_row_index("place").filter(hashes.is_in(twice.implode())).filter(~pl.struct(same).is_first_distinct())
    )
    return frame.filter(~pl.int_range(pl.len(), dtype=pl.UInt32).is_in(again["place"].implode()))


def _coded(frame: pl.DataFrame, kind: str) -> pa.Table:
    # Made by Polars: Arrow's own ways to make arrays load pandas where it is installed, and that takes a second.
    one = pl.repeat(0, frame.height, dtype=pl.Int8, eager=True).to_arrow()
    with ThreadPoolExecutor() as pool:
        coding = pool.map(_codes, (frame["account"], frame["object"]))
        posts = frame["post"].to_arrow().cast(pa.string())
        coded = [(one, pl.Series([kind]).to_arrow()), *coding]
    columns = [pa.DictionaryArray.from_arrays(codes, names.cast(pa.string())) for codes, names in coded]
    # Coding asks for several times what it leaves, and Arrow keeps what it was given.
    pa.default_memory_pool().release_unused()
    return pa.Table.from_arrays([*columns, frame["at"].to_arrow(), posts], schema=CODED_ACTIONS)


def _codes(ids: pl.Series) -> tuple[pa.Array, pa.Array]:
    """Return codes in the order of first appearance, and what each stands for."""
    coded = ids.to_arrow().dictionary_encode()
    return coded.indices, coded.dictionary


def _is_parquet(path: File) -> bool:
    with open_file(path) as file:
        return file.read(len(_PARQUET)) == _PARQUET


def _of_parquet(path: File, columns: ActionColumns) -> tuple[pl.DataFrame, list[Reject]]:
    try:
        source = path if isinstance(path, Path) else path.open().read()
        schema = pl.read_parquet_schema(source)
        _require(path, columns, schema)
        _require_plain(path, columns, schema)
        table = pl.scan_parquet(source, row_index_name="row", row_index_offset=1)
        frame = table.select("row", *_named(columns)).collect()
        return frame.with_columns(pl.col(pl.Binary).map_elements(_decoded, return_dtype=pl.String)), []
    except (pl.exceptions.PolarsError, OSError) as error:
        raise InputError(f"{path} is a damaged Parquet file ({error}). Export it again.") from error


def _decoded(written: bytes) -> str | None:
    """Return text that a writer stored as bytes; None where it is none."""
    try:
        return written.decode()
    except UnicodeDecodeError:
        return None


def _of_rows(path: File, columns: ActionColumns) -> tuple[pl.DataFrame, list[Reject]]:
    rejects: list[Reject] = []
    rows = _good_rows(read_rows(path), rejects)
    parts: list[pl.DataFrame] = []
    while batch := list(islice(rows, _BATCH_ROWS)):
        if not parts:
            _require(path, columns, {name for row in batch for name in row.values})
        parts.append(_text_frame(batch, columns))
    if not parts:
        return _text_frame([], columns), rejects
    return pl.concat(parts), rejects


def _good_rows(items: Iterable[Row | Reject], rejects: list[Reject]) -> Iterator[Row]:
    for item in items:
        if isinstance(item, Reject):
            rejects.append(item)
        else:
            yield item


def _text_frame(rows: Iterable[Row], columns: ActionColumns) -> pl.DataFrame:
    numbers = [row.number for row in rows]
    wanted = {"account": columns.account, "object": columns.object, "time": columns.time, "post": columns.post}
    values = {
        name: pl.Series([None if (value := row.values.get(column or "")) is None else str(value) for row in rows])
        for name, column in wanted.items()
    }
    return pl.DataFrame({"row": numbers, **values}, schema={"row": pl.UInt32, **dict.fromkeys(wanted, pl.String)})


def _named(columns: ActionColumns) -> list[pl.Expr]:
    post = pl.lit(None) if columns.post is None else pl.col(columns.post)
    return [
        pl.col(columns.account).alias("account"),
        pl.col(columns.object).alias("object"),
        pl.col(columns.time).alias("time"),
        post.alias("post"),
    ]


def _ids(frame: pl.DataFrame) -> list[pl.Expr]:
    """Return the columns of ids, empty text as null; numbers stay numbers while rows are compared, which is quicker."""
    names = [name for name in ("account", "object", "post") if not frame[name].dtype.is_integer()]
    return [pl.col(name).cast(pl.String).str.strip_chars().replace("", None) for name in names]


def _require(path: File, columns: ActionColumns, names: Iterable[str]) -> None:
    there = list(names)
    missing = [name for name in columns if name is not None and name not in there]
    if missing:
        raise UsageError(f"{path} has no column {', '.join(missing)}. Its columns are: {', '.join(sorted(there))}.")


def _require_plain(path: File, columns: ActionColumns, schema: Mapping[str, pl.DataType]) -> None:
    for name in filter(None, columns):
        if schema[name].is_nested() or schema[name] == pl.Duration:
            raise UsageError(f"{path}: the column {name} holds {schema[name]}; give one of text, numbers or times.")


def _instants(times: pl.Series) -> pl.Series:
    """Return instants in UTC; null where a value is no time."""
    kind = times.dtype
    if isinstance(kind, pl.Datetime):
        times = _plausible(times, _PER_SECOND[kind.time_unit])
        aware = times.dt.convert_time_zone("UTC") if kind.time_zone else times.dt.replace_time_zone("UTC")
        return aware.dt.cast_time_unit("us")
    if kind == pl.Date:
        return _plausible(times, 1 / _DAY_S).cast(pl.Datetime("us", "UTC"))
    if kind.is_numeric():
        return _of_epoch(times.cast(pl.Int64 if kind.is_integer() else pl.Float64, strict=False))
    text = times.cast(pl.String).str.strip_chars()
    numbers = text.cast(pl.Float64, strict=False)
    return _of_epoch(numbers).fill_null(_of_iso(text.set(numbers.is_not_null(), None)))


def _plausible(times: pl.Series, per_second: float) -> pl.Series:
    """Return times with null for those that no calendar holds, of which arithmetic would make others."""
    counted = times.to_physical()
    within = (counted >= _YEAR_ONE_S * per_second) & (counted < _TOO_LATE_S * per_second)
    return times.set(~within.fill_null(value=False), None)


def _of_epoch(seconds: pl.Series) -> pl.Series:
    plausible = seconds.is_finite() & (seconds >= _YEAR_ONE_S) & (seconds < _TOO_LATE_S)
    seconds = seconds if plausible.all() else seconds.set(~plausible.fill_null(value=False), None)
    whole = seconds.cast(pl.Int64) * 1_000_000 if seconds.dtype.is_integer() else (seconds * 1e6).round()
    return whole.cast(pl.Int64).cast(pl.Datetime("us", "UTC"))


def _of_iso(text: pl.Series) -> pl.Series:
    distinct = text.drop_nulls().unique()
    found = pl.Series([_iso_instant(value) for value in distinct], dtype=pl.Datetime("us", "UTC"))
    return text.replace_strict(distinct, found, default=None, return_dtype=pl.Datetime("us", "UTC"))


def _iso_instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _rejected(file: str, field: str, rows: pl.DataFrame, reason: str) -> list[Reject]:
    # Times as the numbers they are stored as: one that no calendar holds cannot be written out.
    written = pl.col("account", "object", "time").to_physical().cast(pl.String).fill_null("")
    kept = rows.select("row", raw=pl.concat_str(written, separator=", "))
    return [Reject(file, number, field, reason, raw) for number, raw in kept.iter_rows()]
