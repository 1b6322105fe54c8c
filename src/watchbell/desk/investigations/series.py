"""One question asked of consecutive periods of a workspace's posts: a run for each, to be followed through time."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from watchbell.clock import utc_text
from watchbell.desk.investigations.investigate import Question, actions_seen, description, investigate, keep_run
from watchbell.desk.investigations.runs import KeptRun, read_run
from watchbell.detect.actions import joined
from watchbell.errors import InputError, UsageError
from watchbell.ids import short_digest
from watchbell.vault.workspace import Workspace

MOST_PERIODS = 1_000
"""More runs than this are surely a slip: ten years of posts, hour by hour, are 87,600."""


@dataclass(frozen=True)
class Period:
    """A stretch of time, its end left out."""

    since: datetime
    until: datetime


def investigate_periods(
    workspace: Workspace, question: Question, every: timedelta, now: datetime
) -> Iterator[dict[str, Any]]:
    """Ask the question of each period's posts by themselves, keep the runs, and yield their descriptions.

    Two posts on either side of a period's end are never compared. The same posts and question give the same runs.

    Raises:
        InputError: the workspace has no posts.
        UsageError: the period or the question cannot be.
    """
    series = f"series-{short_digest(json.dumps(question.parameters), str(every.total_seconds()))}"
    for period in periods_of(workspace, every):
        posts = workspace.posts.scan(since=period.since, until=period.until)
        findings = investigate(joined(actions_seen([posts], question.by)), question)
        described = description(findings, [str(workspace.root)], 0, now)
        said = {"since": utc_text(period.since), "until": utc_text(period.until)}
        described["run_id"] = f"run-{short_digest(described['run_id'], *said.values())}"
        described["reading"] = {"workspace": said}
        described["period"] = {**said, "series": series}
        keep_run(workspace, findings, described, now)
        yield described


def periods_of(workspace: Workspace, every: timedelta) -> list[Period]:
    """Return consecutive periods that hold all of the workspace's posts.

    They are counted from midnight UTC of the first post's day, so that later posts do not move them.

    Raises:
        InputError: there are no posts.
        UsageError: a period is shorter than a second, or there would be more than `MOST_PERIODS`.
    """
    if every < timedelta(seconds=1):
        raise UsageError("A period must be a second at least; write it as 7d or 12h.")
    times = pl.DataFrame(workspace.posts.scan(columns=["created_at"]))["created_at"]
    first, last = times.min(), times.max()
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        raise InputError(f"The workspace {workspace.root} has no posts. Import some with `watchbell posts import`.")
    start = first.replace(hour=0, minute=0, second=0, microsecond=0)
    count = (last - start) // every + 1
    if count > MOST_PERIODS:
        raise UsageError(f"That would be {count:,} periods; at most {MOST_PERIODS:,} are followed. Take longer ones.")
    found = [Period(start + every * number, start + every * (number + 1)) for number in range(count)]
    return [period for period in found if period.until > first]


def latest_series(workspace: Workspace) -> list[KeptRun]:
    """Return the runs of consecutive periods that were made last, in the order of time; none where there are none."""
    in_series = [run for run in workspace.vault.runs.all() if "period" in run.summary]
    mine = [run for run in in_series if run.summary["period"]["series"] == in_series[0].summary["period"]["series"]]
    folders = [workspace.runs / run.run_id for run in sorted(mine, key=lambda run: str(run.summary["period"]["since"]))]
    return [read_run(folder) for folder in folders if (folder / "run.json").is_file()]
