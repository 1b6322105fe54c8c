"""`watchbell simulate` as it is typed."""

import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from watchbell.cli.simulate import app
from watchbell.errors import UsageError
from watchbell.model.actions import ACTIONS
from watchbell.sources.action_table import ActionColumns, read_actions

SMALL = ("--events", "3e4", "--fans", "30", "--group", "10/9/20")


def run(*words: object) -> str:
    result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_world_is_written_with_its_truth_and_how_it_was_made(tmp_path: Path) -> None:
    said = json.loads(run(*SMALL, "--out", tmp_path / "world", "--seed", 5, "--json"))
    written = json.loads((tmp_path / "world" / "world.json").read_text())
    truth = pl.read_parquet(tmp_path / "world" / "truth.parquet")
    assert said == {**written, "folder": str(tmp_path / "world")}
    assert written["seed"] == 5
    assert written["recipe"]["habits"] == [{"accounts": 10, "campaigns": 9, "spread_s": 20}]
    assert written["accounts"] == {"fan": 30, "organic": 930, "planted": 10, "wire": 30}
    assert truth.filter(pl.col("group") == "planted-1").height == 10


def test_detect_reads_a_world_whole(tmp_path: Path) -> None:
    run(*SMALL, "--out", tmp_path)
    columns = ActionColumns("account_id", "object_id", "at", "post_id")
    actions, rejects = read_actions(tmp_path / "actions.parquet", columns, "repost")
    assert not rejects
    assert actions.schema.equals(ACTIONS)
    assert actions.num_rows == pl.read_parquet(tmp_path / "actions.parquet").height


def test_the_same_words_make_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        run(*SMALL, "--out", tmp_path / name)
    for file in ("actions.parquet", "truth.parquet", "world.json"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_a_null_world_has_neither_groups_nor_wires(tmp_path: Path) -> None:
    said = run(*SMALL, "--null", "--out", tmp_path)
    assert "planted" not in said
    assert set(pl.read_parquet(tmp_path / "truth.parquet")["role"]) == {"organic", "fan"}


@pytest.mark.parametrize("words", [("--group", "10/9"), ("--events", "nan"), ("--events", "1e99"), ("--fans", "900")])
def test_what_cannot_be_is_refused_before_anything_is_written(words: tuple[str, ...], tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        run(*SMALL, *words, "--out", tmp_path / "world")
    assert not (tmp_path / "world").exists()
