"""`watchbell indicators`: bring partners' indicators in, and send ours out."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice
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
from watchbell.desk.cases.cases import open_cases
from watchbell.desk.exchange.disarm import load_framework, techniques_for
from watchbell.desk.exchange.indicator_export import (
    Addressee,
    Form,
    Selection,
    end_validity,
    export_indicators,
    write_files,
)
from watchbell.desk.exchange.indicator_view import confidences
from watchbell.desk.exchange.sharing import ImportedIndicators, Stated, import_indicators
from watchbell.errors import InputError, NothingUsableError, UsageError
from watchbell.files import File, files_named
from watchbell.model.indicators import Indicator, IndicatorKind
from watchbell.model.tlp import Tlp
from watchbell.vault.workspace import Workspace

app = typer.Typer(no_args_is_help=True, help="Bring partners' indicators in, and send ours out.")

_BY = "command line"
KindOption = Annotated[
    list[IndicatorKind] | None, typer.Option("--kind", help="Only of this kind; may be given again.")
]
SourceOption = Annotated[str | None, typer.Option("--source", help="Only those that this publisher published.")]
SinceOption = Annotated[
    datetime | None, typer.Option("--since", metavar="DAY", help="Only those changed on or after this day (UTC).")
]


@app.callback()
def _group() -> None:
    """Bring partners' indicators in, and send ours out."""


@app.command(name="import")
def import_(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="Meta's CSV, TSV, JSON or Markdown; a STIX 2.1 bundle or STIX 1 package; a MISP event, or the folder "
            "of a MISP feed; a list of hashes; a table of type,value. Here or at s3://bucket/folder/*.csv.",
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
    trust_group: Annotated[
        str | None,
        typer.Option(metavar="GROUP", help="The trust group that they belong to: nobody else hears of them."),
    ] = None,
    match: Annotated[
        bool, typer.Option("--match", help="Then look for those that are new in the workspace's posts and ads.")
    ] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import indicators from files. Importing a file again changes nothing.

    Rows that cannot be read are kept in the workspace's folder `rejects`, each with its row and the reason. Rows of
    counts and prose, of which Meta's files have many, are no indicators and only counted.
    """
    stated = Stated(None if tlp is None else tlp_label(tlp), source, trust_group)
    found = [file for name in files for file in files_named(name)]
    with waiting(f"Reading {len(found)} file(s)"), open_workspace(workspace) as opened:
        done, problems = _imported(opened, found, stated)
        new_hits = _new_hits(opened) if match else None
    if as_json:
        hits = {} if new_hits is None else {"new_hits": new_hits}
        print_json({"files": [_document(file, imported) for file, imported in done], "errors": problems, **hits})
    else:
        _print_imported(done)
        if new_hits is not None:
            console.say(f"{new_hits:,} new hits of indicators that had not been looked for.")
    if problems:
        raise NothingUsableError("\n".join(problems))


def _new_hits(workspace: Workspace) -> int:
    """Look for new indicators in what is stored, open or join cases with the hits, and return how many are new."""
    from watchbell.desk.matching.matching import match_newcomers  # noqa: PLC0415  # most imports need none of its parts

    now = system_clock()
    matched = match_newcomers(workspace, now=now)
    open_cases(workspace, now)
    return matched.new


def _imported(
    workspace: Workspace, files: list[File], stated: Stated
) -> tuple[list[tuple[File, ImportedIndicators]], list[str]]:
    """Import each file; return what became of those that could be read, and what was wrong with the others."""
    done: list[tuple[File, ImportedIndicators]] = []
    problems: list[str] = []
    for file in files:
        try:
            imported = import_indicators(workspace, file, stated, by=_BY, now=system_clock())
        except InputError as error:
            problems.append(str(error))
            continue
        done.append((file, imported))
        if not imported.new + imported.known + imported.notes:
            kept = f" What is there instead: {imported.rejects}." if imported.rejects else ""
            problems.append(f"There is not one indicator in {file}.{kept}")
    return done, problems


@app.command()
def export(
    *,
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="PATH", help="Where to write: a file, or a folder for a MISP feed.")
    ],
    form: Annotated[Form, typer.Option("--format", help="The form that the partner's tools read.")] = Form.STIX,
    up_to: Annotated[
        str, typer.Option(metavar="LEVEL", help=f"The narrowest marking that may leave: {TLP_LABELS}.")
    ] = Tlp.CLEAR.value,
    to: Annotated[
        str | None,
        typer.Option(
            metavar="PARTNER",
            help="Who receives them: nothing leaves that they are not cleared for, and the delivery is written down. "
            "What is marked narrower than amber needs it, and the word of two (`watchbell release`).",
        ),
    ] = None,
    kinds: KindOption = None,
    source: SourceOption = None,
    since: SinceOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Export the workspace's indicators for an audience. Without --up-to only what anyone may hear leaves.

    What the form has no word for stays here, and is counted.
    """
    label, selection = tlp_label(up_to), _selection(kinds, source, since)
    with waiting("Writing"), open_workspace(workspace) as opened:
        told = export_indicators(opened, form, selection, to=Addressee(label, to), by=_BY, now=system_clock())
    try:
        write_files(out, told)
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror or error}.") from error
    if as_json:
        document = {"out": str(out), "format": form, "shared": told.shared, "held_back": told.held_back}
        print_json(document | {"up_to": label})
        return
    console.say(f"{told.shared:,} indicators up to TLP:{label.upper()} written to {out}.")
    if told.held_back:
        console.say(f"{told.held_back:,} stay here: marked narrower, or of a kind that {form} has no word for.")


