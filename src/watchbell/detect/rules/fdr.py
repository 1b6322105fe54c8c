"""Keep the pairs that neither chance nor taste explains, at a promised false discovery rate among their accounts."""

import polars as pl
import pyarrow as pa

from watchbell.detect.rule import Rule, share


def keep(pairs: pl.DataFrame, _actions: pa.Table, level: float) -> pl.Series:
    """Return whether each pair's `q_value` is at most `level`; see `detect/significance.py` for the tests.

    A pair that cannot be judged, since an account acted too little, is not kept.

    Raises:
        UsageError: the level is not between 0 and 1.
    """
    return (pairs["q_value"] <= share(level, "a false discovery rate")).fill_null(value=False)


RULE = Rule(
    "fdr",
    "Keeps the pairs that neither chance nor a common taste explains; the level is the false discovery rate, such as "
    "0.05: of the accounts in the pairs, at most one in twenty is there by chance.",
    keep,
    usual=0.05,
)
