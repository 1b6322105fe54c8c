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

from typing import NamedTuple

import numpy as np

from watchbell.engine.slots import Array, Slots

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


def marks(objects: Array, accounts: int) -> Array:
    """Return what meeting in each slot weighs (float64), given the sorted object codes of all slots."""
    _, shares = _objects(objects)
    weights: Array = np.repeat(np.log1p(accounts / shares), shares)
    return weights


def _objects(objects: Array) -> tuple[Array, Array]:
    """Return where each object's slots start, and how many it has."""
    starts = np.flatnonzero(np.diff(objects, prepend=-1))
    return starts, np.diff(starts, append=len(objects))


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
    def of(cls, slots: Slots, followers: Array) -> "SlotTest":
        """Prepare the test.

        Args:
            slots: all slots of one kind of action.
            followers: for each slot, how many later slots of its object lie within the window.
        """
        activity = np.bincount(slots.accounts) if len(slots.accounts) else np.zeros(0, np.int64)
        starts, shares = _objects(slots.objects)
        slot_pairs = np.bincount(shares, np.add.reduceat(followers, starts)) if len(starts) else np.zeros(1)
        weight_of = np.zeros(len(slot_pairs))
        weight_of[shares] = slots.marks[starts]
        met = np.flatnonzero(slot_pairs)
        values, mass = weight_of[met], slot_pairs[met]
        rising = np.exp(np.outer(_TILTS, values))
        hours = _Hours.of(slots, activity, followers)
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
