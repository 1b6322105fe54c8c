"""What accounts do together, honestly or not: fans of a source, wire services, planted groups."""

import numpy as np

from watchbell.detect.worlds.crowd import Deeds, delays
from watchbell.detect.worlds.recipe import Habit, Recipe
from watchbell.detect.worlds.stage import FANS_ONLY, HOURS, PLANTED, WIRES_ONLY, Accounts, Ints, Objects, awake

# Items that a source or a service publishes in the whole time.
_SOURCE_ITEMS, _WIRE_ITEMS = 40, 80
# A fan's loyalty, the chance that it reposts an item when it is wide awake: Beta, mean a third.
_LOYALTY = (2.0, 4.0)
# Spread of the logarithm of a fan's delay.
_FAN_SPREAD = 1.0
_WIRE_RELIABILITY, _WIRE_SPREAD_S = 0.9, 1


def fans(chance: np.random.Generator, recipe: Recipe, accounts: Accounts, objects: Objects) -> Deeds:
    """Return what fans repost: each item of their source with their loyalty, minutes after it, when awake."""
    members = np.flatnonzero(accounts.role == FANS_ONLY)
    items = _items(chance, objects, int(accounts.group[members].max(initial=-1)) + 1, _SOURCE_ITEMS)
    fan, item = _each(members, items, accounts)
    loyalty = chance.beta(*_LOYALTY, len(accounts.role))
    delay = recipe.fan_delay_s * np.exp(chance.normal(0, _FAN_SPREAD, len(fan)))
    at_s = objects.birth_s[item] + delay.astype(np.int64)
    willing = loyalty[fan] * awake()[at_s // 3_600 % HOURS, accounts.zone[fan]]
    return _kept(Deeds(fan, item, at_s), chance.random(len(fan)) < willing)


def wires(chance: np.random.Generator, accounts: Accounts, objects: Objects) -> Deeds:
    """Return what wire services publish: nearly every item on nearly every account, as it is born."""
    members = np.flatnonzero(accounts.role == WIRES_ONLY)
    items = _items(chance, objects, int(accounts.group[members].max(initial=-1)) + 1, _WIRE_ITEMS)
    wire, item = _each(members, items, accounts)
    at_s = objects.birth_s[item] + chance.integers(0, _WIRE_SPREAD_S + 1, len(wire))
    return _kept(Deeds(wire, item, at_s), chance.random(len(wire)) < _WIRE_RELIABILITY)


def planted(chance: np.random.Generator, recipe: Recipe, accounts: Accounts, objects: Objects) -> list[Deeds]:
    """Return what each planted group does for its campaigns."""
    return [
        _campaigns(chance, recipe.participation, habit, members, objects)
        for number, habit in enumerate(recipe.habits)
        for members in [np.flatnonzero((accounts.role == PLANTED) & (accounts.group == number))]
    ]


def _campaigns(
    chance: np.random.Generator, participation: float, habit: Habit, members: Ints, objects: Objects
) -> Deeds:
    """Return a group's actions: it pushes objects that others share too, once each, at a time when others do."""
    targets = _picked(chance, objects, habit.campaigns)
    start_s = objects.birth_s[targets] + delays(chance, objects, targets)
    member, campaign = (grid.ravel() for grid in np.meshgrid(members, np.arange(habit.campaigns), indexing="ij"))
    at_s = start_s[campaign] + chance.integers(0, habit.spread_s + 1, len(member))
    return _kept(Deeds(member, targets[campaign], at_s), chance.random(len(member)) < participation)


def _items(chance: np.random.Generator, objects: Objects, publishers: int, each: int) -> Ints:
    """Draw each publisher's items: a row a publisher."""
    return np.array([_picked(chance, objects, each) for _ in range(publishers)], np.int64).reshape(publishers, each)


def _picked(chance: np.random.Generator, objects: Objects, count: int) -> Ints:
    """Draw objects that everybody shares as they do any other.

    Popular ones are likelier, by the root of their popularity: between picking any object and any share. Items of
    sources and services and the campaigns of groups are picked alike, so that popularity tells none from the other.
    """
    likely = np.sqrt(objects.popularity)
    return chance.choice(len(likely), count, replace=False, p=likely / likely.sum())


def _each(members: Ints, items: Ints, accounts: Accounts) -> tuple[Ints, Ints]:
    """Pair each account with each item of its group."""
    if not len(members):
        return members, members
    return np.repeat(members, items.shape[1]), items[accounts.group[members]].ravel()


def _kept(deeds: Deeds, kept: np.ndarray) -> Deeds:
    return Deeds(*(column[kept] for column in deeds))
