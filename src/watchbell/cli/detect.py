"""`watchbell detect`: find accounts that act as one, in files or in the workspace's posts."""

import importlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated, Any, ClassVar

import pyarrow as pa
import typer
from typer.core import TyperGroup
from typer.main import get_command

from watchbell.cli.options import (
    JsonOption,
    MapOption,
    WorkspaceOption,
    column_mapping,
    open_workspace,
    print_json,
    waiting,
)
from watchbell.clock import system_clock
from watchbell.desk.investigations.inputs import PostFiles, actions_in_posts, coded_actions_in_tables, reading_said
from watchbell.desk.investigations.investigate import (
    Question,
    description,
    investigate,
    investigate_workspace,
    thinned_said,
    write_run,
)
from watchbell.desk.investigations.question import DEFAULT_TRACES, windows
from watchbell.detect.rules.catalogue import RULES, rule_named
from watchbell.detect.traces.catalogue import TRACES
from watchbell.engine import loading
from watchbell.engine.memory import amount
from watchbell.engine.places import ENGINES, LOCAL, Engine, Local, engine_named
from watchbell.errors import UsageError
from watchbell.files import File, Reject, files_named
from watchbell.sources.action_table import ActionColumns


class FindByDefault(TyperGroup):
    """Takes what names none of its commands for `find`: `watchbell detect posts.csv` finds in `posts.csv`.

    A file that is called like a command is named by its path, `./explain`, or after `find`. What can be done with a
    run is loaded when it is asked for: finding starts without it.
    """

    default = "find"
    of_runs: ClassVar = {
        **dict.fromkeys(("explain", "facts", "compare", "export"), "watchbell.cli.runs"),
        "follow": "watchbell.cli.follow",
    }

    def list_commands(self, ctx: Any) -> list[str]:
        """Return all names, of this module and of those that `of_runs` names."""
        return [*super().list_commands(ctx), *self.of_runs]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command of that name, loaded."""
        if cmd_name not in self.of_runs:
            return super().get_command(ctx, cmd_name)
        runs: Any = get_command(importlib.import_module(self.of_runs[cmd_name]).app)
        return runs.commands[cmd_name]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put `find` in front, unless a command is there."""
        is_command = bool(args) and args[0] in self.list_commands(ctx)
        return super().parse_args(ctx, args if is_command else [self.default, *args])


app = typer.Typer(cls=FindByDefault)


@app.callback()
def _group() -> None:
    """Find accounts that act as one."""


_ANY_OBJECT = "object"
_RULES = "\n\n".join(f"[bold]{rule.name}[/bold]  {rule.says}" for rule in RULES.values())
_ALSO = (
    "What to do with a run: watchbell detect explain (the posts behind a pair), facts (of its groups), compare (two "
    "runs), follow (groups from run to run), export (GraphML, GEXF, CSV, a report). Each has its own --help. A file of "
    "such a name: ./explain."
)
_TRACE_HELP = "What they do alike; may be given again. One of: " + ", ".join(TRACES) + "."


PostsArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[POSTS]...",
        help="Files of posts or actions, here or at s3://bucket/folder/*.parquet. Without any: the workspace's posts.",
    ),
]
OutOption = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Where to write pairs.parquet, groups.parquet and run.json.")
]
TracesOption = Annotated[
    list[str] | None, typer.Option(metavar="TRACE", help=f"{_TRACE_HELP} Without it: {', '.join(DEFAULT_TRACES)}.")
]
WindowOption = Annotated[
    list[str], typer.Option(metavar="TIME", help="How close in time, inclusive: 10s, 5m, 1h; or several: 10s,5m,1h.")
]
RuleOption = Annotated[
    str, typer.Option(metavar="RULE", help=f"Which pairs make groups: {', '.join(RULES)}; see below.")
]
LevelOption = Annotated[
    float | None, typer.Option(help="The rule's level, such as a false discovery rate. Without it: the usual one.")
]
AnyDependenceOption = Annotated[
    bool,
    typer.Option(
        "--any-dependence", help="Rates of false discovery that hold however the tests hang together; stricter."
    ),
]
HeldOutOption = Annotated[
    bool,
    typer.Option(
        "--held-out", help="Test each group on the half of the things that did not find it; takes twice as long."
    ),
]
MemoryOption = Annotated[
    str | None, typer.Option(metavar="AMOUNT", help="How much of it to take: 4GiB. Without it: half of the machine's.")
]
MasterOption = Annotated[
    str | None,
    typer.Option(help="Where Spark runs: local[4], yarn, spark://host:7077. Without it: the setting spark_master."),
]
Column = str | None


