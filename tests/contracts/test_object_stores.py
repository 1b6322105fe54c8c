"""One suite, two places where files lie: this machine, and an S3 server that the tests start on loopback."""

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from moto.server import ThreadedMotoServer
from pyarrow.fs import S3FileSystem
from typer import Typer
from typer.testing import CliRunner

import watchbell as wb
from watchbell.cli.detect import app as detect_app
from watchbell.cli.indicators import app as indicators_app
from watchbell.cli.match import app as match_app
from watchbell.cli.posts import app as posts_app
from watchbell.desk.investigations.explain import material_of_run
from watchbell.desk.investigations.runs import read_run
from watchbell.errors import InputError, UsageError
from watchbell.files import Row, file_named, files_named, read_rows
from watchbell.vault.workspace import Workspace

BUCKET = "exports"
FIRST = """author_id,id,created_at,text,url
a,1,2021-06-08T10:00:00Z,one,https://news.example/1
b,2,2021-06-08T10:00:05Z,two,https://news.example/1
"""
SECOND = """author_id,id,created_at,text,url
a,3,2021-06-08T11:00:00Z,three,https://news.example/2
b,4,2021-06-08T11:00:09Z,four,https://news.example/2
,5,2021-06-08T11:00:09Z,five,https://news.example/2
"""

Put = Callable[[str, bytes], str]
"""Takes a name such as `2021/posts.csv` and what the file holds; gives the path or address."""


@pytest.fixture(scope="module")
def store() -> Iterator[S3FileSystem]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        environment.setenv("AWS_ACCESS_KEY_ID", "a-key")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "a-secret")
        environment.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        made = S3FileSystem(endpoint_override=f"http://{host}:{port}", allow_bucket_creation=True)
        made.create_dir(BUCKET)
        yield made
    server.stop()


@pytest.fixture(params=["here", "s3"])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "here":
        return str(tmp_path / BUCKET)
    request.getfixturevalue("store")
    return f"s3://{BUCKET}/{tmp_path.name}"


@pytest.fixture
def put(root: str, request: pytest.FixtureRequest) -> Put:
    def onto_disk(name: str, data: bytes) -> str:
        path = Path(root, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return str(path)

    def into_store(name: str, data: bytes) -> str:
        store: S3FileSystem = request.getfixturevalue("store")
        with store.open_output_stream(f"{root.removeprefix('s3://')}/{name}") as stream:
            stream.write(data)
        return f"{root}/{name}"

    return into_store if root.startswith("s3://") else onto_disk


@pytest.fixture
def both(put: Put, root: str) -> str:
    """Return a pattern that fits two files of posts and not the file beside them."""
    put("2021/06/first.csv", FIRST.encode())
    put("2021/07/second.csv", SECOND.encode())
    put("2021/notes.md", b"no posts")
    return f"{root}/**/*.csv"


def run(app: Typer, *words: object) -> Any:
    result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_rows_come_out_of_a_file(put: Put) -> None:
    place = put("posts.csv", FIRST.encode())
    rows = list(read_rows(file_named(place)))
    assert [row.values["author_id"] for row in rows if isinstance(row, Row)] == ["a", "b"]


@pytest.mark.parametrize(
    ("pattern", "fitting"),
    [
        ("2021/0?/*.csv", ["2021/06/first.csv", "2021/07/second.csv"]),
        ("2021/0[!1-6]/*.csv", ["2021/07/second.csv"]),
        ("2021/*.md", ["2021/notes.md"]),
        ("**/*.csv", ["2021/06/first.csv", "2021/07/second.csv"]),
        ("2021/**/*.md", ["2021/notes.md"]),
    ],
)
@pytest.mark.usefixtures("both")
def test_a_pattern_names_the_files_that_fit_it_in_order(root: str, pattern: str, fitting: list[str]) -> None:
    assert [str(file) for file in files_named(f"{root}/{pattern}")] == [f"{root}/{name}" for name in fitting]


def test_posts_are_found_rejected_and_read_again_for_a_pair(both: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    told = run(detect_app, both, "--out", out, "--by", "link", "--json")
    assert told["counts"]["pairs"] == 1
    assert told["counts"]["rejected_rows"] == 1
    assert both.partition("*")[0] in (out / "rejects.jsonl").read_text()
    assert material_of_run(read_run(out), None).actions.num_rows == 4


def test_a_table_of_actions_in_parquet_is_read(put: Put, tmp_path: Path) -> None:
    frame = pl.DataFrame({"who": ["a", "b", "a", "b"], "what": ["x", "x", "y", "y"], "at": [0, 5, 100, 105]})
    frame.write_parquet(tmp_path / "actions.parquet")
    place = put("actions.parquet", (tmp_path / "actions.parquet").read_bytes())
    columns = ["--account", "who", "--object", "what", "--time", "at"]
    assert run(detect_app, place, "--out", tmp_path / "out", *columns, "--json")["counts"]["pairs"] == 1


def test_a_notebook_reads_them(both: str) -> None:
    found = wb.detect(both, by=["link"], platform="twitter")
    assert found.pairs.select("account_a", "account_b", "post_pairs").row(0) == ("twitter:a", "twitter:b", 2)


def test_posts_are_imported_and_importing_again_changes_nothing(both: str, tmp_path: Path) -> None:
    Workspace.create(tmp_path / "desk").close()
    for new in (2, 0):
        told = run(posts_app, "import", both, "--workspace", tmp_path / "desk", "--platform", "twitter", "--json")
        assert [file["new"] for file in told["files"]] == [new, new]


def test_what_is_not_there_is_said(root: str) -> None:
    with pytest.raises(InputError, match=r"absent\.csv cannot be read"):
        list(read_rows(file_named(f"{root}/absent.csv")))
    with pytest.raises(UsageError, match="No file fits"):
        files_named(f"{root}/absent/*.csv")


@pytest.mark.usefixtures("store")
def test_a_bucket_that_is_not_there_is_said() -> None:
    with pytest.raises(InputError, match="NO_SUCH_BUCKET"):
        files_named("s3://absent/*.csv")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("gs://bucket/posts.csv", "begin with s3://"),
        ("s3://bucket", "Write the bucket and the key"),
        ("s3://*/posts.csv", "leaves the bucket open"),
    ],
)
def test_an_address_that_names_no_file_is_refused(address: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        files_named(address)


def test_indicators_are_imported_and_posts_matched_where_they_lie(put: Put, root: str, tmp_path: Path) -> None:
    put("ioc/2026-11.csv", b"type,value\ndomain,news.example\n")
    put("ioc/report.md", b"| Type | Indicator |\n|---|---|\n| Domain | other[.]example |\n")
    put("posts.csv", FIRST.encode())
    workspace = tmp_path / "w"
    Workspace.create(workspace).close()
    words = ["import", f"{root}/ioc/*", "--workspace", str(workspace)]
    done = CliRunner().invoke(indicators_app, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    with Workspace.open(workspace) as opened:
        assert {held.value for held in opened.vault.indicators.all()} == {"news.example", "other.example"}
    hits = tmp_path / "hits.csv"
    words = [f"{root}/posts.csv", "--indicators", f"{root}/ioc/*.csv", "--out", str(hits)]
    done = CliRunner().invoke(match_app, [*words, "--workspace", str(workspace)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert pl.read_csv(hits)["indicator_value"].to_list() == ["news.example"] * 2
