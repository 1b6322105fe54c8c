"""Keep the pairs that chance would hardly have made, at a promised false discovery rate."""

import polars as pl
import pyarrow as pa

from watchbell.detect.rule import Rule, share


def keep(pairs: pl.DataFrame, _actions: pa.Table, level: float) -> pl.Series:
    """Return whether each pair's `q_value` is at most `level`; see `detect/significance.py` for the test.

    A pair that cannot be judged, since an account acted too little, is not kept.

    Raises:
        UsageError: the level is not between 0 and 1.
    """
    return (pairs["q_value"] <= share(level, "a false discovery rate")).fill_null(value=False)


RULE = Rule(
    "fdr",
    "Keeps the pairs that chance would hardly have made, by permutation of slots; the level is the false discovery "
    "rate, such as 0.05.",
    keep,
    usual=0.05,
)
