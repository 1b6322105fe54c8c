"""`watchbell detect follow`: what became of the groups of one run in the next."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from watchbell.cli.detect import (
    AnyDependenceOption,
    HeldOutOption,
    LevelOption,
    RuleOption,
    TracesOption,
    WindowOption,
)
from watchbell.cli.options import JsonOption, WorkspaceOption, open_workspace, print_json
from watchbell.cli.runs import open_run
from watchbell.cli.screen import console, progress
from watchbell.clock import system_clock
from watchbell.desk.cases.pieces import counted
from watchbell.desk.investigations.following import Followed, counted_lineages, followed
from watchbell.desk.investigations.investigate import Question
from watchbell.desk.investigations.question import DEFAULT_TRACES, seconds, windows
from watchbell.desk.investigations.runs import KeptRun
from watchbell.desk.investigations.series import investigate_periods, latest_series
from watchbell.detect.follow import Lineage
from watchbell.detect.rules.catalogue import rule_named
from watchbell.errors import UsageError

app = typer.Typer()


@app.callback()
def _group() -> None:
    """Follow groups."""


@app.command(name="follow")
def follow_groups(
    *,
    runs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[RUN]...", help="Folders or ids of runs. Without any: the workspace's latest with --every."
        ),
    ] = None,
    every: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="First detect in each period of this length of the workspace, such as 7d."),
    ] = None,
    window: WindowOption = ["60s"],  # noqa: B006  # Typer wants a list, and copies it
    min_shared: Annotated[int, typer.Option(min=1, help="Least number of post pairs two accounts must share.")] = 2,
    by: TracesOption = None,
    rule: RuleOption = "shared",
    level: LevelOption = None,
    any_dependence: AnyDependenceOption = False,
    held_out: HeldOutOption = False,
    limit: Annotated[int, typer.Option(min=1, help="Most groups to tell of; --json has all.")] = 20,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Follow groups from run to run: which was born, grew, shrank, split, merged, died or came back.

    With --every, the question that the options from --window to --held-out ask is first asked of each period of the
    workspace's posts by itself; the runs are kept, and can be looked at like any other.
    """
    if runs and every:
        raise UsageError("Name runs, or give --every to make them; not both.")
    if every:
        traces = tuple(by or DEFAULT_TRACES)
        question = Question(traces, windows(window), min_shared, rule_named(rule).name, level, any_dependence, held_out)
        found = followed(_made(workspace, question, timedelta(seconds=seconds(every))))
    else:
        found = followed([open_run(run, workspace) for run in runs] if runs else _latest(workspace))
    if as_json:
        print_json(found.said())
        return
    for line in _told(found, limit):
        console.say(line)


def _made(place: Path | None, question: Question, every: timedelta) -> list[KeptRun]:
    with open_workspace(place) as workspace:
        with progress("Detecting period by period") as advance:
            for _ in investigate_periods(workspace, question, every, system_clock()):
                advance(1)
        return latest_series(workspace)


def _latest(place: Path | None) -> list[KeptRun]:
    with open_workspace(place) as workspace:
        found = latest_series(workspace)
    if not found:
        raise UsageError("The workspace has no runs of consecutive periods. Make them with --every 7d, or name runs.")
    return found


def _told(found: Followed, limit: int) -> Iterator[str]:
    for number, step in enumerate(found.steps, 1):
        starts = f"from {step.starts:%Y-%m-%d %H:%M} UTC" if step.starts else "without a group"
        groups = f"{counted(step.groups, 'group')} of {counted(step.accounts, 'account')}"
        yield f"Run {number}, {starts}: {groups} ({step.run_id})"
    told = found.longest()
    for lineage in told[:limit]:
        yield f"\nLineage {lineage.number}: {found.life_of(lineage)}"
        yield from _sightings(lineage)
    if len(told) > limit:
        yield f"\n{limit:,} of {len(told):,} groups; --limit shows more, --json all."


def _sightings(lineage: Lineage) -> Iterator[str]:
    for sighting in lineage.sightings:
        of = f" ({counted_lineages(sighting.others)})" if sighting.others else ""
        yield (
            f"  run {sighting.step + 1}: {', '.join(sighting.changes)}{of}; {counted(sighting.accounts, 'account')}, "
            f"{sighting.joined:,} new, {sighting.left:,} gone; {sighting.group_id}"
        )
