"""When, where and how people vote: the election calendar, as files that anyone can read and add to.

An entry is a day, or days, of voting in a jurisdiction, with the law or announcement it comes from; where they are
known also the hours and zones of the polls, the ways to vote, the deadlines and the places, and the periods in which a
rule is applied more strictly. What the calendar does not hold, nothing can be said about.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from importlib import resources
from pathlib import Path
from typing import Annotated, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from watchbell.ads.written import entries_in, record_of, text_in
from watchbell.ids import short_digest
from watchbell.model.ads import Ad, Verdict
from watchbell.model.record import Record

# Member states of the European Union, ISO 3166-1: in each of them the Parliament's election is held.
_EU = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
EU_STATES = frozenset(_EU.split())
# An ad speaks of an election that is this near, else of some other one.
AHEAD, BEHIND = timedelta(days=100), timedelta(days=3)
_DAYS_KEPT = 10_000
"""Days and countries whose elections are remembered: many ads are of the same ones."""
_COUNTRY_NAMES = {"US": ("united states", "usa"), "GB": ("united kingdom", "uk")}
"""Names by which sources aim at a whole country beside one of its parts."""


# How sources name the targeting of places; cities and postal codes are no part of a country that votes by itself.
_OF_PLACES = ("region", "state", "location")

Jurisdiction = Annotated[str, Field(pattern=r"^(EU|[A-Z]{2}(-[A-Z0-9]{1,3})?)$")]
"""ISO 3166-1 alpha-2, or 3166-2 for a part of a country; EU for the European Union."""
Code = Annotated[str, Field(pattern=r"^[A-Z]{2,4}-[A-Z]+$")]
"""The code of a rule, such as VI-DATE."""


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    """Return all zones: Python looks through a folder of files for them."""
    return frozenset(available_timezones())


def _known_zone(name: str) -> str:
    if name not in _zones():
        raise ValueError(f"{name} is no time zone of the IANA database, such as America/New_York")
    return name


Zone = Annotated[str, AfterValidator(_known_zone)]


def _written_out(value: object) -> object:
    if isinstance(value, int | float):  # YAML 1.1 reads 20:00 as the number 1200
        raise ValueError('write an hour in quotes, such as "20:00"')  # noqa: TRY004  # pydantic hears ValueError only
    return value


class Method(StrEnum):
    """A way to vote."""

    IN_PERSON = "in_person"
    EARLY = "early"
    """In person, before the days at the polls."""
    POST = "post"
    DROP_BOX = "drop_box"
    PROXY = "proxy"
    ONLINE = "online"
    TEXT = "text"
    PHONE = "phone"


class Hours(Record):
    """From when until when the polls are open, local time."""

    opens: Annotated[time, BeforeValidator(_written_out)]
    closes: Annotated[time, BeforeValidator(_written_out)]


class Span(Record):
    """Days from the first to the last, both of them in it."""

    first: date
    last: date

    @model_validator(mode="after")
    def _is_forward(self) -> "Span":
        if self.last < self.first:
            raise ValueError(f"it ends on {self.last}, before it begins on {self.first}")
        return self


class Period(Span):
    """Days in which rules are applied more strictly, such as a platform's restriction period."""

    codes: tuple[Code, ...] = Field(min_length=1)
    verdict: Verdict = Verdict.REJECT
    """How far a plain finding of these rules goes in the period; outside, it goes as far as the rule says."""
    source: str = Field(min_length=3)


class Voting(Record):
    """How people vote in an election: in all of its jurisdiction, or in one part."""

    where: Jurisdiction
    called: str | None = None
    """The part's name, by which ads are aimed at it."""
    zones: tuple[Zone, ...] = ()
    hours: tuple[Hours, ...] = ()
    """Several where places within it keep different ones, and each is right; none: not known."""
    methods: dict[Method, bool] = Field(default_factory=dict)
    """Whether voters may choose it without belonging to a special group; what is not named is not known."""
    early: Span | None = None
    post_asked_by: date | None = None
    """The last day to ask for a ballot by post."""
    post_back_by: date | None = None
    """The day by which a ballot by post must be back."""
    places: tuple[str, ...] = ()
    """Names of all places of voting; none: not known."""
    source: str = Field(min_length=3)
    official: str | None = Field(default=None, pattern=r"^https://")

    @property
    def unknown(self) -> tuple[str, ...]:
        """Name what is not known, of what an ad may get wrong."""
        known = {"hours": self.hours, "zones": self.zones, "methods": self.methods, "places": self.places}
        by_post = self.methods.get(Method.POST) is False or self.post_back_by
        return tuple(name for name, value in known.items() if not value) + (() if by_post else ("post_back_by",))


