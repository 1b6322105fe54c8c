"""What two accounts have in common, and how likely so much of it is, against counting one by one."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchbell.engine.meetings import Meetings, acts_of, heaviest, meetings, tails
from watchbell.engine.slots import Slots

LEAST, MOST = 5, 12


def slots_of(rows: list[tuple[int, int, int]]) -> Slots:
    """Return slots of rows (object, time, account)."""
    ordered = np.array(sorted(rows), np.int64).reshape(-1, 3)
    return Slots(
        ordered[:, 2].astype(np.int32), ordered[:, 0].astype(np.int32), ordered[:, 1].copy(), np.ones(len(ordered))
    )


def one_by_one(rows: list[tuple[int, int, int]], a: int, b: int) -> dict[int, set[tuple[int, ...] | None]]:
    """Return for each common object what may be told of it, counted without haste; None where nothing may be.

    Where two post pairs are equally close, either may stand for the meeting.
    """
    found: dict[int, set[tuple[int, ...] | None]] = {}
    for obj in sorted({row[0] for row in rows}):
        one, other = ([time for o, time, who in rows if o == obj and who == account] for account in (a, b))
        both = list(itertools.product(one, other))
        birth = min(time for o, time, _ in rows if o == obj)
        gap = min((abs(x - y) for x, y in both), default=0)
        for time in {min(x, y) for x, y in both if abs(x - y) == gap}:
            horizon = min(max(time - birth, LEAST), MOST)
            ways = sum(abs(x - y) <= horizon for x, y in both)
            found.setdefault(obj, set()).add((obj, time, gap, horizon, ways) if gap <= horizon else None)
    return found


ROWS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 30), st.integers(0, 3)), min_size=1, max_size=40)


@settings(deadline=None)  # the first call compiles
@given(ROWS)
def test_meetings_are_those_that_counting_one_by_one_finds(rows: list[tuple[int, int, int]]) -> None:
    pairs = list(itertools.combinations(range(4), 2))
    a, b = (np.array(side) for side in zip(*pairs, strict=True))
    found = meetings(acts_of(slots_of(rows), np.arange(4)), a, b, least=LEAST, most=MOST)
    for j, (one, other) in enumerate(pairs):
        part = slice(found.starts[j], found.starts[j + 1])
        told = {row[0]: row for row in zip(*(column[part].tolist() for column in found[1:]), strict=True)}
        expected = one_by_one(rows, one, other)
        assert told.keys() <= expected.keys()
        assert all(told.get(obj) in allowed for obj, allowed in expected.items())
        assert len(told) == part.stop - part.start


def test_nothing_in_common_is_nothing() -> None:
    two = np.array([0, 1])
    found = meetings(acts_of(slots_of([(0, 0, 0), (1, 0, 1)]), two), two[:1], two[1:], least=LEAST, most=MOST)
    assert found.starts.tolist() == [0, 0]
    none = np.zeros(0, np.int64)
    empty = meetings(acts_of(slots_of([]), none), none, none, least=LEAST, most=MOST)
    assert empty.starts.tolist() == [0]


@settings(deadline=None)
@given(st.lists(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 4)), max_size=8), max_size=4), st.integers(1, 3))
def test_of_each_moment_the_heaviest_meeting_is_chosen(runs: list[list[tuple[int, int]]], most: int) -> None:
    starts = np.concatenate(([0], np.cumsum([len(run) for run in runs]))).astype(np.int64)
    times, weights = (np.array([row[side] for run in runs for row in run], np.int64) for side in (0, 1))
    found = Meetings(starts, *np.zeros((5, len(times)), np.int64))._replace(times=times)
    chosen, begins = heaviest(found, weights.astype(float), moment=5, most=most)
    for j in range(len(runs)):
        moments: list[list[int]] = []
        for place in sorted(range(starts[j], starts[j + 1]), key=lambda place: times[place]):
            if moments and times[place] - times[moments[-1][-1]] <= 5:
                moments[-1].append(place)
            else:
                moments.append([place])
        best = [max(moment, key=lambda place: weights[place]) for moment in moments]
        expected = sorted(best, key=lambda place: -weights[place])[:most]
        assert chosen[begins[j] : begins[j + 1]].tolist() == expected


@settings(deadline=None)
@given(st.lists(st.lists(st.floats(0, 1), max_size=7), max_size=4))
def test_tails_are_those_of_all_outcomes(runs: list[list[float]]) -> None:
    starts = np.concatenate(([0], np.cumsum([len(run) for run in runs]))).astype(np.int64)
    found = tails(np.array([p for run in runs for p in run], np.float64), starts)
    expected = [
        sum(
            np.prod([p if happens else 1 - p for p, happens in zip(run, outcome, strict=True)])
            for outcome in itertools.product((0, 1), repeat=len(run))
            if sum(outcome) >= k
        )
        for run in runs
        for k in range(1, len(run) + 1)
    ]
    assert found.tolist() == pytest.approx(expected, abs=1e-12)
