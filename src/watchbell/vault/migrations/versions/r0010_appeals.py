"""What advertisers say against decisions on their ads, and what they are answered."""

import sqlalchemy as sa
from alembic import op

from watchbell.vault.columns import Instant, Plain

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "appeals",
        sa.Column("id", Plain, primary_key=True),
        sa.Column("ad_id", Plain, sa.ForeignKey("ads.id"), nullable=False, index=True),
        sa.Column("state", Plain, nullable=False, index=True),
        sa.Column("opened_at", Instant, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
    )
