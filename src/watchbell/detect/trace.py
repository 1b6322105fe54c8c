"""What a trace is: one thing two accounts can do alike."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Trace:
    """A kind of action. One file in `detect/traces/` declares each; the command line and the docs read them there."""

    name: str
    did: str
    """What an account does, as a sentence about it goes on: "shared the link"."""
    alike: str
    """What accounts that do it share, as a heading: "same links"."""
    objects: Callable[[pl.LazyFrame], pl.LazyFrame]
    """Posts in, one row for each object that a post acts on: column `object_id` added, null where there is none."""
    near: Callable[[pl.Series], pl.Series] | None = None
    """Distinct objects in, for each the one that stands for it and all near to it. None: an object is only itself."""


def each(column: str, name: pl.Expr) -> Callable[[pl.LazyFrame], pl.LazyFrame]:
    """Return the step that makes an object of each element of a list column, written as `name` says."""
    return lambda posts: posts.explode(column).with_columns(object_id=name)


def one(name: pl.Expr) -> Callable[[pl.LazyFrame], pl.LazyFrame]:
    """Return the step that makes one object of a post, written as `name` says."""
    return lambda posts: posts.with_columns(object_id=name)


def mapped(column: str, rule: Callable[[str], str | None]) -> pl.Expr:
    """Return `column` with a rule in Python applied once to each distinct value."""
    return pl.col(column).map_batches(
        lambda values: values.replace_strict(
            (distinct := values.drop_nulls().unique()), [rule(value) for value in distinct], default=None
        ),
        return_dtype=pl.String,
    )


def on_platform(column: str) -> pl.Expr:
    """Return an id of the post's own platform written so that it is one thing everywhere: `platform:id`."""
    return pl.col("platform") + ":" + pl.col(column)
