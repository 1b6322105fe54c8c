"""Partners' webhooks."""

import sqlalchemy as sa
from alembic import op

from watchbell.vault.columns import Instant, Plain

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "webhooks",
        sa.Column("id", Plain, primary_key=True),
        sa.Column("partner_id", Plain, sa.ForeignKey("partners.id"), nullable=False),
        sa.Column("claimed_until", Instant),
        sa.Column("record", sa.Text, nullable=False),
    )
    op.create_index("ix_webhooks_partner_id", "webhooks", ["partner_id"])
