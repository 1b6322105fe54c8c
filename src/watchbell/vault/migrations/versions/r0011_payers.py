"""Claims on whatever is decided, from which accounts advertisers' ads run, and which ads are whose."""

import sqlalchemy as sa
from alembic import op

from watchbell.vault.columns import Instant, Plain

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the tables; claims last a quarter of an hour, so those of before are not kept."""
    op.drop_table("ad_claims")
    op.create_table(
        "claims",
        sa.Column("subject", Plain, primary_key=True),
        sa.Column("username", Plain, nullable=False),
        sa.Column("until", Instant, nullable=False),
    )
    op.create_table(
        "ad_accounts",
        sa.Column("platform", Plain, primary_key=True),
        sa.Column("account", Plain, primary_key=True),
        sa.Column("advertiser_id", Plain, sa.ForeignKey("advertisers.id"), nullable=False, index=True),
        sa.Column("record", sa.Text, nullable=False),
    )
    op.create_table(
        "paid_ads",
        sa.Column("ad_id", Plain, sa.ForeignKey("ads.id"), primary_key=True),
        sa.Column("advertiser_id", Plain, sa.ForeignKey("advertisers.id"), nullable=False, index=True),
        sa.Column("record", sa.Text, nullable=False),
    )
    op.create_table(
        "account_faces",
        sa.Column("platform", Plain, primary_key=True),
        sa.Column("account", Plain, primary_key=True),
        sa.Column("name", Plain, primary_key=True),
        sa.Column("countries", Plain, primary_key=True),
        sa.Column("first_at", Instant, nullable=False),
    )
