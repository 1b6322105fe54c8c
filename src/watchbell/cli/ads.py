"""`watchbell ads`: import political ads and review them."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from watchbell.ads.elections.calendar import Calendar
from watchbell.ads.images import ImageReader
from watchbell.ads.payers.register import Register
from watchbell.ads.political.classifier import Classifier
from watchbell.ads.readers.sources import READERS
from watchbell.ads.review import Aids
from watchbell.ads.rules.house_rules import HouseRules
from watchbell.ads.rules.rulebook import RuleBook
from watchbell.cli import (
    ad_calendar,
    ad_counts,
    ad_export,
    ad_likeness,
    ad_registry,
    ad_removal,
    ad_replay,
    ad_rules,
    ad_sums,
)
from watchbell.cli.options import JsonOption, WorkspaceOption, open_workspace, print_json, waiting
from watchbell.cli.screen import console, err_console
from watchbell.clock import system_clock
from watchbell.desk.ads.dump import nightly_dump
from watchbell.desk.ads.media import MediaFolder
from watchbell.desk.ads.replay import replay
from watchbell.desk.ads.review import AdTally, Reviewer, import_ads, review_file, review_lines
from watchbell.desk.ads.training import train_classifier
from watchbell.desk.workers import cores
from watchbell.errors import InputError, NothingUsableError, UsageError
from watchbell.files import Reject
from watchbell.files.whole import replacing
from watchbell.vault.blobs import BlobStore

app = typer.Typer(no_args_is_help=True, help="Import political ads and review them.")

_STDOUT = Path("-")

RegisterOption = Annotated[
    Path | None,
    typer.Option(
        "--register",
        metavar="FILE",
        help="FEC committee master (fec_cm_2016.txt): ads that claim a registration are held against it.",
    ),
]
RegisterDays = Annotated[
    tuple[datetime, datetime] | None,
    typer.Option(
        "--register-covers",
        metavar="FIRST LAST",
        formats=["%Y-%m-%d"],
        help="First and last day that the register can speak about; without it, the two-year cycle of its name's year.",
    ),
]
ImagesOption = Annotated[
    Path | None,
    typer.Option("--images", metavar="DIR", help="Read the words inside the pictures that ads name in `media`, too."),
]
MediaOption = Annotated[
    Path | None,
    typer.Option(
        "--media", metavar="DIR", help="Keep the pictures that ads name in `media`, found in this folder, with hashes."
    ),
]
CalendarOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--calendar", metavar="FILE", help="Elections beside the bundled ones; YAML, see `ads calendar check`."
    ),
]
WorkersOption = Annotated[
    int | None,
    typer.Option(min=1, max=256, help="Processes that review a file of more than 10,000 ads; one for each core."),
]
RulesOption = Annotated[
    Path | None,
    typer.Option("--rules", metavar="FILE", help="Your own rules beside the bundled ones; YAML, see `ads rules test`."),
]
ModelOption = Annotated[
    Path | None,
    typer.Option(
        "--model", metavar="FILE", help="Tell what is political by this model (`ads train`), not by the bundled one."
    ),
]
app.command("remove")(ad_removal.remove)
app.command("restore")(ad_removal.restore)
app.command("export")(ad_export.export)
app.add_typer(ad_counts.app, name="counts")
app.command()(ad_likeness.alike)
app.command()(ad_sums.sums)
app.add_typer(ad_calendar.app, name="calendar")
app.add_typer(ad_rules.app, name="rules")
app.add_typer(ad_registry.app, name="registry")


@app.callback()
def _group() -> None:
    """Import political ads and review them."""


@app.command(name="import")
def import_(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="CSV, JSON lines or Parquet; plain or packed.")
    ],
    *,
    source: Annotated[str, typer.Option(metavar="SOURCE", help=f"auto, or one of: {', '.join(READERS)}.")] = "auto",
    register: RegisterOption = None,
    register_covers: RegisterDays = None,
    media: MediaOption = None,
    read_images: Annotated[
        bool, typer.Option("--read-images", help="Read the words inside those pictures, too; about a second each.")
    ] = False,
    model: ModelOption = None,
    calendar: CalendarOption = None,
    rules: RulesOption = None,
    workers: WorkersOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import ads from files and give each its first decision. Importing a file again changes nothing.

    Rows that are no ads are kept in the workspace's folder `rejects`, each with its line and the reason.
    """
    if read_images and media is None:
        raise UsageError("--read-images needs --media DIR: the folder in which the pictures are.")
    reviewer = _reviewer(register, register_covers, model, calendar or [], rules)
    done: dict[Path, AdTally] = {}
    problems: list[str] = []
    with open_workspace(workspace) as opened:
        if media is not None:
            reader = ImageReader() if read_images else None
            folder = MediaFolder(media, kept_in=BlobStore(opened.blobs), reader=reader)
            reviewer = replace(reviewer, media=folder)
        for file in files:
            try:
                with waiting(file.name):
                    done[file] = import_ads(opened, file, source, reviewer, workers or cores())
            except InputError as error:
                problems.append(str(error))
    _print_done(done, reviewer, problems, as_json=as_json)
    if problems:
        raise NothingUsableError("\n".join(problems))


