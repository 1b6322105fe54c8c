"""In PostgreSQL, an index of the ads' words that is cut into stretches of time and steps of spend."""

from alembic import op

revision = "0017"
down_revision = "0016"

# What `adindex` asks for: each word twice, behind the stretch of 2^20 seconds (12 days) in which the ad began to run,
# and behind the half power of two that its spend reaches. 0 where nobody says.
_SECOND = "extract(epoch FROM {ad}.started_at AT TIME ZONE 'UTC')"
_KEPT = f"floor(least(greatest({_SECOND}, 1), 4294967295))::bigint"
_STRETCH = f"CASE WHEN {{ad}}.started_at IS NULL THEN 0 ELSE {_KEPT} / 1048576 + 1 END"
_STEP = "coalesce(floor(2 * ln(1 + {ad}.spend) / ln(2))::bigint + 1, 0)"
_BEHIND = "{mark} || replace(btrim({{ad}}.words), ' ', ' ' || {mark})"
_WORDS = (
    "array_to_tsvector(string_to_array("
    + _BEHIND.format(mark=f"'t' || {_STRETCH} || ':'")
    + " || ' ' || "
    + _BEHIND.format(mark=f"'s' || {_STEP} || ':'")
    + ", ' '))"
)
_STATEMENTS = (
    # Apart from the ads, so that a decision on one does not index it anew.
    """CREATE TABLE ad_index (
        id varchar COLLATE "C" PRIMARY KEY, started_at timestamptz, spend double precision, words tsvector NOT NULL
    )""",
    f"INSERT INTO ad_index SELECT ads.id, ads.started_at, ads.spend, {_WORDS.format(ad='ads')} FROM ads",  # noqa: S608  # all of it is written here
    # Without the list of what is still to be indexed, which every question would read from end to end.
    "CREATE INDEX ad_index_by_words ON ad_index USING gin (words) WITH (fastupdate = off)",
    f"""CREATE FUNCTION ad_indexed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO ad_index VALUES (new.id, new.started_at, new.spend, {_WORDS.format(ad="new")})
            ON CONFLICT (id) DO UPDATE
            SET started_at = excluded.started_at, spend = excluded.spend, words = excluded.words;
        RETURN NULL;
    END $$""",  # noqa: S608  # all of it is written here
    """CREATE TRIGGER ads_indexed AFTER INSERT OR UPDATE OF words, started_at, spend ON ads
        FOR EACH ROW EXECUTE FUNCTION ad_indexed()""",
    """CREATE FUNCTION ad_index_emptied() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        TRUNCATE ad_index;
        RETURN NULL;
    END $$""",
    "CREATE TRIGGER ads_emptied AFTER TRUNCATE ON ads FOR EACH STATEMENT EXECUTE FUNCTION ad_index_emptied()",
    "ALTER TABLE ads DROP COLUMN ad_words",
)


def upgrade() -> None:
    """Make the index in the place of the one before; SQLite's stays."""
    if op.get_bind().dialect.name == "postgresql":
        for statement in _STATEMENTS:
            op.execute(statement)
