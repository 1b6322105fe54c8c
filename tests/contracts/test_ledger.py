"""The ledger keeps its order and shows any change, on both databases."""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import create_engine, make_url

from watchbell.model.cases import CaseStatus
from watchbell.vault.vault import Vault

AT = datetime(2026, 11, 3, 20, 0, 0, 5, tzinfo=UTC)

Change = Callable[[str], None]


@pytest.fixture
def change(database_url: str) -> Change:
    """Run a statement on the database behind Watchbell's back."""

    def run(statement: str) -> None:
        url = make_url(database_url)
        engine = create_engine(url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url)
        with engine.begin() as connection:
            assert connection.exec_driver_sql(statement).rowcount
        engine.dispose()

    return run


def fill(vault: Vault, entries: int = 5) -> list[str]:
    return [vault.ledger.append("ana", "case.decided", f"case--{n}", {"n": n}, AT) for n in range(entries)]


def test_entries_come_back_latest_first_each_sealing_the_one_before(vault: Vault) -> None:
    hashes = fill(vault, 3)
    entries = vault.ledger.entries(limit=2)
    assert [(entry.seq, entry.subject, entry.details, entry.at) for entry in entries] == [
        (3, "case--2", {"n": 2}, AT),
        (2, "case--1", {"n": 1}, AT),
    ]
    assert [entry.previous for entry in entries] == [hashes[1], hashes[0]]
    assert vault.ledger.verify()


def test_the_hash_can_be_computed_without_watchbell(vault: Vault) -> None:
    local = AT.astimezone(timezone(timedelta(hours=-5)))
    found = vault.ledger.append("ana", "partner.asked", "Амт", {"b": [1.5, None], "a": "é"}, local)
    written = (
        '{"actor":"ana","at":"2026-11-03T20:00:00.000005+00:00","details":{"a":"\\u00e9","b":[1.5,null]},'
        '"event":"partner.asked","previous":"' + "0" * 64 + '","seq":1,"subject":"\\u0410\\u043c\\u0442"}'
    )
    assert found == hashlib.sha256(written.encode("ascii")).hexdigest()


def test_an_empty_ledger_holds(vault: Vault) -> None:
    assert vault.ledger.verify()
    assert vault.ledger.entries() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger SET actor = 'bob' WHERE seq = 2",
        "UPDATE ledger SET details = '{\"n\":9}' WHERE seq = 5",
        "UPDATE ledger SET details = 'no JSON' WHERE seq = 5",
        "UPDATE ledger SET at = '2020-01-01 00:00:00.000000' WHERE seq = 1",
        "UPDATE ledger SET hash = previous WHERE seq = 3",
        "DELETE FROM ledger WHERE seq = 1",
        "DELETE FROM ledger WHERE seq = 3",
        "UPDATE ledger SET seq = seq + 100 WHERE seq = 4",
        "INSERT INTO ledger SELECT 6, at, actor, event, subject, details, previous, hash FROM ledger WHERE seq = 5",
    ],
)
def test_a_change_behind_its_back_is_seen(vault: Vault, change: Change, statement: str) -> None:
    fill(vault)
    assert vault.ledger.verify()
    change(statement)
    assert not vault.ledger.verify()


def test_what_no_database_can_hold_breaks_no_chain(vault: Vault) -> None:
    vault.ledger.append("a\0na", "x", "y\0", {"z": "\0"}, AT)
    assert vault.ledger.verify()


def test_details_hash_as_they_will_be_read(vault: Vault) -> None:
    details = {"counts": {10: "a", 9: "b"}, "pair": (1, 2.5), "status": CaseStatus.OPEN, "lone": "\ud800"}
    vault.ledger.append("ana", "x", "y", details, AT)
    assert vault.ledger.verify()
    (entry,) = vault.ledger.entries()
    assert entry.details == {"counts": {"10": "a", "9": "b"}, "pair": [1, 2.5], "status": "open", "lone": "\ud800"}


@pytest.mark.parametrize("details", [{"x": float("nan")}, {"x": {1, 2}}])
def test_details_must_be_json(vault: Vault, details: dict[str, object]) -> None:
    with pytest.raises((ValueError, TypeError)):
        vault.ledger.append("ana", "x", "y", details, AT)
    assert vault.ledger.entries() == []


def test_writers_at_the_same_time_wait_for_one_another(vault: Vault, open_again: Callable[[], Vault]) -> None:
    writers = [vault, open_again()] * 4
    with ThreadPoolExecutor(len(writers)) as pool:
        hashes = [one for some in pool.map(lambda writer: fill(writer, 10), writers) for one in some]
    assert len(set(hashes)) == 80
    assert [entry.seq for entry in vault.ledger.entries(limit=100)] == list(range(80, 0, -1))
    assert vault.ledger.verify()
