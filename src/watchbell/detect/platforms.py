"""Pairs within one platform, and pairs across two: accounts of several platforms meet on the same thing."""

from enum import StrEnum

import polars as pl

# `platform:id`; an id without a platform, as tables of actions may hold, and an address are none.
_PLATFORM = r"^([a-z0-9_.-]+):[^/]"


class Span(StrEnum):
    """Which pairs are meant."""

    ALL = "all"
    WITHIN = "within"
    """Both accounts are of one platform."""
    ACROSS = "across"
    """The accounts are of two platforms."""


def platform_of(account: str) -> pl.Expr:
    """Return the platform of the account in a column; null where the id names none."""
    return pl.col(account).str.extract(_PLATFORM)


def is_across() -> pl.Expr:
    """Return whether a pair's accounts are of two platforms; not so where an id names none."""
    return (platform_of("account_a") != platform_of("account_b")).fill_null(value=False)


def spanning(pairs: pl.LazyFrame, span: Span) -> pl.LazyFrame:
    """Return those of PAIRS that are meant."""
    if span is Span.ALL:
        return pairs
    return pairs.filter(is_across() if span is Span.ACROSS else ~is_across())


def by_platforms(pairs: pl.DataFrame) -> pl.DataFrame:
    """Count PAIRS by the platforms of their accounts, most pairs first.

    Returns:
        Columns `platforms` (such as `twitter`, or `telegram and twitter`), `pairs`, `accounts` and `post_pairs`.
    """
    ends = [platform_of(side).fill_null("no named platform") for side in ("account_a", "account_b")]
    first, second = pl.min_horizontal(ends), pl.max_horizontal(ends)
    named = pl.when(first == second).then(first).otherwise(first + " and " + second)
    return (
        pairs.group_by(platforms=named)
        .agg(
            pairs=pl.struct("account_a", "account_b").n_unique(),
            accounts=pl.concat_list("account_a", "account_b").explode().n_unique(),
            post_pairs=pl.col("post_pairs").sum(),
        )
        .sort(["pairs", "platforms"], descending=[True, False])
    )
