"""What a rule is: which pairs of accounts are tied closely enough to make groups."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl
import pyarrow as pa

from watchbell.errors import UsageError
from watchbell.model.actions import ACTIONS

Keep = Callable[[pl.DataFrame, pa.Table, float], pl.Series]
Judge = Callable[[pl.DataFrame, pl.DataFrame, float], pl.Series]


@dataclass(frozen=True)
class Rule:
    """A way to choose pairs. One file in `detect/rules/` declares each; the command line and docs read them there."""

    name: str
    says: str
    """What the rule keeps and what its level means, in one sentence that an analyst can read."""
    keep: Keep
    """PAIRS, the ACTIONS or CODED_ACTIONS they come from and the level in; out, for each pair in its order, whether it
    is kept.

    Raises:
        UsageError: the rule has no such level.
    """
    usual: float
    """The level where none is asked for: what its paper, its tool or its field mostly takes."""


def in_each_network(judge: Judge) -> Keep:
    """Return the `keep` that judges each network by itself: the pairs of one kind of action within one window.

    `judge` is given the network's pairs, the actions of its kind and the level. Published rules speak of one network;
    weights of two kinds of action are not on one scale.
    """

    def keep(pairs: pl.DataFrame, actions: pa.Table, level: float) -> pl.Series:
        every = pl.DataFrame(actions.cast(ACTIONS))
        networks = pairs.with_row_index("row").partition_by("by", "window_s", as_dict=True)
        judged = [
            network.select("row", kept=judge(network.drop("row"), every.filter(pl.col("kind") == by), level))
            for (by, _), network in networks.items()
        ]
        if not judged:
            return pl.Series("kept", [], pl.Boolean)
        return pl.concat(judged).sort("row")["kept"]

    return keep


def share(level: float, meaning: str) -> float:
    """Return a level that must lie from 0 to 1.

    Raises:
        UsageError: it does not; `meaning` says what the level is.
    """
    if not 0 <= level <= 1:
        raise UsageError(f"The level of this rule is {meaning}, from 0 to 1, not {level:g}.")
    return level
