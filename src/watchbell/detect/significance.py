"""How often chance alone would put two accounts so close together: a permutation test over slots.

The null. Keep every slot (an object, a time) as it is, and let chance decide who sits in it, each account in proportion
to its activity. An object's popularity and its own bursts are kept exactly, so that two accounts that share what all
share at the moment all share it are no surprise. Two accounts u and v with d_u and d_v of the E slots sit in a given
pair of slots with probability x = 2·d_u·d_v/E².

The statistic. Meeting on an object with k shares weighs w = ln(1 + K0/k): meeting on what few share says more. X is the
sum of the weights of the distinct objects on which the two met within the window, once each however often they met
there, so that an account that repeats itself proves nothing by it. X is at most the sum over all slot pairs, which
under the null is a sum of rare, nearly independent events: compound Poisson, with the cumulant function x·Φ(s),
Φ(s) = Σ (e^{s·w} - 1) over all slot pairs within the window. Chernoff's bound gives
P(X ≥ X₀) ≤ exp(x·Φ(s) - s·X₀) for every s ≥ 0, best where x·Φ'(s) = X₀. It is an upper bound: the true p is smaller.
"""

from typing import NamedTuple

import numpy as np
import polars as pl

from watchbell.engine.slots import Array, CoActions, Slots

LEAST_ACTIONS = 5
"""An account with fewer actions is not judged: its habits cannot be told from so little."""

# At k = K0 shares a meeting weighs ln 2. From the design's prototype; larger values trust popular objects more.
_K0 = 100.0
# Values of s that are tried: any of them gives a valid bound, so the grid costs sharpness only, and little of it.
_TILTS = np.linspace(0, 30, 3_001)
# Weight of the population in an account's hourly profile, in actions: an account with 20 actions is half its own.
_PROFILE_PRIOR = 20.0
# An account's hours are guessed from few actions; never let them make chance less than a fifth as likely.
_LEAST_OVERLAP = 0.2
_HOURS = 24
_HOUR_US = 3_600_000_000
# Pairs whose hours are compared together: 24 of each, as float32, are 200 MB.
_PAIRS_AT_ONCE = 1_000_000


class Chance(NamedTuple):
    """What chance would have done, for pairs in their order."""

    expected: Array
    """Post pairs (float64)."""
    p_value: Array
    """float64; NaN for a pair with an account of fewer than `LEAST_ACTIONS` actions."""


def marks(objects: Array) -> Array:
    """Return what meeting in each slot weighs (float64), given the sorted object codes of all slots."""
    _, shares = _objects(objects)
    weights: Array = np.repeat(_weight(shares), shares)
    return weights


def _weight(shares: Array) -> Array:
    # In steps of 2^-32, of which a sum has no rounding error: it is the same in whatever order objects come.
    return np.round(np.log1p(_K0 / shares) * 2**32) / 2**32


def _objects(objects: Array) -> tuple[Array, Array]:
    """Return where each object's slots start, and how many it has."""
    starts = np.flatnonzero(np.diff(objects, prepend=-1))
    return starts, np.diff(starts, append=len(objects))


def chance(slots: Slots, followers: Array, found: CoActions) -> Chance:
    """Return what chance would have done for each of the pairs that were found.

    Args:
        slots: all slots of one kind of action.
        followers: for each slot, how many later slots of its object lie within the window.
        found: the pairs.
    """
    activity = np.bincount(slots.accounts) if len(slots.accounts) else np.zeros(0, np.int64)
    hours = _Hours.of(slots, activity, followers)
    rate = 2.0 * activity[found.a] * activity[found.b] / max(len(slots.accounts), 1) ** 2
    overlap = [hours.overlap(found.a[part], found.b[part]) for part in _parts(len(found.a))]
    rate *= np.maximum(np.concatenate([np.zeros(0), *overlap]), _LEAST_OVERLAP)
    p_value = _tail(found.weight, rate, slots.objects, followers)
    judged = (activity[found.a] >= LEAST_ACTIONS) & (activity[found.b] >= LEAST_ACTIONS)
    return Chance(rate * followers.sum(), np.where(judged, p_value, np.nan))


