"""Objects on which so many act at once that their post pairs cannot all be counted: some of their slots stand for all.

Each slot of such an object is kept with probability 1/t, whoever sits in it, so a post pair is kept with probability
1/t² and stands for t². What is added up keeps its expectation; which pairs there are is decided by what was seen, so no
pair is made up. Which slots are kept depends on the object's slots alone.
"""

import math
from typing import NamedTuple

import numpy as np

from watchbell.engine.slots import Array, Slots

_SEED = 1997


class Viral(NamedTuple):
    """An object that is thinned."""

    object: int
    """Its code."""
    slots: int
    kept: int
    factor: int
    """How many post pairs one of the object's stands for."""


def thinned(slots: Slots, followers: Array, most: int) -> tuple[Slots, Array, list[Viral]]:
    """Thin the objects that have more than `most` post pairs.

    Args:
        slots: Sorted; see `Slots`. Equal times lie in the order of accounts, or the choice depends on their order.
        followers: For each slot, how many later slots of its object lie within the window.
        most: At least 1.

    Returns:
        The slots that are left; how many post pairs one stands for in each (int64; nothing where no object is
        thinned); and the objects that are.
    """
    starts = np.flatnonzero(np.diff(slots.objects, prepend=-1))
    post_pairs = np.add.reduceat(followers, starts) if len(starts) else np.zeros(0, np.int64)
    too_many = np.flatnonzero(post_pairs > most)
    if len(too_many) == 0:
        return slots, np.zeros(0, np.int64), []
    ends = np.append(starts, len(slots.objects))
    kept, factors, viral = np.ones(len(slots.objects), np.bool_), np.ones(len(slots.objects), np.int64), []
    for place in too_many:
        of_object = slice(ends[place], ends[place + 1])
        one_in = math.isqrt(int(post_pairs[place] - 1) // most) + 1
        count = int(ends[place + 1] - ends[place])
        kept[of_object] = np.random.default_rng(_SEED).integers(0, one_in, count) == 0
        factors[of_object] = one_in**2
        code, left = int(slots.objects[of_object.start]), int(kept[of_object].sum())
        viral.append(Viral(code, count, left, one_in**2))
    return Slots(*(column[kept] for column in slots)), factors[kept], viral
