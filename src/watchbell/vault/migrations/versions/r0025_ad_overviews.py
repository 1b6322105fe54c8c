"""Sums over the whole ad library, made by night for its public overview."""

import sqlalchemy as sa
from alembic import op

from watchbell.vault.columns import Instant, Plain

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "ad_overviews",
        sa.Column("country", Plain, primary_key=True),
        sa.Column("span", Plain, primary_key=True),
        sa.Column("ads", sa.Integer, nullable=False),
        sa.Column("made_at", Instant, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
    )
