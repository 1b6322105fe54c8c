"""The tables that the migrations make are the ones the code reads and writes, on both databases."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import bindparam, make_url, text

from watchbell.errors import WorkspaceError
from watchbell.model.ads import Ad, AdDecision
from watchbell.vault.columns import Instant
from watchbell.vault.database import Database, connect
from watchbell.vault.migrate import migrations
from watchbell.vault.schema import HEAD, metadata
from watchbell.vault.vault import open_vault

pytestmark = pytest.mark.usefixtures("real_migrations")


@pytest.fixture
def unmigrated(new_url: str) -> Iterator[Database]:
    """A database without tables."""
    url = make_url(new_url)
    opened = connect(url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url)
    yield opened
    opened.close()


@pytest.fixture
def database(unmigrated: Database, new_url: str) -> Database:
    """A migrated database, below the vault that opened it."""
    open_vault(new_url).close()
    return unmigrated


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


def test_decisions_come_to_name_what_they_are_about(unmigrated: Database, new_url: str) -> None:
    noon, hour = datetime(2026, 11, 3, 12, tzinfo=UTC), timedelta(hours=1)
    first = Ad(id="a", source="a", platform="p", text="Vote", links=("https://a.example",))
    second = first.model_copy(update={"text": "Vote \N{GREEK SMALL LETTER ALPHA}"})
    ads = (
        "INSERT INTO ads (id, source, platform, advertiser, payer, country, declared_political, words, record)"
        " VALUES ('a', '', '', '', '', '', false, '', :record)"
    )
    changed = "INSERT INTO ad_history (ad_id, at, event, digest, before) VALUES ('a', :at, 'changed', '', :before)"
    decided = (
        "INSERT INTO ad_decisions (ad_id, verdict, political, decided_at, digest, record)"
        " VALUES ('a', 'approve', false, :at, :digest, :record)"
    )
    decision = {"ad_id": "a", "verdict": "approve", "political": False, "political_reason": "-", "rules_version": "1"}
    decision["disclaimer"] = {"state": "not_needed", "reason": "-"}
    with unmigrated.write() as connection:
        config = migrations()
        config.attributes["connection"] = connection
        command.upgrade(config, "0023")
        connection.execute(text(ads), {"record": second.model_dump_json()})
        at = bindparam("at", type_=Instant)
        connection.execute(text(changed).bindparams(at), {"at": noon, "before": first.model_dump_json()})
        for number, when in enumerate((noon - hour, noon + hour)):
            record = json.dumps(decision | {"decided_at": when.isoformat()})
            row = {"at": when, "digest": str(number), "record": record}
            connection.execute(text(decided).bindparams(at), row)
    with open_vault(new_url) as vault:
        later, earlier = vault.ads.decisions("a")
    assert (earlier.content_digest, later.content_digest) == (first.content_digest, second.content_digest)


def test_no_decision_counts_of_what_changed_after_it(unmigrated: Database, new_url: str) -> None:
    ads = [Ad(id=name, source="a", platform="p", text="Vote") for name in ("same", "other")]
    decision = {"verdict": "approve", "political": False, "political_reason": "-", "rules_version": "1"}
    decision |= {"disclaimer": {"state": "not_needed", "reason": "-"}, "decided_at": "2026-11-03T12:00:00+00:00"}
    with open_vault(new_url) as vault:
        vault.ads.add(ads)
        vault.ads.decide(
            AdDecision.model_validate(decision | {"ad_id": ad.id, "content_digest": ad.content_digest}) for ad in ads
        )
    changed = ads[1].model_copy(update={"text": "Do not vote"}).model_dump_json()
    with unmigrated.write() as connection:
        connection.execute(text("UPDATE ads SET record = :record WHERE id = 'other'"), {"record": changed})
        connection.execute(text("UPDATE alembic_version SET version_num = '0025'"))
    with open_vault(new_url) as vault:
        assert vault.ads.decision("same") is not None
        assert vault.ads.decision("other") is None
        assert len(vault.ads.decisions("other")) == 1
