"""What comes out of a file: a row, or a reject in its place."""

from dataclasses import dataclass
from typing import Any

MAX_RECORD_BYTES = 16 * 1024 * 1024
"""A longer line or JSON object is skipped. The largest honest records (a page of a platform's API) are under 2 MB."""

RAW_CHARACTERS = 2_000


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

    def told(self) -> str:
        """Return a sentence that names the row and the field, where they are known, and says why."""
        row = None if self.row is None else f"row {self.row}"
        where = ", ".join(filter(None, [row, self.field]))
        return f"{where}: {self.reason}" if where else self.reason


@dataclass(frozen=True, slots=True)
class Row:
    """A row as the file has it: every value still as written."""

    number: int
    """1-based line of CSV, TSV and JSON lines, where the row begins; 1-based record of JSON and Parquet."""
    values: dict[str, Any]


def cut(raw: str | bytes) -> str:
    """Return `raw` as a reject keeps it: short, and readable where it is not UTF-8."""
    if isinstance(raw, bytes):
        raw = raw[: 4 * RAW_CHARACTERS].decode("utf-8", "backslashreplace")
    return raw[:RAW_CHARACTERS].encode("utf-8", "backslashreplace").decode()
