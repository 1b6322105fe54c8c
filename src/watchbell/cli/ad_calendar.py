"""`watchbell ads calendar`: when, where and how people vote, as the review knows it."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from watchbell.ads.elections.calendar import Calendar, Election
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
    """Check calendars, list the elections still to come with those that are known already, and tell what is missing.

    A day that is only expected is marked: somebody must look whether it has been announced. Elections that are over
    stay in, for ads that ran before them.
    """
    today = system_clock().date()
    calendar = Calendar.bundled().with_files(files or [])
    coming = calendar.coming(today)
    past = [election for election in calendar.elections if election not in coming]
    if as_json:
        listed = [_document(election, today) for election in coming]
        print_json({"version": calendar.version, "elections": listed, "past": [election.id for election in past]})
        return
    console.print(_table(coming, today))
    if any(election.expected for election in coming):
        console.say("An expected day follows from a rule and may still be set otherwise; look at its official page.")
    for where in sorted({one.jurisdiction for one in past} - {one.jurisdiction for one in coming}):
        console.say(f"Of {where} only elections that are over are known.")
    console.say(f"{len(past)} elections are over and kept for ads that ran before them. Version {calendar.version}.")


def _document(election: Election, today: date) -> dict[str, Any]:
    told = {"in_days": (election.days[0] - today).days, "missing": list(_missing(election))}
    return election.model_dump(mode="json") | told


def _missing(election: Election) -> tuple[str, ...]:
    """Name what is not known of an election, in none of its parts."""
    if not election.voting:
        return ("hours", "zones", "methods", "places", "post_back_by", *(() if election.periods else ("periods",)))
    unknown = set.intersection(*(set(one.unknown) for one in election.voting))
    return (*sorted(unknown), *(() if election.periods else ("periods",)))


def _table(elections: tuple[Election, ...], today: date) -> Table:
    table = Table("Where", "Election", "Days of voting", "In days", "Not known", "Official page")
    table.columns[3].justify = "right"
    for election in elections:
        first, last = election.days[0], election.days[-1]
        days = f"{first}" if first == last else f"{first} to {last}"
        expected = " (expected)" if election.expected else ""
        away = str((first - today).days)
        missing = ", ".join(_missing(election)).replace("post_back_by", "post's deadline")
        table.add_row(election.jurisdiction, election.name, days + expected, away, missing, election.official)
    return table
