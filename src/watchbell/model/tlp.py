"""Traffic Light Protocol 2.0 (FIRST, August 2022): who may hear an item."""

from collections.abc import Iterable
from enum import StrEnum
from functools import cached_property


class Tlp(StrEnum):
    """A TLP 2.0 label. Members are ordered from widest to narrowest audience."""

    CLEAR = "clear"
    """Anyone."""
    GREEN = "green"
    """The community, not the public."""
    AMBER = "amber"
    """The recipient's organisation and its clients, as needed."""
    AMBER_STRICT = "amber+strict"
    """The recipient's organisation only."""
    RED = "red"
    """The named recipients only."""

    @cached_property
    def rank(self) -> int:
        """Return 0 for CLEAR up to 4 for RED; a higher rank is a narrower audience."""
        return list(Tlp).index(self)

    @classmethod
    def parse(cls, text: str) -> "Tlp":
        """Read a label as people write it: `TLP:AMBER+STRICT`, `white` (TLP 1), `Green`.

        Raises:
            ValueError: the text is not a TLP label.
        """
        name = text.strip().lower().removeprefix("tlp:").strip()
        return cls({"white": "clear"}.get(name, name))


def strictest(labels: Iterable[Tlp]) -> Tlp:
    """Return the narrowest of `labels`, which governs the whole they are part of. CLEAR when there is none."""
    return max(labels, key=lambda label: label.rank, default=Tlp.CLEAR)
