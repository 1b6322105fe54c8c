"""The full-text index of the ads: FTS5 in SQLite, a GIN index of `tsvector` in PostgreSQL. Triggers keep both.

SQLite's has a narrow table beside it, `ad_places`, with what ads are sorted by: thousands of ads that have a word are
sorted without reading their records. Its rows are numbered by the second in which an ad began to run, so that the
newest ads of a common word are the first that the index gives.
"""

from datetime import datetime
from typing import NamedTuple

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
# `ad_places.seq` and the index's row ids: the second in which the ad began to run, then its number here.
_BITS = 30
_LATEST = (1 << 32) - 1


class Span(NamedTuple):
    """Places of the index from `first` up to and without `end`, in the order in which ads began to run."""

    first: int = 0
    end: int = (_LATEST + 1) << _BITS

    @classmethod
    def of(cls, began: datetime | None, until: datetime | None) -> "Span":
        """Return the span of the whole seconds that a period touches; all ads, dated or not, without a period."""
        if began is None and until is None:
            return cls()
        first = 1 if began is None else _second(began)
        end = _LATEST + 1 if until is None else _second(until) + (until.microsecond > 0)
        return cls(first << _BITS, end << _BITS)

    def through(self, at: datetime | None) -> "Span":
        """Return what is left of the span up to and with a second; of the undated ads alone where `at` is None."""
        end = (1 if at is None else _second(at) + 1) << _BITS
        return self._replace(end=min(self.end, end))


def keeps_time(connection: Connection) -> bool:
    """Tell whether the index itself is in the order of time, so that the newest ads come out of it first."""
    return connection.dialect.name == "sqlite"


def indexed(connection: Connection, wanted: list[Term], span: Span = Span()) -> Subquery:  # noqa: B008  # immutable
    """Return id, started_at and spend of the ads that have all the words, as the full-text index finds them.

    `span` is kept to where the index `keeps_time`.
    """
    if connection.dialect.name == "sqlite":
        found: Select[tuple[str, object, object]] = select(
            _PLACES.c.ad_id.label("id"), _PLACES.c.started_at, _PLACES.c.spend, _PLACES.c.seq
        ).where(_PLACES.c.seq.in_(_rowids(wanted, span)))
    else:
        found = select(ads.c.id, ads.c.started_at, ads.c.spend).where(_in_vector(wanted))
    return found.subquery("found")


def last_second(connection: Connection, wanted: list[Term], span: Span, size: int) -> int | None:
    """Return the first place of the second in which the newest `size` ads with these words end; None without any."""
    newest = _rowids(wanted, span).order_by(_WORDS.c.rowid.desc()).limit(size).subquery()
    last = connection.scalar(select(func.min(newest.c.rowid)))
    return None if last is None else last >> _BITS << _BITS


def counted(connection: Connection, wanted: list[Term], span: Span, most: int) -> int:
    """Return how many ads the index has with these words, counting no further than one more than `most`."""
    some = _rowids(wanted, span).limit(most + 1).subquery()
    return connection.scalar(select(func.count()).select_from(some)) or 0


def _rowids(wanted: list[Term], span: Span) -> Select[tuple[int]]:
    matches = literal_column("ad_words").op("MATCH", is_comparison=True)(_fts5(wanted))
    return select(_WORDS.c.rowid).where(matches, _WORDS.c.rowid >= span.first, _WORDS.c.rowid < span.end)


def _second(at: datetime) -> int:
    return min(max(int(at.timestamp()), 1), _LATEST)


def has(connection: Connection, wanted: list[Term]) -> ColumnElement[bool]:
    """Return the same as a condition on a row of `ads`, for words that so many have that the rows are read in turn."""
    if connection.dialect.name == "sqlite":
        return and_(*(func.instr(ads.c.words, f" {term.word}" + " " * (not term.begins)) > 0 for term in wanted))
    return _in_vector(wanted)


def _in_vector(wanted: list[Term]) -> ColumnElement[bool]:
    vector: ColumnElement[str] = literal_column("ads.ad_words")
    return vector.op("@@", is_comparison=True)(cast(bindparam(None, _tsquery(wanted)), TSQUERY))


def _fts5(wanted: list[Term]) -> str:
    """Return the words in FTS5's query syntax; they hold no quotation mark."""
    return " AND ".join(f'"{term.word}"' + " *" * term.begins for term in wanted)


def _tsquery(wanted: list[Term]) -> str:
    return " & ".join(f"'{term.word}'" + ":*" * term.begins for term in wanted)
