"""Bringing a database's tables up to date, step by step, with Alembic and the steps in `migrations/`."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from watchbell.errors import WorkspaceError
from watchbell.vault.database import Database

# Any number that is always the same: the lock by which PostgreSQL lets one process migrate at a time.
MIGRATION_LOCK = 0x57617463


def migrate(database: Database) -> None:
    """Run the migrations that the database has not had.

    Raises:
        WorkspaceError: a newer version of Watchbell wrote the database, or it cannot be reached.
    """
    config = migrations()
    steps = ScriptDirectory.from_config(config)
    known = {step.revision for step in steps.walk_revisions()}
    with database.write() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        current = MigrationContext.configure(connection).get_current_revision()
        if current is not None and current not in known:
            raise WorkspaceError("A newer version of Watchbell wrote this database. Upgrade Watchbell to open it.")
        if current != steps.get_current_head():
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def migrations() -> Config:
    """Return Alembic's configuration: where the migrations are, and nothing else."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    return config
