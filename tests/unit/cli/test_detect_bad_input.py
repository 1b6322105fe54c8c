"""What `watchbell detect` makes of input that is wrong, empty or far too much: a sentence or a right answer."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from watchbell.cli.detect import app
from watchbell.engine import places
from watchbell.errors import InputError, NothingUsableError, UsageError, WatchbellError

MANY = 1_000_000
START = 1_623_160_000


def detect(tmp_path: Path, table: pl.DataFrame, *words: object) -> dict[str, Any]:
    path = tmp_path / "table.parquet"
    table.write_parquet(path)
    columns = ("--account", "u", "--object", "o", "--time", "t", *(("--post", "p") if "p" in table.columns else ()))
    asked = map(str, (path, "--out", tmp_path / "out", *columns, *words, "--json"))
    result = CliRunner().invoke(app, list(asked), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    said: dict[str, Any] = json.loads(result.stdout)
    return said


def pairs(tmp_path: Path) -> list[tuple[Any, ...]]:
    found = pl.read_parquet(tmp_path / "out" / "pairs.parquet")
    return found.select("account_a", "account_b", "post_pairs", "objects").rows()


@pytest.fixture
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out of the command's memory what this process holds of other tests."""
    monkeypatch.setattr(places, "in_use", lambda: 0)


def refused(tmp_path: Path, error: type[WatchbellError], table: pl.DataFrame, *words: object) -> str:
    with pytest.raises(error) as raised:
        detect(tmp_path, table, *words)
    assert re.match(r"[A-Z/'].+\.$", str(raised.value), re.DOTALL), "it is no sentence"
    assert not (tmp_path / "out").exists()
    return str(raised.value)


def test_a_table_without_a_time_is_refused_by_the_name_of_the_column(tmp_path: Path) -> None:
    assert "no column t" in refused(tmp_path, UsageError, pl.DataFrame({"u": ["a"], "o": ["x"], "w": [1]}))


def test_posts_without_a_time_are_refused_with_the_reason(tmp_path: Path) -> None:
    posts = tmp_path / "posts.csv"
    posts.write_text("author_id,id,url\na,1,https://news.example/1\nb,2,https://news.example/1\n")
    with pytest.raises(InputError, match="created_at"):
        CliRunner().invoke(app, [str(posts), "--out", str(tmp_path / "o")], catch_exceptions=False)


def test_a_table_whose_objects_are_all_null_is_refused_with_the_row_and_field(tmp_path: Path) -> None:
    table = pl.DataFrame({"u": ["a", "b"], "o": [None, None], "t": [1, 2]}, schema_overrides={"o": pl.String})
    assert re.search(r"row 1.*\bo\b", refused(tmp_path, NothingUsableError, table))
    assert "action" in refused(tmp_path, NothingUsableError, table.with_columns(o=pl.lit("  ")))


def test_posts_that_share_nothing_have_no_pairs(tmp_path: Path) -> None:
    posts = tmp_path / "posts.csv"
    posts.write_text("author_id,id,created_at,url\na,1,2021-06-08T10:00:00Z,\nb,2,2021-06-08T10:00:05Z,\n")
    words = [str(posts), "--out", str(tmp_path / "out"), "--platform", "x", "--by", "link"]
    assert CliRunner().invoke(app, words, catch_exceptions=False).exit_code == 0
    assert pairs(tmp_path) == []


def test_an_empty_table_is_refused(tmp_path: Path) -> None:
    refused(tmp_path, NothingUsableError, pl.DataFrame({"u": ["a"], "o": ["x"], "t": [1]}).clear())


def test_one_account_has_no_pairs(tmp_path: Path) -> None:
    said = detect(tmp_path, pl.DataFrame({"u": ["a"] * 3, "o": ["x", "x", "y"], "t": [1, 2, 3]}), "--rule", "fdr")
    assert (said["counts"]["accounts"], said["counts"]["pairs"], said["counts"]["groups"]) == (1, 0, 0)


