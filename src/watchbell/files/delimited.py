"""Rows out of CSV and TSV: quotes, line breaks inside quotes, and lines that are broken."""

import csv
from collections import deque
from collections.abc import Callable, Iterator, Sequence

from watchbell.errors import InputError
from watchbell.files.rows import MAX_RECORD_BYTES, Reject, Row, cut
from watchbell.files.streams import Damage, Line, LongLine, lines

DELIMITERS = ",\t;|"
SAMPLE_LINES = 20

IsHeader = Callable[[Sequence[str]], bool]
"""Tells whether the fields of a line are the names of columns."""


def guess_delimiter(head: bytes, is_header: IsHeader | None = None) -> str | None:
    """Return the delimiter that splits the first lines of a table most evenly; None where none splits the first.

    Where it can be told what a header is, the delimiter that makes one of the first lines a header counts.
    """
    sample = head.decode("utf-8", "replace").splitlines()[:SAMPLE_LINES]
    if is_header is not None:
        for mark in DELIMITERS:
            if any(mark in line and is_header(_stripped(line, mark)) for line in sample):
                return mark
    counts = {mark: _widths(sample, mark) for mark in DELIMITERS}
    splitting = [mark for mark in DELIMITERS if counts[mark] and counts[mark][0] > 1]
    return max(
        splitting,
        key=lambda mark: (counts[mark].count(counts[mark][0]) * 2 > len(counts[mark]), counts[mark][0]),
        default=None,
    )


def _stripped(line: str, delimiter: str) -> list[str]:
    return [field.strip().strip('"').strip() for field in line.split(delimiter)]


def _widths(sample: list[str], delimiter: str) -> list[int]:
    try:
        return [len(fields) for fields in csv.reader(sample, delimiter=delimiter) if fields]
    except csv.Error:
        return [len(line.split(delimiter)) for line in sample]


def delimited_rows(
    file: str, pieces: Iterator[bytes], delimiter: str, is_header: IsHeader | None = None
) -> Iterator[Row | Reject]:
    """Yield the rows below the header line, numbered by the line they begin on.

    A quoted field may hold line breaks. Where quotes do not close, only the line that opens them is
    rejected, and reading goes on with the next.

    Args:
        file: its name, for rejects.
        pieces: its bytes.
        delimiter: what parts the fields.
        is_header: tells the header line, which is then looked for among the first twenty; where none of them is
            one, the first counts. People's spreadsheets, where lines stand above the header, are read with care: a
            row may lack its last fields, have empty ones more, or hold signs that are not UTF-8, which become `\ufffd`.

    Raises:
        InputError: the first line is no header.
    """
    table = _Table(file, pieces, delimiter, is_header)
    while (item := table.next_item()) is not None:
        if not isinstance(item, Line):
            yield table.unreadable(item)
        elif not item.data.strip():
            continue
        elif item.data.count(b'"') % 2:
            yield table.row_over_lines(item)
        else:
            yield table.row(item.number, item.data)


class _Fields:
    """Splits one record at a time; one csv reader for the whole file is far quicker than one for each record."""

    def __init__(self, delimiter: str) -> None:
        csv.field_size_limit(MAX_RECORD_BYTES)
        self._record: str | None = None
        self._reader = csv.reader(self, delimiter=delimiter, strict=True)

    def __iter__(self) -> "_Fields":
        return self

    def __next__(self) -> str:
        record, self._record = self._record, None
        if record is None:
            raise StopIteration
        return record

    def split(self, record: str) -> list[str]:
        self._record = record
        return next(self._reader)


