"""One suite, two databases: an SQLite file, and a PostgreSQL server that the tests start and stop."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from tests.taxii_server import House, make, serving
from watchbell.vault.schema import metadata
from watchbell.vault.vault import Vault, open_vault, sqlite_url


class Server:
    """A PostgreSQL server on a Unix socket, with an empty database for whoever asks."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs, self._folder, self._names = programs, folder, count()
        # initdb and postgres refuse to run as root.
        self._account = unprivileged() if os.geteuid() == 0 else None
        if self._account:
            os.chown(folder, self._account.pw_uid, self._account.pw_gid)

    def start(self) -> None:
        self._run("initdb", "-D", self._data, "-U", "watchbell", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        options = f"-c listen_addresses='' -c unix_socket_directories='{self._folder}' -c fsync=off"
        self._run("pg_ctl", "-D", self._data, "-l", f"{self._folder}/log", "-o", options, "-w", "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "-w", "stop")

    def new_database(self) -> str:
        name = f"watchbell_{next(self._names)}"
        self._run("createdb", "-h", str(self._folder), "-U", "watchbell", name)
        return f"postgresql://watchbell@/{name}?host={self._folder}"

    @property
    def _data(self) -> str:
        return f"{self._folder}/data"

    def _run(self, program: str, *arguments: str) -> None:
        # A file, not a pipe: the server that pg_ctl starts keeps it open.
        with (self._folder / "output").open("w+") as output:
            done = subprocess.run(
                [self._programs / program, *arguments],
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
                user=self._account and self._account.pw_uid,
                group=self._account and self._account.pw_gid,
                extra_groups=[] if self._account else None,
            )
            output.seek(0)
            assert done.returncode == 0, f"{program}: {output.read()}"


def unprivileged() -> pwd.struct_passwd:
    """Return the account that Debian's package makes for the server, or the one that every system has."""
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def programs_of_postgres() -> Path | None:
    """Return the folder of a PostgreSQL's programs; Debian keeps them outside the PATH."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name), reverse=True)
    on_path = [Path(program).resolve().parent for program in [shutil.which("initdb")] if program]
    return next((folder for folder in [*debian, *on_path] if (folder / "initdb").exists()), None)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    programs = programs_of_postgres()
    if programs is None:
        pytest.skip("no PostgreSQL server is installed here; on Debian: apt-get install postgresql")
    # Not pytest's own folder: the path of a Unix socket has at most 107 bytes, and the server's account must get in.
    folder = Path(tempfile.mkdtemp(prefix="watchbell-pg-"))
    server = Server(programs, folder)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres_url(postgres: Server) -> str:
    """URL of the one database on PostgreSQL that most tests share, one after another, with the tables made."""
    url = postgres.new_database()
    open_vault(url).close()
    return url


def empty(url: str) -> str:
    """Empty the tables, which takes a tenth of the time that a new database does."""
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {', '.join(metadata.tables)}"))
    engine.dispose()
    return url


BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(params=BOTH)
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a database without any tables."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path / "watchbell.db")
    server: Server = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a database without any records."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path / "watchbell.db")
    return empty(request.getfixturevalue("postgres_url"))


@pytest.fixture
def vault(database_url: str) -> Iterator[Vault]:
    with open_vault(database_url) as opened:
        yield opened


@pytest.fixture
def open_again(database_url: str) -> Iterator[Callable[[], Vault]]:
    """Open the same database once more, as another process would."""
    with ExitStack() as opened:
        yield lambda: opened.enter_context(open_vault(database_url))


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    """A house that serves TAXII, whose records are in either database."""
    with make(tmp_path / "house", database_url) as workspace, serving(workspace) as opened:
        yield opened
