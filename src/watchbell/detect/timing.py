"""Whether two accounts come closer in time than their taste explains: a test given what they have in common.

Fans of one source, people of one topic, people awake at the same hours share the same things, and share them within
the same hours. What they do not share is the moment. So take as given on which objects two accounts came within a
horizon of each other, and ask of the fine timing alone: had each of the two acted a little earlier or later within that
horizon, how often would they be as close? This is interval jitter, as neuroscience asks it of spikes (Amarasingham,
Harrison, Hatsopoulos and Geman, Journal of Neurophysiology 107, 2012). Taste of any kind is in what is given.

An object's gap is at most the window w with probability π = u·r·(w + t)/(h + t): h is the horizon, t the tick of the
clock that the times were read from, r how many post pairs of the two lie within the horizon, u how uneven the density
of gaps may be within it (a bounded nonhomogeneity: Amarasingham, Geman and Harrison, PNAS 112, 2015). The number of
objects within the window is at most a sum of such independent events, whose tail is exact (`engine.meetings.tails`).
"""

from typing import Any, NamedTuple

import numpy as np

from watchbell.detect.slot_test import marks_of_objects
from watchbell.engine.slots import Array, Slots

_SECOND = 1_000_000
# The horizon is the object's age: attention decays as a power of age (Crane and Sornette, PNAS 105, 2008), so it has
# no structure much finer than the age itself. People take minutes to react to something new (half of the answers to a
# tweet come within about 20 minutes), and over three hours the day's rhythm changes; between these the age counts.
_LEAST_HORIZON, _MOST_HORIZON = 900 * _SECOND, 3 * 3_600 * _SECOND
# Where attention falls with the square of age, gaps are twice as dense at 0 as in the mean over a horizon as long as
# the age. The day's rhythm may add half of that.
_UNEVENNESS = 3.0
# What two accounts do within one minute on several objects (the hashtags of one post, a feed read down) is one meeting.
_MOMENT = 60 * _SECOND
# The time the exact tail takes grows with the square. Which meetings are left out depends on no gap.
_MOST_MEETINGS = 1_000


class Common(NamedTuple):
    """The meetings of pairs of accounts within the horizon, as parallel arrays; a pair's lie together, heaviest first.

    Meetings at one moment are one: that on the rarest object.
    """

    starts: Array
    """int64: the meetings of pair j are those from starts[j] to starts[j + 1]."""
    pair: Array
    """The place of each meeting's pair."""
    rank: Array
    """1, 2, 3… for the meetings of each pair."""
    weights: Array
    gaps: Array
    horizons: Array
    ways: Array
    """Post pairs within the horizon."""
    tick: int
    """Unit of the clock: every time is a whole number of them after the first."""

    def total(self, values: Array) -> Array:
        """Add up each pair's values."""
        total: Array = np.bincount(self.pair, values, len(self.starts) - 1)
        return total

    def running(self, values: Array) -> Array:
        """Add up each pair's values as they come."""
        summed = np.concatenate(([0.0], np.cumsum(values)))
        running: Array = summed[1:] - summed[self.starts[:-1]][self.pair]
        return running

    def largest(self, values: Array) -> Array:
        """Return the largest of each pair's values, 0 for a pair without meetings; values are no less than 0."""
        largest = np.zeros(len(self.starts) - 1)
        some = np.diff(self.starts) > 0
        largest[some] = np.maximum.reduceat(values, self.starts[:-1][some]) if some.any() else 0.0
        return largest

    @property
    def ends(self) -> Array:
        """Whether a meeting is its pair's last."""
        ends: Array = self.rank == np.diff(self.starts)[self.pair]
        return ends

    @property
    def lightest(self) -> Array:
        """For the k-th meeting of a pair: what the pair's k lightest weigh together."""
        left = np.diff(self.starts)[self.pair] - self.rank
        heavier = np.concatenate(([0.0], self.running(self.weights)))[
            np.where(left > 0, self.starts[:-1][self.pair] + left, 0)
        ]
        return self.total(self.weights)[self.pair] - heavier


class Habits(NamedTuple):
    """What is known of all accounts that may be asked about."""

    acts: Any
    """Of `engine.meetings`."""
    weights: Array
    """What meeting on each object weighs."""
    tick: int

    @classmethod
    def of(cls, slots: Slots, accounts: Array) -> "Habits":
        """Return the habits of the given accounts; times are whole seconds or parts of them, in microseconds."""
        from watchbell.engine.meetings import acts_of  # noqa: PLC0415  # numba takes a second to load
        from watchbell.engine.seating import tick  # noqa: PLC0415  # likewise

        return cls(acts_of(slots, accounts), marks_of_objects(slots), tick(slots.times))


def common(habits: Habits, a: Array, b: Array) -> Common:
    """Return what each pair of accounts has in common; weights are the slots' marks."""
    from watchbell.engine.meetings import heaviest, meetings  # noqa: PLC0415  # see `Habits.of`

    found = meetings(habits.acts, a, b, least=_LEAST_HORIZON, most=_MOST_HORIZON)
    weights = habits.weights[found.objects]
    chosen, starts = heaviest(found, weights, moment=_MOMENT, most=_MOST_MEETINGS)
    shares = np.diff(starts)
    pair, rank = np.repeat(np.arange(len(a)), shares), np.arange(1, len(chosen) + 1) - np.repeat(starts[:-1], shares)
    gaps, horizons, ways = (column[chosen] for column in (found.gaps, found.horizons, found.ways))
    return Common(starts, pair, rank, weights[chosen], gaps, horizons, ways, habits.tick)


def by_timing(shared: Common, window: int) -> Array:
    """Return for each pair's 1st, 2nd, 3rd… meeting how likely at least so many are within the window by chance."""
    from watchbell.engine.meetings import tails  # noqa: PLC0415  # see `Habits.of`

    chance = _UNEVENNESS * shared.ways * (window + shared.tick) / (shared.horizons + shared.tick)
    found: Array = tails(np.minimum(chance, 1.0), shared.starts)
    return found