def test_one_object_is_enough(tmp_path: Path) -> None:
    detect(tmp_path, pl.DataFrame({"u": ["a", "b", "a", "b"], "o": [7] * 4, "t": [0, 1, 2, 90]}), "--min-shared", 1)
    assert pairs(tmp_path) == [("a", "b", 2, 1)]


def test_times_before_1970_are_times(tmp_path: Path) -> None:
    detect(tmp_path, pl.DataFrame({"u": ["a", "b"], "o": ["x", "x"], "t": [-61, -1]}), "--min-shared", 1)
    assert pairs(tmp_path) == [("a", "b", 1, 1)]
    assert pl.read_parquet(tmp_path / "out" / "pairs.parquet")["first_at"][0].year == 1969


@pytest.mark.parametrize(("unit", "count"), [(10**3, MANY // 5), (10**6, 10), (10**9, 10)])
def test_times_in_a_wrong_unit_are_refused_with_what_to_do(tmp_path: Path, unit: int, count: int) -> None:
    times = (START + np.arange(count, dtype=np.int64)) * unit
    table = pl.DataFrame({"u": np.arange(count) % 100, "o": np.arange(count) % 50, "t": times})
    assert "divided by 1000" in refused(tmp_path, NothingUsableError, table)


def test_a_million_equal_rows_are_one_action(tmp_path: Path) -> None:
    table = pl.DataFrame({"u": np.repeat([1, 2], MANY // 2), "o": np.ones(MANY, int), "t": np.full(MANY, START)})
    assert detect(tmp_path, table, "--min-shared", 1)["counts"]["actions"] == 2
    assert pairs(tmp_path) == [("1", "2", 1, 1)]


@pytest.mark.usefixtures("_alone")
def test_a_million_posts_of_two_accounts_at_one_moment_are_thinned_and_told(tmp_path: Path) -> None:
    table = pl.DataFrame(
        {"u": np.repeat([1, 2], MANY // 2), "o": ["x"] * MANY, "t": np.full(MANY, START), "p": np.arange(MANY)}
    )
    said = detect(tmp_path, table, "--memory", "300MB")
    (thinned,) = said["thinned"]
    assert (thinned["by"], thinned["object_id"], thinned["actions"]) == ("object", "x", MANY)
    ((_, _, post_pairs, objects),) = pairs(tmp_path)
    assert objects == 1
    assert post_pairs == pytest.approx(MANY**2 / 4, rel=0.05)
    assert json.loads((tmp_path / "out" / "run.json").read_text())["thinned"] == said["thinned"]


def test_an_object_with_a_million_shares_is_counted_exactly_where_it_fits(tmp_path: Path) -> None:
    """A million accounts share it in turn, ten each second, and two of them share something else as well."""
    shares = {"u": np.arange(MANY), "o": np.zeros(MANY, int), "t": START + np.arange(MANY) // 10}
    others = {"u": [5, 7, 5, 7], "o": [1, 1, 2, 2], "t": [START, START + 1, START, START]}
    table = pl.concat([pl.DataFrame(shares), pl.DataFrame(others)])
    said = detect(tmp_path, table, "--window", "1s", "--min-shared", 2)
    assert said["thinned"] == []
    assert pairs(tmp_path) == [("5", "7", 3, 3)]


@pytest.mark.usefixtures("_alone")
def test_an_answer_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    everybody = pl.DataFrame({"u": np.arange(1_000), "o": ["x"] * 1_000, "t": [START] * 1_000})
    said = refused(tmp_path, UsageError, everybody, "--min-shared", 1, "--memory", "50MB")
    assert "--min-shared" in said
    assert detect(tmp_path, everybody, "--min-shared", 1, "--memory", "1GB")["counts"]["pairs"] == 1_000 * 999 // 2


def test_less_memory_than_the_program_itself_takes_is_refused(tmp_path: Path) -> None:
    table = pl.DataFrame({"u": ["a", "b"], "o": ["x", "x"], "t": [1, 2]})
    assert "MiB allowed" in refused(tmp_path, UsageError, table, "--memory", "1MiB")
    assert "Write it as 4GiB" in refused(tmp_path, UsageError, table, "--memory", "much")
