"""When people vote: the election calendar, as files that anyone can read and add to.

An entry is a day, or days, of voting in a jurisdiction, with the law or announcement it comes from. What the calendar
does not hold, nothing can be said about.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from importlib import resources
from pathlib import Path

from pydantic import Field

from watchbell.ads.written import entries_in, record_of, text_in
from watchbell.model.record import Record

# Member states of the European Union, ISO 3166-1: in each of them the Parliament's election is held.
_EU = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
EU_STATES = frozenset(_EU.split())
# An ad speaks of an election that is this near, else of some other one.
AHEAD, BEHIND = timedelta(days=100), timedelta(days=3)


class Election(Record):
    """One election: where, when, and who says so."""

    id: str = Field(pattern=r"^[a-z0-9-]{3,80}$")
    jurisdiction: str = Field(pattern=r"^(EU|[A-Z]{2}(-[A-Z0-9]{1,3})?)$")
    """ISO 3166-1 alpha-2, or 3166-2 for a part of a country; EU for the European Union."""
    name: str = Field(min_length=3, max_length=200)
    days: tuple[date, ...] = Field(min_length=1, max_length=20)
    """The days of voting at the polls, not those of early voting."""
    expected: bool = False
    """It follows from a rule that leaves room for another day, and nobody has announced it yet."""
    source: str = Field(min_length=3)
    official: str = Field(pattern=r"^https://")
    """Where voters are told officially."""

    def is_in(self, country: str) -> bool:
        """Tell whether people in a country, or in a part of it, vote in this election."""
        return self.is_everywhere_in(country) or self.jurisdiction.startswith(f"{country}-")

    def is_everywhere_in(self, country: str) -> bool:
        """Tell whether all of a country votes in this election."""
        return self.jurisdiction == country or (self.jurisdiction == "EU" and country in EU_STATES)


class Calendar:
    """Elections, in the order of their days."""

    def __init__(self, elections: Iterable[Election]) -> None:
        """Keep them; of two with one id the later one given counts."""
        by_id = {election.id: election for election in elections}
        self.elections = tuple(sorted(by_id.values(), key=lambda one: (one.days[0], one.id)))

    @classmethod
    @lru_cache(maxsize=1)
    def bundled(cls) -> "Calendar":
        """Return the calendar that comes with Watchbell."""
        folder = resources.files("watchbell.ads") / "calendars"
        files = sorted((file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name)
        return cls(one for file in files for one in elections_of(file.read_text("utf-8"), file.name))

    def with_files(self, paths: Iterable[Path]) -> "Calendar":
        """Return this calendar with an operator's own files in it.

        Raises:
            InputError: a file cannot be read, or an entry in it is no election.
        """
        return Calendar([*self.elections, *(one for path in paths for one in _read(path))])

    def near(self, day: date, country: str) -> tuple[Election, ...]:
        """Return the elections in a country or a part of it that an ad of that day may speak of, in their order."""
        ahead, behind = day + AHEAD, day - BEHIND
        return tuple(
            one for one in self.elections if one.is_in(country) and behind <= one.days[-1] and one.days[0] <= ahead
        )

    def coming(self, day: date) -> tuple[Election, ...]:
        """Return the elections that are not over on a day."""
        return tuple(election for election in self.elections if election.days[-1] >= day)


def elections_of(text: str, name: str) -> list[Election]:
    """Return the elections that a YAML file spells out.

    Raises:
        InputError: it is no YAML, has no list `elections`, or an entry is no election; names the entry and field.
    """
    what = f"The calendar {name}"
    entries = entries_in(text, "elections", what)
    return [record_of(Election, entry, f"{what}, election {number}") for number, entry in enumerate(entries, 1)]


def _read(path: Path) -> list[Election]:
    return elections_of(text_in(path, f"The calendar {path}"), str(path))
