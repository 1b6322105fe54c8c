"""The one way into a file: recognise what it is, and yield its rows."""

from collections.abc import Collection, Iterator

from watchbell.errors import InputError
from watchbell.files.delimited import IsHeader, delimited_rows, guess_delimiter
from watchbell.files.json_documents import json_document_rows
from watchbell.files.json_lines import json_line_rows, object_in
from watchbell.files.parquet import MAGIC, parquet_rows
from watchbell.files.rows import Reject, Row
from watchbell.files.stores import File
from watchbell.files.streams import DamagedStreamError, Stream, contents, open_file

COMPRESSIONS = (".gz", ".zst", ".zstd")
LINE_NAMES = (".jsonl", ".ndjson", ".jsonlines")
TABLE_NAMES = {".csv": ",", ".tsv": "\t", ".tab": "\t", ".txt": ","}
SHAPES = "CSV, TSV, JSON, JSON lines or Parquet (plain, gzip or zstd)"


def read_rows(path: File, *, spread: Collection[str] = (), is_header: IsHeader | None = None) -> Iterator[Row | Reject]:
    """Yield the rows of a file in order, and a Reject in place of each that cannot be read.

    CSV and TSV with a header line, a JSON list, JSON lines, objects one after another, or Parquet; plain,
    gzip or zstd; told by content, and by name only where content leaves it open. Text is UTF-8, or UTF-16 or UTF-32
    with a byte order mark. Memory is bounded by the longest record (16 MiB), not by the file. Text values
    of CSV and JSON hold no NUL and no half of a surrogate pair; such rows are rejects.

    Args:
        path: the file.
        spread: for a JSON document that is one object, the members whose lists are long: each element of one
            comes out as a row of the document's own shape, see `json_document_rows`.
        is_header: for CSV and TSV: tells the header line among lines that stand above it, see `delimited_rows`.

    Raises:
        InputError: at the first row, when the file as a whole cannot be read or is none of these.
    """
    with open_file(path) as file:
        if file.peek(len(MAGIC)).startswith(MAGIC):
            yield from parquet_rows(str(path), file)
        else:
            yield from _text_rows(path, contents(file), spread, is_header)


def _text_rows(
    path: File, stream: Stream, spread: Collection[str], is_header: IsHeader | None
) -> Iterator[Row | Reject]:
    name, suffix = str(path), _suffix(path)
    start = stream.head.lstrip()[:1]
    if not start:
        raise InputError(f"{path} {_why_empty(stream)}.")
    if suffix in LINE_NAMES or (start == b"{" and _is_lines(stream.head)):
        return json_line_rows(name, stream.pieces)
    if start == b"{" or (start == b"[" and suffix not in TABLE_NAMES):
        return json_document_rows(name, stream.pieces, spread)
    if b"\r" in stream.head and b"\n" not in stream.head:  # as Excel writes "CSV (Macintosh)"
        stream = Stream(stream.head.replace(b"\r", b"\n"), (piece.replace(b"\r", b"\n") for piece in stream.pieces))
    return delimited_rows(name, stream.pieces, _delimiter(path, suffix, stream.head, is_header), is_header)


def _why_empty(stream: Stream) -> str:
    try:
        return "begins with nothing but blank space" if any(map(bytes.strip, stream.pieces)) else "is empty"
    except DamagedStreamError as error:
        return f"cannot be read: {error}"


def _suffix(path: File) -> str:
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() not in COMPRESSIONS]
    return suffixes[-1] if suffixes else ""


def _is_lines(head: bytes) -> bool:
    """Tell JSON lines from one object: the first line is an object of its own, or the second begins one."""
    first, *more = head.lstrip().splitlines()
    if more and more[0].startswith(b"{"):
        return True
    try:
        object_in(first.decode("utf-8", "replace"))
    except ValueError:
        return False
    return bool(more)


def _delimiter(path: File, suffix: str, head: bytes, is_header: IsHeader | None) -> str:
    if head.startswith(MAGIC):
        raise InputError(f"{path} is a compressed Parquet file. Decompress it first; Parquet is compressed in itself.")
    if b"\0" in head.split(b"\n", 1)[0]:
        raise InputError(f"{path} is none of {SHAPES}.")
    delimiter = guess_delimiter(head, is_header) or TABLE_NAMES.get(suffix)
    if delimiter is None:
        raise InputError(f"{path} is none of {SHAPES}, as far as its first lines and its name tell.")
    return delimiter
