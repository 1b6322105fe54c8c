"""Fingerprints of what belongs to one advertiser alone, so that its second use is known."""

import sqlalchemy as sa
from alembic import op

from watchbell.vault.columns import Plain

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Add the column; what was shown before has none."""
    op.add_column("advertiser_evidence", sa.Column("fingerprint", Plain))
    op.create_index("ix_advertiser_evidence_fingerprint", "advertiser_evidence", ["fingerprint"])
