"""Advertisers, what they showed, and under which words they pay."""

import sqlalchemy as sa
from alembic import op

from watchbell.vault.columns import Instant, Plain

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "advertisers",
        sa.Column("id", Plain, primary_key=True),
        sa.Column("state", Plain, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
    )
    op.create_table(
        "advertiser_evidence",
        sa.Column("id", Plain, primary_key=True),
        sa.Column("advertiser_id", Plain, sa.ForeignKey("advertisers.id"), nullable=False, index=True),
        sa.Column("verdict", Plain, nullable=False),
        sa.Column("given_at", Instant, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
    )
    op.create_table(
        "sent_codes",
        sa.Column("evidence_id", Plain, sa.ForeignKey("advertiser_evidence.id"), primary_key=True),
        sa.Column("record", sa.Text, nullable=False),
    )
    op.create_table(
        "identity_documents",
        sa.Column("evidence_id", Plain, sa.ForeignKey("advertiser_evidence.id"), primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("delete_at", Instant, nullable=False, index=True),
    )
    op.create_table(
        "payer_disclaimers",
        sa.Column("id", Plain, primary_key=True),
        sa.Column("advertiser_id", Plain, sa.ForeignKey("advertisers.id"), nullable=False, index=True),
        sa.Column("made_at", Instant, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
    )
