"""Tries that have not succeeded, on every database: counted by all processes together, within bounds, by hashes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from watchbell.desk.accounts import Attempts
from watchbell.vault import attempts as shelf
from watchbell.vault.schema import attempts
from watchbell.vault.vault import Vault

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
ZERO = timedelta(0)


def kept(vault: Vault) -> list[str]:
    with vault._database.read() as connection:
        return list(connection.scalars(select(attempts.c.name_hash).order_by(attempts.c.last_at)))


def test_another_process_counts_on_and_of_tries_at_one_moment_none_slips_through(vault: Vault) -> None:
    doors = [Attempts(vault, "desk") for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        waits = list(pool.map(lambda number: doors[number % 4].wait("ana", NOW), range(12)))
    assert waits.count(ZERO) == Attempts.FREE
    assert Attempts(vault, "counter").wait("ana", NOW) == ZERO


def test_only_a_hash_is_kept_and_for_an_hour(vault: Vault) -> None:
    door = Attempts(vault, "counter")
    door.wait("anna@club.org", NOW)
    (name,) = kept(vault)
    assert len(name) == 64
    door.wait("bob@club.org", NOW + Attempts.KEPT)
    assert len(kept(vault)) == 1
    door.succeeded("bob@club.org")
    assert kept(vault) == []


def test_a_flood_of_names_does_not_grow_without_end(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "MOST_NAMES", 3)
    for number in range(5):
        vault.attempts.admit(str(number), NOW + timedelta(seconds=number), lambda _: ZERO)
    assert kept(vault) == ["2", "3", "4"]
