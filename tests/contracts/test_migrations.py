"""The tables that the migrations make are the ones the code reads and writes, on both databases."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import make_url, text

from watchbell.errors import WorkspaceError
from watchbell.vault.database import Database, connect
from watchbell.vault.migrate import migrations
from watchbell.vault.schema import HEAD, metadata
from watchbell.vault.vault import open_vault


@pytest.fixture
def database(new_url: str) -> Iterator[Database]:
    """A migrated database, below the vault that opened it."""
    open_vault(new_url).close()
    url = make_url(new_url)
    opened = connect(url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url)
    yield opened
    opened.close()


OF_THE_FULL_TEXT_INDEX = ("ad_words", "ad_places", "ads_newest", "ads_dearest", "ad_index")


def differences(database: Database) -> list[Any]:
    """What the schema and the tables differ in, save for the indexes that each database has in its own way."""
    options = {"include_name": lambda name, *_: not (name or "").startswith(OF_THE_FULL_TEXT_INDEX)}
    with database.read() as connection:
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def test_migrated_tables_are_those_of_the_schema(database: Database) -> None:
    assert differences(database) == []


def test_the_schema_names_the_last_migration() -> None:
    assert ScriptDirectory.from_config(migrations()).get_current_head() == HEAD


def test_a_schema_that_the_migrations_lack_is_seen(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("ALTER TABLE cases ADD COLUMN colour text"))
    assert [change[0] for change in differences(database)] == ["remove_column"]


def test_a_database_of_a_newer_version_is_left_alone(database: Database, new_url: str) -> None:
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(WorkspaceError, match="newer version of Watchbell"):
        open_vault(new_url)


def test_many_may_open_a_new_database_at_once(new_url: str) -> None:
    def opened(_number: int) -> int:
        with open_vault(new_url) as vault:
            return vault.ads.count()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(opened, range(8))) == [0] * 8
