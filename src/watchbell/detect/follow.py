"""Groups through time: which group of one run is which of the next, and what became of it.

After Greene, Doyle and Cunningham, "Tracking the Evolution of Communities in Dynamic Social Networks", ASONAM 2010: a
group of a run goes on as the group of a later run with which it has the highest Jaccard index of members, compared with
when it was last seen. One difference: Jaccard cannot see a small group that goes up in a large one, so two groups are
also tied where most of the smaller one's accounts are in the larger.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

LEAST_JACCARD = 0.3
"""Our choice: of two groups of one size, nearly half of the accounts of each are in both."""

STEADY = 0.1
"""A group whose number of accounts changed by no more than this share is called steady."""

Groups = Mapping[str, frozenset[str]]
"""The accounts of each group of a run, by group id; an account is in one group."""


class Change(StrEnum):
    """What became of a group between two runs."""

    BORN = "born"
    SPLIT_OFF = "split off"
    """Born of accounts that were in another lineage, which goes on elsewhere."""
    RETURNED = "returned"
    """Not seen in the run before, but earlier."""
    MERGED = "merged"
    """Others went up in it."""
    GREW = "grew"
    SHRANK = "shrank"
    STEADY = "steady"


@dataclass(frozen=True)
class Sighting:
    """A lineage in one run."""

    step: int
    """Which run, from 0."""
    group_id: str
    accounts: int
    joined: int
    """Accounts that were not in it when it was last seen."""
    left: int
    """Accounts that were, and are not any more."""
    changes: tuple[Change, ...]
    others: tuple[int, ...]
    """Numbers of the lineages that it split off from, or that went up in it."""


@dataclass(frozen=True)
class Lineage:
    """One group through time."""

    number: int
    """From 1, in the order of birth; of those born together the largest first."""
    sightings: tuple[Sighting, ...]
    died: int | None
    """The first run after its last sighting; None where it was seen in the last run."""
    merged_into: int | None
    """The lineage that it went up in, if that is how it ended."""


@dataclass
class _Course:
    """A lineage while it is being followed."""

    number: int
    members: frozenset[str]
    sightings: list[Sighting] = field(default_factory=list)
    merged_into: int | None = None
    merged_at: int | None = None


class _Tie(NamedTuple):
    jaccard: float
    number: int
    group_id: str


def follow(steps: Sequence[Groups]) -> tuple[Lineage, ...]:
    """Return the lineages of the groups of runs that are given in the order of time."""
    courses: dict[int, _Course] = {}
    for step, groups in enumerate(steps):
        _take(courses, step, groups)
    return tuple(_lineage(course, len(steps)) for course in courses.values())


def _take(courses: dict[int, _Course], step: int, groups: Groups) -> None:
    """Let the courses go on through the groups of one more run."""
    ties = _ties([course for course in courses.values() if course.merged_into is None], groups)
    goes_on: dict[int, str] = {}
    taken_by: dict[str, int] = {}
    for tie in ties:
        if tie.number not in goes_on and tie.group_id not in taken_by:
            goes_on[tie.number] = tie.group_id
            taken_by[tie.group_id] = tie.number
    absorbed: dict[int, list[int]] = {}
    for tie in ties:
        if tie.number not in goes_on and courses[tie.number].merged_into is None:
            into = taken_by[tie.group_id]
            courses[tie.number].merged_into, courses[tie.number].merged_at = into, step
            absorbed.setdefault(into, []).append(tie.number)
    for number, group_id in goes_on.items():
        _go_on(courses[number], step, group_id, groups[group_id], tuple(sorted(absorbed.get(number, ()))))
    origin = {tie.group_id: tie.number for tie in reversed(ties) if tie.group_id not in taken_by}
    fresh = [group_id for group_id in groups if group_id not in taken_by]
    for group_id in sorted(fresh, key=lambda name: (-len(groups[name]), name)):
        number = len(courses) + 1
        courses[number] = _born(number, step, group_id, groups[group_id], origin.get(group_id))


def _ties(courses: Sequence[_Course], groups: Groups) -> list[_Tie]:
    """Return which courses and groups belong together, the most alike first."""
    home = {account: group_id for group_id, accounts in groups.items() for account in accounts}
    ties = []
    for course in courses:
        for group_id, common in Counter(home[account] for account in course.members if account in home).items():
            sizes = len(course.members), len(groups[group_id])
            jaccard = common / (sum(sizes) - common)
            if jaccard >= LEAST_JACCARD or 2 * common > min(sizes):
                ties.append(_Tie(jaccard, course.number, group_id))
    return sorted(ties, key=lambda tie: (-tie.jaccard, tie.number, tie.group_id))


def _go_on(course: _Course, step: int, group_id: str, accounts: frozenset[str], absorbed: tuple[int, ...]) -> None:
    before, now = len(course.members), len(accounts)
    changes = []
    if course.sightings[-1].step < step - 1:
        changes.append(Change.RETURNED)
    if absorbed:
        changes.append(Change.MERGED)
    if abs(now - before) <= STEADY * before:
        changes.append(Change.STEADY)
    else:
        changes.append(Change.GREW if now > before else Change.SHRANK)
    joined, left = len(accounts - course.members), len(course.members - accounts)
    course.sightings.append(Sighting(step, group_id, now, joined, left, tuple(changes), absorbed))
    course.members = accounts


def _born(number: int, step: int, group_id: str, accounts: frozenset[str], origin: int | None) -> _Course:
    change, others = (Change.BORN, ()) if origin is None else (Change.SPLIT_OFF, (origin,))
    first = Sighting(step, group_id, len(accounts), len(accounts), 0, (change,), others)
    return _Course(number, accounts, [first])


def _lineage(course: _Course, steps: int) -> Lineage:
    following = course.sightings[-1].step + 1
    died = course.merged_at if course.merged_at is not None else following if following < steps else None
    return Lineage(course.number, tuple(course.sightings), died, course.merged_into)
