"""Who may hear an indicator and what it was before, what others say of it, and what governments ask for."""

import sqlalchemy as sa
from alembic import op

from watchbell.vault.columns import Instant, Plain

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns and make the tables."""
    op.add_column("indicators", sa.Column("group_id", Plain))
    op.add_column("indicators", sa.Column("revoked", sa.Boolean, nullable=False, server_default=sa.false()))
    # The underscore stands for the colon, which would begin a parameter.
    op.execute("UPDATE indicators SET revoked = true WHERE record LIKE '%\"revoked\"_true%'")
    op.create_table(
        "indicator_versions",
        sa.Column("id", Plain, primary_key=True),
        sa.Column("modified", Instant, primary_key=True),
        sa.Column("record", sa.Text, nullable=False),
    )
    op.create_index("hits_by_indicator", "hits", ["indicator_id"])
    op.create_index("ledger_by_subject", "ledger", ["subject"])
    _make_feedback()
    _make_requests()


def _make_feedback() -> None:
    op.create_table(
        "sightings",
        sa.Column("id", Plain, primary_key=True),
        sa.Column("indicator_id", Plain, nullable=False, index=True),
        sa.Column("last_seen", Instant, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
    )
    op.create_table(
        "opinions",
        sa.Column("id", Plain, primary_key=True),
        sa.Column("indicator_id", Plain, nullable=False, index=True),
        sa.Column("told_at", Instant, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
    )
    op.create_table(
        "disputes",
        sa.Column("id", Plain, primary_key=True),
        sa.Column("indicator_id", Plain, nullable=False, index=True),
        sa.Column("state", Plain, nullable=False),
        sa.Column("due_at", Instant, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
    )


def _make_requests() -> None:
    op.create_table(
        "government_requests",
        sa.Column("id", Plain, primary_key=True),
        sa.Column("state", Plain, nullable=False),
        sa.Column("received_at", Instant, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
    )
    op.create_table(
        "releases",
        sa.Column("id", Plain, primary_key=True),
        sa.Column("state", Plain, nullable=False),
        sa.Column("asked_at", Instant, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
    )
