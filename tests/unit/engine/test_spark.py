"""The Spark session: where it runs, what it needs, and what it says when it fails."""

import ipaddress
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import psutil
import pyarrow as pa
import pytest
from typer.testing import CliRunner

import watchbell as wb
from watchbell.cli.detect import app
from watchbell.engine import spark as engine_spark
from watchbell.engine.places import Local, engine_named
from watchbell.engine.spark import spark_session, tasks_failing_in_a_sentence
from watchbell.errors import MissingExtraError, MissingProgramError, UsageError, WatchbellError

POSTS = pl.DataFrame(
    {
        "platform": ["twitter"] * 4,
        "account_id": ["a", "b", "a", "b"],
        "post_id": ["1", "2", "3", "4"],
        "created_at": [f"2021-06-08T{time}Z" for time in ("10:00:00", "10:00:05", "11:00:00", "11:00:09")],
        "text": ["the same words here"] * 2 + ["other words, the same too"] * 2,
    }
)


def failing(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    raise ValueError("a broken batch")
    yield from batches


@pytest.mark.spark
def test_the_command_line_counts_on_spark_what_it_counts_here(tmp_path: Path, spark: Any) -> None:
    assert spark is not None  # the command uses the session that runs
    POSTS.write_csv(tmp_path / "posts.csv")
    for engine in (["local"], ["spark", "--master", "local[2]"]):
        words = [str(tmp_path / "posts.csv"), "--out", str(tmp_path / engine[0]), "--by", "text", "--engine", *engine]
        assert CliRunner().invoke(app, words, catch_exceptions=False).exit_code == 0
    here, there = (pl.read_parquet(tmp_path / engine / "pairs.parquet") for engine in ("local", "spark"))
    assert here["post_pairs"].to_list() == [2]
    assert there.equals(here)


@pytest.mark.spark
def test_a_notebook_counts_a_spark_table_in_its_own_session(spark: Any) -> None:
    found = wb.detect(spark.createDataFrame(POSTS.to_arrow()), by=["text"], engine="spark", spark=spark)
    assert found.pairs.equals(wb.detect(POSTS, by=["text"]).pairs)
    assert spark.range(1).count() == 1  # it is left running


@pytest.mark.spark
def test_a_task_that_fails_is_told_in_a_sentence(spark: Any) -> None:
    with (
        pytest.raises(WatchbellError, match=r"^A task on Spark failed\. ValueError: a broken batch\. Every worker"),
        tasks_failing_in_a_sentence(),
    ):
        spark.range(1).mapInArrow(failing, "id long").collect()


@pytest.mark.spark
@pytest.mark.usefixtures("spark")
def test_nothing_listens_but_on_this_machine() -> None:
    processes = psutil.Process().children(recursive=True)
    listening = {
        connection.laddr.ip
        for process in processes
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening
    assert all(
        ip.is_loopback or (ip.ipv4_mapped is not None and ip.ipv4_mapped.is_loopback)
        for ip in map(ipaddress.IPv6Address, (ip if ":" in ip else f"::ffff:{ip}" for ip in listening))
    )


def test_without_pyspark_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(MissingExtraError, match=r"watchbell\[spark\]"), spark_session():
        pass


def test_without_java_a_sentence_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    session = pytest.importorskip("pyspark.sql").SparkSession
    monkeypatch.setattr(session, "getActiveSession", lambda: None)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(MissingProgramError, match="Java 17 or later"), spark_session():
        pass


@pytest.mark.parametrize(
    ("master", "conf", "expected"),
    [
        (None, {}, "local[*]"),
        ("local[2]", {"spark.master": "yarn"}, "local[2]"),
        (None, {"spark.master": "yarn"}, "yarn"),
    ],
)
def test_the_master_is_the_one_asked_for(
    master: str | None, conf: dict[str, str], expected: str, tmp_path: Path
) -> None:
    assert engine_spark.properties(master, conf, tmp_path)["spark.master"] == expected


def test_under_spark_submit_the_master_is_left_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYSPARK_GATEWAY_PORT", "1")
    assert "spark.master" not in engine_spark.properties(None, {}, tmp_path)


def test_on_this_machine_all_lies_in_one_folder_and_an_operator_has_the_last_word(tmp_path: Path) -> None:
    found = engine_spark.properties("local[2]", {"spark.ui.enabled": "true"}, tmp_path)
    assert found["spark.driver.bindAddress"] == "127.0.0.1"
    assert found["spark.local.dir"] == str(tmp_path)
    assert found["spark.ui.enabled"] == "true"
    assert "spark.local.dir" not in engine_spark.properties("spark://head:7077", {}, tmp_path)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("flink", {}),
        ("local", {"master": "local[2]"}),
        ("local", {"session": object()}),
        ("spark", {"here": Local(threads=2)}),
    ],
)
def test_what_contradicts_itself_is_refused(name: str, given: dict[str, Any]) -> None:
    with pytest.raises(UsageError), engine_named(name, **given):
        pass
