"""How rows come out of files, safely: CSV, TSV, JSON, JSON lines and Parquet, plain, gzip or zstd."""

from watchbell.files.reading import read_rows
from watchbell.files.rejects import write_rejects
from watchbell.files.rows import Reject, Row, cut
from watchbell.files.stores import File, StoredFile, file_named, files_named

__all__ = ["File", "Reject", "Row", "StoredFile", "cut", "file_named", "files_named", "read_rows", "write_rejects"]