def _parts(pairs: int) -> list[slice]:
    return [slice(start, start + _PAIRS_AT_ONCE) for start in range(0, pairs, _PAIRS_AT_ONCE)]


def hypotheses(slots: Slots) -> int:
    """Return how many pairs of accounts could have been found: those that are judged, met or not."""
    judged = int((np.bincount(slots.accounts) >= LEAST_ACTIONS).sum()) if len(slots.accounts) else 0
    return judged * (judged - 1) // 2


def _tail(weight: Array, rate: Array, objects: Array, followers: Array) -> Array:
    """Return the bound on P(X ≥ weight) for each pair, x = `rate`."""
    starts, shares = _objects(objects)
    slot_pairs = np.bincount(shares, np.add.reduceat(followers, starts)) if len(starts) else np.zeros(1)
    met = np.flatnonzero(slot_pairs)
    values, mass = _weight(met), slot_pairs[met]
    rising = np.exp(np.outer(_TILTS, values))
    phi, slope = (rising - 1) @ mass, rising @ (values * mass)
    at = np.clip(np.searchsorted(slope, weight / np.maximum(rate, 1e-300)), 0, len(_TILTS) - 1)
    bound = np.exp(np.minimum(rate * phi[at] - _TILTS[at] * weight, 0))
    # To weigh anything at all, the two must have met once.
    p_value: Array = np.minimum(bound, -np.expm1(-rate * mass.sum()))
    return p_value


class _Hours(NamedTuple):
    """When accounts are awake: actions by hour of the day (UTC), relative to everybody's."""

    profile: Array
    """float32, accounts by 24: 1 where an account is as active as everybody in that hour."""
    pairs: Array
    """float64, 24: share of all slot pairs in each hour."""

    @classmethod
    def of(cls, slots: Slots, activity: Array, followers: Array) -> "_Hours":
        hour = (slots.times // _HOUR_US % _HOURS).astype(np.int64)
        everybody = (np.bincount(hour, minlength=_HOURS) + 1) / (len(hour) + _HOURS)
        counts = np.bincount(slots.accounts.astype(np.int64) * _HOURS + hour, minlength=len(activity) * _HOURS)
        own = counts.reshape(len(activity), _HOURS) + _PROFILE_PRIOR * everybody
        profile = own / (activity[:, None] + _PROFILE_PRIOR) / everybody
        pairs = np.bincount(hour, followers, _HOURS) / max(followers.sum(), 1)
        return cls(profile.astype(np.float32), pairs)

    def overlap(self, a: Array, b: Array) -> Array:
        """Return how much likelier than for two average accounts it is that a and b sit in one pair of slots."""
        # Row by row, not by a matrix product: its sums may depend on where a row lies, and a result may not.
        overlap: Array = np.einsum("ph,ph,h->p", self.profile[a], self.profile[b], self.pairs)
        return overlap


def q_values(p_values: pl.Series, tested: int, *, dependent: bool = False) -> pl.Series:
    """Return the false discovery rate at which each pair would be kept; null where there is no p-value.

    Benjamini and Hochberg 1995 over `tested` hypotheses, of which those not in `p_values` count as p = 1. With
    `dependent`, Benjamini and Yekutieli 2001, which holds for any dependence between the tests.
    """
    frame = pl.DataFrame({"p": p_values}).with_row_index("row")
    factor = float(tested) * (np.log(max(tested, 1)) + np.euler_gamma if dependent else 1.0)
    ranked = frame.drop_nulls().sort("p").with_row_index("rank", offset=1)
    adjusted = (pl.col("p") * factor / pl.col("rank")).reverse().cum_min().reverse().clip(upper_bound=1.0)
    return frame.join(ranked.select("row", q=adjusted), on="row", how="left", maintain_order="left")["q"]
