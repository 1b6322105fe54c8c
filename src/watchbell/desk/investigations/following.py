"""Runs of consecutive periods beside each other: which group is which, and what became of it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import polars as pl

from watchbell.clock import utc_text
from watchbell.desk.investigations.runs import KeptRun
from watchbell.detect.follow import Lineage, follow
from watchbell.errors import UsageError


@dataclass(frozen=True)
class Step:
    """One of the runs."""

    run_id: str
    starts: datetime | None
    """When its period starts, else its first action in a group; None where it has neither."""
    groups: int
    accounts: int


@dataclass(frozen=True)
class Followed:
    """The groups of several runs through time."""

    steps: tuple[Step, ...]
    lineages: tuple[Lineage, ...]

    def longest(self) -> list[Lineage]:
        """Return the lineages, those seen in most runs first, then the largest."""
        return sorted(self.lineages, key=lambda lineage: (-len(lineage.sightings), -_most(lineage), lineage.number))

    def said(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        steps = [asdict(step) | {"starts": step.starts and utc_text(step.starts)} for step in self.steps]
        return {"runs": steps, "lineages": [asdict(lineage) for lineage in self.lineages]}

    def life_of(self, lineage: Lineage) -> str:
        """Return in words how a lineage went: `seen in 3 of 4 runs, 5 to 12 accounts; died after run 3`."""
        sizes = [sighting.accounts for sighting in lineage.sightings]
        least, most = min(sizes), max(sizes)
        accounts = f"{least:,}" if least == most else f"{least:,} to {most:,}"
        said = f"seen in {len(sizes):,} of {len(self.steps):,} runs, {accounts} accounts"
        if lineage.merged_into is not None and lineage.died is not None:
            return f"{said}; went up in lineage {lineage.merged_into} in run {lineage.died + 1}"
        return said if lineage.died is None else f"{said}; not seen after run {lineage.died}"


def followed(runs: Sequence[KeptRun]) -> Followed:
    """Return the groups of runs through time; the runs are put in the order of their periods.

    Raises:
        UsageError: there are not two runs, or one is there twice.
    """
    ids = [run.described["run_id"] for run in runs]
    if len(runs) < 2:  # noqa: PLR2004  # nothing can become of a group in one run
        raise UsageError("Groups are followed from run to run: give two runs at least, or a shorter period.")
    if len(set(ids)) < len(ids):
        raise UsageError("A run is given twice.")
    # A run that has no group has no time of its own; it stays where it was given.
    starts = [_starts(run) for run in runs]
    if all(starts):
        order = sorted(range(len(runs)), key=lambda place: (starts[place], place))
        runs, starts = [runs[place] for place in order], [starts[place] for place in order]
    steps = tuple(_step(run, start) for run, start in zip(runs, starts, strict=True))
    return Followed(steps, follow([_members(run.groups) for run in runs]))


def _most(lineage: Lineage) -> int:
    return max(sighting.accounts for sighting in lineage.sightings)


def counted_lineages(numbers: Sequence[int]) -> str:
    """Return the lineages of these numbers in words: `lineage 3`, `lineages 3, 5`."""
    return f"lineage{'' if len(numbers) == 1 else 's'} {', '.join(map(str, numbers))}"


def _starts(run: KeptRun) -> datetime | None:
    if period := run.described.get("period"):
        return datetime.fromisoformat(period["since"])
    first = run.groups["first_at"].min()
    return first if isinstance(first, datetime) else None


def _step(run: KeptRun, starts: datetime | None) -> Step:
    return Step(run.described["run_id"], starts, run.groups["group_id"].n_unique(), run.groups.height)


def _members(groups: pl.DataFrame) -> dict[str, frozenset[str]]:
    each = groups.group_by("group_id", maintain_order=True).agg("account_id")
    return {group_id: frozenset(accounts) for group_id, accounts in each.iter_rows()}
