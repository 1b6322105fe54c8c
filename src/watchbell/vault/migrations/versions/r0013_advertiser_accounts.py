"""Accounts of advertisers' people, their second factors, and whom they answer for."""

import sqlalchemy as sa
from alembic import op

from watchbell.vault.columns import Instant, Plain

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "advertiser_accounts",
        sa.Column("id", Plain, primary_key=True),
        sa.Column("email", Plain, nullable=False, unique=True),
        sa.Column("totp_step", sa.BigInteger, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
    )
    op.create_table(
        "advertiser_sign_ups",
        sa.Column("token_hash", Plain, primary_key=True),
        sa.Column("expires_at", Instant, nullable=False, index=True),
        sa.Column("record", sa.Text, nullable=False),
    )
    account = "advertiser_accounts.id"
    op.create_table(
        "advertiser_sessions",
        sa.Column("token_hash", Plain, primary_key=True),
        sa.Column("account_id", Plain, sa.ForeignKey(account), nullable=False, index=True),
        sa.Column("expires_at", Instant, nullable=False),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("account_id", Plain, sa.ForeignKey(account), primary_key=True),
        sa.Column("code_hash", Plain, primary_key=True),
    )
    op.create_table(
        "advertiser_owners",
        sa.Column("advertiser_id", Plain, sa.ForeignKey("advertisers.id"), primary_key=True),
        sa.Column("account_id", Plain, sa.ForeignKey(account), nullable=False, index=True),
    )