@app.command(name="review")
def review_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help='Lines of {"id", "text", …}; plain or packed.')],
    *,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="Where the decisions go; - prints them.")],
    register: RegisterOption = None,
    register_covers: RegisterDays = None,
    images: ImagesOption = None,
    model: ModelOption = None,
    calendar: CalendarOption = None,
    rules: RulesOption = None,
    workers: WorkersOption = None,
    as_json: JsonOption = False,
) -> None:
    """Review ads from a file, without a workspace: one decision a line, in the same order.

    What is no ad goes to the file of the decisions with `.rejects.jsonl`, or is said when the decisions are printed.
    """
    reviewer = _reviewer(register, register_covers, model, calendar or [], rules)
    if images is not None:
        reviewer = replace(reviewer, media=MediaFolder(images, reader=ImageReader()))
    if out == _STDOUT:
        if as_json:
            raise UsageError("--json and --out - would both print to standard output; choose a file for --out.")
        _print_answers(file, reviewer, workers or cores())
        return
    if out.exists() and file.exists() and out.samefile(file):
        raise UsageError("--out names the input file itself; choose another file.")
    with waiting(file.name):
        tally = review_file(file, out, reviewer, workers or cores())
    _print_done({file: tally}, reviewer, [], as_json=as_json)


@app.command(name="replay")
def replay_(
    ad: Annotated[str, typer.Argument(metavar="AD", help="The ad's id, such as snap:123.")],
    *,
    register: RegisterOption = None,
    register_covers: RegisterDays = None,
    model: ModelOption = None,
    calendar: CalendarOption = None,
    rules: RulesOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take the rules' decision on an ad again, with each rule's words and source; nothing is kept.

    Give the files that the decision was taken with. It ends with 1 if the same rules say something else now.
    """
    reviewer = _reviewer(register, register_covers, model, calendar or [], rules)
    with open_workspace(workspace) as opened:
        again = replay(opened, ad, reviewer)
    ad_replay.tell(again, as_json=as_json)
    if again.same_rules and again.differs:
        raise typer.Exit(1)


@app.command()
def dump(
    *,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="DIR",
            help="Where it goes, in place of an earlier dump; else to the workspace's dumps, for all to see.",
        ),
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the whole ad library as Parquet, CSV and JSON lines, with checksums. Run it every night.

    Where there is a key for them, the day's counts are made and signed first, and all days' go with the dump. The sums
    for the library's page on spending are made anew, too.
    """
    now = system_clock()
    with open_workspace(workspace) as opened, waiting("dump"):
        made, signed = nightly_dump(opened, out or opened.dumps / f"{now:%Y-%m-%d}", now)
    if as_json:
        print_json({"folder": str(made.folder), "ads": made.ads, "bytes": made.bytes, "signed_counts": signed})
        return
    console.say(f"{made.ads:,} ads in {made.folder}, {made.bytes / 1e6:,.1f} MB.")
    if not signed:
        err_console.say("No counts were signed: there is no key for them (`watchbell ads counts key FILE`).")


@app.command()
def train(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Labelled texts: rows of `text` and `political`.")
    ],
    *,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="Where the model goes.")],
    bundled: Annotated[bool, typer.Option(help="Train on the examples that come with Watchbell, too.")] = True,
    as_json: JsonOption = False,
) -> None:
    """Train a model of what is political on texts that people have judged; `ads review --model` then uses it.

    A file may also be one JSON object with two lists of texts, `political` and `not_political`.
    """
    with waiting(", ".join(file.name for file in files)):
        trained = train_classifier(files, bundled=bundled)
    with replacing(out) as part:
        part.write_bytes(trained.classifier.to_bytes())
    for reject in trained.rejects:
        err_console.say(f"{reject.file}, {reject.told()}")
    told = {
        "model": str(out),
        "version": trained.classifier.version,
        "examples": trained.examples,
        "rejected": len(trained.rejects),
        "unsure_from": trained.classifier.unsure_from,
        "unsure_to": trained.classifier.unsure_to,
    }
    if as_json:
        print_json(told)
        return
    console.say(f"Trained on {trained.examples:,} texts; the model is in {out}.")
    band = f"{trained.classifier.unsure_from:.0%} and {trained.classifier.unsure_to:.0%}"
    console.say(f"It leaves to a person what it finds between {band} likely political.")


