"""Two accounts use the same hashtag, in any letter case."""

import polars as pl

from watchbell.detect.trace import Trace, each


def spelled(tag: pl.Expr) -> pl.Expr:
    """Return a hashtag in its one spelling, without the '#'."""
    return tag.str.normalize("NFKC").str.to_lowercase().str.strip_chars(" #")


TRACE = Trace("hashtag", "used the hashtag", "same hashtags", each("hashtags", spelled(pl.col("hashtags"))))
