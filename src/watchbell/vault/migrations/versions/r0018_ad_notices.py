"""Transparency notices of ads, version by version."""

import sqlalchemy as sa
from alembic import op

from watchbell.vault.columns import Instant, Plain

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "ad_notices",
        sa.Column("ad_id", Plain, sa.ForeignKey("ads.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
    )
