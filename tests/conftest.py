"""What every test may use."""

import ipaddress
import os
import shutil
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import make_url

from watchbell.desk import accounts
from watchbell.vault import vault
from watchbell.vault.database import Database, connect

Migrate = Callable[[Database], None]
ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of large real data that the project does not ship; tests that need it skip where it is absent."""
    folder = Path(os.environ.get("WATCHBELL_SHARED", ROOT.parent / "shared")) / "data"
    if not folder.is_dir():
        pytest.skip(f"the large real data is not at {folder}; set WATCHBELL_SHARED to its folder to run this test")
    return folder


def _is_loopback(host: object) -> bool:
    try:
        return host in (None, "", "localhost") or ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


def _refuse_unless_loopback(host: object) -> None:
    if not _is_loopback(host):
        raise RuntimeError(f"a test reached for {host!r}: tests talk to this machine only")


def _guarded(connect: Callable[[socket.socket, Any], Any]) -> Callable[[socket.socket, Any], Any]:
    def connect_on_loopback(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            _refuse_unless_loopback(address[0])
        return connect(self, address)

    return connect_on_loopback


def _guarded_lookup(host: Any, *args: Any, **kwargs: Any) -> Any:
    _refuse_unless_loopback(host.decode() if isinstance(host, bytes) else host)
    return _getaddrinfo(host, *args, **kwargs)


_getaddrinfo = socket.getaddrinfo


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Refuse this process every connection and name look-up but to itself; the browser and PostgreSQL are others."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", _guarded(socket.socket.connect))
        patch.setattr(socket.socket, "connect_ex", _guarded(socket.socket.connect_ex))
        patch.setattr(socket, "getaddrinfo", _guarded_lookup)
        yield


@pytest.fixture(scope="session", autouse=True)
def _cheap_passwords() -> Iterator[PasswordHasher]:
    """Hash passwords at the least cost, and yield the desk's own hasher: a fifth of a second for each."""
    real = accounts._HASHER
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounts, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield real


@pytest.fixture
def real_passwords(_cheap_passwords: PasswordHasher, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hash passwords as the desk does, for the tests of what it keeps of them."""
    monkeypatch.setattr(accounts, "_HASHER", _cheap_passwords)
    accounts._hash_of_nobody.cache_clear()
    yield
    accounts._hash_of_nobody.cache_clear()


@pytest.fixture(scope="session", autouse=True)
def _migrated_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Migrate]:
    """Run the migrations on one SQLite database, copy it to each that is new, and yield what runs them."""
    real, first = vault._migrate, tmp_path_factory.mktemp("migrated") / "watchbell.db"
    one_at_a_time = threading.Lock()

    def copy_or_migrate(database: Database) -> None:
        url = database._engine.url
        with one_at_a_time:
            if url.get_backend_name() != "sqlite" or not is_empty(str(url.database)):
                real(database)
                return
            if not first.exists():
                of_first = connect(make_url(vault.sqlite_url(first)))
                real(of_first)
                of_first.close()
            with closing(sqlite3.connect(first)) as source, closing(sqlite3.connect(str(url.database))) as target:
                source.backup(target)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vault, "_migrate", copy_or_migrate)
        yield real


def is_empty(file: str) -> bool:
    with closing(sqlite3.connect(file)) as opened:
        return opened.execute("SELECT 1 FROM sqlite_master").fetchone() is None


@pytest.fixture
def real_migrations(_migrated_once: Migrate, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the migrations on every database, for the tests of migrations."""
    monkeypatch.setattr(vault, "_migrate", _migrated_once)


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """A Spark session on two cores of this machine, which all tests share: it takes seconds to start."""
    if shutil.which("java") is None:
        pytest.skip("no Java is installed here; on Debian: apt-get install default-jre-headless")
    pytest.importorskip("pyspark", reason="the extra is not installed: pip install 'watchbell[spark]'")
    from watchbell.engine.spark import spark_session  # noqa: PLC0415  # most tests need no Spark

    with spark_session("local[2]") as session:
        yield session
