"""What a group did and when, laid out as lanes of marks in a picture of known size."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import polars as pl

from watchbell.desk.investigations.networks import Network, actions_of

LANES = 20
MARKED_OBJECTS = 6
"""Objects with a shape and colour of their own; a seventh could not be told apart."""
MOST_MARKS = 3_000
MOST_OBJECTS = 100
MOST_TICKS = 6

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_STEPS = (
    *(1, 2, 5, 10, 15, 30),
    *(_MINUTE * n for n in (1, 2, 5, 10, 15, 30)),
    *(_HOUR * n for n in (1, 2, 3, 6, 12)),
    *(_DAY * n for n in (1, 2, 7, 14, 30, 91, 182, 365, 1826, 3652)),
)


@dataclass(frozen=True, slots=True)
class SharedObject:
    """Something on which at least two members acted. `rank` counts from 0: most accounts, then closest in time."""

    rank: int
    kind: str
    object_id: str
    accounts: int
    actions: int
    first_at: datetime
    last_at: datetime

    @property
    def spread(self) -> timedelta:
        """Return the time between the first and the last action on it."""
        return self.last_at - self.first_at


@dataclass(frozen=True, slots=True)
class Mark:
    """One action: `x` from 0 to 1, `lane` the row, `rank` the object's."""

    x: float
    lane: int
    rank: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Tick:
    """A label under the time axis."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """A group's actions on the objects its members share."""

    lanes: tuple[str, ...]
    marks: tuple[Mark, ...]
    ticks: tuple[Tick, ...]
    objects: tuple[SharedObject, ...]
    """At most `MOST_OBJECTS`, of `shared`."""
    shared: int
    not_drawn: int
    """Actions on shared objects that are not drawn, for want of a lane or of room."""


def timeline_of(network: Network, only: str | None = None) -> Timeline | None:
    """Return the timeline of a group, or of its actions on one object. None: no two members share it."""
    members = [member.account_id for member in network.members]
    actions = actions_of(network)
    return lay_out(actions if only is None else actions.filter(pl.col("object_id") == only), members)


def lay_out(actions: pl.DataFrame, members: Sequence[str]) -> Timeline | None:
    """Place actions (columns of ACTIONS) in one lane for each of the first `LANES` of `members` that has any.

    Returns:
        The timeline, or None where no two members share an object.
    """
    shared = _shared_objects(actions)
    if shared.is_empty():
        return None
    actions = actions.join(shared.select("kind", "object_id", "rank"), on=["kind", "object_id"])
    active = set(actions["account_id"])
    lanes = tuple(member for member in members if member in active)[:LANES]
    drawn = actions.filter(pl.col("account_id").is_in(lanes)).sort("rank", "at", "account_id").head(MOST_MARKS)
    start, end = shared["first_at"].min(), shared["last_at"].max()
    assert isinstance(start, datetime)
    assert isinstance(end, datetime)
    return Timeline(
        lanes=lanes,
        marks=_marks(drawn, lanes, start, end),
        ticks=_ticks(start, end),
        objects=tuple(SharedObject(**row) for row in shared.head(MOST_OBJECTS).to_dicts()),
        shared=shared.height,
        not_drawn=actions.height - drawn.height,
    )


def _shared_objects(actions: pl.DataFrame) -> pl.DataFrame:
    return (
        actions.group_by("kind", "object_id")
        .agg(
            pl.col("account_id").n_unique().alias("accounts"),
            pl.len().alias("actions"),
            pl.col("at").min().alias("first_at"),
            pl.col("at").max().alias("last_at"),
        )
        .filter(pl.col("accounts") > 1)
        .sort(
            ["accounts", pl.col("last_at") - pl.col("first_at"), "kind", "object_id"],
            descending=[True, False, False, False],
        )
        .with_row_index("rank")
    )


def _marks(drawn: pl.DataFrame, lanes: Sequence[str], start: datetime, end: datetime) -> tuple[Mark, ...]:
    lane = {account: number for number, account in enumerate(lanes)}
    # What comes later is drawn over what comes before: marked objects over the others, the rarer over the commoner.
    ordered = drawn.sort(pl.col("rank") < MARKED_OBJECTS, "rank", "at", "account_id")
    rows = ordered.select("account_id", "rank", "at").iter_rows()
    return tuple(Mark(_place(at, start, end), lane[account], rank, at) for account, rank, at in rows)


def _place(at: datetime, start: datetime, end: datetime) -> float:
    return round((at - start) / (end - start), 5) if end > start else 0.5


def _ticks(start: datetime, end: datetime) -> tuple[Tick, ...]:
    seconds = (end - start).total_seconds()
    step = next((step for step in _STEPS if seconds / step <= MOST_TICKS), _STEPS[-1])
    first = -(-start.timestamp() // step) * step
    times = [datetime.fromtimestamp(first + n * step, UTC) for n in range(MOST_TICKS + 1)]
    inside = [at for at in times if at <= end] or [start]
    return tuple(Tick(_place(at, start, end), _tick_label(at, step)) for at in inside)


def _tick_label(at: datetime, step: int) -> str:
    if step >= _DAY:
        return f"{at.day} {at:%b %Y}"
    return f"{at.day} {at:%b %H:%M}" if step >= _MINUTE else f"{at:%H:%M:%S}"
