"""What the commands share: the workspace they work in, `--json`, and where they print."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from watchbell.vault.workspace import Workspace

WorkspaceOption = Annotated[
    Path | None,
    typer.Option(
        "--workspace",
        envvar="WATCHBELL_WORKSPACE",
        metavar="DIR",
        show_default=False,
        help="The workspace. Without it: the current folder, if it is one.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document for a machine to read.")]

console = Console()
err_console = Console(stderr=True)


def open_workspace(path: Path | None) -> "Workspace":
    """Return the workspace at `path`, or in the current folder when no path is given.

    Raises:
        WorkspaceError: there is none; the message tells of `watchbell init`.
    """
    from watchbell.vault.workspace import Workspace  # noqa: PLC0415  # commands on files start without its parts

    return Workspace.open(path or Path.cwd())


@contextmanager
def progress(task: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Show a bar on standard error while the block runs, if that is a terminal; yields `advance(steps)`."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=err_console, transient=True, disable=not err_console.is_terminal) as bar:
        bar_id = bar.add_task(task, total=total)
        yield lambda steps: bar.advance(bar_id, steps)


@contextmanager
def waiting(task: str) -> Iterator[None]:
    """Show on standard error, if that is a terminal, that something is being done whose length is not known."""
    if not err_console.is_terminal:
        yield
        return
    with err_console.status(f"{task}…"):
        yield


def print_json(document: Any) -> None:
    """Print one JSON document on standard output, for a machine to read."""
    typer.echo(json.dumps(document, indent=2, ensure_ascii=False, default=str))
