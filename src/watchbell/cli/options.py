"""What the commands share: the workspace they work in, `--json`, and telling that something takes a while.

Nothing here loads a library that a short command does not need.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

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


def open_workspace(path: Path | None) -> "Workspace":
    """Return the workspace at `path`, or in the current folder when no path is given.

    Raises:
        WorkspaceError: there is none; the message tells of `watchbell init`.
    """
    from watchbell.vault.workspace import Workspace  # noqa: PLC0415  # commands on files start without its parts

    return Workspace.open(path or Path.cwd())


@contextmanager
def waiting(task: str) -> Iterator[None]:
    """Show on standard error, if that is a terminal, that something is being done whose length is not known."""
    if not sys.stderr.isatty():
        yield
        return
    from watchbell.cli.screen import err_console  # noqa: PLC0415  # only a terminal needs it

    with err_console.status(err_console.render_str(f"{task}…")):
        yield


def print_json(document: Any) -> None:
    """Print one JSON document on standard output, for a machine to read."""
    typer.echo(json.dumps(document, indent=2, ensure_ascii=False, default=str))
