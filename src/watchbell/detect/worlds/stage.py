"""The accounts and objects of a world, before anybody has acted."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from watchbell.detect.worlds.recipe import Recipe

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

HOURS = 24
DAY_S = 86_400
ROLES = ("organic", "fan", "wire", "planted")
FANS_ONLY, WIRES_ONLY, PLANTED = 1, 2, 3

# Activity and popularity follow power laws; the exponents are those often reported for social media (Clauset,
# Shalizi and Newman, SIAM Review 51(4), 2009, find 1.7 to 2.4 for the density; a Lomax shape is that minus one).
_ACTIVITY_SHAPE = 1.3
_POPULARITY_SHAPE = 1.1
# No account and no object is more than this share of all actions.
_MOST_OF_ALL = 1 / 60
# A fan's mean actions beside its source, and a wire's beside its items.
_FAN_ACTIONS, _WIRE_ACTIONS = 20.0, 5.0
_WIRES_IN_A_SERVICE = 5
# Shares of accounts around three time zones (UTC offsets): the Americas, Europe and Africa, Asia.
_REGIONS = ((-6, 0.40), (1, 0.35), (7, 0.25))
_ZONE_SPREAD_H = 1.5
# Local hour at which accounts are most active, and the activity of the dead of night beside it.
_PEAK_HOUR, _NIGHT = 20, 0.05
# Median of an object's delays: half of the objects between about one hour and seven.
_PACE_S, _PACE_SPREAD = 2.7 * 3_600, 1.0
# Share of objects that are picked up again, and when: in the mean after two paces.
_ECHOED, _ECHO_PACES = 0.1, 2.0


class Accounts(NamedTuple):
    """One entry an account. Codes are in random order: they tell nothing about roles."""

    rate: Floats
    """Mean actions of its own accord."""
    topic: Ints
    zone: Ints
    """Its offset from UTC in hours, 0 to 23."""
    role: Ints
    """Place in `ROLES`."""
    group: Ints
    """Which source it follows, service it belongs to or group it is planted in; -1 for organic accounts."""


class Objects(NamedTuple):
    """One entry an object."""

    popularity: Floats
    """Mean shares."""
    topic: Ints
    birth_s: Ints
    pace_s: Floats
    """Median delay of a share after birth."""
    echo_s: Floats
    """How long after its birth somebody with many followers picks it up; NaN where nobody does."""


def awake() -> Floats:
    """Return how active an account is, 0 to 1, for each hour UTC (rows) and each zone (columns)."""
    local = (np.arange(HOURS)[:, None] + np.arange(HOURS)[None, :]) % HOURS
    day = (1 + np.cos(2 * np.pi * (local - _PEAK_HOUR) / HOURS)) / 2
    rhythm: Floats = _NIGHT + (1 - _NIGHT) * day**1.5
    return rhythm


def accounts_of(recipe: Recipe, chance: np.random.Generator) -> Accounts:
    """Draw the accounts of a world."""
    role, group = _roles(recipe)
    rate = heavy_tailed(chance, _ACTIVITY_SHAPE, len(role), recipe.events)
    for named, mean in ((FANS_ONLY, _FAN_ACTIONS), (WIRES_ONLY, _WIRE_ACTIONS), (PLANTED, recipe.camouflage)):
        rate[role == named] = mean * chance.gamma(2, 0.5, int((role == named).sum()))
    centres = chance.choice([zone for zone, _ in _REGIONS], len(role), p=[share for _, share in _REGIONS])
    zone = np.rint(chance.normal(centres, _ZONE_SPREAD_H)).astype(np.int64) % HOURS
    order = chance.permutation(len(role))
    return Accounts(rate[order], topics(recipe, chance, len(role)), zone, role[order], group[order])


def objects_of(recipe: Recipe, chance: np.random.Generator) -> Objects:
    """Draw the objects of a world; they are born at random in its time, at the hours when most are awake."""
    popularity = heavy_tailed(chance, _POPULARITY_SHAPE, recipe.objects, recipe.events)
    zones = np.array([share for _, share in _REGIONS]) @ awake()[:, [zone % HOURS for zone, _ in _REGIONS]].T
    hour = chance.choice(HOURS, recipe.objects, p=zones / zones.sum())
    birth = chance.integers(0, recipe.days, recipe.objects) * DAY_S + hour * 3_600
    birth += chance.integers(0, 3_600, recipe.objects)
    pace = np.exp(chance.normal(np.log(_PACE_S), _PACE_SPREAD, recipe.objects))
    echo = np.where(chance.random(recipe.objects) < _ECHOED, pace * chance.exponential(_ECHO_PACES, len(pace)), np.nan)
    return Objects(popularity, topics(recipe, chance, recipe.objects), birth, pace, echo)


def heavy_tailed(chance: np.random.Generator, shape: float, count: int, total: int) -> Floats:
    """Return `count` means from a power law that add up to about `total`, none above its share of all."""
    drawn = chance.pareto(shape, count) + 0.05
    for _ in range(20):  # what the cap takes from the top is spread again
        drawn = np.minimum(drawn * (total / drawn.sum()), total * _MOST_OF_ALL)
    return drawn


def topics(recipe: Recipe, chance: np.random.Generator, count: int) -> Ints:
    """Draw topics: the second is half as common as the first, the third a third."""
    common = 1 / np.arange(1, recipe.topics + 1)
    return chance.choice(recipe.topics, count, p=common / common.sum()).astype(np.int64)


def _roles(recipe: Recipe) -> tuple[Ints, Ints]:
    """Return the role and the group of each account, the named ones first."""
    planted = np.repeat(np.arange(len(recipe.habits)), [habit.accounts for habit in recipe.habits])
    groups = (
        np.arange(recipe.fans) % recipe.sources,
        np.arange(recipe.wires) // _WIRES_IN_A_SERVICE,
        planted,
    )
    named = np.concatenate(groups).astype(np.int64)
    role, group = np.zeros(recipe.accounts, np.int64), np.full(recipe.accounts, -1, np.int64)
    role[: len(named)] = np.repeat([FANS_ONLY, WIRES_ONLY, PLANTED], [len(codes) for codes in groups])
    group[: len(named)] = named
    return role, group
