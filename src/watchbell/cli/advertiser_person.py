"""`watchbell advertiser person`: who signs in at the advertisers' pages."""

from typing import Annotated

import typer
from rich.table import Table

from watchbell.cli.options import JsonOption, WorkspaceOption, open_workspace, print_json
from watchbell.cli.screen import console
from watchbell.clock import system_clock
from watchbell.desk.accounts import COMMAND_LINE
from watchbell.desk.advertisers.accounts import account_named, close_account, forget_second_factor
from watchbell.desk.advertisers.office import office_in

app = typer.Typer(no_args_is_help=True, help="See who signs in at the advertisers' pages, and close accounts.")

EmailArgument = Annotated[str, typer.Argument(metavar="EMAIL", help="The address they sign in with.")]


@app.callback()
def _group() -> None:
    """See who signs in at the advertisers' pages, and close accounts."""


@app.command("list")
def list_(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """List the people with an account, and for whom they answer."""
    with open_workspace(workspace) as opened:
        vault = opened.vault
        found = [(one, vault.advertisers.of_account(one.id)) for one in vault.advertiser_accounts.all()]
    if as_json:
        told = {"id", "person", "email", "created_at", "enrolled_at", "closed"}
        print_json(
            [
                one.model_dump(mode="json", include=told) | {"advertisers": [own.id for own in mine]}
                for one, mine in found
            ]
        )
        return
    table = Table("person", "e-mail", "since", "state", "answers for")
    for one, mine in found:
        state = "closed" if one.closed else one.stage
        names = ", ".join(own.organisation or own.person for own in mine)
        table.add_row(one.person, one.email, f"{one.created_at:%Y-%m-%d}", state, names)
    console.print(table)


@app.command()
def close(email: EmailArgument, workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Let nobody sign in with an account any more. Its advertisers stay as they are."""
    with open_workspace(workspace) as opened:
        office = office_in(opened)
        close_account(office, account_named(office, email), by=COMMAND_LINE, now=system_clock())
    if as_json:
        print_json({"email": email, "closed": True})
        return
    typer.echo(f"Nobody signs in as {email} any more.")


@app.command("second-factor")
def second_factor(email: EmailArgument, workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Let a person whose phone and recovery codes are lost set a new second factor up. Be sure that it is they."""
    with open_workspace(workspace) as opened:
        office = office_in(opened)
        forget_second_factor(office, account_named(office, email), by=COMMAND_LINE, now=system_clock())
    if as_json:
        print_json({"email": email, "second_factor": False})
        return
    typer.echo(f"{email} sets a new second factor up at the next sign-in, with the password alone.")
