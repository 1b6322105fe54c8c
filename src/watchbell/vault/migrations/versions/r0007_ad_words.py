"""A full-text index of the ads, and indexes in the orders in which they are shown."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from watchbell.model.ads import Ad
from watchbell.vault.adwords import words_of

revision = "0007"
down_revision = "0006"

_SQLITE = (
    "CREATE INDEX ads_newest ON ads (started_at DESC, id)",
    "CREATE INDEX ads_dearest ON ads (spend DESC, id)",
    "CREATE TABLE ad_places (seq INTEGER PRIMARY KEY, ad_id TEXT NOT NULL UNIQUE, started_at DATETIME, spend DOUBLE)",
    # Contentless and without places in the text: `ads.words` has the words, and no question asks for their order.
    "CREATE VIRTUAL TABLE ad_words USING fts5(words, content='', detail=none, tokenize='ascii', prefix='2 3 4')",
    "INSERT INTO ad_places (ad_id, started_at, spend) SELECT id, started_at, spend FROM ads ORDER BY id",
    "INSERT INTO ad_words (rowid, words) SELECT seq, words FROM ad_places JOIN ads ON id = ad_id",
    """CREATE TRIGGER ads_added AFTER INSERT ON ads BEGIN
        INSERT INTO ad_places (ad_id, started_at, spend) VALUES (new.id, new.started_at, new.spend);
        INSERT INTO ad_words (rowid, words) SELECT seq, new.words FROM ad_places WHERE ad_id = new.id;
    END""",
    """CREATE TRIGGER ads_changed AFTER UPDATE OF words, started_at, spend ON ads BEGIN
        UPDATE ad_places SET started_at = new.started_at, spend = new.spend WHERE ad_id = new.id;
        INSERT INTO ad_words (ad_words, rowid, words)
            SELECT 'delete', seq, old.words FROM ad_places WHERE ad_id = new.id AND old.words <> new.words;
        INSERT INTO ad_words (rowid, words)
            SELECT seq, new.words FROM ad_places WHERE ad_id = new.id AND old.words <> new.words;
    END""",
)
_POSTGRESQL = (
    "CREATE INDEX ads_newest ON ads (started_at DESC NULLS LAST, id)",
    "CREATE INDEX ads_dearest ON ads (spend DESC NULLS LAST, id)",
    "CREATE INDEX ads_by_words ON ads USING gin (array_to_tsvector(string_to_array(btrim(words), ' ')))",
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
