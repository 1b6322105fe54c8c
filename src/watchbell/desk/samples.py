"""The data that Watchbell ships for its demonstration: where each part lies. Sources and licences stand beside it."""

from importlib.resources import files
from pathlib import Path

from watchbell.errors import UsageError

SAMPLES = {
    "retweets": "coortweet/russian_coord_tweets.parquet",
    "indicators": "meta_indicators",
    "ira-ads": "ira_facebook_ads/ira_facebook_ads.jsonl.zst",
    "snap-ads-2018": "snap_ads/PoliticalAds_2018.csv.gz",
    "snap-ads-2019": "snap_ads/PoliticalAds_2019.csv.gz",
    "fec-committees-2016": "fec/fec_cm_2016.txt.gz",
    "scenario-posts": "scenario/posts.jsonl",
    "scenario-bundle": "scenario/partner_bundle.json",
    "scenario-ads": "scenario/ads.jsonl",
}
"""Each sample by name: a file below `demo_data`, or the folder whose CSV files it is."""


def sample_path(name: str) -> Path:
    """Return where the sample lies, a file or a folder of files.

    Raises:
        UsageError: there is no sample of that name.
    """
    if name not in SAMPLES:
        raise UsageError(f"There is no sample called {name!r}. There are: {', '.join(SAMPLES)}.")
    return Path(str(files("watchbell.desk"))) / "demo_data" / SAMPLES[name]


def sample_files(name: str) -> list[Path]:
    """Return the files of the sample in the order of their names: one, or a folder's CSV files."""
    path = sample_path(name)
    return sorted(path.glob("*.csv")) if path.is_dir() else [path]
