"""Actions in, pairs out: which two accounts acted on the same objects within the window, and how often."""

import numpy as np
import polars as pl
import pyarrow as pa

from watchbell.detect.significance import chance, hypotheses, marks, q_values
from watchbell.engine.slots import Slots
from watchbell.errors import UsageError
from watchbell.model.actions import PAIRS

_US = 1_000_000


def pairs_of_actions(actions: pa.Table, *, window_s: float, min_shared: int, threads: int | None = None) -> pa.Table:
    """Return the PAIRS of accounts in ACTIONS, each kind of action by itself, sorted by kind and accounts.

    Args:
        actions: ACTIONS.
        window_s: Two actions on an object are a post pair when they are at most this many seconds apart.
        min_shared: Least number of post pairs that a pair of accounts must have.
        threads: How many to use; all cores when None. The result is the same for any number.

    Raises:
        UsageError: the window is negative or not finite, or `min_shared` is below 1.
    """
    if not 0 <= window_s < float("inf"):
        raise UsageError(f"The window must be a number of seconds from 0 up, not {window_s}.")
    if min_shared < 1:
        raise UsageError(f"min_shared must be at least 1, not {min_shared}.")
    frame = pl.from_arrow(actions)
    assert isinstance(frame, pl.DataFrame)
    kinds = frame["kind"].unique().sort()
    found = [_pairs(frame.filter(pl.col("kind") == kind), kind, window_s, min_shared, threads) for kind in kinds]
    if not found:
        return PAIRS.empty_table()
    return pl.concat(found).to_arrow().cast(PAIRS)


def load_kernel() -> None:
    """Load the compiled kernel: worth doing in a thread while files are read, for it takes about a second."""
    from watchbell.engine.local import load  # noqa: PLC0415  # that is what takes the second

    load()


def _pairs(actions: pl.DataFrame, kind: str, window_s: float, min_shared: int, threads: int | None) -> pl.DataFrame:
    from watchbell.engine.local import co_actions, followers  # noqa: PLC0415  # see `load_kernel`

    slots, names = slots_of(actions)
    window = round(window_s * _US)
    found = co_actions(slots, window, min_shared, threads)
    by_chance = chance(slots, followers(slots, window), found)
    times = {"first_at": found.first, "last_at": found.last}
    p_value = pl.Series(by_chance.p_value).fill_nan(None)
    return pl.DataFrame(
        {
            "account_a": names.gather(found.a),
            "account_b": names.gather(found.b),
            "by": pl.repeat(kind, len(found.a), dtype=pl.String, eager=True),
            "window_s": pl.repeat(float(window_s), len(found.a), dtype=pl.Float64, eager=True),
            "post_pairs": found.post_pairs,
            "objects": found.objects,
            **{name: pl.Series(values).cast(pl.Datetime("us", "UTC")) for name, values in times.items()},
            "median_gap_s": found.median_gap / _US,
            "expected": by_chance.expected,
            "p_value": p_value,
            "q_value": q_values(p_value, hypotheses(slots)),
        }
    )


def slots_of(actions: pl.DataFrame) -> tuple[Slots, pl.Series]:
    """Return actions of one kind as the kernel takes them, and the account names in the order of their codes."""
    names = actions["account_id"].unique().sort()
    coded = (
        actions.lazy()
        .select(
            account=pl.col("account_id").cast(pl.Enum(names)).to_physical().cast(pl.Int32),
            object=pl.col("object_id").cast(pl.Categorical).to_physical().cast(pl.Int32),
            at=pl.col("at").dt.epoch("us"),
        )
        .sort("object", "at")
        .collect()
    )
    account, obj, at = (np.ascontiguousarray(coded[column].to_numpy()) for column in ("account", "object", "at"))
    return Slots(account, obj, at, marks(obj)), names