class Election(Record):
    """One election: where, when, and who says so."""

    id: str = Field(pattern=r"^[a-z0-9-]{3,80}$")
    jurisdiction: Jurisdiction
    name: str = Field(min_length=3, max_length=200)
    days: tuple[date, ...] = Field(min_length=1, max_length=20)
    """The days of voting at the polls, not those of early voting."""
    expected: bool = False
    """It follows from a rule that leaves room for another day, and nobody has announced it yet."""
    source: str = Field(min_length=3)
    official: str = Field(pattern=r"^https://")
    """Where voters are told officially."""
    zones: tuple[Zone, ...] = ()
    """The first and the last zone of its jurisdiction, or its only one; none: days are those of UTC."""
    voting: tuple[Voting, ...] = ()
    periods: tuple[Period, ...] = ()

    def voting_in(self, place: str) -> Voting | None:
        """Return how people vote in a country or a part of one, if it is known."""
        by_place = {one.where: one for one in self.voting}
        return by_place.get(place) or by_place.get(place[:2]) or by_place.get(self.jurisdiction)

    def period_of(self, code: str, first: datetime, last: datetime) -> Period | None:
        """Return the period of a rule that an ad ran in between two instants, wherever in the jurisdiction."""
        zones = [ZoneInfo(zone) for zone in self.zones or ("UTC",)]
        for period in self.periods:
            if code not in period.codes:
                continue
            begins = min(first.astimezone(zone).date() for zone in zones)
            ends = max(last.astimezone(zone).date() for zone in zones)
            if begins <= period.last and period.first <= ends:
                return period
        return None

    def is_in(self, country: str) -> bool:
        """Tell whether people in a country, or in a part of it, vote in this election."""
        return self.is_everywhere_in(country) or self.jurisdiction.startswith(f"{country}-")

    def is_everywhere_in(self, place: str) -> bool:
        """Tell whether all of a country, or all of a part of one, votes in this election."""
        country = place[:2]
        return self.jurisdiction in {place, country} or (self.jurisdiction == "EU" and country in EU_STATES)


class Poll(NamedTuple):
    """An election, and how people vote in it at one place."""

    election: Election
    voting: Voting

    @property
    def page(self) -> str:
        """Return where voters there are told officially."""
        return self.voting.official or self.election.official


class Calendar:
    """Elections, in the order of their days."""

    def __init__(self, elections: Iterable[Election]) -> None:
        """Keep them; of two with one id the later one given counts."""
        self._by_id = {election.id: election for election in elections}
        self.elections = tuple(sorted(self._by_id.values(), key=lambda one: (one.days[0], one.id)))
        self._near: dict[tuple[date, str], tuple[Election, ...]] = {}

    @cached_property
    def version(self) -> str:
        """Return a digest of all that the calendar says."""
        return short_digest(*(election.model_dump_json() for election in self.elections))

    @classmethod
    @lru_cache(maxsize=1)
    def bundled(cls) -> "Calendar":
        """Return the calendar that comes with Watchbell."""
        folder = resources.files("watchbell.ads.elections") / "calendars"
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
        if (day, country) not in self._near:
            if len(self._near) > _DAYS_KEPT:
                self._near.clear()
            ahead, behind = day + AHEAD, day - BEHIND
            self._near[day, country] = tuple(
                one for one in self.elections if one.is_in(country) and behind <= one.days[-1] and one.days[0] <= ahead
            )
        return self._near[day, country]

    def election(self, election_id: str) -> Election | None:
        """Return the election of that id, or None if there is none."""
        return self._by_id.get(election_id)

    def place_of(self, ad: Ad) -> str:
        """Return where an ad runs: all of its country, or the one part it is aimed at, if the calendar knows it.

        ISO 3166-2 or 3166-1; empty where its source does not say, or not in ISO 3166-1 alpha-2.
        """
        country = ad.country or ""
        if len(country) != 2:  # noqa: PLR2004  # alpha-2
            return ""
        aims = {
            target.value.strip().casefold()
            for target in ad.targeting
            if not target.excluded and any(word in target.dimension.casefold() for word in _OF_PLACES)
        }
        aims -= {country.casefold(), *_COUNTRY_NAMES.get(country, ())}
        parts = {part for aim in aims if (part := self._parts.get((country, aim)))}
        return parts.pop() if len(parts) == len(aims) == 1 else country

    @cached_property
    def _parts(self) -> dict[tuple[str, str], str]:
        """Map a country and a part's name or code, as sources write it, to the part's code."""
        parts: dict[tuple[str, str], str] = {}
        for one in (voting for election in self.elections for voting in election.voting if "-" in voting.where):
            country, _, code = one.where.partition("-")
            for name in filter(None, (one.where, one.called)):
                parts[country, name.casefold()] = one.where
            parts[country, code.casefold()] = one.where
        return parts

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
