"""The full-text index of the ads: FTS5 in SQLite, a GIN index of `tsvector` in PostgreSQL. Triggers keep both.

SQLite's has a narrow table beside it, `ad_places`, with what ads are sorted by: thousands of ads that have a word are
sorted without reading their records.
"""

from sqlalchemy import (
    ColumnElement,
    Connection,
    Double,
    Select,
    Subquery,
    and_,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from watchbell.vault.adwords import Term
from watchbell.vault.columns import Instant, Plain
from watchbell.vault.schema import ads

_PLACES = table(
    "ad_places", column("seq"), column("ad_id", Plain), column("started_at", Instant), column("spend", Double)
)
_WORDS = table("ad_words", column("rowid"))


def indexed(connection: Connection, wanted: list[Term]) -> Subquery:
    """Return id, started_at and spend of the ads that have all the words, as the full-text index finds them."""
    if connection.dialect.name == "sqlite":
        seqs = select(_WORDS.c.rowid).where(literal_column("ad_words").op("MATCH")(_fts5(wanted)))
        found: Select[tuple[str, object, object]] = select(
            _PLACES.c.ad_id.label("id"), _PLACES.c.started_at, _PLACES.c.spend
        ).where(_PLACES.c.seq.in_(seqs))
    else:
        found = select(ads.c.id, ads.c.started_at, ads.c.spend).where(_in_vector(wanted))
    return found.subquery("found")


def has(connection: Connection, wanted: list[Term]) -> ColumnElement[bool]:
    """Return the same as a condition on a row of `ads`, for words that so many have that the rows are read in turn."""
    if connection.dialect.name == "sqlite":
        return and_(*(func.instr(ads.c.words, f" {term.word}" + " " * (not term.begins)) > 0 for term in wanted))
    return _in_vector(wanted)


def _in_vector(wanted: list[Term]) -> ColumnElement[bool]:
    # Written as the index in the migration is, or PostgreSQL would not use it.
    vector: ColumnElement[str] = literal_column("array_to_tsvector(string_to_array(btrim(ads.words), ' '))")
    return vector.op("@@", is_comparison=True)(cast(bindparam(None, _tsquery(wanted)), TSQUERY))


def _fts5(wanted: list[Term]) -> str:
    """Return the words in FTS5's query syntax; they hold no quotation mark."""
    return " AND ".join(f'"{term.word}"' + " *" * term.begins for term in wanted)


def _tsquery(wanted: list[Term]) -> str:
    return " & ".join(f"'{term.word}'" + ":*" * term.begins for term in wanted)
