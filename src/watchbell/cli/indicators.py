"""`watchbell indicators`: bring partners' indicators in, and send ours out."""

import json
from pathlib import Path
from typing import Annotated, Literal

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
from watchbell.desk.sharing import ImportedIndicators, bulletin, import_indicators
from watchbell.errors import InputError, NothingUsableError
from watchbell.model.indicators import Indicator
from watchbell.model.tlp import Tlp

app = typer.Typer(no_args_is_help=True, help="Bring partners' indicators in, and send ours out.")

_BY = "command line"


@app.callback()
def _group() -> None:
    """Bring partners' indicators in, and send ours out."""


@app.command(name="import")
def import_(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...", help="Meta's CSV, TSV, JSON or Markdown; a STIX 2.1 bundle; a table of type,value."
        ),
    ],
    *,
    tlp: Annotated[
        str | None,
        typer.Option(
            metavar="LEVEL",
            help=f"Marking of all of them: {TLP_LABELS}. It narrows what a file says, never widens it. Without it and "
            "without a marking in the file: clear for Meta's published files, amber for all else.",
        ),
    ] = None,
    source: Annotated[str | None, typer.Option(help="Who published them. Without it: what the file says.")] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import indicators from files. Importing a file again changes nothing.

    Rows that cannot be read are kept in the workspace's folder `rejects`, each with its row and the reason. Rows of
    counts and prose, of which Meta's files have many, are no indicators and only counted.
    """
    label = None if tlp is None else tlp_label(tlp)
    done: list[tuple[Path, ImportedIndicators]] = []
    problems: list[str] = []
    with waiting(f"Reading {len(files)} file(s)"), open_workspace(workspace) as opened:
        for file in files:
            try:
                imported = import_indicators(opened, file, tlp=label, source=source, by=_BY, now=system_clock())
            except InputError as error:
                problems.append(str(error))
                continue
            done.append((file, imported))
            if not imported.new + imported.known + imported.notes:
                kept = f" What is there instead: {imported.rejects}." if imported.rejects else ""
                problems.append(f"There is not one indicator in {file}.{kept}")
    if as_json:
        print_json({"files": [_document(file, imported) for file, imported in done], "errors": problems})
    else:
        _print_imported(done)
    if problems:
        raise NothingUsableError("\n".join(problems))


@app.command()
def export(
    *,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="Where to write the bundle.")],
    format_: Annotated[Literal["stix"], typer.Option("--format", help="stix: a STIX 2.1 bundle.")] = "stix",  # noqa: ARG001  # the one format there is; named so that scripts keep their meaning when there are more
    up_to: Annotated[
        str, typer.Option(metavar="LEVEL", help=f"The narrowest marking that may leave: {TLP_LABELS}.")
    ] = Tlp.CLEAR.value,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Export the workspace's indicators for an audience. Without --up-to only what anyone may hear leaves.

    Kinds that STIX has no object for (phone numbers, hashtags, text, PDQ) stay here, and are counted.
    """
    label = tlp_label(up_to)
    with waiting("Writing"), open_workspace(workspace) as opened:
        told = bulletin(opened, up_to=label, by=_BY, now=system_clock())
    part = out.with_name(f".{out.name}.part")
    out.parent.mkdir(parents=True, exist_ok=True)
    part.write_text(json.dumps(told.bundle, ensure_ascii=False, indent=1), encoding="utf-8")
    part.replace(out)
    if as_json:
        print_json({"out": str(out), "shared": told.shared, "held_back": told.held_back, "up_to": label})
        return
    console.say(f"{told.shared:,} indicators up to TLP:{label.upper()} written to {out}.")
    if told.held_back:
        console.say(f"{told.held_back:,} stay here: marked narrower, or of a kind that STIX has no object for.")


@app.command(name="list")
def list_(
    *,
    text: Annotated[str | None, typer.Option(help="Only those whose value or source has this text.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 50,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the workspace's indicators."""
    with open_workspace(workspace) as opened:
        page = opened.vault.indicators.page(limit=limit, text=text)
        count = opened.vault.indicators.count()
    if as_json:
        print_json({"count": count, "indicators": [held.model_dump(mode="json") for held in page]})
        return
    console.print(_listed(page))
    console.say(f"{len(page):,} of {count:,} indicators.")


def _document(file: Path, imported: ImportedIndicators) -> dict[str, object]:
    return {"file": str(file), **imported._asdict(), "rejects": imported.rejects and str(imported.rejects)}


def _print_imported(done: list[tuple[Path, ImportedIndicators]]) -> None:
    table = Table("File", "New", "Known", "Rejected", "No indicator")
    for column in table.columns[1:]:
        column.justify = "right"
    for file, imported in done:
        counts = (imported.new, imported.known, imported.rejected, imported.notes)
        table.add_row(file.name, *(f"{count:,}" for count in counts))
    if done:
        console.print(table)
    for _, imported in done:
        if imported.rejects is not None:
            console.say(f"Rejected rows and why: {imported.rejects}")


def _listed(page: list[Indicator]) -> Table:
    table = Table("Kind", "Platform", "Value", "Source", "TLP")
    for held in page:
        table.add_row(held.kind, held.platform or "", held.value, held.source, f"{held.tlp.upper()}")
    return table
