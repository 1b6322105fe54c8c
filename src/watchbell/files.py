"""How rows come out of files, safely: CSV, TSV, JSON, JSON lines and Parquet, plain, gzip or zstd.

The contract below is stable; see `read_rows`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that could not be used, and why; it is kept aside, never dropped."""

    file: str
    row: int | None
    """1-based line of a text file or record of another; None where the whole file is meant."""
    field: str | None
    reason: str
    """A sentence that says what to do."""
    raw: str | None = None
    """The row as it stood, cut to 2,000 characters."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row as the file has it: every value still as written."""

    number: int
    values: dict[str, Any]


def read_rows(path: Path) -> Iterator[Row | Reject]:
    """Yield the rows of a file in order, and a Reject in place of each that cannot be read."""
    raise NotImplementedError
