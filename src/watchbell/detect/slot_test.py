"""How often chance alone would put two accounts so close together: a permutation test over slots.

The null. Keep every slot (an object, a time) as it is, and let chance decide who sits in it, each account in proportion
to its activity. An object's popularity and its own bursts are kept exactly, so that two accounts that share what all
share at the moment all share it are no surprise. Two accounts u and v with d_u and d_v of the E slots sit in a given
pair of slots with probability x = 2·d_u·d_v/E², more if both are awake at that hour.

The statistic. Meeting on an object with k shares weighs w = ln(1 + n/k), n accounts in all: chance brings two of them
together there about (k/n)² as often as an operation does, so that the sum of w is half the logarithm of the likelihood
ratio, and w is what information retrieval calls inverse document frequency. X is the sum of the weights of the distinct
objects on which the two met within the window, once each however often they met there, so that an account that repeats
itself proves nothing by it. X is at most the sum over all slot pairs, which
under the null is a sum of rare, nearly independent events: compound Poisson, with the cumulant function x·Φ(s),
Φ(s) = Σ (e^{s·w} - 1) over all slot pairs within the window. Chernoff's bound gives
P(X ≥ X₀) ≤ exp(x·Φ(s) - s·X₀) for every s ≥ 0, best where x·Φ'(s) = X₀.

The bound is sharpened by the factor of Bahadur and Rao (Annals of Mathematical Statistics 31, 1960) for sums on a
lattice, 1/((1 - e^{-s·w̄})·√(2πm)): m = x·Σ e^{s·w} is the number of meetings and w̄ their mean weight that chance makes
when it makes X₀. For a Poisson number of equal weights this is Stirling's formula; spread weights make p smaller still.

The null knows nothing of taste: see `timing.py` for the test that does.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from watchbell.engine.slots import Array, Slots

# Values of s that are tried: any of them gives a valid bound, so the grid costs sharpness only, and little of it.
_TILTS = np.linspace(0, 30, 3_001)
# Weight of the population in an account's hourly profile, in actions: an account with 20 actions is half its own.
_PROFILE_PRIOR = 20.0
# An account's hours are guessed from few actions; never let them make chance less than a fifth as likely.
_LEAST_OVERLAP = 0.2
# Accounts or pairs whose hours are reckoned together: 24 of each, as float64, are 20 MB.
_PAIRS_AT_ONCE = 100_000


def marks(objects: Array, accounts: int) -> Array:
    """Return what meeting in each slot weighs (float64), given the sorted object codes of all slots."""
    shares = np.bincount(objects)
    shares = shares[shares > 0]
    weights: Array = np.repeat(np.log1p(accounts / shares), shares)
    return weights


def marks_of_objects(slots: Slots) -> Array:
    """Return what meeting on each object weighs: the marks of its slots, which are alike; 0 for a code without any."""
    weights = np.zeros(int(slots.objects.max(initial=-1)) + 1)
    weights[slots.objects] = slots.marks
    return weights


class SlotTest(NamedTuple):
    """What chance makes of all pairs of slots within one window."""

    activity: Array
    """Slots of each account."""
    hours: "_Hours"
    post_pairs: float
    """Of slots, within the window."""
    phi: Array
    """Φ at each of the tilts."""
    slope: Array
    """Φ' at each of the tilts."""

    @classmethod
    def of(cls, slots: Slots, windows: Sequence[int]) -> "list[SlotTest]":
        """Prepare a test for each window; what accounts do at which hours is the same for all.

        Args:
            slots: all slots of one kind of action; times are microseconds.
            windows: in microseconds.
        """
        activity = np.bincount(slots.accounts) if len(slots.accounts) else np.zeros(0, np.int64)
        profile, shares = _profile(slots, activity), np.bincount(slots.objects)
        weight_of = np.zeros(int(shares.max(initial=0)) + 1)
        weight_of[shares] = marks_of_objects(slots)[: len(shares)]
        return [cls._within(slots, window, activity, profile, (shares, weight_of)) for window in windows]

    @classmethod
    def _within(
        cls, slots: Slots, window: int, activity: Array, profile: Array, objects: tuple[Array, Array]
    ) -> "SlotTest":
        """Prepare the test of one window; `objects` are the shares of each, and what meeting weighs at each number."""
        from watchbell.engine.seating import close_slots  # noqa: PLC0415  # numba takes a second to load

        shares, weight_of = objects
        on_object, in_hour = close_slots(slots, window)
        slot_pairs = np.bincount(shares, on_object, len(weight_of))
        met = np.flatnonzero(slot_pairs)
        values, mass = weight_of[met], slot_pairs[met]
        rising = np.exp(np.outer(_TILTS, values))
        hours = _Hours(profile, in_hour / max(in_hour.sum(), 1))
        return cls(activity, hours, float(mass.sum()), (rising - 1) @ mass, rising @ (values * mass))

    def rates(self, a: Array, b: Array) -> Array:
        """Return x, the probability that the two sit in a given pair of slots, for each pair of accounts."""
        parts = [slice(start, start + _PAIRS_AT_ONCE) for start in range(0, len(a), _PAIRS_AT_ONCE)]
        overlap = [np.zeros(0), *(self.hours.overlap(a[part], b[part]) for part in parts)]
        rate = 2.0 * self.activity[a] * self.activity[b] / max(self.activity.sum(), 1) ** 2
        rates: Array = rate * np.maximum(np.concatenate(overlap), _LEAST_OVERLAP)
        return rates

    def log_p(self, weight: Array, rate: Array) -> Array:
        """Return ln P(X ≥ weight) for each pair, x = `rate`; 0 where the weight is 0."""
        at = np.clip(np.searchsorted(self.slope, weight / np.maximum(rate, 1e-300)), 0, len(_TILTS) - 1)
        tilt, number = _TILTS[at], np.maximum(self.phi[at] + self.post_pairs, 1e-300)
        bound = np.minimum(rate * self.phi[at] - tilt * weight, 0)
        spacing = -np.expm1(-tilt * self.slope[at] / number)
        sharper = np.log(np.maximum(spacing * np.sqrt(2 * np.pi * rate * number), 1))
        # To weigh anything at all, the two must have met once.
        once = np.log(np.maximum(-np.expm1(-rate * self.post_pairs), 1e-300))
        log_p: Array = np.where(weight > 0, np.minimum(bound - sharper, once), 0.0)
        return log_p


