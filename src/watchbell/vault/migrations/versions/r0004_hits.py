"""Where in its column a hit stands, how surely, and why; and how hits are read in the order of time."""

import sqlalchemy as sa
from alembic import op

from watchbell.vault.columns import Plain

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns and the index; what was found before does not say."""
    op.add_column("hits", sa.Column("place", sa.Integer))
    op.add_column("hits", sa.Column("confidence", sa.SmallInteger))
    op.add_column("hits", sa.Column("reason", Plain))
    op.add_column("hits", sa.Column("remark", Plain))
    op.create_index("hits_by_time", "hits", ["at", "hit_id"])
