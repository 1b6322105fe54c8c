"""A full-text index of the ads, and indexes in the orders in which they are shown."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from watchbell.model.ads import Ad
from watchbell.vault.adwords import words_of

revision = "0007"
down_revision = "0006"

# Rows of the index are numbered by the second in which the ad began to run (0 where nobody says), then by its own
# number: FTS5 gives its rows in this order, and so the newest first without sorting.
_SECOND = "coalesce(min(max(CAST(strftime('%s', {ad}.started_at) AS INTEGER), 1), 4294967295), 0) << 30"
_SQLITE = (
    "CREATE INDEX ads_newest ON ads (started_at DESC, id)",
    "CREATE INDEX ads_dearest ON ads (spend DESC, id)",
    """CREATE TABLE ad_places (
        number INTEGER PRIMARY KEY, seq INTEGER NOT NULL UNIQUE, ad_id TEXT NOT NULL UNIQUE,
        started_at DATETIME, spend DOUBLE
    )""",
    # Contentless and without places in the text: `ads.words` has the words, and no question asks for their order.
    "CREATE VIRTUAL TABLE ad_words USING fts5(words, content='', detail=none, tokenize='ascii', prefix='2 3 4')",
    f"""INSERT INTO ad_places (seq, ad_id, started_at, spend)
        SELECT {_SECOND.format(ad="ads")} | row_number() OVER (ORDER BY id), id, started_at, spend
        FROM ads ORDER BY id""",  # noqa: S608  # all of it is written here
    "INSERT INTO ad_words (rowid, words) SELECT seq, words FROM ad_places JOIN ads ON id = ad_id",
    f"""CREATE TRIGGER ads_added AFTER INSERT ON ads BEGIN
        INSERT INTO ad_places (seq, ad_id, started_at, spend)
            SELECT {_SECOND.format(ad="new")} | (coalesce(max(number), 0) + 1), new.id, new.started_at, new.spend
            FROM ad_places;
        INSERT INTO ad_words (rowid, words) SELECT seq, new.words FROM ad_places WHERE ad_id = new.id;
    END""",  # noqa: S608  # all of it is written here
    f"""CREATE TRIGGER ads_changed AFTER UPDATE OF words, started_at, spend ON ads BEGIN
        INSERT INTO ad_words (ad_words, rowid, words)
            SELECT 'delete', seq, old.words FROM ad_places WHERE ad_id = new.id;
        UPDATE ad_places SET started_at = new.started_at, spend = new.spend, seq = {_SECOND.format(ad="new")} | number
            WHERE ad_id = new.id;
        INSERT INTO ad_words (rowid, words) SELECT seq, new.words FROM ad_places WHERE ad_id = new.id;
    END""",  # noqa: S608  # all of it is written here
)
_POSTGRESQL = (
    "CREATE INDEX ads_newest ON ads (started_at DESC NULLS LAST, id)",
    "CREATE INDEX ads_dearest ON ads (spend DESC NULLS LAST, id)",
    """ALTER TABLE ads ADD COLUMN ad_words tsvector
        GENERATED ALWAYS AS (array_to_tsvector(string_to_array(btrim(words), ' '))) STORED""",
    "CREATE INDEX ads_by_words ON ads USING gin (ad_words)",
)


def upgrade() -> None:
    """Cut the words anew, then make the index."""
    connection = op.get_bind()
    for batch in _records(connection):
        rows = [{"ad": ad.id, "cut": words_of(ad)} for ad in batch]
        connection.execute(sa.text("UPDATE ads SET words = :cut WHERE id = :ad"), rows)
    op.drop_index("ads_by_start", "ads")
    op.drop_index("ads_by_spend", "ads")
    for statement in _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)


def _records(connection: sa.Connection) -> Iterator[list[Ad]]:
    query, last = sa.text("SELECT record FROM ads WHERE id > :last ORDER BY id LIMIT 5000"), ""
    while batch := [Ad.model_validate_json(record) for record in connection.scalars(query, {"last": last})]:
        yield batch
        last = batch[-1].id
