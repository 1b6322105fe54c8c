"""`watchbell detect`: find accounts that act as one, in files or in the workspace's posts."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated, Any

import pyarrow as pa
import typer
from typer.core import TyperGroup

from watchbell.cli.options import JsonOption, WorkspaceOption, open_workspace, print_json, waiting
from watchbell.cli.runs import compare_runs, explain_pair, export_run
from watchbell.clock import system_clock
from watchbell.desk.inputs import PostFiles, actions_in_posts, actions_in_tables, reading_said
from watchbell.desk.investigate import Question, description, investigate, investigate_workspace, write_run
from watchbell.desk.question import DEFAULT_TRACES, seconds
from watchbell.detect.pairs import load_kernel
from watchbell.detect.rules.catalogue import RULES, rule_named
from watchbell.detect.traces.catalogue import TRACES
from watchbell.errors import UsageError
from watchbell.files import Reject
from watchbell.sources.action_table import ActionColumns


class FindByDefault(TyperGroup):
    """Takes what names none of its commands for `find`: `watchbell detect posts.csv` finds in `posts.csv`.

    A file that is called like a command is named by its path, `./explain`, or after `find`.
    """

    default = "find"

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put `find` in front, unless a command is there."""
        is_command = bool(args) and args[0] in self.commands
        return super().parse_args(ctx, args if is_command else [self.default, *args])


app = typer.Typer(cls=FindByDefault, help="Find accounts that act as one.")

_ANY_OBJECT = "object"
_RULES = "\n\n".join(f"[bold]{rule.name}[/bold]  {rule.says}" for rule in RULES.values())
_ALSO = (
    "What to do with a run: watchbell detect explain (the posts behind a pair), compare (two runs), export (GraphML, "
    "GEXF, CSV, a report). Each has its own --help. A file of such a name is given as ./explain."
)
_TRACE_HELP = "What they do alike; may be given again. One of: " + ", ".join(TRACES) + "."


@app.command(name=FindByDefault.default, epilog=f"{_RULES}\n\n{_ALSO}")
def find(
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
        list[str] | None, typer.Option(metavar="TRACE", help=_TRACE_HELP + " Without it: " + ", ".join(DEFAULT_TRACES))
    ] = None,
    rule: Annotated[
        str, typer.Option(metavar="RULE", help=f"Which pairs make groups: {', '.join(RULES)}; see below.")
    ] = "shared",
    level: Annotated[
        float | None, typer.Option(help="The rule's level, such as a false discovery rate. Without it: the usual one.")
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
    """Find accounts that act on the same things within moments of each other. The word `find` may be left out.

    With --account, --object and --time the files already hold actions; their accounts keep their ids.
    """
    columns = _columns(account, object_, time, post)
    traces = tuple(by or ((_ANY_OBJECT,) if columns else DEFAULT_TRACES))
    question = Question(traces, seconds(window), min_shared, rule_named(rule).name, level)
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
    described["reading"] = reading_said(reading)
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


app.command(name="explain")(explain_pair)
app.command(name="compare")(compare_runs)
app.command(name="export")(export_run)
