"""`watchbell ads counts`: sign how many ads there are each day, and check what was signed."""

from pathlib import Path
from typing import Annotated

import typer

from watchbell.cli.options import JsonOption, WorkspaceOption, open_workspace, print_json, waiting
from watchbell.cli.screen import console, err_console
from watchbell.clock import system_clock
from watchbell.desk.ads.counts import make_counts, signed_days
from watchbell.desk.ads.counts_check import problems_of_ads, problems_of_days
from watchbell.desk.ads.counts_key import CountsKey
from watchbell.errors import InputError, UsageError

app = typer.Typer(no_args_is_help=True, help="Sign each day's counts of the library, and check them.")


@app.command()
def key(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the key goes; outside the workspace.")],
    *,
    as_json: JsonOption = False,
) -> None:
    """Make the key that signs. Publish what is printed, and name the file in the setting counts_key_file."""
    public = CountsKey.make(file).public
    if as_json:
        print_json({"key": str(file), "public": public})
        return
    typer.echo(public)


@app.command()
def make(*, workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Count the ads and sign the counts, once a day. `ads dump` does it too."""
    with open_workspace(workspace) as opened, waiting("counts"):
        signing = CountsKey.read(opened.settings.counts_key_file)
        signed = make_counts(opened.vault, opened.counts, signing, opened.settings.operator, system_clock())
    if as_json:
        print_json(signed.model_dump(mode="json"))
        return
    counts = signed.counts
    console.say(f"{counts.day}: {counts.ads:,} ads, {counts.entries:,} entries, root {counts.root}.")


@app.command()
def verify(
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="A kept copy of the counts; without it, the workspace's own.")
    ] = None,
    *,
    keys: Annotated[
        list[str] | None,
        typer.Option("--key", metavar="HEX", help="A public key of the house; without it, the workspace's own."),
    ] = None,
    library: Annotated[bool, typer.Option(help="Hold the library of the workspace against them, too.")] = True,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check every day's signature and entries, and name each ad that vanished or was changed since."""
    with open_workspace(workspace) as opened, waiting("counts"):
        kept = folder or opened.counts
        days = len(signed_days(kept))
        if not days:
            raise UsageError(f"Nothing was signed in {kept} yet; `watchbell ads counts make` does it.")
        known = keys or _own_keys(opened.settings.counts_key_file)
        problems = [*problems_of_days(kept, known), *(problems_of_ads(opened.vault, kept) if library else ())]
    if as_json:
        print_json({"days": days, "keys": known, "problems": problems})
    elif not problems:
        trust = "" if known else " No key was given, so each day's own was believed."
        console.say(f"{days:,} days hold, and every ad that was signed is here.{trust}")
    if problems:
        for problem in [] if as_json else problems:
            err_console.say(problem)
        raise InputError(f"{len(problems):,} of what was signed does not hold.")


def _own_keys(file: Path | None) -> list[str]:
    return [CountsKey.read(file).public] if file else []