@app.command(name=FindByDefault.default, epilog=f"{_RULES}\n\n{_ALSO}")
def find(
    *,
    posts: PostsArgument = None,
    out: OutOption = None,
    window: WindowOption = ["60s"],  # noqa: B006  # Typer wants a list, and copies it
    min_shared: Annotated[int, typer.Option(min=1, help="Least number of post pairs two accounts must share.")] = 2,
    by: TracesOption = None,
    rule: RuleOption = "shared",
    level: LevelOption = None,
    any_dependence: AnyDependenceOption = False,
    held_out: HeldOutOption = False,
    source: Annotated[str, typer.Option(help="Which platform's export the files are; see `posts import`.")] = "auto",
    platform: Annotated[str | None, typer.Option(help="The platform, where the files do not say.")] = None,
    maps: MapOption = None,
    account: Annotated[Column, typer.Option(metavar="COL", help="The files are actions: who acted.")] = None,
    object_: Annotated[Column, typer.Option("--object", metavar="COL", help="… on what.")] = None,
    time: Annotated[Column, typer.Option(metavar="COL", help="… when: ISO, epoch seconds or a timestamp.")] = None,
    post: Annotated[Column, typer.Option(metavar="COL", help="… in which post (one action each).")] = None,
    threads: Annotated[int | None, typer.Option(min=1, help="Without it: one for each core.")] = None,
    engine: Annotated[str, typer.Option(metavar="ENGINE", help=f"Where to count: {', '.join(ENGINES)}.")] = LOCAL,
    master: MasterOption = None,
    memory: MemoryOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find accounts that act on the same things within moments of each other. The word `find` may be left out.

    With --account, --object and --time the files already hold actions; their accounts keep their ids.
    """
    columns = _columns(account, object_, time, post)
    traces = tuple(by or ((_ANY_OBJECT,) if columns else DEFAULT_TRACES))
    question = Question(traces, windows(window), min_shared, rule_named(rule).name, level, any_dependence, held_out)
    if out is not None and out.is_file():
        raise UsageError(f"{out} is a file. Name a folder for the result.")
    most = None if memory is None else amount(memory)
    with _chosen_engine(engine, Local(threads, most), master, workspace) as place:
        if posts:
            reading = columns or PostFiles(source, platform, column_mapping(maps))
            described, folder = _investigate_files(posts, out, question, place, reading)
        elif columns:
            raise UsageError("--account, --object, --time and --post read files of actions: name the files.")
        else:
            described, folder = _investigate_workspace(workspace, out, question, place)
    _report(described, folder, as_json=as_json)


def _chosen_engine(
    name: str, here: Local, master: str | None, workspace: Path | None
) -> AbstractContextManager[Engine]:
    if name == LOCAL:
        return engine_named(name, here=here, master=master)
    from watchbell.vault.workspace import settings_in  # noqa: PLC0415  # on this machine there is nothing to set

    settings = settings_in(workspace or Path.cwd())
    return engine_named(name, here=here, master=master or settings.spark_master, conf=settings.spark_conf)


def _investigate_workspace(
    place: Path | None, out: Path | None, question: Question, engine: Engine
) -> tuple[dict[str, Any], Path]:
    from watchbell.desk.cases.cases import open_cases  # noqa: PLC0415  # files need no records, and start without them

    with waiting("Looking for accounts that act as one"), open_workspace(place) as workspace:
        findings, described = investigate_workspace(workspace, question, system_clock(), engine)
        described["cases"] = open_cases(workspace, system_clock())._asdict()
        folder = workspace.runs / described["run_id"]
    if out:
        write_run(out, findings, described)
    return described, folder


def _columns(account: str | None, object_: str | None, time: str | None, post: str | None) -> ActionColumns | None:
    if not any((account, object_, time, post)):
        return None
    if not (account and object_ and time):
        raise UsageError("A table of actions needs all of --account, --object and --time.")
    return ActionColumns(account, object_, time, post)


def _investigate_files(
    names: Sequence[str], out: Path | None, question: Question, engine: Engine, reading: ActionColumns | PostFiles
) -> tuple[dict[str, Any], Path]:
    if out is None:
        raise UsageError("Say where the result goes: --out DIR.")
    paths = [path for name in names for path in files_named(name)]
    with ThreadPoolExecutor(1) as beside:
        beside.submit(loading.load)
        with waiting(f"Reading {len(paths)} file(s)"):
            actions, rejects = _read(paths, question, reading)
        with waiting(f"Comparing {actions.num_rows:,} actions"):
            findings = investigate(actions, question, engine)
    described = description(findings, [str(path) for path in paths], len(rejects), system_clock())
    described["reading"] = reading_said(reading)
    write_run(out, findings, described, rejects)
    return described, out


def _read(
    paths: Sequence[File], question: Question, reading: ActionColumns | PostFiles
) -> tuple[pa.Table, list[Reject]]:
    if isinstance(reading, PostFiles):
        return actions_in_posts(paths, reading, question.by)
    if len(question.by) != 1:
        raise UsageError("A table of actions is of one trace: give --by once, or not at all.")
    return coded_actions_in_tables(paths, reading, question.by[0])


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
    for sentence in thinned_said(described):
        typer.echo(sentence)
    typer.echo(described["caveat"])
    typer.echo(f"Written to {folder}: pairs.parquet, groups.parquet, run.json.")
