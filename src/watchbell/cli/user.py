"""`watchbell user`: the people of the desk."""

import sys
from typing import Annotated

import typer
from rich.table import Table

from watchbell.cli.options import JsonOption, WorkspaceOption, open_workspace, print_json
from watchbell.cli.screen import console
from watchbell.clock import system_clock
from watchbell.desk.accounts import add_user, disable_user, new_password
from watchbell.errors import UsageError
from watchbell.model.partners import Role

app = typer.Typer(no_args_is_help=True, help="Add people to the desk.")

NameArgument = Annotated[str, typer.Argument(help="The user name.", metavar="NAME")]


@app.command()
def add(
    name: NameArgument,
    role: Annotated[
        Role,
        typer.Option(help="analyst: reads. reviewer: also decides and shares cases. admin: everything."),
    ],
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input, its first line.")
    ] = False,
    generate: Annotated[bool, typer.Option("--generate", help="Make a password and print it, once.")] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Add a person; the password is asked for, read from standard input, or made."""
    if password_stdin and generate:
        raise UsageError("Say either --password-stdin or --generate, not both.")
    with open_workspace(workspace) as opened:
        password = _password(from_stdin=password_stdin, made=generate)
        add_user(opened.vault, name, role, password, system_clock())
    typer.echo(f"Added {name}, {role}.")
    if generate:
        typer.echo(f"Password: {password}\nIt is kept nowhere; this is the only time it is shown.")


@app.command("list")
def list_users(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """List the people of the desk."""
    with open_workspace(workspace) as opened:
        users = opened.vault.users.all()
    if as_json:
        shown = {"username", "role", "created_at", "disabled"}
        print_json([user.model_dump(mode="json", include=shown) for user in users])
        return
    table = Table("name", "role", "since", "state")
    for user in users:
        state = "disabled" if user.disabled else "active"
        table.add_row(user.username, user.role, f"{user.created_at:%Y-%m-%d}", state)
    console.print(table)


@app.command()
def disable(name: NameArgument, workspace: WorkspaceOption = None) -> None:
    """Close a person's account; whatever they have open stops working at once."""
    with open_workspace(workspace) as opened:
        disable_user(opened.vault, name, system_clock())
    typer.echo(f"{name} can no longer sign in.")


def _password(*, from_stdin: bool, made: bool) -> str:
    if made:
        return new_password()
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return typed
