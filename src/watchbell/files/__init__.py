"""How rows come out of files, safely: CSV, TSV, JSON, JSON lines and Parquet, plain, gzip or zstd."""

from watchbell.files.reading import read_rows
from watchbell.files.rejects import write_rejects
from watchbell.files.rows import Reject, Row, cut

__all__ = ["Reject", "Row", "cut", "read_rows", "write_rejects"]
