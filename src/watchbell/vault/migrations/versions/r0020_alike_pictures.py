"""Which ads show nearly the same picture."""

import sqlalchemy as sa
from alembic import op

from watchbell.vault.columns import Plain

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "ad_picture_likeness",
        sa.Column("ad_id", Plain, sa.ForeignKey("ads.id"), primary_key=True),
        sa.Column("group_id", Plain, primary_key=True),
    )
    op.create_index("ad_picture_likeness_by_group", "ad_picture_likeness", ["group_id"])
