"""The first tables."""

import sqlalchemy as sa
from alembic import op

from watchbell.vault.columns import Instant, Plain

revision = "0001"
down_revision = None

SEQUENCE = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables."""
    _make_matching()
    _make_ads()
    _make_desk()
    _make_ledger()


def _make_matching() -> None:
    op.create_table(
        "indicators",
        sa.Column("id", Plain, primary_key=True),
        sa.Column("kind", Plain, nullable=False),
        sa.Column("tlp_rank", sa.SmallInteger, nullable=False),
        sa.Column("modified", Instant, nullable=False),
        sa.Column("words", Plain, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
    )
    op.create_table(
        "hits",
        sa.Column("hit_id", Plain, primary_key=True),
        sa.Column("indicator_id", Plain, nullable=False),
        sa.Column("indicator_kind", Plain, nullable=False),
        sa.Column("indicator_value", Plain, nullable=False),
        sa.Column("source", Plain, nullable=False),
        sa.Column("tlp", Plain, nullable=False),
        sa.Column("target_kind", Plain, nullable=False),
        sa.Column("target_id", Plain, nullable=False),
        sa.Column("platform", Plain),
        sa.Column("account_id", Plain),
        sa.Column("at", Instant),
        sa.Column("field", Plain, nullable=False),
        sa.Column("matched", Plain, nullable=False),
        sa.Column("relation", Plain, nullable=False),
    )
    op.create_index("hits_by_target", "hits", ["target_kind", "target_id"])


def _make_ads() -> None:
    op.create_table(
        "ads",
        sa.Column("id", Plain, primary_key=True),
        sa.Column("source", Plain, nullable=False),
        sa.Column("platform", Plain, nullable=False),
        sa.Column("advertiser", Plain, nullable=False),
        sa.Column("payer", Plain, nullable=False),
        sa.Column("country", Plain, nullable=False),
        sa.Column("declared_political", sa.Boolean, nullable=False),
        sa.Column("started_at", Instant),
        sa.Column("spend", sa.Double),
        sa.Column("words", Plain, nullable=False),
        sa.Column("decision_seq", SEQUENCE),
        sa.Column("record", sa.Text, nullable=False),
    )
    op.create_index("ads_by_start", "ads", ["started_at", "id"])
    op.create_index("ads_by_spend", "ads", ["spend", "id"])
    op.create_index("ads_by_decision", "ads", ["decision_seq"])
    op.create_table(
        "ad_decisions",
        sa.Column("seq", SEQUENCE, primary_key=True),
        sa.Column("ad_id", Plain, sa.ForeignKey("ads.id"), nullable=False),
        sa.Column("verdict", Plain, nullable=False),
        sa.Column("political", sa.Boolean, nullable=False),
        sa.Column("decided_at", Instant, nullable=False),
        sa.Column("digest", Plain, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.UniqueConstraint("ad_id", "digest", name="ad_decisions_once"),
    )


def _make_desk() -> None:
    op.create_table(
        "cases",
        sa.Column("id", Plain, primary_key=True),
        sa.Column("status", Plain, nullable=False),
        sa.Column("opened_at", Instant, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
    )
    op.create_table(
        "partners",
        sa.Column("id", Plain, primary_key=True),
        sa.Column("record", sa.Text, nullable=False),
    )
    op.create_table(
        "users",
        sa.Column("username", Plain, primary_key=True),
        sa.Column("disabled", sa.Boolean, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", Plain, primary_key=True),
        sa.Column("username", Plain, sa.ForeignKey("users.username"), nullable=False),
        sa.Column("expires_at", Instant, nullable=False),
    )
    op.create_table(
        "runs",
        sa.Column("run_id", Plain, primary_key=True),
        sa.Column("at", Instant, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
    )


def _make_ledger() -> None:
    op.create_table(
        "ledger",
        sa.Column("seq", SEQUENCE, primary_key=True, autoincrement=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("actor", Plain, nullable=False),
        sa.Column("event", Plain, nullable=False),
        sa.Column("subject", Plain, nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("previous", Plain, nullable=False),
        sa.Column("hash", Plain, nullable=False),
    )
