"""Make the real part of `src/watchbell/desk/demo_data/` again from the large shared originals.

    python scripts/bundle_demo_data.py SHARED_DATA

Bytes are only compressed, files only renamed; the one table that is rewritten (as Parquet) keeps every row.
"""

import gzip
import re
import shutil
import sys
from pathlib import Path

import polars as pl
import zstandard

TARGET = Path(__file__).parents[1] / "src/watchbell/desk/demo_data"


def plain_name(path: str) -> str:
    """Return a file name that every file system and tool takes: ASCII letters, digits, underscores, one ending."""
    stem, _, ending = path.rpartition(".")
    return re.sub(r"[^A-Za-z0-9]+", "_", stem.replace("ü", "u")).strip("_") + "." + ending


def bundle_indicators(published: Path, target: Path) -> None:
    """Copy every CSV that Meta published, byte for byte; together they hold each report once."""
    target.mkdir(parents=True, exist_ok=True)
    for file in sorted((published / "indicators/csv").rglob("*.csv")):
        shutil.copyfile(file, target / plain_name(file.name))
    shutil.copyfile(published / "LICENSE", target / "LICENSE")


def bundle_retweets(table: Path, target: Path) -> None:
    """Write the retweets as compact Parquet: the same columns and rows, times as whole seconds."""
    target.mkdir(parents=True, exist_ok=True)
    columns = [
        pl.col("object_id", "account_id", "content_id").cast(pl.String),
        pl.col("timestamp_share").cast(pl.Int64),
    ]
    pl.read_parquet(table).select(columns).write_parquet(
        target / "russian_coord_tweets.parquet", compression="zstd", compression_level=22
    )


def zstd(source: Path, target: Path) -> None:
    """Write the bytes of `source`, compressed, to `target`."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(zstandard.ZstdCompressor(level=19).compress(source.read_bytes()))


def gzipped(source: Path, target: Path) -> None:
    """Write the bytes of `source`, compressed the same way on every run, to `target`."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(gzip.compress(source.read_bytes(), mtime=0))


def main(shared: Path) -> None:
    """Bundle everything from `shared`, the folder of the originals."""
    bundle_retweets(shared / "posts/russian_coord_tweets.parquet", TARGET / "coortweet")
    bundle_indicators(shared / "indicators/meta", TARGET / "meta_indicators")
    zstd(shared / "ads/ira_facebook_ads.jsonl", TARGET / "ira_facebook_ads/ira_facebook_ads.jsonl.zst")
    for year in (2018, 2019):
        gzipped(shared / f"ads/PoliticalAds_{year}.csv", TARGET / f"snap_ads/PoliticalAds_{year}.csv.gz")
    gzipped(shared / "ads/registries/fec_cm_2016.txt", TARGET / "fec/fec_cm_2016.txt.gz")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
