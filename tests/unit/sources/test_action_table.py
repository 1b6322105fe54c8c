"""Tables that already hold actions: every form of time, and rows that are none."""

import gzip
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

import polars as pl
import pytest

from watchbell.errors import InputError, UsageError
from watchbell.model.actions import ACTIONS
from watchbell.sources.action_table import ActionColumns, read_actions

NAMED = ActionColumns("who", "what", "when")
AT = datetime(2021, 6, 8, 14, 3, 22, tzinfo=UTC)
EPOCH = int(AT.timestamp())


def parquet(folder: Path, times: list[Any], dtype: Any = None) -> Path:
    path = folder / "actions.parquet"
    names = [f"a{index}" for index in range(len(times))]
    pl.DataFrame({"who": names, "what": "x", "when": pl.Series(times, dtype=dtype)}).write_parquet(path)
    return path


@pytest.mark.parametrize(
    ("value", "dtype"),
    [
        (EPOCH, pl.Int32),
        (EPOCH, pl.Int64),
        (float(EPOCH), pl.Float64),
        (str(EPOCH), pl.String),
        (f" {EPOCH}.0 ", pl.String),
        ("2021-06-08T14:03:22Z", pl.String),
        ("2021-06-08 14:03:22", pl.String),
        ("2021-06-08T16:03:22+02:00", pl.String),
        (AT, pl.Datetime("ms", "UTC")),
        (AT.replace(tzinfo=None), pl.Datetime("ns")),
        (AT, pl.Datetime("us", "Europe/Berlin")),
    ],
)
def test_every_form_of_a_time_is_the_same_instant(tmp_path: Path, value: Any, dtype: Any) -> None:
    actions, rejects = read_actions(parquet(tmp_path, [value], dtype), NAMED, "link")
    assert rejects == []
    assert actions.schema == ACTIONS
    assert actions["at"].to_pylist() == [AT]


def test_parts_of_seconds_and_days(tmp_path: Path) -> None:
    actions, _ = read_actions(parquet(tmp_path, [EPOCH + 0.25]), NAMED, "link")
    assert actions["at"].to_pylist() == [AT.replace(microsecond=250_000)]
    actions, _ = read_actions(parquet(tmp_path, [date(2021, 6, 8)]), NAMED, "link")
    assert actions["at"].to_pylist() == [datetime(2021, 6, 8, tzinfo=UTC)]


@pytest.mark.parametrize("wrong", ["0000-01-01T00:00:00Z", "soon", "", None, "99999-01-01", "nan", "inf", "1e300"])
def test_what_is_no_time_is_a_reject_and_costs_no_other_row(tmp_path: Path, wrong: str | None) -> None:
    actions, rejects = read_actions(parquet(tmp_path, ["2021-06-08", wrong, "0"]), NAMED, "link")
    assert actions["account_id"].to_pylist() == ["a0", "a2"]
    assert [(reject.row, reject.field) for reject in rejects] == [(2, "when")]


def test_milliseconds_are_refused_with_advice_and_never_taken_for_seconds(tmp_path: Path) -> None:
    actions, rejects = read_actions(parquet(tmp_path, [EPOCH * 1000]), NAMED, "link")
    assert actions.num_rows == 0
    assert "divided by 1000" in rejects[0].reason


@pytest.mark.parametrize("name", ["actions.csv", "actions.csv.gz", "actions.jsonl"])
def test_text_files_give_the_rows_of_the_parquet_file(tmp_path: Path, name: str) -> None:
    text = {
        "actions.csv": "who,what,when,post\n1,x,10,p\n2,x,11,q\n,x,12,r\n",
        "actions.jsonl": '{"who":1,"what":"x","when":10,"post":"p"}\n{"who":2,"what":"x","when":11,"post":"q"}\n'
        '{"who":null,"what":"x","when":12,"post":"r"}\n',
    }[name.removesuffix(".gz")]
    path = tmp_path / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    actions, rejects = read_actions(path, NAMED._replace(post="post"), "link")
    assert actions["account_id"].to_pylist() == ["1", "2"]
    assert actions["post_id"].to_pylist() == ["p", "q"]
    assert [reject.field for reject in rejects] == ["who"]


def test_with_posts_an_action_is_an_account_object_and_post(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("who,what,when,post\na,x,1,p\na,x,1,p\na,x,1,q\na,x,2,p\n")
    assert read_actions(path, NAMED._replace(post="post"), "k")[0]["post_id"].to_pylist() == ["p", "q"]
    assert read_actions(path, NAMED, "k")[0].num_rows == 2


def test_accounts_keep_the_ids_they_came_with(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("who,what,when\nid:with:colons,x,1\n007,x,1\n")
    assert read_actions(path, NAMED, "k")[0]["account_id"].to_pylist() == ["id:with:colons", "007"]


def test_a_missing_column_is_named_beside_those_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no column author\. Its columns are: what, when, who"):
        read_actions(parquet(tmp_path, ["1"]), NAMED._replace(account="author"), "k")


def test_a_truncated_parquet_file_is_said_to_be_damaged(tmp_path: Path) -> None:
    path = parquet(tmp_path, ["1", "2"])
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InputError, match="damaged"):
        read_actions(path, NAMED, "k")
    with pytest.raises(InputError, match="cannot be read"):
        read_actions(tmp_path / "absent.csv", NAMED, "k")


@pytest.mark.parametrize("unit", ["ms", "us"])
def test_an_instant_that_no_calendar_holds_costs_only_its_row(tmp_path: Path, unit: Literal["ms", "us"]) -> None:
    times = pl.Series([2**62, -(2**62), 1_600_000_000 * {"ms": 1_000, "us": 1_000_000}[unit]])
    actions, rejects = read_actions(parquet(tmp_path, list(times), pl.Datetime(unit)), NAMED, "link")
    assert actions.column("account_id").to_pylist() == ["a2"]
    assert [(reject.row, reject.field) for reject in rejects] == [(1, "when"), (2, "when")]


def test_a_day_that_no_calendar_holds_costs_only_its_row(tmp_path: Path) -> None:
    path = tmp_path / "actions.parquet"
    days = pl.Series([2**30, 18_000], dtype=pl.Int32).cast(pl.Date)
    pl.DataFrame({"who": ["a0", "a1"], "what": "x", "when": days}).write_parquet(path)
    actions, rejects = read_actions(path, NAMED, "link")
    assert actions.column("account_id").to_pylist() == ["a1"]
    assert [reject.row for reject in rejects] == [1]


def test_ids_stored_as_bytes_are_read_where_they_are_text(tmp_path: Path) -> None:
    path = tmp_path / "actions.parquet"
    pl.DataFrame({"who": [b"\xff", b"a1"], "what": "x", "when": EPOCH}).write_parquet(path)
    actions, rejects = read_actions(path, NAMED, "link")
    assert actions.column("account_id").to_pylist() == ["a1"]
    assert [(reject.row, reject.field) for reject in rejects] == [(1, "who")]


@pytest.mark.parametrize("value", [[1], {"id": 1}])
def test_a_column_of_lists_or_objects_is_named(tmp_path: Path, value: Any) -> None:
    path = tmp_path / "actions.parquet"
    pl.DataFrame({"who": [value], "what": "x", "when": EPOCH}).write_parquet(path)
    with pytest.raises(UsageError, match="the column who holds"):
        read_actions(path, NAMED, "link")
