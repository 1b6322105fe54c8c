"""An import that is killed, or another beside it, leaves a workspace that can be used."""

import signal
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from watchbell.model.indicators import Indicator, IndicatorKind
from watchbell.model.posts import POSTS
from watchbell.vault.added import Added
from watchbell.vault.database import BATCH
from watchbell.vault.posts import PostStore
from watchbell.vault.workspace import Workspace

DAYS = 12
NOON = datetime(2021, 6, 8, 12, tzinfo=UTC)

# The child has this file's functions, so both sides import the same.
CHILD = """
import importlib.util, os, signal, sys
from pathlib import Path
spec = importlib.util.spec_from_file_location("killed", {file!r})
killed = importlib.util.module_from_spec(spec)
spec.loader.exec_module(killed)
root = Path({root!r})

def die(*_args, **_kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

def die_at_call(number, function):
    calls = iter(range(number))
    return lambda *args, **kwargs: die() if next(calls) == number - 1 else function(*args, **kwargs)

{body}
"""


def start(root: Path, body: str) -> subprocess.Popen[bytes]:
    code = CHILD.format(file=__file__, root=str(root), body=body)
    return subprocess.Popen([sys.executable, "-c", code])


def run_to_its_death(root: Path, body: str) -> None:
    assert start(root, body).wait(timeout=60) == -signal.SIGKILL


def posts(start: int = 0, days: int = DAYS) -> pa.Table:
    rows = [
        {
            "platform": "twitter",
            "account_id": "twitter:1",
            "post_id": str(n),
            "created_at": NOON + timedelta(days=n % days),
        }
        for n in range(start, start + 60)
    ]
    return pa.Table.from_pylist(rows, schema=POSTS)


def indicators(numbers: Iterable[int]) -> Iterable[Indicator]:
    for number in numbers:
        yield Indicator(
            id=f"indicator--{number:06}",
            kind=IndicatorKind.DOMAIN,
            value=f"news{number}.example",
            published_as=f"news{number}.example",
            source="A partner",
            valid_from=NOON,
            created=NOON,
            modified=NOON,
        )


@pytest.mark.parametrize(
    ("killed_while", "kept"),
    [
        ("killed.pa.parquet.write_table = die_at_call(5, killed.pa.parquet.write_table)", 0),
        ("Path.replace = die_at_call(5, Path.replace)", 4 * 60 // DAYS),
    ],
)
def test_a_killed_import_of_posts_leaves_whole_files_and_can_be_run_again(
    tmp_path: Path, killed_while: str, kept: int
) -> None:
    run_to_its_death(tmp_path, f"{killed_while}\nkilled.PostStore(root).add(killed.posts())")
    store = PostStore(tmp_path)
    assert any((tmp_path / ".incoming").iterdir())
    assert store.count() == store.scan().num_rows == kept
    assert store.add(posts()) == Added(60 - kept, kept)
    assert store.scan().num_rows == 60
    assert not (tmp_path / ".incoming").exists()


def test_imports_of_posts_at_the_same_time_wait_for_one_another(tmp_path: Path) -> None:
    children = [
        start(tmp_path, f"for n in range(3): killed.PostStore(root).add(killed.posts({first} + n))")
        for first in (0, 30)
    ]
    assert [child.wait(timeout=60) for child in children] == [0, 0]
    ids = PostStore(tmp_path).scan(columns=["post_id"])["post_id"].to_pylist()
    assert sorted(ids, key=int) == [str(n) for n in range(30 + 2 + 60)]


def test_a_killed_import_of_records_keeps_its_whole_batches_and_can_be_run_again(tmp_path: Path) -> None:
    Workspace.create(tmp_path).close()
    run_to_its_death(
        tmp_path,
        f"""
def dying():
    yield from killed.indicators(range({2 * BATCH + 10}))
    die()
killed.Workspace.open(root).vault.indicators.add(dying())
""",
    )
    with Workspace.open(tmp_path) as workspace:
        assert workspace.vault.indicators.count() == 2 * BATCH
        assert workspace.vault.indicators.add(indicators(range(2 * BATCH + 10))) == Added(10, 2 * BATCH)


def test_a_writer_killed_amid_a_transaction_leaves_nothing_of_it_and_no_lock(tmp_path: Path) -> None:
    Workspace.create(tmp_path).close()
    run_to_its_death(
        tmp_path,
        """
import watchbell.vault.indicators as shelf
insert = shelf.insert_new
shelf.insert_new = lambda *args: (insert(*args), die())
killed.Workspace.open(root).vault.indicators.add(killed.indicators(range(100)))
""",
    )
    with Workspace.open(tmp_path) as workspace:
        assert workspace.vault.indicators.count() == 0
        assert workspace.vault.indicators.add(indicators(range(100))) == Added(100, 0)


def test_two_processes_write_records_at_the_same_time(tmp_path: Path) -> None:
    Workspace.create(tmp_path).close()
    body = "killed.Workspace.open(root).vault.indicators.add(killed.indicators(range({0}, {0} + 12_000)))"
    children = [start(tmp_path, body.format(first)) for first in (0, 6_000)]
    with Workspace.open(tmp_path) as workspace:
        for number in range(20):
            workspace.vault.ledger.append("ana", "looked", str(number), {}, NOON)
        assert [child.wait(timeout=60) for child in children] == [0, 0]
        assert workspace.vault.indicators.count() == 18_000
        assert workspace.vault.ledger.verify()
