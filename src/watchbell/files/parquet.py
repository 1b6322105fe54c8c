"""Rows out of Parquet, a bounded batch at a time; a part that is damaged costs only its own rows."""

import os
from collections.abc import Iterator
from io import BufferedReader
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from watchbell.errors import InputError
from watchbell.files.rows import Reject, Row, cut

MAGIC = b"PAR1"
BATCH_ROWS = 16_384


def parquet_rows(name: str, file: BufferedReader) -> Iterator[Row | Reject]:
    """Yield the records of a Parquet file, numbered from 1.

    Raises:
        InputError: its table of contents, which stands at the end, cannot be read.
    """
    try:
        table = pq.ParquetFile(file)
    except (pa.ArrowException, OSError) as error:
        raise InputError(
            f"{name} begins as a Parquet file but cannot be read as one; it may have been cut. Copy it again. "
            f"({_first_line(error)})"
        ) from error
    start = 1
    for group in range(table.num_row_groups):
        count = table.metadata.row_group(group).num_rows
        yield from _group_rows(name, table, group, start)
        start += count


def _group_rows(name: str, table: pq.ParquetFile, group: int, start: int) -> Iterator[Row | Reject]:
    end = start + table.metadata.row_group(group).num_rows
    try:
        for batch in table.iter_batches(BATCH_ROWS, row_groups=[group], use_threads=False):
            yield from _batch_rows(name, batch, start)
            start += batch.num_rows
    except (pa.ArrowException, OSError) as error:
        reason = (
            f"Records {start} to {end - 1} could not be read; this part of the file is damaged. ({_first_line(error)})"
        )
        yield Reject(name, start, None, reason)


def _batch_rows(name: str, batch: pa.RecordBatch, start: int) -> Iterator[Row | Reject]:
    columns = batch.schema.names
    values = [_values(batch.column(at)) for at in range(batch.num_columns)]
    for number, record in enumerate(zip(*values, strict=True), start):
        row = dict(zip(columns, record, strict=True))
        broken = next((field for field, value in row.items() if isinstance(value, _Broken)), None)
        if broken is None:
            yield Row(number, row)
        else:
            yield Reject(name, number, broken, f"The value {row[broken].reason}.", cut(row[broken].raw))


class _Broken:
    """Stands for a value that Python cannot hold."""

    def __init__(self, reason: str, raw: str | bytes) -> None:
        self.reason = reason
        self.raw = raw


def _values(column: pa.Array) -> list[Any]:
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        column = pc.cast(column, pa.timestamp("us", column.type.tz), safe=False)
    try:
        return list(column.to_pylist())
    except (ValueError, OverflowError, pa.ArrowException):  # UnicodeDecodeError is a ValueError
        return [_value(scalar) for scalar in column]


def _value(scalar: pa.Scalar) -> Any:
    try:
        return scalar.as_py()
    except UnicodeDecodeError as error:
        return _Broken("is not UTF-8", error.object)
    except (ValueError, OverflowError, pa.ArrowException) as error:
        return _Broken(f"cannot be read ({_first_line(error)})", repr(pa.array([scalar])))


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0].rstrip(os.linesep + ".")
