"""The benchmark on labelled sets reads each layout as its publisher writes it.

The columns and their forms were taken from what others who hold the sets wrote about reading them.
"""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

ROOT = Path(__file__).parents[2]
START = datetime(2019, 3, 1, 12, tzinfo=UTC)
# Two operators repost three posts and one link within seconds; two honest accounts repost them hours apart.
SHARED_AFTER_S = {"op1": 0, "op2": 9, "honest1": 7_200, "honest2": 90_000}


def posts() -> pl.DataFrame:
    rows = [
        (account, f"{account}-{number}", START + timedelta(days=number, seconds=after), f"9000{number}")
        for account, after in SHARED_AFTER_S.items()
        for number in range(3)
    ]
    return pl.DataFrame(rows, schema=["account", "post", "at", "of"], orient="row")


def benchmark(*words: object) -> subprocess.CompletedProcess[str]:
    script = ROOT / "benchmarks/detection/labelled_sets.py"
    rule = ("--rules", "toolkit", "--level", "2")
    return subprocess.run(
        [sys.executable, str(script), *map(str, words), *rule],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ,
    )


@pytest.mark.parametrize("form", ["parquet with milliseconds", "csv with text"])
def test_the_seckin_layout(form: str, tmp_path: Path) -> None:
    honest = pl.col("account").str.starts_with("honest")
    table = posts().select(
        postid="post",
        accountid="account",
        post_time="at",
        reposted_postid="of",
        urls=pl.lit("a1b2,c3d4"),
        is_control=honest,
    )
    path = tmp_path / "Honduras_1.parquet"
    if form.startswith("parquet"):
        table.with_columns(pl.col("post_time").dt.epoch("ms"), pl.col("urls").str.split(",")).write_parquet(path)
    else:
        path = path.with_suffix(".csv")
        table.with_columns(pl.col("post_time").dt.strftime("%Y-%m-%d %H:%M:%S")).write_csv(path)
    ran = benchmark("seckin", path)
    # 12 posts, each a repost and two links.
    assert "36 actions; accounts: {" in ran.stdout, ran.stderr
    assert "precision 1.000, recall 1.000 (Honduras_1 1.00), honest accounts named 0" in ran.stdout


def test_the_archive_s_layout_with_a_control(tmp_path: Path) -> None:
    table = posts().select(
        tweetid="post",
        userid="account",
        tweet_time=pl.col("at").dt.strftime("%Y-%m-%d %H:%M"),
        is_retweet=pl.lit("True"),
        retweet_tweetid="of",
        urls=pl.lit("[http://a.example/1, http://b.example]"),
    )
    operation, control = tmp_path / "iran_tweets_csv_hashed.csv", tmp_path / "people.csv"
    honest = pl.col("userid").str.starts_with("honest")
    table.filter(~honest).write_csv(operation)
    table.filter(honest).write_csv(control)
    ran = benchmark("x-archive", operation, "--control", control)
    assert "36 actions" in ran.stdout, ran.stderr
    assert "precision 1.000, recall 1.000 (iran_tweets_csv_hashed 1.00), honest accounts named 0" in ran.stdout


def test_a_file_of_another_layout_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "wrong.csv").write_text("userid,text\n1,hello\n")
    ran = benchmark("seckin", tmp_path / "wrong.csv")
    assert ran.returncode == 65
    assert "wrong.csv lacks the columns accountid, postid" in ran.stderr
    assert "Traceback" not in ran.stderr
