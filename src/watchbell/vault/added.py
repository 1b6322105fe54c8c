"""What an import changed."""

from typing import NamedTuple


class Added(NamedTuple):
    """How many items of an import were new, and how many were known already."""

    new: int
    known: int
