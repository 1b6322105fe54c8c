"""`watchbell ads calendar`: when people vote, as the review knows it."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from watchbell.ads.calendar import Calendar, Election
from watchbell.cli.options import JsonOption, print_json
from watchbell.cli.screen import console
from watchbell.clock import system_clock

app = typer.Typer(no_args_is_help=True, help="See and check the election calendar.")


@app.callback()
def _group() -> None:
    """See and check the election calendar."""


@app.command()
def check(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE...]", help="Calendars of your own, YAML; none: the bundled one."),
    ] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Check calendars, and list the elections still to come with those that the review knows already.

    A day that is only expected is marked: somebody must look whether it has been announced.
    """
    today = system_clock().date()
    coming = Calendar.bundled().with_files(files or []).coming(today)
    if as_json:
        print_json({"elections": [_document(election, today) for election in coming]})
        return
    console.print(_table(coming, today))
    if any(election.expected for election in coming):
        console.say("An expected day follows from a rule and may still be set otherwise; look at its official page.")


def _document(election: Election, today: date) -> dict[str, Any]:
    return election.model_dump(mode="json") | {"in_days": (election.days[0] - today).days}


def _table(elections: tuple[Election, ...], today: date) -> Table:
    table = Table("Where", "Election", "Days of voting", "In days", "Official page")
    table.columns[3].justify = "right"
    for election in elections:
        first, last = election.days[0], election.days[-1]
        days = f"{first}" if first == last else f"{first} to {last}"
        expected = " (expected)" if election.expected else ""
        away = str((first - today).days)
        table.add_row(election.jurisdiction, election.name, days + expected, away, election.official)
    return table
