"""Bulk dumps of the ad library: all ads with the decisions that stand, for anyone, with checksums.

A workspace that signs its counts puts them beside: what was signed each day, and the history that the signatures are
about, so that whoever keeps two dumps can tell what vanished between them.
"""

import gzip
import hashlib
import json
import shutil
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, cast

import polars as pl
import pyarrow.parquet as pq

from watchbell import __version__
from watchbell.ads.library import dump_table, flat
from watchbell.clock import utc_text
from watchbell.desk.ads.counts import HISTORY as OF_DAY
from watchbell.desk.ads.counts import make_counts, signed_days
from watchbell.desk.ads.counts_key import CountsKey
from watchbell.desk.ads.overview import make_overviews
from watchbell.files.whole import replacing_folder
from watchbell.model.ads import KEPT_YEARS
from watchbell.vault.vault import Vault
from watchbell.vault.workspace import Workspace

FILES = ("ads.parquet", "ads.csv.gz", "ads.jsonl.gz")
DAYS, HISTORY = "counts.jsonl", "history.jsonl.gz"
SUMS, ABOUT = "SHA256SUMS", "about.json"
# Level 1: a dump is made every night and read seldom, and the second half of the gain costs five times as long.
_GZIP_LEVEL = 1
# Two tables of so many ads are held at once.
_ROWS = 25_000


@dataclass(frozen=True, slots=True)
class Dump:
    """A dump that was written."""

    folder: Path
    ads: int
    bytes: int


def write_dump(vault: Vault, folder: Path, now: datetime, counts: Path | None = None) -> Dump:
    """Write all ads into `folder` as Parquet, CSV and JSON lines, with checksums in the form of `sha256sum`.

    The folder appears when the dump is complete; an earlier dump of the same name is replaced.

    Args:
        vault: holds the ads.
        folder: where the dump goes.
        now: the time of the dump.
        counts: the folder of signed counts, to be put beside the ads.

    Raises:
        UsageError: there is something else than a dump at `folder`.
    """
    folder = folder.resolve()  # "." may be the dump that gives way
    with replacing_folder(folder, ABOUT) as part:
        ads = _write_tables(vault, part)
        names = (*FILES, *(_write_counts(counts, part) if counts else ()))
        sums = {name: _sha256(part / name) for name in names}
        (part / SUMS).write_text("".join(f"{value}  {name}\n" for name, value in sums.items()), "utf-8")
        about = {"watchbell": __version__, "at": utc_text(now), "ads": ads, "kept_years": KEPT_YEARS, "sha256": sums}
        (part / ABOUT).write_text(json.dumps(about, indent=2) + "\n", "utf-8")
    return Dump(folder, ads, sum((folder / name).stat().st_size for name in names))


def nightly_dump(workspace: Workspace, folder: Path, now: datetime) -> tuple[Dump, bool]:
    """Sum up the library for its overview, sign the day's counts where there is a key for them, and write the dump.

    Returns:
        The dump, and whether the counts were signed.

    Raises:
        InputError: the key or earlier counts cannot be read.
        UsageError: there is something else than a dump at `folder`.
    """
    make_overviews(workspace.vault, now)
    file = workspace.settings.counts_key_file
    if file is None:
        return write_dump(workspace.vault, folder, now), False
    make_counts(workspace.vault, workspace.counts, CountsKey.read(file), workspace.settings.operator, now)
    return write_dump(workspace.vault, folder, now, workspace.counts), True


def files_of(folder: Path) -> list[str]:
    """Return the names of a complete dump's files."""
    return [name for name in (*FILES, DAYS, HISTORY, SUMS, ABOUT) if (folder / name).is_file()]


def dumps_in(root: Path) -> list[Path]:
    """Return the complete dumps below a folder, the latest first."""
    return sorted((about.parent for about in root.glob(f"[!.]*/{ABOUT}")), reverse=True)


def _write_tables(vault: Vault, folder: Path) -> int:
    """Write the three files side by side, and read the next ads meanwhile: packing takes most of the time."""
    ads = 0
    with ExitStack() as stack:
        csv, lines = (
            # mtime 0: the same ads give the same bytes.
            stack.enter_context(gzip.GzipFile(folder / name, "wb", _GZIP_LEVEL, mtime=0))
            for name in FILES[1:]
        )
        empty = dump_table([], [])
        parquet = stack.enter_context(pq.ParquetWriter(folder / FILES[0], empty.to_arrow().schema, compression="zstd"))
        flat(empty).write_csv(cast("BinaryIO", csv))
        pool = stack.enter_context(ThreadPoolExecutor(len(FILES)))
        written: list[Future[None]] = []
        for rows in vault.ads.records(_ROWS):
            table = dump_table([ad for ad, _ in rows], [decision for _, decision in rows])
            for one in written:
                one.result()
            written = [
                pool.submit(parquet.write_table, table.to_arrow()),
                pool.submit(_write_csv, table, cast("BinaryIO", csv)),
                pool.submit(table.write_ndjson, cast("BinaryIO", lines)),
            ]
            ads += table.height
        for one in written:
            one.result()
    return ads


def _write_csv(table: pl.DataFrame, csv: BinaryIO) -> None:
    flat(table).write_csv(csv, include_header=False)


def _write_counts(counts: Path, folder: Path) -> tuple[str, str]:
    days = signed_days(counts)
    (folder / DAYS).write_text("".join(day.model_dump_json() + "\n" for day in days), "utf-8")
    with (folder / HISTORY).open("wb") as whole:
        for day in days:  # files of gzip one after another are one (RFC 1952, section 2.2)
            with (counts / f"{day.counts.day}{OF_DAY}").open("rb") as part:
                shutil.copyfileobj(part, whole)
    return DAYS, HISTORY


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