def _profile(slots: Slots, activity: Array) -> Array:
    """Return what `_Hours.profile` holds."""
    from watchbell.engine.seating import HOURS, hourly  # noqa: PLC0415  # numba takes a second to load

    profile = hourly(slots)
    everybody = profile.sum(axis=0, dtype=np.float64)
    everybody = (everybody + 1) / (everybody.sum() + HOURS)
    for start in range(0, len(profile), _PAIRS_AT_ONCE):
        part = slice(start, start + _PAIRS_AT_ONCE)
        own = profile[part] + _PROFILE_PRIOR * everybody
        profile[part] = own / (activity[part, None] + _PROFILE_PRIOR) / everybody
    return profile


class _Hours(NamedTuple):
    """When accounts are awake: actions by hour of the day (UTC), relative to everybody's."""

    profile: Array
    """float32, accounts by 24: 1 where an account is as active as everybody in that hour."""
    pairs: Array
    """float64, 24: share of all slot pairs in each hour."""

    def overlap(self, a: Array, b: Array) -> Array:
        """Return how much likelier than for two average accounts it is that a and b sit in one pair of slots."""
        # Row by row, not by a matrix product: its sums may depend on where a row lies, and a result may not.
        overlap: Array = np.einsum("ph,ph,h->p", self.profile[a], self.profile[b], self.pairs)
        return overlap
