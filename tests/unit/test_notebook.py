"""`import watchbell as wb`, as a notebook uses it."""

import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import polars as pl
import pytest

import watchbell as wb
from watchbell.desk.investigations.explain import explain, material_of_run
from watchbell.desk.investigations.runs import read_run
from watchbell.desk.samples import sample_path
from watchbell.errors import InputError, UsageError
from watchbell.model.actions import GROUPS, PAIRS
from watchbell.vault.posts import PostStore

POSTS = """author_id,id,created_at,text,url
a,1,2021-06-08T10:00:00Z,one,https://news.example/1
b,2,2021-06-08T10:00:05Z,two,https://news.example/1?utm_source=x
a,3,2021-06-08T11:00:00Z,three,https://news.example/2
b,4,2021-06-08T11:00:09Z,four,https://news.example/2
,5,2021-06-08T11:00:09Z,five,https://news.example/2
"""


class Foreign:
    """A table of another library, known only by the Arrow interface that pandas and others have."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self.table = frame.to_arrow()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.table.__arrow_c_stream__(requested_schema)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "posts.csv"
    made.write_text(POSTS)
    return made


def detect(posts: Any) -> Any:
    return wb.detect(posts, by=["link", "text"], window="60s", min_shared=2, platform="twitter")


def test_every_way_to_hand_posts_over_gives_the_same(path: Path) -> None:
    frame = pl.read_csv(path)
    ways = [path, str(path), [path], str(path.parent / "*.csv"), frame, frame.lazy(), frame.to_arrow(), Foreign(frame)]
    runs = [detect(way) for way in ways]
    assert all(run.pairs.equals(runs[0].pairs) and run.groups.equals(runs[0].groups) for run in runs)
    run = runs[0]
    assert run.pairs.select("account_a", "account_b", "by", "post_pairs").rows() == [
        ("twitter:a", "twitter:b", "link", 2)
    ]
    assert (run.pairs.columns, run.groups.columns) == (PAIRS.names, GROUPS.names)
    assert [reject.row for reject in run.rejects] == [6]


def test_the_posts_of_a_workspace_are_taken_as_they_are(path: Path, tmp_path: Path) -> None:
    from watchbell.sources.reading import read_posts  # noqa: PLC0415  # only this test stores posts

    store = PostStore(tmp_path / "posts")
    for posts, _ in read_posts(path, platform="twitter"):
        store.add(posts)
    assert wb.detect(store.scan(), by=["link"]).pairs.height == 1


def test_evidence_is_side_by_side(path: Path) -> None:
    found = detect(path).evidence("twitter:b", "twitter:a")
    assert found.select("post_a", "post_b", "gap_s", "text_a", "text_b").rows() == [
        ("twitter:1", "twitter:2", 5.0, "one", "two"),
        ("twitter:3", "twitter:4", 9.0, "three", "four"),
    ]


def test_the_posts_of_a_group_come_burst_by_burst(path: Path) -> None:
    run = detect(path)
    found = run.bursts(run.groups["group_id"][0])
    assert found.select("burst", "by", "account_id", "gap_s", "text").rows() == [
        (1, "link", "twitter:a", 0.0, "one"),
        (1, "link", "twitter:b", 5.0, "two"),
        (2, "link", "twitter:a", 0.0, "three"),
        (2, "link", "twitter:b", 9.0, "four"),
    ]
    with pytest.raises(UsageError, match="no group x"):
        run.bursts("x")


def test_groups_are_followed_from_run_to_run(path: Path, tmp_path: Path) -> None:
    first = detect(path)
    later = detect(pl.read_csv(path).with_columns(pl.col("created_at").str.replace("2021-06-08", "2021-06-15")))
    found = wb.follow([first.save(tmp_path / "run"), later])
    assert found.sightings.select("lineage", "run", "accounts", "changes").rows() == [
        (1, 1, 2, ["born"]),
        (1, 2, 2, ["steady"]),
    ]
    assert found.sightings["starts"].dt.day().to_list() == [8, 15]
    assert found._repr_html_().count("<circle") == 2
    assert repr(found) == "<1 group through 2 runs>"
    with pytest.raises(UsageError, match="two runs at least"):
        wb.follow([first])
    with pytest.raises(AttributeError, match="nothing"):
        wb.nothing  # noqa: B018  # asking is the test


def test_a_pandas_table_is_taken(path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    assert detect(pandas.read_csv(path)).pairs.equals(detect(path).pairs)


def test_a_notebook_shows_a_picture_and_what_it_does_not_mean(path: Path, tmp_path: Path) -> None:
    run = detect(path)
    shown = run._repr_html_()
    assert "<svg" in shown
    assert "synchronised, no more" in shown
    picture = run.plot(run.groups["group_id"][0])
    assert picture._repr_html_() == picture.svg
    assert len(ET.parse(picture.save(tmp_path / "picture.svg")).findall(".//{*}circle")) == 2
    with pytest.raises(UsageError, match="no group x"):
        run.plot("x")


def test_groups_can_be_asked_for_at_a_false_discovery_rate() -> None:
    posts = sample_path("scenario-posts")
    every, rare = wb.detect(posts, by=["link"]), wb.detect(posts, by=["link"], fdr=0.05)
    assert every.pairs.equals(rare.pairs)
    assert 0 < rare.groups.height <= every.groups.height
    assert not rare.groups["account_id"].str.contains("neighbour").any()


def test_a_stricter_rate_and_a_test_of_the_groups_can_be_asked_for() -> None:
    posts = sample_path("scenario-posts")
    plain = wb.detect(posts, by=["link"], fdr=0.05)
    strict = wb.detect(posts, by=["link"], fdr=0.05, any_dependence=True, held_out=True)
    assert (strict.pairs["q_value"] >= plain.pairs["q_value"]).all()
    assert plain.groups["q_value"].is_null().all()
    assert strict.groups["q_value"].is_between(0, 1).all()
    assert strict.described["parameters"]["held_out"]


def test_a_run_that_found_nothing_is_shown_without_a_picture(path: Path) -> None:
    run = wb.detect(path, window=1)
    assert "<svg" not in run._repr_html_()
    with pytest.raises(UsageError, match="no group to draw"):
        run.plot()


def test_a_saved_run_is_one_of_the_command_line(path: Path, tmp_path: Path) -> None:
    run = read_run(detect(path).save(tmp_path / "run"))
    assert explain(run, material_of_run(run, None), "twitter:a", "twitter:b").is_as_counted
    assert (tmp_path / "run" / "rejects.jsonl").exists()
    in_memory = read_run(detect(pl.read_csv(path)).save(tmp_path / "other"))
    with pytest.raises(InputError, match="does not say what it was made of"):
        material_of_run(in_memory, None)


@pytest.mark.parametrize(
    ("posts", "error", "said"),
    [
        (3, UsageError, "not int"),
        ("nowhere/*.csv", UsageError, "No file fits"),
        ("ftp://host/posts.parquet", UsageError, "begin with s3://"),
        (pl.DataFrame({"a": [1]}), InputError, "The table is no platform's export"),
        ("absent.csv", InputError, r"absent\.csv"),
    ],
)
def test_what_is_no_posts_is_said(posts: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        wb.detect(posts)


def test_the_front_names_what_it_offers() -> None:
    assert wb.__all__ == ["__version__", "detect", "follow"]
    assert all(hasattr(wb, name) for name in wb.__all__)


@pytest.mark.parametrize("first", ["import watchbell.detect.pairs", "import watchbell as wb"])
def test_detect_is_a_room_and_a_function_in_whatever_order(first: str, path: Path) -> None:
    code = f"""{first}
import watchbell as wb
assert wb.detect({str(path)!r}, by=["link"]).pairs.height == 1
import watchbell.detect.rule as rule
assert wb.detect.rule is rule
assert wb.detect({str(path)!r}, by=["link"]).pairs.height == 1
"""
    subprocess.run([sys.executable, "-c", code], check=True)
