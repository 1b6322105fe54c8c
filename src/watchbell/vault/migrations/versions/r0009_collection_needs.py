"""What objects in collections are nothing without, so that nobody is told of them who may not hear that."""

import sqlalchemy as sa
from alembic import op

from watchbell.vault.columns import Plain

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "collection_needs",
        sa.Column("collection_id", Plain, sa.ForeignKey("collections.id"), primary_key=True),
        sa.Column("object_id", Plain, primary_key=True),
        sa.Column("partner_id", Plain, primary_key=True),
        sa.Column("version_us", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("number", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("ref_id", Plain, primary_key=True),
        sa.Column("whole", sa.Boolean, nullable=False),
        sa.Column("own_rank", sa.SmallInteger, nullable=False),
    )
    op.create_index("collection_needs_by_ref", "collection_needs", ["collection_id", "ref_id"])
