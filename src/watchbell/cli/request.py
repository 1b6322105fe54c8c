"""`watchbell request`: the register of what governments ask of us."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table

from watchbell.cli.options import JsonOption, WorkspaceOption, open_workspace, print_json
from watchbell.cli.screen import console
from watchbell.clock import system_clock
from watchbell.desk.accounts import COMMAND_LINE, at_command_line
from watchbell.desk.exchange.requests import answer_request, drafted_request, transparency_report, write_request
from watchbell.errors import UsageError
from watchbell.model.requests import RequestKind, RequestState

app = typer.Typer(no_args_is_help=True, help="Keep what governments ask, and count it in public.")

_DAYS = ["%Y-%m-%d"]
_ANSWERS = [state.value for state in RequestState if state is not RequestState.OPEN]


@app.callback()
def _group() -> None:
    """Keep what governments ask, and count it in public."""


@app.command()
def add(
    asker: Annotated[str, typer.Option(help="The office that asks.")],
    country: Annotated[str, typer.Option(help="Its country, two letters (ISO 3166-1).")],
    kind: Annotated[RequestKind, typer.Option(help="What is asked for.")],
    scope: Annotated[str, typer.Option(help="What exactly, in the asker's terms.")],
    legal_basis: Annotated[str, typer.Option(help="The law or order it names; leave it out where it names none.")] = "",
    accounts: Annotated[int, typer.Option(min=0, help="Accounts or items that it names.")] = 0,
    received: Annotated[datetime | None, typer.Option(formats=_DAYS, help="When it came; without it, today.")] = None,
    due: Annotated[datetime | None, typer.Option(formats=_DAYS, help="Its deadline.")] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a request down. It opens no case and decides nothing."""
    now = system_clock()
    came = now.replace(hour=0, minute=0, second=0, microsecond=0) if received is None else received.replace(tzinfo=UTC)
    told = {
        "asker": asker,
        "country": country,
        "kind": kind,
        "legal_basis": legal_basis,
        "scope": scope,
        "accounts": accounts,
        "due_at": due and due.replace(tzinfo=UTC),
    }
    with open_workspace(workspace) as opened:
        draft = drafted_request(told, by=COMMAND_LINE, received_at=came)
        kept = write_request(opened.vault, draft, by=COMMAND_LINE, now=now)
    if as_json:
        print_json(kept.model_dump(mode="json"))
        return
    typer.echo(f"{kept.id}: {kept.state}.")


@app.command("list")
def list_requests(
    state: Annotated[RequestState | None, typer.Option(help="Only those of this state.")] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the requests, the last received first."""
    with open_workspace(workspace) as opened:
        found = opened.vault.requests.all(state)
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
        return
    table = Table("request", "asker", "country", "kind", "legal basis", "received", "state")
    for one in found:
        basis = one.legal_basis or "none named"
        table.add_row(one.id, one.asker, one.country, one.kind, basis, f"{one.received_at:%Y-%m-%d}", one.state)
    console.print(table)


@app.command()
def answer(
    request: Annotated[str, typer.Argument(help="The request's id.", metavar="REQUEST")],
    state: Annotated[RequestState, typer.Argument(help=f"One of: {', '.join(_ANSWERS)}.")],
    words: Annotated[str, typer.Option("--answer", help="What the office is told, with the reason in law.")],
    workspace: WorkspaceOption = None,
) -> None:
    """Answer a request."""
    now = system_clock()
    with open_workspace(workspace) as opened:
        found = opened.vault.requests.get(request)
        if found is None:
            raise UsageError(f"There is no request {request}. `watchbell request list` shows them.")
        answer_request(opened.vault, found, state, words, by=at_command_line(opened.vault, now), now=now)
    typer.echo(f"{request}: {state}.")


@app.command()
def report(
    year: Annotated[int, typer.Option(min=1970, max=9999, help="The year in which they were received.")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Count the requests of a year for the transparency report: by country, kind and answer."""
    with open_workspace(workspace) as opened:
        told = transparency_report(opened.vault.requests.all(), year)
    if as_json:
        print_json(told)
        return
    table = Table("country", "kind", "answer", "requests")
    for row in told["rows"]:
        table.add_row(row["country"], row["kind"], row["state"], f"{row['requests']:,}")
    console.print(table)
    said = f"{told['requests']:,} requests in {year}, naming {told['accounts']:,} accounts or items; "
    console.say(said + f"{told['without_legal_basis']:,} without a legal basis, {told['late']:,} answered late.")
