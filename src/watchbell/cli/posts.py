"""`watchbell posts`: bring platforms' exports in."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from watchbell.cli.options import JsonOption, MapOption, WorkspaceOption, column_mapping, open_workspace
from watchbell.cli.screen import console, err_console, progress
from watchbell.errors import InputError, NothingUsableError
from watchbell.files import File, files_named
from watchbell.sources.catalogue import AUTO, SOURCES, TABLE, TABLE_DESCRIPTION
from watchbell.sources.importing import Imported, import_posts
from watchbell.sources.pictures import PictureFolder
from watchbell.sources.reading import Plan, plan
from watchbell.vault.workspace import Workspace

app = typer.Typer(no_args_is_help=True, help="Bring platforms' exports in.")

_SOURCE_HELP = "\n\n".join(
    [f"[bold]{TABLE}[/bold]  {TABLE_DESCRIPTION}."]
    + [f"[bold]{source.name}[/bold]  {source.description}." for source in SOURCES.values()]
)


@dataclass(slots=True)
class _Outcome:
    file: File
    plan: Plan | None = None
    imported: Imported | None = None
    error: str | None = None


@app.callback()
def _group() -> None:
    """Bring platforms' exports in."""


@app.command(name="import", epilog=_SOURCE_HELP)
def import_(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="CSV, TSV, JSON, JSON lines or Parquet; plain, gzip or zstd; here or at s3://bucket/folder/*.parquet.",
        ),
    ],
    *,
    source: Annotated[
        str, typer.Option(metavar="SOURCE", help=f"auto, or one of: {', '.join([TABLE, *SOURCES])}; see below.")
    ] = AUTO,
    maps: MapOption = None,
    platform: Annotated[str | None, typer.Option(help="The platform, where the files do not say.")] = None,
    media: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Where the pictures lie that the posts name: each is hashed (PDQ and SHA-256)."
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say how each file would be read.")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import posts from files. Importing a file again changes nothing.

    How each file is read is said first. Rows that are no posts are kept in the workspace's folder `rejects`, each
    with its line and the reason; so are pictures that cannot be hashed. Give the pictures with the first import: a post
    that is known stays as it is.
    """
    mapping = column_mapping(maps)
    outcomes = [_planned(file, source, mapping, platform) for name in files for file in files_named(name)]
    for outcome in outcomes:
        if outcome.plan is not None and not as_json:
            (console if dry_run else err_console).say(_told(outcome.plan))
    if not dry_run:
        with open_workspace(workspace) as opened:
            for outcome in outcomes:
                _import(outcome, opened, None if media is None else PictureFolder(media))
    if as_json:
        typer.echo(json.dumps({"files": [_document(outcome) for outcome in outcomes]}))
    elif not dry_run:
        _print_counts(outcomes)
    _raise_problems(outcomes)


def _planned(file: File, source: str, mapping: dict[str, str], platform: str | None) -> _Outcome:
    try:
        return _Outcome(file, plan(file, source=source, mapping=mapping, platform=platform))
    except InputError as error:
        return _Outcome(file, error=str(error))


def _import(outcome: _Outcome, workspace: Workspace, pictures: PictureFolder | None) -> None:
    if outcome.plan is None:
        return
    with progress(outcome.file.name) as advance:
        try:
            outcome.imported = import_posts(outcome.plan, workspace.posts, workspace.rejects, advance, pictures)
        except InputError as error:
            outcome.error = str(error)
            return
    if not outcome.imported.new + outcome.imported.known:
        kept = f" They are in {outcome.imported.rejects}, each with its reason." if outcome.imported.rejects else ""
        outcome.error = f"Not one row of {outcome.file} is a post.{kept}"


def _told(how: Plan) -> str:
    guessed = " (guessed from what it holds)" if how.guessed else ""
    lines = [f"{how.path}: {how.description}{guessed}; platform {how.platform}."]
    lines += [f"  {field:<18} <- {column}" for field, column in how.mapping.items()]
    if how.unused:
        lines.append(f"  not used: {', '.join(how.unused)}")
    return "\n".join(lines + [f"  Note: {note}" for note in how.notes])


def _document(outcome: _Outcome) -> dict[str, Any]:
    how, imported = outcome.plan, outcome.imported
    document: dict[str, Any] = {"file": str(outcome.file), "error": outcome.error}
    if how is not None:
        told = {"source": how.source, "guessed": how.guessed, "platform": how.platform, "mapping": dict(how.mapping)}
        document |= told | {"unused": list(how.unused), "notes": list(how.notes)}
    if imported is not None:
        places = {name: getattr(imported, name) for name in ("rejects", "unhashed")}
        document |= asdict(imported) | {name: str(place) if place else None for name, place in places.items()}
    return document


def _print_counts(outcomes: list[_Outcome]) -> None:
    done = [(outcome.file, outcome.imported) for outcome in outcomes if outcome.imported is not None]
    if not done:
        return
    table = Table("File", "New", "Known", "Rejected")
    for column in table.columns[1:]:
        column.justify = "right"
    for file, imported in done:
        counts = (f"{count:,}" for count in (imported.new, imported.known, imported.rejected))
        table.add_row(file.name, *counts)
    console.print(table)
    for _, imported in done:
        if imported.rejects is not None:
            console.say(f"Rejected rows and why: {imported.rejects}")
        if imported.pictures or imported.absent_pictures:
            absent = f"; {imported.absent_pictures:,} times a picture was not in the folder"
            console.say(f"{imported.pictures:,} pictures hashed{absent if imported.absent_pictures else ''}.")
        if imported.unhashed is not None:
            console.say(f"Pictures that lack a hash and why: {imported.unhashed}")


def _raise_problems(outcomes: list[_Outcome]) -> None:
    problems = [outcome.error for outcome in outcomes if outcome.error is not None]
    if problems:
        raise NothingUsableError("\n".join(problems))
