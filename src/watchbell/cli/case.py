"""`watchbell case`: the cases, and one of them as a file for a recipient."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from watchbell.cli.options import (
    TLP_LABELS,
    JsonOption,
    WorkspaceOption,
    open_workspace,
    print_json,
    tlp_label,
    waiting,
)
from watchbell.cli.screen import console
from watchbell.clock import system_clock
from watchbell.desk.cases.dossier import dossier_of, whoever_hears
from watchbell.desk.cases.dossier_page import dossier_page
from watchbell.desk.exchange.sending import recipient_named
from watchbell.errors import UsageError
from watchbell.files.whole import replacing

app = typer.Typer(no_args_is_help=True, help="List cases, and write one down for a recipient.")

_BY = "command line"


@app.callback()
def _group() -> None:
    """List cases, and write one down for a recipient."""


@app.command("list")
def list_cases(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """List the cases, the newest first."""
    with open_workspace(workspace) as opened:
        found = opened.vault.cases.all()
    if as_json:
        print_json([case.model_dump(mode="json", exclude={"evidence"}) for case in found])
        return
    table = Table("case", "status", "TLP", "opened", "title")
    for case in found:
        table.add_row(case.id, case.status, case.tlp.upper(), f"{case.opened_at:%Y-%m-%d}", case.title)
    console.print(table)


@app.command()
def dossier(
    case: Annotated[str, typer.Argument(help="The case's id.", metavar="CASE")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="The HTML file to write.")],
    to: Annotated[str | None, typer.Option("--for", metavar="PARTNER", help="The partner who receives it.")] = None,
    up_to: Annotated[
        str | None,
        typer.Option(
            "--tlp", metavar="LEVEL", help=f"Instead of --for: whoever may hear this marking, one of {TLP_LABELS}."
        ),
    ] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Write a case as one HTML file to read or print: evidence, network, indicators, doubts, how to dispute it.

    What the recipient may not hear is not in it, and its marking stands on every printed sheet. Who received it, and
    when, is written down. What is marked narrower than AMBER leaves when two people say so: `watchbell release`.
    """
    if (to is None) == (up_to is None):
        raise UsageError("Say for whom it is: either --for PARTNER or --tlp LEVEL.")
    now = system_clock()
    with waiting("Writing the dossier"), open_workspace(workspace) as opened:
        found = opened.vault.cases.get(case)
        if found is None:
            raise UsageError(f"There is no case {case!r}.")
        recipient = recipient_named(opened.vault, to, now) if to is not None else whoever_hears(tlp_label(up_to or ""))
        page = dossier_page(dossier_of(opened, found, to=recipient, by=_BY, now=now))
    out.parent.mkdir(parents=True, exist_ok=True)
    with replacing(out) as part:
        part.write_text(page, "utf-8")
    typer.echo(f"TLP:{found.tlp.upper()} for {recipient.name}: {out}.")
