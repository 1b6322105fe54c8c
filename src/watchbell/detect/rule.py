"""What a rule is: which pairs of accounts are tied closely enough to make groups."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl
import pyarrow as pa

Keep = Callable[[pl.DataFrame, pa.Table, float], pl.Series]


@dataclass(frozen=True)
class Rule:
    """A way to choose pairs. One file in `detect/rules/` declares each; the command line and docs read them there."""

    name: str
    says: str
    """What the rule keeps and what its level means, in one sentence that an analyst can read."""
    keep: Keep
    """PAIRS, the ACTIONS they come from and the level in; out, for each pair in its order, whether it is kept.

    Raises:
        UsageError: the rule has no such level.
    """
