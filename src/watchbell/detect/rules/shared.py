"""Keep every pair: the least number of post pairs it already had to have is the only threshold."""

import polars as pl
import pyarrow as pa

from watchbell.detect.rule import Rule


def keep(pairs: pl.DataFrame, _actions: pa.Table, _level: float) -> pl.Series:
    """Return True for every pair; the level has no meaning here."""
    return pl.repeat(value=True, n=pairs.height, dtype=pl.Boolean, eager=True)


RULE = Rule("shared", "Keeps every pair with the least number of post pairs asked for; no level.", keep, usual=0.0)
