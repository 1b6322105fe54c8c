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

from watchbell.errors import UsageError
from watchbell.model.tlp import Tlp

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
TLP_LABELS = ", ".join(Tlp)
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document for a machine to read.")]


MapOption = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="FIELD=COLUMN", help="Which column of a table is what; may be given again."),
]


def column_mapping(maps: list[str] | None) -> dict[str, str]:
    """Return which column of a table stands for which field of posts, as `--map` says it.

    Raises:
        UsageError: one is not FIELD=COLUMN.
    """
    mapping = {}
    for pair in maps or ():
        field, equals, column = pair.partition("=")
        if not (field and equals and column):
            raise UsageError(f"--map {pair!r} is not FIELD=COLUMN, as in --map account_id=author_id.")
        mapping[field.strip()] = column.strip()
    return mapping


def open_workspace(path: Path | None) -> "Workspace":
    """Return the workspace at `path`, or in the current folder when no path is given.

    Raises:
        WorkspaceError: there is none; the message tells of `watchbell init`.
    """
    from watchbell.vault.workspace import Workspace  # noqa: PLC0415  # commands on files start without its parts

    return Workspace.open(path or Path.cwd())


def tlp_label(text: str) -> Tlp:
    """Return the TLP label that `text` names.

    Raises:
        UsageError: it names none.
    """
    try:
        return Tlp.parse(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is no TLP label. Use one of: {TLP_LABELS}.") from error


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