class _Table:
    """A table being read: its columns, and the lines that were looked at but not yet used."""

    def __init__(self, file: str, pieces: Iterator[bytes], delimiter: str, is_header: IsHeader | None) -> None:
        self._file = file
        self._delimiter = delimiter
        self._is_header = is_header
        self._lines = lines(pieces)
        self._ahead: deque[Line | LongLine | Damage] = deque()
        self._fields = _Fields(delimiter)
        self._columns = self._header()

    def next_item(self) -> Line | LongLine | Damage | None:
        return self._ahead.popleft() if self._ahead else next(self._lines, None)

    def _header(self) -> list[str]:
        item = self.next_item()
        while isinstance(item, Line) and not item.data.strip():
            item = self.next_item()
        if not isinstance(item, Line):
            raise InputError(f"{self._file} has no header line: its first line must name the columns.")
        item = self._told_header(item, self._is_header) if self._is_header else item
        try:
            names = self._split(self._with_following(item)[0])
        except ValueError as error:
            raise InputError(f"{self._file} has no readable header line: it {error}.") from error
        return _distinct([name.strip() for name in names])

    def _told_header(self, first: Line, is_header: IsHeader) -> Line:
        """Return the first line that is a header, without the lines above it; `first` where there is none."""
        looked_at = [first]
        while len(looked_at) < SAMPLE_LINES and isinstance(item := self.next_item(), Line):
            looked_at.append(item)
        if item is not None and item is not looked_at[-1]:
            self._ahead.appendleft(item)
        lines = (line.data.decode("utf-8", "replace") for line in looked_at)
        told = (at for at, line in enumerate(lines) if is_header(_stripped(line, self._delimiter)))
        at = next(told, 0)
        self._ahead.extendleft(reversed(looked_at[at + 1 :]))
        return looked_at[at]

    def _split(self, data: bytes) -> list[str]:
        """Return the fields of a record; ValueError says what it does wrong."""
        if b"\0" in data:
            raise ValueError("holds a NUL byte")
        try:
            text = data.decode(errors="replace" if self._is_header else "strict")
            return self._fields.split(text)
        except UnicodeDecodeError as error:
            raise ValueError(f"is not UTF-8 at byte {error.start + 1}; save the file as UTF-8") from error
        except csv.Error as error:
            if self._delimiter == "\t" and b"\n" not in data:  # many tab-separated files never quote
                return text.rstrip("\r").split("\t")
            raise ValueError(f"is not well-formed ({error})") from error

    def row(self, number: int, data: bytes) -> Row | Reject:
        try:
            fields = self._split(data)
        except ValueError as error:
            return self._reject(number, f"The line {error}.", data)
        if self._is_header and len(fields) != len(self._columns):
            fields = self._evened(fields)
        if len(fields) == len(self._columns):
            return Row(number, dict(zip(self._columns, fields, strict=True)))
        reason = f"The row has {len(fields)} fields where the header has {len(self._columns)}."
        return self._reject(number, reason, data)

    def _evened(self, fields: list[str]) -> list[str]:
        """Return the fields of a spreadsheet's row with as many as there are columns, unless a value would be lost."""
        wide = len(self._columns)
        return fields if any(map(str.strip, fields[wide:])) else (fields + [""] * wide)[:wide]

    def row_over_lines(self, first: Line) -> Row | Reject:
        """Return the row that opens a quote on `first`; if it cannot be read, put its further lines back."""
        data, following = self._with_following(first)
        found = self.row(first.number, data)
        if isinstance(found, Reject):
            self._ahead.extendleft(reversed(following))
            return self.row(first.number, first.data)
        return found

    def _with_following(self, first: Line) -> tuple[bytes, list[Line]]:
        parts, following, length = [first.data], list[Line](), len(first.data)
        is_open = first.data.count(b'"') % 2
        while is_open and length <= MAX_RECORD_BYTES and (item := self.next_item()) is not None:
            if not isinstance(item, Line):
                self._ahead.appendleft(item)
                break
            following.append(item)
            parts.append(item.data)
            length += len(item.data) + 1
            is_open ^= item.data.count(b'"') % 2
        return b"\n".join(parts), following

    def unreadable(self, item: LongLine | Damage) -> Reject:
        if isinstance(item, LongLine):
            limit = MAX_RECORD_BYTES // 1024**2
            return self._reject(
                item.number, f"The line is {item.length} bytes long; {limit} MiB is the limit.", item.start
            )
        return self._reject(item.number, f"The rest of the file could not be read: {item.reason}.", item.start)

    def _reject(self, number: int, reason: str, data: bytes) -> Reject:
        return Reject(self._file, number, None, reason, cut(data))


def _distinct(names: list[str]) -> list[str]:
    """Name the unnamed columns and number the repeated ones, so that no value is lost."""
    seen: dict[str, int] = {}
    distinct = []
    for at, name in enumerate(names, 1):
        name = name or f"column {at}"  # noqa: PLW2901  # the name as it is used from here on
        seen[name] = seen.get(name, 0) + 1
        distinct.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return distinct
