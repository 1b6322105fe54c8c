"""What a simulated world is made of."""

from dataclasses import dataclass, replace

from watchbell.errors import UsageError

# Actions of a mean account in the month: from the design's prototype, 1.2 million events by 40,000 accounts.
_ACTIONS_PER_ACCOUNT = 30
_ACTIONS_PER_OBJECT = 8
_HORIZON_DAYS = 3_650
# Beyond this a code of account and object no longer fits the arithmetic that makes times and codes.
_MOST_EVENTS = 1_000_000_000


@dataclass(frozen=True)
class Habit:
    """How a planted group works."""

    accounts: int
    campaigns: int
    """Objects that the group pushes in the whole time."""
    spread_s: int
    """Seconds within which the accounts that take part in a campaign act."""


HABITS = (Habit(15, 12, 30), Habit(30, 8, 60), Habit(8, 20, 20), Habit(50, 10, 120), Habit(6, 30, 900))
"""The groups of the design's prototype: scripts that fire at once, rooms that work a list, friends with time."""


@dataclass(frozen=True)
class Recipe:
    """What to put into a world. What is not planted comes by chance alone."""

    events: int = 100_000
    """Actions in all, about: up to a tenth fewer, for a world ends and an account does a thing once."""
    habits: tuple[Habit, ...] = HABITS
    participation: float = 0.6
    """Chance that an account of a group takes part in one of its campaigns."""
    camouflage: float = 30.0
    """Mean actions of a planted account that are none of its group's, in the whole time."""
    fans: int = 240
    """Honest accounts that each follow one of the sources and repost it within minutes, when awake."""
    sources: int = 12
    wires: int = 30
    """Honest automated accounts, in services of five, that publish the same items within a second."""
    topics: int = 20
    days: int = 30
    fan_delay_s: float = 600.0
    """Median delay of a fan's repost."""

    def __post_init__(self) -> None:
        """Check that such a world can be.

        Raises:
            UsageError: a number is out of its range, or the named accounts are more than the world holds.
        """
        self._check_ranges()
        named = self.fans + self.wires + sum(habit.accounts for habit in self.habits)
        if 2 * named > self.accounts:
            least = 2 * named * _ACTIONS_PER_ACCOUNT
            raise UsageError(
                f"{named:,} fans, wires and planted accounts would be more than half of a world of {self.events:,} "
                f"events. Ask for at least {least:,} events, or for fewer of them."
            )

    def _check_ranges(self) -> None:
        whole = {"events": (1_000, _MOST_EVENTS), "topics": (1, 1_000), "days": (1, _HORIZON_DAYS)}
        for name, (least, most) in whole.items():
            if not least <= getattr(self, name) <= most:
                raise UsageError(f"A world's {name} must be from {least:,} to {most:,}, not {getattr(self, name):,}.")
        if not 0 <= self.participation <= 1:
            raise UsageError(f"Participation is a share, from 0 to 1, not {self.participation:g}.")
        if min(self.fans, self.wires, self.camouflage, self.fan_delay_s) < 0 or (self.fans and self.sources < 1):
            raise UsageError(
                "Fans, wires, delays and camouflage cannot be negative, and fans need at least one source."
            )
        if any(min(habit.accounts - 1, habit.campaigns, habit.spread_s + 1) < 1 for habit in self.habits):
            raise UsageError("A group has at least 2 accounts and 1 campaign, and a spread of 0 seconds or more.")
        if any(habit.campaigns > self.objects for habit in self.habits):
            raise UsageError(f"A group cannot push more objects than the {self.objects:,} of this world.")

    @property
    def accounts(self) -> int:
        """How many accounts there are; some of them may never act."""
        return self.events // _ACTIONS_PER_ACCOUNT

    @property
    def objects(self) -> int:
        """How many objects there are; some of them nobody shares."""
        return self.events // _ACTIONS_PER_OBJECT

    def null(self) -> "Recipe":
        """Return this world without groups and wires: nobody in it acts together."""
        return replace(self, habits=(), wires=0)
