"""Flags on ads, ads that are alike, ads by payer; ads are found by language and by the places they were aimed at."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from watchbell.model.ads import Ad
from watchbell.vault.adwords import words_of
from watchbell.vault.columns import Instant, Plain

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Make the tables and the index, and cut anew the words of ads that gain some."""
    op.create_table(
        "ad_likeness",
        sa.Column("ad_id", Plain, sa.ForeignKey("ads.id"), primary_key=True),
        sa.Column("group_id", Plain, nullable=False),
    )
    op.create_index("ad_likeness_by_group", "ad_likeness", ["group_id"])
    op.create_table(
        "ad_flags",
        sa.Column("id", Plain, primary_key=True),
        sa.Column("ad_id", Plain, sa.ForeignKey("ads.id"), nullable=False),
        sa.Column("state", Plain, nullable=False),
        sa.Column("due_at", Instant, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
    )
    op.create_index("ad_flags_by_due", "ad_flags", ["state", "due_at", "id"])
    op.create_index("ad_flags_by_ad", "ad_flags", ["ad_id"])
    op.create_index("ads_by_payer", "ads", ["payer"])
    connection = op.get_bind()
    for batch in _records(connection):
        rows = [{"ad": ad.id, "cut": words_of(ad)} for ad in batch if ad.language or ad.targeting]
        if rows:
            connection.execute(sa.text("UPDATE ads SET words = :cut WHERE id = :ad"), rows)


def _records(connection: sa.Connection) -> Iterator[list[Ad]]:
    query, last = sa.text("SELECT record FROM ads WHERE id > :last ORDER BY id LIMIT 5000"), ""
    while batch := [Ad.model_validate_json(record) for record in connection.scalars(query, {"last": last})]:
        yield batch
        last = batch[-1].id
