"""Who is reviewing an ad."""

import sqlalchemy as sa
from alembic import op

from watchbell.vault.columns import Instant, Plain

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "ad_claims",
        sa.Column("ad_id", Plain, sa.ForeignKey("ads.id"), primary_key=True),
        sa.Column("username", Plain, sa.ForeignKey("users.username"), nullable=False),
        sa.Column("until", Instant, nullable=False),
    )
