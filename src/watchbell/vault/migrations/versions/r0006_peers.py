"""Other houses' servers, and how far the pulling from each has come."""

import sqlalchemy as sa
from alembic import op

from watchbell.vault.columns import Plain

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "peers",
        sa.Column("name", Plain, primary_key=True),
        sa.Column("partner_id", Plain, sa.ForeignKey("partners.id"), nullable=False),
        sa.Column("record", sa.Text, nullable=False),
    )
    op.create_table(
        "peer_checkpoints",
        sa.Column("peer", Plain, sa.ForeignKey("peers.name"), primary_key=True),
        sa.Column("collection_id", Plain, primary_key=True),
        sa.Column("part", Plain, primary_key=True),
        sa.Column("record", sa.Text, nullable=False),
    )
