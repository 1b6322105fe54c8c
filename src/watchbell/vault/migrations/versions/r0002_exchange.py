"""Partners' machines, trust groups, collections of STIX objects, and who received what."""

import sqlalchemy as sa
from alembic import op

from watchbell.vault.columns import Instant, Plain

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    _make_partners()
    _make_collections()
    _make_traffic()


def _make_partners() -> None:
    op.create_table(
        "trust_groups",
        sa.Column("id", Plain, primary_key=True),
        sa.Column("record", sa.Text, nullable=False),
    )
    op.create_table(
        "memberships",
        sa.Column("partner_id", Plain, sa.ForeignKey("partners.id"), primary_key=True),
        sa.Column("group_id", Plain, sa.ForeignKey("trust_groups.id"), primary_key=True),
        sa.Column("begins_at", Instant, nullable=False),
        sa.Column("ends_at", Instant),
        sa.Column("record", sa.Text, nullable=False),
    )
    op.create_table(
        "machine_accounts",
        sa.Column("username", Plain, primary_key=True),
        sa.Column("partner_id", Plain, sa.ForeignKey("partners.id"), nullable=False, index=True),
        sa.Column("token_hash", Plain, nullable=False, unique=True),
        sa.Column("certificate", Plain, unique=True),
        sa.Column("record", sa.Text, nullable=False),
    )
    op.create_table(
        "enrolments",
        sa.Column("link_hash", Plain, primary_key=True),
        sa.Column("partner_id", Plain, sa.ForeignKey("partners.id"), nullable=False),
        sa.Column("used_at", Instant),
        sa.Column("record", sa.Text, nullable=False),
    )


def _make_collections() -> None:
    op.create_table(
        "collections",
        sa.Column("id", Plain, primary_key=True),
        sa.Column("alias", Plain, unique=True),
        sa.Column("group_id", Plain, sa.ForeignKey("trust_groups.id")),
        sa.Column("partner_id", Plain, sa.ForeignKey("partners.id")),
        sa.Column("last_added", sa.BigInteger, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
    )
    op.create_table(
        "collection_objects",
        sa.Column("collection_id", Plain, sa.ForeignKey("collections.id"), primary_key=True),
        sa.Column("added", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("first_added", sa.BigInteger, nullable=False),
        sa.Column("object_id", Plain, nullable=False),
        sa.Column("type", Plain, nullable=False),
        sa.Column("spec_version", Plain, nullable=False),
        sa.Column("version", Plain, nullable=False),
        sa.Column("version_us", sa.BigInteger, nullable=False),
        sa.Column("partner_id", Plain, nullable=False),
        sa.Column("heard_rank", sa.SmallInteger, nullable=False),
        sa.Column("marking_rank", sa.SmallInteger, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_index(
        "collection_objects_by_id",
        "collection_objects",
        ["collection_id", "object_id", "partner_id", "version_us"],
        unique=True,
    )


def _make_traffic() -> None:
    op.create_table(
        "adds",
        sa.Column("id", Plain, primary_key=True),
        sa.Column("partner_id", Plain, sa.ForeignKey("partners.id"), nullable=False),
        sa.Column("username", Plain, nullable=False),
        sa.Column("pending", sa.Boolean, nullable=False),
        sa.Column("claimed_until", Instant),
        sa.Column("envelope", sa.LargeBinary),
        sa.Column("record", sa.Text, nullable=False),
    )
    op.create_table(
        "deliveries",
        sa.Column("object_id", Plain, primary_key=True),
        sa.Column("version", Plain, primary_key=True),
        sa.Column("partner_id", Plain, primary_key=True),
        sa.Column("way", Plain, primary_key=True),
        sa.Column("at", Instant, nullable=False),
    )
    op.create_index("deliveries_by_partner", "deliveries", ["partner_id", "at"])