def _reviewer(
    register: Path | None,
    covers: tuple[datetime, datetime] | None,
    model: Path | None,
    calendar: list[Path],
    rules: Path | None,
) -> Reviewer:
    first, last = (day.replace(tzinfo=UTC).date() for day in covers) if covers else (None, None)
    return Reviewer(
        rules=RuleBook.bundled(),
        now=system_clock(),
        aids=Aids(
            register=Register.read(register, covers_from=first, covers_until=last) if register else None,
            classifier=Classifier.read(model) if model else None,
            calendar=Calendar.bundled().with_files(calendar),
            house=HouseRules.read(rules) if rules else None,
        ),
    )


def _print_answers(file: Path, reviewer: Reviewer, workers: int) -> None:
    tally = AdTally()
    for answer in review_lines(file, reviewer, tally, workers):
        if isinstance(answer, Reject):
            err_console.say(f"{answer.file}, {answer.told()}")
        else:
            typer.echo(answer)
    if not tally.ads:
        raise NothingUsableError(f"Not one row of {file} is an ad.")


def _print_done(done: dict[Path, AdTally], reviewer: Reviewer, problems: list[str], *, as_json: bool) -> None:
    media = reviewer.media
    if as_json:
        files = [_document(file, tally) for file, tally in done.items()]
        told: dict[str, Any] = {"rules_version": reviewer.rules.version, "files": files, "errors": problems}
        if media is not None:
            refused = [{"name": one.name, "reason": one.problem} for one in media.refused]
            told["pictures"] = {"taken": media.taken, "absent": media.absent, "refused": refused}
        print_json(told)
        return
    if done:
        console.print(_table(done))
    for tally in done.values():
        if tally.rejects is not None:
            console.say(f"Rejected rows and why: {tally.rejects}")
        if tally.left_out:
            fields = ", ".join(sorted(tally.left_out))
            console.say(f"Fields that are not an ad's, left out: {fields}")
    if media is not None:
        console.say(f"Pictures: {media.taken:,} taken, {media.absent:,} named and not in the folder.")
        for one in media.refused:
            console.say(f"Not taken: {one.name}: {one.problem}.")


def _document(file: Path, tally: AdTally) -> dict[str, Any]:
    return {
        "file": str(file),
        "ads": tally.ads,
        "new": tally.new,
        "decided": tally.decided,
        "political": tally.political,
        "verdicts": {verdict: tally.verdicts[verdict] for verdict in ("approve", "review", "reject")},
        "policies": dict(sorted(tally.codes.items())),
        "rejected": tally.rejected,
        "rejects": str(tally.rejects) if tally.rejects else None,
        "left_out": sorted(tally.left_out),
    }


def _table(done: dict[Path, AdTally]) -> Table:
    names = ("Ads", "Political", "Approve", "Review", "Reject", "No ads")
    table = Table("File", *names)
    for column in table.columns[1:]:
        column.justify = "right"
    for file, tally in done.items():
        verdicts = (tally.verdicts[verdict] for verdict in ("approve", "review", "reject"))
        counts = (tally.ads, tally.political, *verdicts, tally.rejected)
        table.add_row(file.name, *(f"{count:,}" for count in counts))
    return table
