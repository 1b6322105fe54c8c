"""Column types that mean the same in SQLite and PostgreSQL, and how words are searched in both."""

import unicodedata
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, DateTime, Dialect, Text, and_
from sqlalchemy.types import TypeDecorator, TypeEngine


class Plain(TypeDecorator[str]):
    """Text compared by its code points, so that both databases sort and page alike.

    NUL is replaced (see `plain`); the JSON of the record keeps it.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Ask PostgreSQL for its "C" collation; SQLite compares bytes anyway."""
        return dialect.type_descriptor(Text(collation="C") if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002  # SQLAlchemy's
        """Replace NUL on the way in."""
        return None if value is None else plain(value)


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept and returned in UTC (SQLite itself forgets zones)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn any zone into UTC."""
        if value is None:
            return None
        return value.astimezone(UTC).replace(tzinfo=None if dialect.name == "sqlite" else UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the time in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


def plain(text: str) -> str:
    """Return the text as a `Plain` column keeps it: without NUL, which PostgreSQL cannot hold."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")


def folded(*texts: str | None) -> str:
    """Return the texts as they are searched: one a line, without differences of case or of compatible characters."""
    return unicodedata.normalize("NFKC", "\n".join(filter(None, texts))).casefold()


def has_words(column: ColumnElement[str], text: str) -> ColumnElement[bool]:
    """Return the condition that every word of `text` stands somewhere in a `folded` column."""
    return and_(True, *(column.contains(word, autoescape=True) for word in folded(text).split()))  # noqa: FBT003
