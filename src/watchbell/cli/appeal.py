"""`watchbell advertiser appeal`: what advertisers say against decisions on their ads, and the answers."""

import sys
from typing import Annotated

import typer
from rich.table import Table

from watchbell.cli.options import JsonOption, WorkspaceOption, open_workspace, print_json
from watchbell.cli.screen import console
from watchbell.clock import system_clock
from watchbell.desk.accounts import proven
from watchbell.desk.ads.appeal_answers import answer_appeal
from watchbell.errors import UsageError
from watchbell.model.appeals import AppealState

app = typer.Typer(no_args_is_help=True, help="See and answer what advertisers say against decisions on their ads.")


@app.callback()
def _group() -> None:
    """See and answer what advertisers say against decisions on their ads."""


@app.command("list")
def list_(
    state: Annotated[AppealState | None, typer.Option(help="Only those of this state.")] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the appeals, the first opened first."""
    with open_workspace(workspace) as opened:
        found = opened.vault.appeals.all(state)
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
        return
    table = Table("appeal", "ad", "against", "by", "state", "reasons")
    for one in found:
        table.add_row(one.id, one.ad_id, one.verdict, one.decided_by, one.state, one.reasons)
    console.print(table)


@app.command()
def answer(
    appeal: Annotated[str, typer.Argument(metavar="APPEAL", help="Its id.")],
    *,
    grant: Annotated[bool, typer.Option("--grant/--refuse", help="Whether the ad may run, or the decision stands.")],
    reason: Annotated[str, typer.Option(help="Why; the advertiser reads it.")],
    by: Annotated[str, typer.Option(help="Your user name at the desk; its password is asked for.")],
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input, its first line.")
    ] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer an appeal, as somebody who had no part in the decision and proves who they are."""
    now = system_clock()
    with open_workspace(workspace) as opened:
        vault = opened.vault
        password = sys.stdin.readline().rstrip("\r\n") if password_stdin else typer.prompt("Password", hide_input=True)
        person, found = proven(vault, by, password), vault.appeals.get(appeal)
        if found is None:
            raise UsageError(f"There is no appeal {appeal}. `watchbell advertiser appeal list` shows them.")
        state = AppealState.GRANTED if grant else AppealState.REFUSED
        answered = answer_appeal(vault, found, state, reason, by=person, now=now)
    if as_json:
        print_json(answered.model_dump(mode="json"))
        return
    console.say(f"{answered.id}: {answered.state}.")
