"""What everybody does of their own accord: bursts after an object is born, topics, and the hours they are awake."""

from typing import NamedTuple

import numpy as np

from watchbell.detect.worlds.stage import HOURS, Accounts, Floats, Ints, Objects, awake

# Spread of the logarithm of a share's delay around the object's pace.
_DELAY_SPREAD = 1.2
# Of an object that has an echo, the share of its shares that come from it, and their mean delay: the second burst, of
# minutes, that a rule must not take for a group.
_IN_ECHO, _ECHO_DELAY_S = 0.35, 300.0
# Share of an object's shares by accounts that prefer its topic.
_AT_HOME = 0.7
# How often a slot is given to another because its account has had the object before. Then it stays empty.
_OFFERS = 6


class Deeds(NamedTuple):
    """One entry an action, in no order."""

    account: Ints
    object: Ints
    at_s: Ints


def crowd(chance: np.random.Generator, accounts: Accounts, objects: Objects) -> Deeds:
    """Draw slots (an object, a time) from the objects, and seat accounts in them.

    An account sits in a slot in proportion to its rate and to how awake it is in that hour; most of those seated
    prefer the object's topic. No account sits in two slots of one object.
    """
    obj = np.repeat(np.arange(len(objects.popularity)), chance.poisson(objects.popularity))
    at_s = objects.birth_s[obj] + delays(chance, objects, obj)
    account = np.full(len(obj), -1)
    empty = np.arange(len(obj))
    for _ in range(_OFFERS):
        account[empty] = _seated(chance, accounts, objects.topic[obj[empty]], at_s[empty])
        empty = _repeats(account, obj)
    seated = np.ones(len(obj), dtype=bool)
    seated[empty] = False
    return Deeds(account[seated], obj[seated], at_s[seated])


def _repeats(account: Ints, obj: Ints) -> Ints:
    """Return the slots whose account sits in an earlier slot of the same object."""
    first = np.unique(account * (obj.max(initial=0) + 1) + obj, return_index=True)[1]
    return np.setdiff1d(np.arange(len(account)), first, assume_unique=True)


def delays(chance: np.random.Generator, objects: Objects, obj: Ints) -> Ints:
    """Draw for each share of an object how many seconds after the object's birth it comes."""
    delay = objects.pace_s[obj] * np.exp(chance.normal(0, _DELAY_SPREAD, len(obj)))
    in_echo = np.isfinite(objects.echo_s[obj]) & (chance.random(len(obj)) < _IN_ECHO)
    later = np.nan_to_num(objects.echo_s[obj]) + chance.exponential(_ECHO_DELAY_S, len(obj))
    return np.where(in_echo, later, delay).astype(np.int64)


def _seated(chance: np.random.Generator, accounts: Accounts, topic: Ints, at_s: Ints) -> Ints:
    """Draw the account in each slot: first the topic it prefers, then its time zone, then itself."""
    kinds = int(max(accounts.topic.max(), topic.max(initial=0))) + 1
    cell = accounts.topic * HOURS + accounts.zone
    weight = np.bincount(cell, accounts.rate, kinds * HOURS).reshape(kinds, HOURS)
    # Rows are hours; within one, topics by their accounts awake then, and each topic's zones likewise.
    by_zone = weight[None, :, :] * awake()[:, None, :]
    hour = at_s // 3_600 % HOURS
    visiting = (chance.random(len(topic)) >= _AT_HOME) | (weight.sum(axis=1) == 0)[topic]
    topic = np.where(visiting, draw(chance, by_zone.sum(axis=2), hour), topic)
    zone = draw(chance, by_zone.reshape(HOURS * kinds, HOURS), hour * kinds + topic)
    return _members(chance, accounts, cell, topic * HOURS + zone)


def _members(chance: np.random.Generator, accounts: Accounts, cell: Ints, wanted: Ints) -> Ints:
    """Draw for each wanted cell one of its accounts, by rate."""
    order = np.argsort(cell, kind="stable")
    reached = np.cumsum(accounts.rate[order])
    last = np.searchsorted(cell[order], np.arange(cell.max() + 2)) - 1
    before = np.where(last >= 0, reached[last], 0.0)
    low, high = before[wanted], before[wanted + 1]
    place = np.searchsorted(reached, low + chance.random(len(wanted)) * (high - low), "right")
    return np.asarray(order[np.minimum(place, last[wanted + 1])], np.int64)


def draw(chance: np.random.Generator, weights: Floats, rows: Ints) -> Ints:
    """Draw for each of `rows` a column of `weights`, in proportion to that row's weights."""
    share = np.cumsum(weights, axis=1) / np.maximum(weights.sum(axis=1, keepdims=True), 1e-300)
    # All rows on one line: row r's shares lie from r to r + 1.
    line = (share + np.arange(len(weights))[:, None]).ravel()
    width = weights.shape[1]
    return np.asarray(np.searchsorted(line, rows + chance.random(len(rows)), "right") - rows * width, np.int64)
