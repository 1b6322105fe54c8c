"""How each rule is tried: at which levels, over which windows, from how many post pairs on."""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pyarrow as pa

from watchbell.detect.pairs import pairs_of_actions
from watchbell.detect.rules.catalogue import RULES
from watchbell.engine.places import HERE
from watchbell.engine.slots import CoActions, Slots
from watchbell.engine.thinning import Viral

_US = 1_000_000
SHARED = Path(__file__).parents[3] / "shared"
TOGETHER_S = (10.0, 60.0, 600.0, 3_600.0)
# The published rules look at one network; a quantile of all edges means all edges, so from one post pair on.
_ALONE_S = (60.0,)


class Trial(NamedTuple):
    """One question to one rule."""

    rule: str
    level: float
    windows_s: tuple[float, ...]
    min_shared: int

    def __str__(self) -> str:
        """Return the trial as a table shows it."""
        windows = "+".join(f"{window:g}" for window in self.windows_s)
        return f"{self.rule} {self.level:g}, {windows} s, from {self.min_shared}"


TRIALS = (
    Trial("fdr", 0.01, TOGETHER_S, 2),
    Trial("fdr", 0.05, TOGETHER_S, 2),
    Trial("fdr", 0.05, _ALONE_S, 2),
    Trial("quantile", 0.5, _ALONE_S, 1),  # CooRTweet's default
    Trial("quantile", 0.99, _ALONE_S, 1),
    Trial("toolkit", 2, _ALONE_S, 1),
    Trial("toolkit", 5, _ALONE_S, 1),
    Trial("tfidf", 0.995, _ALONE_S, 1),
    Trial("centrality", 0.99, _ALONE_S, 1),
    Trial("disparity", 0.05, _ALONE_S, 1),
    Trial("svn", 0.01, _ALONE_S, 1),
)

PROMISES = (
    *(
        Trial("fdr", level, windows, 2)
        for windows in (*((window,) for window in TOGETHER_S), TOGETHER_S)
        for level in (0.01, 0.05)
    ),
    Trial("quantile", 0.99, _ALONE_S, 1),
)
"""What a rule says of each window, and of all together; beside it one that promises nothing."""


def add_options(options: argparse.ArgumentParser, *, rules: Sequence[str] | None = None) -> None:
    """Add the options that choose trials."""
    options.add_argument("--rules", nargs="+", default=rules, help="Without it: every rule there is.")
    options.add_argument("--level", type=float, help="In place of the levels that each rule is tried at.")
    options.add_argument("--windows", type=float, nargs="+", help="Seconds, in place of each rule's windows.")


def chosen(asked: argparse.Namespace, trials: Sequence[Trial] = TRIALS) -> list[Trial]:
    """Return those of the trials asked for, and say of each that cannot be why it is left out."""
    listed = {trial.rule for trial in trials}
    others = [Trial(rule.name, rule.usual, _ALONE_S, 1) for rule in RULES.values() if rule.name not in listed]
    wanted = [trial for trial in (*trials, *others) if not asked.rules or trial.rule in asked.rules]
    for rule in dict.fromkeys([*(asked.rules or []), *(trial.rule for trial in wanted)]):
        if rule not in RULES:
            print(f"left out: there is no rule {rule}", file=sys.stderr)
    changed = [
        trial._replace(
            level=trial.level if asked.level is None else asked.level, windows_s=tuple(asked.windows or trial.windows_s)
        )
        for trial in wanted
        if trial.rule in RULES
    ]
    return list(dict.fromkeys(changed))


class CountedOnce:
    """An engine that counts slots within all windows that will be asked for, and answers for some with their part."""

    memory = None

    def __init__(self, trials: Sequence[Trial]) -> None:
        """Look up within which windows each least number of post pairs will be asked for."""
        self._windows: dict[int, set[int]] = {}
        for trial in trials:
            self._windows.setdefault(trial.min_shared, set()).update(round(w * _US) for w in trial.windows_s)
        self._found: dict[tuple[int, int], dict[int, CoActions]] = {}

    def viral(self, _slots: Slots, _window: int) -> list[Viral]:
        """Name none: nothing here is thinned."""
        return []

    def co_actions(self, slots: Slots, windows: Sequence[int], floor: int) -> list[CoActions]:
        """Count, or remember."""
        asked = (hash(slots.times.tobytes()), floor)
        if asked not in self._found:
            # What was asked with another floor is not asked again: it leaves the memory.
            self._found = {key: found for key, found in self._found.items() if key[1] == floor}
            every = sorted(self._windows[floor])
            self._found[asked] = dict(zip(every, HERE.co_actions(slots, every, floor), strict=True))
        return [self._found[asked][window] for window in windows]


def judged(actions: pa.Table, trials: Sequence[Trial]) -> Iterator[tuple[Trial, pl.DataFrame]]:
    """Yield for each trial the PAIRS of some ACTIONS that its rule keeps; pairs are counted once."""
    engine = CountedOnce(trials)
    for (windows_s, min_shared), asked in groupby(trials, key=lambda trial: (trial.windows_s, trial.min_shared)):
        pairs = pl.DataFrame(pairs_of_actions(actions, window_s=windows_s, min_shared=min_shared, engine=engine))
        for trial in asked:
            yield trial, pairs.filter(RULES[trial.rule].keep(pairs, actions, trial.level))


def shared_data(name: str) -> Path:
    """Return a file of the large real data that the project does not ship.

    Raises:
        SystemExit: it is not there; the script ends well, and says so.
    """
    path = Path(os.environ.get("WATCHBELL_SHARED", SHARED)) / "data" / name
    if not path.exists():
        print(f"skipped: {path} is not there; set WATCHBELL_SHARED to the folder that holds data/{name}")
        raise SystemExit(0)
    return path
