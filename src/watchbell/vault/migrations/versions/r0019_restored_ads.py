"""Why a removed ad was put back, and when each ad was last shown, so that it can be asked for by the days it ran."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from watchbell.model.ads import Ad
from watchbell.vault.columns import Instant

revision = "0019"
down_revision = "0018"

_ADS = sa.table("ads", sa.column("id"), sa.column("record"), sa.column("ended_at", Instant))


def upgrade() -> None:
    """Make the columns, and fill the second from the records."""
    op.add_column("ad_history", sa.Column("restoration", sa.Text))
    op.add_column("ads", sa.Column("ended_at", Instant))
    connection = op.get_bind()
    dated = sa.update(_ADS).where(_ADS.c.id == sa.bindparam("ad")).values(ended_at=sa.bindparam("ended"))
    for batch in _records(connection):
        if rows := [{"ad": ad.id, "ended": ad.ended_at} for ad in batch if ad.ended_at]:
            connection.execute(dated, rows)


def _records(connection: sa.Connection) -> Iterator[list[Ad]]:
    query, last = sa.select(_ADS.c.record).order_by(_ADS.c.id).limit(5000), ""
    while batch := [Ad.model_validate_json(one) for one in connection.scalars(query.where(_ADS.c.id > last))]:
        yield batch
        last = batch[-1].id
