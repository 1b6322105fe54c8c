"""What the shelves stand on: writers that wait, and say so when they waited in vain."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, text

from watchbell.errors import WorkspaceError
from watchbell.vault import database
from watchbell.vault.database import Database, batches, connect


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 0)
    opened = connect(URL.create("sqlite", database=str(tmp_path / "x.db")))
    with opened.write() as connection:
        connection.execute(text("CREATE TABLE counters (value INTEGER)"))
        connection.execute(text("INSERT INTO counters VALUES (1)"))
    yield opened
    opened.close()


def value(opened: Database) -> int:
    with opened.read() as connection:
        return int(connection.execute(text("SELECT value FROM counters")).scalar_one())


def test_a_second_writer_that_waited_in_vain_says_so(opened: Database) -> None:
    with (
        opened.write(),
        pytest.raises(WorkspaceError, match=r"x\.db cannot be used: database is locked"),
        opened.write(),
    ):
        pass


def test_readers_see_what_stood_before_until_a_writer_is_done(opened: Database) -> None:
    with opened.write() as connection:
        connection.execute(text("UPDATE counters SET value = 2"))
        assert value(opened) == 1
    assert value(opened) == 2


def test_a_block_that_raises_changes_nothing(opened: Database) -> None:
    def fail_amid() -> None:
        with opened.write() as connection:
            connection.execute(text("UPDATE counters SET value = 2"))
            raise RuntimeError("amid")

    with pytest.raises(RuntimeError, match="amid"):
        fail_amid()
    assert value(opened) == 1


def test_sqlite_is_set_up_for_a_desk_and_an_import_at_once(opened: Database) -> None:
    pragmas = {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 1}
    with opened.read() as connection:
        assert {name: connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in pragmas} == pragmas


def test_batches_take_no_more_than_they_need() -> None:
    source = iter(range(5))
    assert next(batches(source, 2)) == [0, 1]
    assert list(batches(source, 2)) == [[2, 3], [4]]
