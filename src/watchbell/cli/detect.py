"""`watchbell detect`: find accounts that act as one, in files or in the workspace's posts."""

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated, Any

import pyarrow as pa
import typer

from watchbell.cli.options import JsonOption, WorkspaceOption, open_workspace, print_json, waiting
from watchbell.clock import system_clock
from watchbell.desk.inputs import PostFiles, actions_in_posts, actions_in_tables
from watchbell.desk.investigate import Question, description, investigate, investigate_workspace, write_run
from watchbell.detect.pairs import load_kernel
from watchbell.detect.traces.catalogue import TRACES
from watchbell.errors import UsageError
from watchbell.files import Reject
from watchbell.sources.action_table import ActionColumns

app = typer.Typer()

_UNITS_S = {"": 1, "ms": 0.001, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}
_DEFAULT_TRACES = ("link", "text", "media", "repost")
_ANY_OBJECT = "object"
_TRACE_HELP = "What they do alike; may be given again. One of: " + ", ".join(TRACES) + "."


@app.command()
def detect(
    *,
    posts: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[POSTS]...", help="Files of posts or actions. Without any: the workspace's posts."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where to write pairs.parquet, groups.parquet and run.json.")
    ] = None,
    window: Annotated[str, typer.Option(help="How close in time, inclusive: 10s, 5m, 1h.")] = "60s",
    min_shared: Annotated[int, typer.Option(min=1, help="Least number of post pairs two accounts must share.")] = 2,
    by: Annotated[
        list[str] | None, typer.Option(metavar="TRACE", help=_TRACE_HELP + " Without it: " + ", ".join(_DEFAULT_TRACES))
    ] = None,
    source: Annotated[str, typer.Option(help="Which platform's export the files are; see `posts import`.")] = "auto",
    platform: Annotated[str | None, typer.Option(help="The platform, where the files do not say.")] = None,
    account: Annotated[str | None, typer.Option(metavar="COL", help="The files are actions: who acted.")] = None,
    object_: Annotated[str | None, typer.Option("--object", metavar="COL", help="… on what.")] = None,
    time: Annotated[str | None, typer.Option(metavar="COL", help="… when: ISO, epoch seconds or a timestamp.")] = None,
    post: Annotated[str | None, typer.Option(metavar="COL", help="… in which post (one action each).")] = None,
    threads: Annotated[int | None, typer.Option(min=1, help="Without it: one for each core.")] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find accounts that act on the same things within moments of each other.

    With --account, --object and --time the files already hold actions; their accounts keep their ids.
    """
    columns = _columns(account, object_, time, post)
    traces = tuple(by or ((_ANY_OBJECT,) if columns else _DEFAULT_TRACES))
    question = Question(traces, seconds(window), min_shared)
    if not posts:
        if columns:
            raise UsageError("--account, --object, --time and --post read files of actions: name the files.")
        from watchbell.desk.cases import open_cases  # noqa: PLC0415  # files need no records, and start without them

        with waiting("Looking for accounts that act as one"), open_workspace(workspace) as opened:
            findings, described = investigate_workspace(opened, question, system_clock(), threads)
            folder = opened.runs / described["run_id"]
            described["cases"] = open_cases(opened, system_clock())._asdict()
        if out:
            write_run(out, findings, described)
    else:
        if out is None:
            raise UsageError("Say where the result goes: --out DIR.")
        folder = out
        described = _investigate_files(posts, out, question, threads, columns or PostFiles(source, platform))
    _report(described, folder, as_json=as_json)


def seconds(text: str) -> float:
    """Read a length of time such as `60s`, `5m` or `1h`; a bare number is seconds.

    Raises:
        UsageError: it is none.
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([a-z]*)", text.strip().lower())
    if found is None or found[2] not in _UNITS_S:
        raise UsageError(f"{text!r} is no length of time. Write it as 10s, 5m or 1h.")
    return float(found[1]) * _UNITS_S[found[2]]


def _columns(account: str | None, object_: str | None, time: str | None, post: str | None) -> ActionColumns | None:
    if not any((account, object_, time, post)):
        return None
    if not (account and object_ and time):
        raise UsageError("A table of actions needs all of --account, --object and --time.")
    return ActionColumns(account, object_, time, post)


def _investigate_files(
    paths: Sequence[Path], out: Path, question: Question, threads: int | None, reading: ActionColumns | PostFiles
) -> dict[str, Any]:
    with ThreadPoolExecutor(1) as beside:
        beside.submit(load_kernel)
        with waiting(f"Reading {len(paths)} file(s)"):
            actions, rejects = _read(paths, question, reading)
        with waiting(f"Comparing {actions.num_rows:,} actions"):
            findings = investigate(actions, question, threads)
    described = description(findings, [str(path) for path in paths], len(rejects), system_clock())
    write_run(out, findings, described, rejects)
    return described


def _read(
    paths: Sequence[Path], question: Question, reading: ActionColumns | PostFiles
) -> tuple[pa.Table, list[Reject]]:
    if isinstance(reading, PostFiles):
        return actions_in_posts(paths, reading, question.by)
    if len(question.by) != 1:
        raise UsageError("A table of actions is of one trace: give --by once, or not at all.")
    return actions_in_tables(paths, reading, question.by[0])


def _report(described: dict[str, Any], folder: Path, *, as_json: bool) -> None:
    if as_json:
        print_json({**described, "folder": str(folder)})
        return
    counts = described["counts"]
    typer.echo(
        f"{counts['pairs']:,} pairs and {counts['groups']:,} groups among {counts['accounts']:,} accounts "
        f"and {counts['actions']:,} actions."
    )
    if counts["rejected_rows"]:
        typer.echo(f"{counts['rejected_rows']:,} rows could not be used; they are in {folder / 'rejects.jsonl'}.")
    if "cases" in described:
        typer.echo(f"{described['cases']['new']:,} cases opened, {described['cases']['known']:,} known ones looked at.")
    typer.echo(described["caveat"])
    typer.echo(f"Written to {folder}: pairs.parquet, groups.parquet, run.json.")
