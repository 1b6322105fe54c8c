"""What happened to each ad, entry by entry; the ads that are here stand in it as added now."""

import hashlib
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from watchbell.vault.columns import Instant, Plain

revision = "0012"
down_revision = "0011"

_SEQUENCE = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the table, and enter the ads."""
    op.add_column("ads", sa.Column("removed", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_table(
        "ad_history",
        sa.Column("seq", _SEQUENCE, primary_key=True),
        sa.Column("ad_id", Plain, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("event", Plain, nullable=False),
        sa.Column("digest", Plain, nullable=False),
        sa.Column("before", sa.Text),
    )
    op.create_index("ad_history_by_ad", "ad_history", ["ad_id", "seq"])
    _enter_ads(op.get_bind())


def _enter_ads(connection: sa.Connection) -> None:
    history = sa.table(
        "ad_history", *(sa.column(name) for name in ("ad_id", "event", "digest")), sa.column("at", Instant)
    )
    query, last = sa.text("SELECT id, record FROM ads WHERE id > :last ORDER BY id LIMIT 5000"), ""
    now = datetime.now(UTC)
    while rows := connection.execute(query, {"last": last}).all():
        entries = [
            {"ad_id": ad_id, "at": now, "event": "added", "digest": hashlib.sha256(record.encode()).hexdigest()}
            for ad_id, record in rows
        ]
        connection.execute(sa.insert(history), entries)
        last = rows[-1].id
