"""`watchbell ads registry`: the public registers in which payers are looked up."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from watchbell.cli.options import JsonOption, WorkspaceOption, open_workspace, print_json, waiting
from watchbell.cli.screen import console
from watchbell.clock import system_clock
from watchbell.desk.accounts import COMMAND_LINE
from watchbell.desk.advertisers.register_refresh import KINDS, Refreshed, named_registers, refresh_register
from watchbell.errors import InputError, PeerError, UsageError, WatchbellError

app = typer.Typer(no_args_is_help=True, help="Keep the registers fresh in which payers are looked up.")


@app.callback()
def _group() -> None:
    """Keep the registers fresh in which payers are looked up."""


@app.command()
def refresh(
    registers: Annotated[
        list[str] | None,
        typer.Argument(metavar="[REGISTER...]", help=f"{', '.join(KINDS)}; none: all that the settings name."),
    ] = None,
    *,
    file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The newer edition, of one register, instead of asking for it.")
    ] = None,
    takes_fewer: Annotated[bool, typer.Option("--takes-fewer", help="Take an edition with far fewer entries.")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take newer editions of the registers from their publishers, look at them, and say what changed.

    What is no register, or half of one, replaces nothing. Beside each is kept where it is from and when it came.
    """
    now = system_clock()
    done: list[Refreshed] = []
    problems: list[WatchbellError] = []
    with open_workspace(workspace) as opened:
        wanted = registers or named_registers(opened.settings)
        if not wanted:
            raise UsageError(f"The settings name no register: {', '.join(KINDS)}.")
        if file is not None and len(wanted) != 1:
            raise UsageError("--file is the newer edition of one register; say which.")
        for name in wanted:
            try:
                with waiting(name):
                    done.append(
                        refresh_register(opened, name, now, by=COMMAND_LINE, file=file, takes_fewer=takes_fewer)
                    )
            except (PeerError, InputError) as error:
                problems.append(error)
    _print(done, as_json=as_json)
    if problems:
        raise type(problems[0])("\n".join(str(problem) for problem in problems))


def _print(done: list[Refreshed], *, as_json: bool) -> None:
    if as_json:
        print_json([one._asdict() | {"file": str(one.file)} for one in done])
        return
    if not done:
        return
    table = Table("register", "entries", "added", "gone", "changed", "from")
    for one in done:
        counts = (one.entries, len(one.added), len(one.gone), len(one.changed))
        table.add_row(one.register, *(f"{count:,}" for count in counts), one.source)
    console.print(table)
