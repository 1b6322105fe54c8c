"""Statistically validated networks: an edge counts when two accounts share more objects than their activity explains.

Source: Tumminello, Miccichè, Lillo, Piilo and Mantegna, "Statistically Validated Networks in Bipartite Complex
Systems", PLoS ONE 6(3): e17994, 2011; the correction is their FDR network (Benjamini and Hochberg, JRSS B 57(1), 1995).
"""

import math

import numpy as np
import numpy.typing as npt
import polars as pl

from watchbell.detect.bipartite import holdings_of, over_common_objects
from watchbell.detect.rule import Rule, in_each_network, share

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_NEGLIGIBLE = 1e-16


def hypergeometric_tail(shared: Ints, objects: Ints, of_a: Ints, of_b: Ints) -> Floats:
    """Return the probability that two accounts share at least `shared` objects by chance.

    Account a holds `of_a` and account b `of_b` of `objects`, drawn independently: P(X >= shared) with
    P(X = x) = C(of_a, x) C(objects - of_a, of_b - x) / C(objects, of_b).

    Args:
        shared: At least 1; elementwise, as the others.
        objects: At least `of_a` and `of_b`.
        of_a: At least `shared`.
        of_b: At least `shared`.
    """
    log_first = _log_choose(of_a, shared) + _log_choose(objects - of_a, of_b - shared) - _log_choose(objects, of_b)
    # Each next term is the last one times a ratio; all in units of the first, which may be too small for a float.
    term, total = np.ones(len(shared)), np.ones(len(shared))
    at = shared.astype(np.float64)
    # A sum too large for a float belongs to a first term far below the mode: the tail is 1.
    with np.errstate(over="ignore"):
        while np.any(term > total * _NEGLIGIBLE):
            term = term * ((of_a - at) / (at + 1)) * ((of_b - at) / (objects - of_a - of_b + at + 1))
            total = total + term
            at += 1
    return np.minimum(np.exp(np.minimum(log_first + np.log(total), 0.0)), 1.0)


def _log_choose(n: Ints, k: Ints) -> Floats:
    return _log_factorial(n) - _log_factorial(k) - _log_factorial(n - k)


def _log_factorial(numbers: Ints) -> Floats:
    distinct, places = np.unique(numbers, return_inverse=True)
    return np.array([math.lgamma(number + 1) for number in distinct.tolist()], np.float64)[places]


def p_values(pairs: pl.DataFrame, actions: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Test each pair in each subsystem: the objects that equally many accounts hold, and those accounts.

    Within one, popularity explains nothing, so that activity alone is the null.

    Args:
        pairs: Columns `account_a`, `account_b`.
        actions: ACTIONS of one kind.

    Returns:
        Columns `row` (of the pair), `holders` (of the subsystem's objects) and `p_value`, where the pair shares an
        object; and how many tests there are: every two accounts of each subsystem.
    """
    holdings = holdings_of(actions).with_columns(holders=pl.len().over("object_id").cast(pl.Int64))
    held = holdings.filter(pl.col("holders") > 1)
    of_account = held.group_by("account_id", "holders").agg(held=pl.len().cast(pl.Int64))
    systems = held.group_by("holders").agg(
        objects=pl.col("object_id").n_unique().cast(pl.Int64), accounts=pl.col("account_id").n_unique().cast(pl.Int64)
    )
    shared = (
        over_common_objects(pairs, held, pl.len().cast(pl.Int64), by=["holders"])
        .join(pairs.select("account_a", "account_b").with_row_index("row"), on="row")
        .join(of_account.rename({"account_id": "account_a"}), on=["account_a", "holders"])
        .join(of_account.rename({"account_id": "account_b"}), on=["account_b", "holders"], suffix="_b")
        .join(systems, on="holders")
    )
    tails = hypergeometric_tail(*(shared[name].to_numpy() for name in ("total", "objects", "held", "held_b")))
    tests = systems.select(pl.col("accounts") * (pl.col("accounts") - 1) // 2).sum().item()
    return shared.select("row", "holders", p_value=pl.Series(tails)), tests


def rejected(p: Floats, *, tests: int, level: float) -> npt.NDArray[np.bool_]:
    """Return which hypotheses Benjamini and Hochberg reject at `level`; of `tests`, those not in `p` have p = 1."""
    ordered = np.sort(p)
    below = np.flatnonzero(ordered <= level * np.arange(1, len(p) + 1) / max(tests, 1))
    return p <= (ordered[below[-1]] if len(below) else -1.0)


def _judge(pairs: pl.DataFrame, actions: pl.DataFrame, level: float) -> pl.Series:
    rate = share(level, "a false discovery rate")
    tested, tests = p_values(pairs, actions)
    validated = tested.filter(pl.Series(rejected(tested["p_value"].to_numpy(), tests=tests, level=rate)))
    return pl.arange(pairs.height, eager=True).is_in(validated["row"].implode())


keep = in_each_network(_judge)
"""Keep the pairs validated in at least one subsystem at the false discovery rate `level`. Time decides only which pairs
are asked about: two accounts with one taste are as good as two that act together."""

RULE = Rule(
    "svn",
    "Keeps the pairs that share more objects than their activity explains, whenever they acted (a statistically "
    "validated network); the level is the false discovery rate, such as 0.01.",
    keep,
    usual=0.01,
)
