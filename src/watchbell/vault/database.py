"""The database: how it is opened, read and written, the same for SQLite and PostgreSQL."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import URL, ColumnElement, Connection, Engine, Select, Table, create_engine, event, func, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DatabaseError, IntegrityError, NoSuchModuleError

from watchbell.errors import MissingExtraError, WorkspaceError

Item = TypeVar("Item")

# Rows written in one transaction: few enough that another writer waits a fraction of a second.
BATCH = 5_000
# Ids in one condition: SQLite takes 32,766 parameters in a statement (SQLITE_MAX_VARIABLE_NUMBER), psycopg 65,535.
IDS_AT_ONCE = 5_000
# SQLite's default is to give up at once; an import beside the desk holds the lock for one batch at a time.
BUSY_TIMEOUT_MS = 30_000


class Database:
    """A pool of connections, handed out for reading or for writing."""

    def __init__(self, engine: Engine) -> None:
        """Hand out connections of `engine`, as `connect` makes it."""
        self._engine = engine
        # SQLite's readers see one state anyway.
        snapshot = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
        self._reading = engine.execution_options(**snapshot)
        self._writing = engine.execution_options(writes=True)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Yield a connection that sees one state of the database throughout.

        Raises:
            WorkspaceError: the database cannot be reached.
        """
        with _sentences(self._engine), self._reading.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Yield a connection whose changes are kept together, or not at all if the block raises.

        Raises:
            WorkspaceError: the database cannot be reached, or another writer did not finish in time.
        """
        with _sentences(self._engine), self._writing.begin() as connection:
            yield connection

    def count(self, table: Table) -> int:
        """Return how many rows `table` has."""
        with self.read() as connection:
            return connection.scalar(select(func.count()).select_from(table)) or 0

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


def connect(url: URL) -> Database:
    """Return the database at `url`.

    Raises:
        MissingExtraError: `url` is PostgreSQL's and its driver is not installed.
        WorkspaceError: `url` is of a database that Watchbell does not know.
    """
    if url.get_backend_name() not in {"sqlite", "postgresql"}:
        raise WorkspaceError(f"The database {url.drivername} is not known; use postgresql+psycopg:// or leave it out.")
    try:
        engine = create_engine(url)
    except ModuleNotFoundError as error:
        raise MissingExtraError("A PostgreSQL database", "postgres") from error
    except (ArgumentError, NoSuchModuleError) as error:
        raise WorkspaceError(
            f"The database driver {url.drivername} is not known; use postgresql+psycopg://."
        ) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return Database(engine)


def batches(items: Iterable[Item], size: int = BATCH) -> Iterator[list[Item]]:
    """Yield the items in lists of at most `size`."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert the rows whose key is not there yet; return how many were."""
    if not rows:  # SQLAlchemy takes an empty list for one row of defaults
        return 0
    statement = _insert(connection, table).on_conflict_do_nothing()
    # Without the option SQLAlchemy keeps the count for UPDATE and DELETE only.
    return connection.execute(statement, rows, execution_options={"preserve_rowcount": True}).rowcount


def insert_new_from(connection: Connection, table: Table, rows: Select[Any], values: Mapping[str, Any]) -> None:
    """Insert the rows that a query finds and whose key is not there yet; the query's columns are the table's."""
    columns = [column.name for column in rows.selected_columns]
    connection.execute(_insert(connection, table).from_select(columns, rows).on_conflict_do_nothing(), values)


def insert_or_replace(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    when: Callable[[Any], ColumnElement[bool]] | None = None,
) -> None:
    """Insert the rows; a row whose key is there takes that one's place, if `when` (given the new row) holds."""
    statement = _insert(connection, table)
    keys = [column.name for column in table.primary_key]
    rest = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    condition = when(statement.excluded) if when else None
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=rest, where=condition), rows)


def lock(connection: Connection, table: Table) -> None:
    """Keep other writers out of `table` until the transaction ends. SQLite has one writer at a time anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"LOCK TABLE {table.name} IN SHARE ROW EXCLUSIVE MODE"))


def _insert(connection: Connection, table: Table) -> Any:
    """Return the dialect's own INSERT, for ON CONFLICT is not in SQLAlchemy's common one."""
    return (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(table)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Set a new connection up for one writer and many readers at the same time."""
    connection.isolation_level = None  # Python's sqlite3 begins transactions by itself, and late; see `_begin_sqlite`
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once when writing: a reader that turns writer fails instead of waiting."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _sentences(engine: Engine) -> Iterator[None]:
    try:
        yield
    except IntegrityError:
        raise  # what was written contradicts what is there: its shelf knows what to say
    except DatabaseError as error:
        raise WorkspaceError(
            f"The database {engine.url.render_as_string(hide_password=True)} cannot be used: {error.orig}"
        ) from error
