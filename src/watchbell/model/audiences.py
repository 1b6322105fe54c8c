"""Audiences: who is listening, and what they may be told. The one rule that every way out asks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from watchbell.model.tlp import Tlp


@dataclass(frozen=True, slots=True)
class Audience:
    """Somebody who listens: the public, a person at the desk, or a partner.

    An item belongs to no trust group, or to some. What belongs to a group is heard by those whom the group cleared for
    it, however far they are cleared elsewhere.
    """

    clearance: Tlp = Tlp.CLEAR
    """The narrowest marking they may hear of items of no group."""
    groups: Mapping[str, Tlp] = field(default_factory=dict)
    """The trust groups they are in, by id, each with the narrowest marking they may hear there."""

    def up_to(self, label: Tlp) -> "Audience":
        """Return the same audience, told nothing narrower than `label`."""
        limits = {group: min(limit, label, key=_rank) for group, limit in self.groups.items()}
        return Audience(min(self.clearance, label, key=_rank), limits)

    def hears(self, label: Tlp, groups: Iterable[str] = ()) -> bool:
        """Tell whether they may hear an item with this marking, which belongs to all of these groups."""
        limits = [self.groups.get(group) for group in groups] or [self.clearance]
        return all(limit is not None and label.rank <= limit.rank for limit in limits)


def _rank(label: Tlp) -> int:
    return label.rank


PUBLIC = Audience()
"""Whoever asks without saying who they are: TLP:CLEAR of no group, and nothing else."""
