"""One slip of the hand between two names: found by leaving letters out, then named."""

from enum import StrEnum
from itertools import pairwise


class Slip(StrEnum):
    """What became of one letter."""

    DOUBLED = "doubled"
    OMITTED = "omitted"
    CUT = "last letter omitted"
    SWAPPED = "swapped"
    KEY = "neighbouring key"
    ADDED = "added"
    REPLACED = "replaced"


# The rows of keys, each half a key right of the one above; QWERTZ and AZERTY differ in letters that are also looked at.
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "azertyuiop", "yxcvbnm")


_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def _neighbours() -> frozenset[tuple[str, str]]:
    beside = [(row[k], row[k + 1]) for row in _ROWS for k in range(len(row) - 1)]
    below = [
        (upper[k], lower[j])
        for upper, lower in pairwise(_ROWS[:3])
        for k in range(len(upper))
        for j in (k - 1, k)
        if 0 <= j < len(lower)
    ]
    return frozenset([*beside, *below, *((b, a) for a, b in [*beside, *below])])


_NEIGHBOURS = _neighbours()


def without_one(label: str) -> list[str]:
    """Return the label itself, and the label without each of its letters.

    Two labels that are one slip apart share at least one of these (Garbe's symmetric deletes).
    """
    return [label, *[label[:place] + label[place + 1 :] for place in range(len(label))]]


def slip_between(name: str, label: str) -> Slip | None:
    """Return the one slip that makes `label` of `name`, or None where it takes none or more.

    >>> slip_between("spiegel", "spiegell"), slip_between("lemonde", "lemodne"), slip_between("lemonde", "lenonde")
    (<Slip.DOUBLED: 'doubled'>, <Slip.SWAPPED: 'swapped'>, <Slip.KEY: 'neighbouring key'>)
    >>> slip_between("bild", "wild") is None
    True
    """
    same = 0
    while same < min(len(name), len(label)) and name[same] == label[same]:
        same += 1
    rest, other = name[same:], label[same:]
    if rest[:2] == other[1::-1] and rest[2:] == other[2:] and len(rest) > 1:
        return Slip.SWAPPED
    # Hands and eyes seldom fail at the first letter, and another number is another name (channel 4, channel 5).
    if not same or (rest[:1] + other[:1]).strip(_LETTERS):
        return None
    if len(other) == len(rest) + 1 and other[1:] == rest:
        # `same` runs past a doubled letter, so its twin stands before.
        return Slip.DOUBLED if other[0] == label[same - 1] else Slip.ADDED
    if len(rest) == len(other) + 1 and rest[1:] == other:
        return Slip.OMITTED if other else Slip.CUT
    if rest and rest[1:] == other[1:]:
        return Slip.KEY if (rest[0], other[0]) in _NEIGHBOURS else Slip.REPLACED
    return None
