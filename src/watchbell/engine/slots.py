"""What goes into the kernel and what comes out: parallel arrays."""

from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, Any]


class CoActions(NamedTuple):
    """Pairs of accounts, as parallel arrays sorted by (a, b)."""

    a: Array
    """int64 account codes, a < b."""
    b: Array
    post_pairs: Array
    objects: Array
    first: Array
    """int64, unit of the times given."""
    last: Array
    median_gap: Array
    """float64, unit of the times given."""
    weight: Array
    """float64: the marks of the distinct objects, added up."""


class Slots(NamedTuple):
    """Actions as parallel arrays, sorted by (object, time); in which order equal ones lie does not matter."""

    accounts: Array
    """int32 codes; their order decides which account of a pair is `a`."""
    objects: Array
    """int32 codes."""
    times: Array
    """int64."""
    marks: Array
    """float64: what meeting on the slot's object weighs."""
