"""What partners say of indicators that are not here yet, which waits for them."""

import sqlalchemy as sa
from alembic import op

from watchbell.vault.columns import Instant, Plain

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "waiting_feedback",
        sa.Column("place", Plain, primary_key=True),
        sa.Column("partner_id", Plain, primary_key=True),
        sa.Column("object_id", Plain, primary_key=True),
        sa.Column("indicator_id", Plain, primary_key=True, index=True),
        sa.Column("told_at", Instant, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
    )
