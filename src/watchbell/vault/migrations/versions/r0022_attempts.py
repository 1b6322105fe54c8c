"""Tries to sign in or to enter a code that have not succeeded."""

import sqlalchemy as sa
from alembic import op

from watchbell.vault.columns import Instant, Plain

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "attempts",
        sa.Column("name_hash", Plain, primary_key=True),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("last_at", Instant, nullable=False),
    )
    op.create_index("ix_attempts_last_at", "attempts", ["last_at"])
