"""What Alembic runs for each migration: on the connection that `vault/migrate.py` opened, within its transaction."""

from alembic import context

from watchbell.vault.schema import metadata

# SQLite cannot alter most of a table; Alembic then copies it ("batch").
context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()
