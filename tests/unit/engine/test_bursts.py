"""Who opens the bursts of a group, against counting one by one."""

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchbell.engine.bursts import openings
from watchbell.engine.slots import Slots

WINDOW = 5
# Of accounts 0 to 4; the last is in no group.
GROUP_OF = [0, 0, 1, 0, -1]
Row = tuple[int, int, int]


def one_by_one(rows: list[Row]) -> list[list[Row]]:
    """Return the rows (object, time, account) of each burst."""
    found: list[list[Row]] = []
    open_now: dict[tuple[int, int], list[Row]] = {}
    for row in sorted(rows):
        obj, time, account = row
        key = (GROUP_OF[account], obj)
        if key in open_now and time - open_now[key][-1][1] <= WINDOW:
            open_now[key].append(row)
        elif key[0] >= 0:
            open_now[key] = [row]
            found.append(open_now[key])
    return [burst for burst in found if len({account for _, _, account in burst}) > 1]


@settings(deadline=None)  # the first call compiles
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 40), st.integers(0, 4)), min_size=1, max_size=40))
def test_openings_are_those_that_counting_one_by_one_finds(rows: list[Row]) -> None:
    expected: defaultdict[int, list[float]] = defaultdict(lambda: [0.0] * 4)
    for burst in one_by_one(rows):
        members, first = {account for _, _, account in burst}, burst[0][1]
        openers = {account for _, time, account in burst if time == first}
        chance = len(openers) / len(members)
        for account in members:
            for place, told in enumerate((1, account in openers, chance, chance * (1 - chance))):
                expected[account][place] += told
    objects, times, accounts = (np.array(column) for column in zip(*sorted(rows), strict=True))
    slots = Slots(accounts.astype(np.int32), objects.astype(np.int32), times, np.ones(len(rows)))
    found = openings(slots, np.array(GROUP_OF), WINDOW)
    for account, *counted in zip(range(len(GROUP_OF)), *found, strict=True):
        assert counted == pytest.approx(expected[account])
