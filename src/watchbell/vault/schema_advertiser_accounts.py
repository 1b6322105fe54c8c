"""The tables of advertisers' accounts. A change here needs a migration, as one in `schema.py` does."""

from sqlalchemy import BigInteger, Column, ForeignKey, Table, Text

from watchbell.vault.columns import Instant, Plain
from watchbell.vault.schema import metadata

advertiser_accounts = Table(
    "advertiser_accounts",
    metadata,
    Column("id", Plain, primary_key=True),
    Column("email", Plain, nullable=False, unique=True),
    # The last time step whose code was used (RFC 6238, section 5.2: a code is good once).
    Column("totp_step", BigInteger, nullable=False),
    Column("record", Text, nullable=False),
)

# People whose e-mail address is not proven yet, by the hash of what their browser holds.
advertiser_sign_ups = Table(
    "advertiser_sign_ups",
    metadata,
    Column("token_hash", Plain, primary_key=True),
    Column("expires_at", Instant, nullable=False, index=True),
    Column("record", Text, nullable=False),
)

advertiser_sessions = Table(
    "advertiser_sessions",
    metadata,
    Column("token_hash", Plain, primary_key=True),
    Column("account_id", Plain, ForeignKey("advertiser_accounts.id"), nullable=False, index=True),
    Column("expires_at", Instant, nullable=False),
)

# Those not used yet.
recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("account_id", Plain, ForeignKey("advertiser_accounts.id"), primary_key=True),
    Column("code_hash", Plain, primary_key=True),
)

# Whose account an advertiser belongs to; one that an operator added belongs to none.
advertiser_owners = Table(
    "advertiser_owners",
    metadata,
    Column("advertiser_id", Plain, ForeignKey("advertisers.id"), primary_key=True),
    Column("account_id", Plain, ForeignKey("advertiser_accounts.id"), nullable=False, index=True),
)
