"""The full-text index of the ads: FTS5 in SQLite, a GIN index of `tsvector` in PostgreSQL. Triggers keep both.

SQLite's has a narrow table beside it, `ad_places`, with what ads are sorted by: thousands of ads that have a word are
sorted without reading their records. Its rows are numbered by the second in which an ad began to run, so that the
newest ads of a common word are the first that the index gives.

PostgreSQL's gives what it finds in no order and all at once, so it is cut into shelves: each word of an ad stands in it
behind the stretch of time in which the ad began to run, and once more behind the step that its spend reaches. What is
sorted is one shelf after another.
"""

import math
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    Connection,
    Double,
    Select,
    Subquery,
    TableValuedAlias,
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
_INDEX = table("ad_index", column("id", Plain), column("started_at", Instant), column("spend", Double), column("words"))
# `ad_places.seq` and the index's row ids: the second in which the ad began to run, then its number here.
_BITS = 30
_LATEST = (1 << 32) - 1
# A shelf of PostgreSQL's index: 12 days, of which there are 210 in seven years.
_SHELF_BITS = 20


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


Shelves = Sequence[str]
"""Names of shelves of PostgreSQL's index."""


def keeps_time(connection: Connection) -> bool:
    """Tell whether the index itself is in the order of time, so that the newest ads come out of it first."""
    return connection.dialect.name == "sqlite"


# PostgreSQL takes any word for one that every 200th ad has, and would rather read all ads, or compile the question, or
# answer it by a plan made for other words.
_PLANNING = {"enable_seqscan": "off", "jit": "off", "plan_cache_mode": "force_custom_plan"}


def prepare(connection: Connection) -> None:
    """Tell PostgreSQL, for this transaction, that the index is what it should read."""
    if connection.dialect.name == "postgresql":
        here: ColumnElement[bool] = literal_column("true")
        connection.execute(select(*(func.set_config(name, value, here) for name, value in _PLANNING.items())))


def indexed(connection: Connection, wanted: list[Term], within: Span | Shelves) -> Subquery:
    """Return id, started_at and spend of the ads that have all the words, as the full-text index finds them.

    Args:
        connection: to the database.
        wanted: the words.
        within: where to look; a span is kept to exactly where the index `keeps_time`, else by whole shelves.
    """
    if connection.dialect.name == "sqlite":
        assert isinstance(within, Span)
        found: Select[tuple[str, object, object]] = select(
            _PLACES.c.ad_id.label("id"), _PLACES.c.started_at, _PLACES.c.spend, _PLACES.c.seq
        ).where(_PLACES.c.seq.in_(_rowids(wanted, within)))
        return found.subquery("found")
    shelves = shelves_of(connection, within) if isinstance(within, Span) else within
    asked = _asked(wanted, shelves)
    found = select(_INDEX.c.id, _INDEX.c.started_at, _INDEX.c.spend).select_from(asked.join(_INDEX, _on(asked)))
    # OFFSET keeps this question whole: else PostgreSQL may walk all ads in their order and ask each for the words.
    return found.offset(0).subquery("found")


def shelves_of(connection: Connection, span: Span) -> list[str]:
    """Return the shelves of PostgreSQL's index that a span touches, the latest first, the undated last."""
    oldest, newest = connection.execute(select(func.min(ads.c.started_at), func.max(ads.c.started_at))).one()
    if oldest is None:
        dated = range(0)
    else:
        first = max(span.first >> _BITS, _second(oldest)) >> _SHELF_BITS
        dated = range(min((span.end >> _BITS) - 1, _second(newest)) >> _SHELF_BITS, first - 1, -1)
    return [*(f"t{shelf + 1}" for shelf in dated), *(["t0"] if span.first == 0 else [])]


def shelves_of_spend(connection: Connection, most: float | None) -> list[str]:
    """Return the shelves of PostgreSQL's index for known spend up to `most`, or any, the highest first."""
    highest = connection.scalar(select(func.max(ads.c.spend)))
    if highest is None:
        return []
    top = highest if most is None else min(most, highest)
    # One more, for the database may round the logarithm the other way.
    return [f"s{step}" for step in range(math.floor(2 * math.log2(1 + top)) + 2, 0, -1)]


def shelves_with(connection: Connection, wanted: list[Term], shelves: Shelves, size: int) -> int:
    """Return how many shelves, from the first on, it takes to find `size` ads with these words; 0 without any."""
    asked = _asked(wanted, shelves)
    some = select(asked.c.number).select_from(asked.join(_INDEX, _on(asked))).limit(size).subquery()
    return connection.scalar(select(func.max(some.c.number))) or 0


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
    place = func.instr if connection.dialect.name == "sqlite" else func.strpos
    return and_(*(place(ads.c.words, f" {term.word}" + " " * (not term.begins)) > 0 for term in wanted))


def _fts5(wanted: list[Term]) -> str:
    """Return the words in FTS5's query syntax; they hold no quotation mark."""
    return " AND ".join(f'"{term.word}"' + " *" * term.begins for term in wanted)


def _asked(wanted: list[Term], shelves: Shelves) -> TableValuedAlias:
    """Return a table of questions for the words, a row for each shelf in this order, and its number from 1."""
    queries: BindParameter[list[str]] = bindparam(None, [_tsquery(wanted, shelf) for shelf in shelves])
    each = func.unnest(cast(queries, ARRAY(TSQUERY))).table_valued("query", with_ordinality="number")
    return each.render_derived(name="asked")


def _on(asked: TableValuedAlias) -> ColumnElement[bool]:
    return _INDEX.c.words.op("@@", is_comparison=True)(asked.c.query)


def _tsquery(wanted: list[Term], shelf: str) -> str:
    return " & ".join(f"'{shelf}:{term.word}'" + ":*" * term.begins for term in wanted)