@app.command(name="list")
def list_(
    *,
    text: Annotated[str | None, typer.Option(help="Only those whose value or source has this text.")] = None,
    kinds: KindOption = None,
    source: SourceOption = None,
    since: SinceOption = None,
    up_to: Annotated[
        str, typer.Option(metavar="LEVEL", help=f"Only those marked so, or wider: {TLP_LABELS}.")
    ] = Tlp.RED.value,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 50,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the workspace's indicators, with how far to trust each today: its confidence fades with time."""
    label, selection = tlp_label(up_to), _selection(kinds, source, since)
    with open_workspace(workspace) as opened:
        shelf = opened.vault.indicators
        page = list(islice(selection.of(shelf.all(kinds=selection.kinds, up_to=label, text=text)), limit))
        count = shelf.count()
        trusted = confidences(opened.vault, page, system_clock())
    if as_json:
        told = [{**held.model_dump(mode="json"), "confidence_now": trusted[held.id]} for held in page]
        print_json({"count": count, "indicators": told})
        return
    console.print(_listed(page, trusted))
    console.say(f"{len(page):,} of {count:,} indicators.")


@app.command()
def expire(
    *,
    kinds: KindOption = None,
    source: SourceOption = None,
    older_than: Annotated[
        int | None, typer.Option(metavar="DAYS", min=1, help="Only those that have held for more days than this.")
    ] = None,
    faded: Annotated[
        bool, typer.Option("--faded", help="Only those whose confidence has fallen under the threshold of its curve.")
    ] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """End the validity of indicators: they match no more, and the next export says so. They stay on record."""
    now = system_clock()
    before = None if older_than is None else now - timedelta(days=older_than)
    selection = Selection(kinds=kinds, source=source, before=before, faded_by=now if faded else None)
    with open_workspace(workspace) as opened:
        ended = end_validity(opened, selection, by=_BY, now=now)
    if as_json:
        print_json({"expired": ended})
        return
    console.say(f"{ended:,} indicators hold no more.")


@app.command()
def disarm(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...", help="DISARM.json of DISARMframeworks; clusters disarm-*.json of misp-galaxy."
        ),
    ],
    *,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring the DISARM framework into the workspace: names of techniques, countermeasures and detections.

    It is not part of Watchbell. Several files are brought together: DISARM's own STIX bundle has the newest techniques,
    MISP's clusters also have countermeasures and detections.
    """
    with waiting("Reading"), open_workspace(workspace) as opened:
        loaded = load_framework(opened, files, by=_BY, now=system_clock())
    if as_json:
        print_json(loaded._asdict())
        return
    told = ", ".join(f"{count:,} {kind}s" for kind, count in loaded.counts.items())
    console.say(f"DISARM framework: {told}. Licence: {loaded.licence}.")


@app.command()
def technique(
    words: Annotated[
        list[str],
        typer.Argument(metavar="WORD...", help="T0084.001 of DISARM, 0.6.2 of Meta's kill chain, VI-DATE of ad rules."),
    ],
    *,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell which techniques of DISARM something is, and what the framework has against them.

    Without `watchbell indicators disarm`, only the names that Watchbell itself speaks of are known.
    """
    with open_workspace(workspace) as opened:
        found = techniques_for(opened, words)
    if as_json:
        print_json(
            [{**held.technique._asdict(), "answers": [answer._asdict() for answer in held.answers]} for held in found]
        )
        return
    for held in found:
        console.say(f"{held.technique.id} {held.technique.name}. {held.technique.summary}".strip())
        for answer in held.answers:
            console.say(f"  {answer.kind} {answer.id}: {answer.name}")


def _selection(kinds: list[IndicatorKind] | None, source: str | None, since: datetime | None) -> Selection:
    return Selection(kinds=kinds or None, source=source, since=since and since.replace(tzinfo=UTC))


def _document(file: File, imported: ImportedIndicators) -> dict[str, object]:
    return {"file": str(file), **imported._asdict(), "rejects": imported.rejects and str(imported.rejects)}


def _print_imported(done: list[tuple[File, ImportedIndicators]]) -> None:
    table = Table("File", "New", "Known", "Rejected", "No indicator")
    for column in table.columns[1:]:
        column.justify = "right"
    for file, imported in done:
        counts = (imported.new, imported.known, imported.rejected, imported.notes)
        table.add_row(file.name, *(f"{count:,}" for count in counts))
    if done:
        console.print(table)
    for _, imported in done:
        if imported.feedback:
            console.say(f"{imported.feedback:,} sightings and opinions of others came with them.")
        if imported.rejects is not None:
            console.say(f"Rejected rows and why: {imported.rejects}")


def _listed(page: list[Indicator], trusted: Mapping[str, int]) -> Table:
    table = Table("Kind", "Platform", "Value", "Source", "TLP", "Confidence")
    table.columns[-1].justify = "right"
    for held in page:
        cells = (held.kind, held.platform or "", held.value, held.source, f"{held.tlp.upper()}")
        table.add_row(*cells, str(trusted[held.id]))
    return table
