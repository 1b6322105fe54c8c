"""`watchbell user`: the people of the desk."""

import sys
from typing import Annotated

import typer
from rich.table import Table

from watchbell.cli.options import TLP_LABELS, JsonOption, WorkspaceOption, open_workspace, print_json, tlp_label
from watchbell.cli.screen import console
from watchbell.clock import system_clock
from watchbell.desk.accounts import add_user, clear_user, disable_user, new_password
from watchbell.errors import UsageError
from watchbell.model.partners import Role
from watchbell.model.tlp import Tlp
from watchbell.vault.vault import Vault

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
        shown = {"username", "role", "created_at", "disabled", "clearance", "groups"}
        print_json([user.model_dump(mode="json", include=shown) for user in users])
        return
    table = Table("name", "role", "since", "state")
    for user in users:
        state = "disabled" if user.disabled else "active"
        table.add_row(user.username, user.role, f"{user.created_at:%Y-%m-%d}", state)
    console.print(table)


@app.command()
def clear(
    name: NameArgument,
    clearance: Annotated[str, typer.Option(metavar="LEVEL", help=f"The narrowest marking they may see: {TLP_LABELS}.")],
    group: Annotated[
        list[str] | None,
        typer.Option("--group", metavar="GROUP=LEVEL", help="A trust group and the level there; may be given again."),
    ] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Say what a person may see at the desk. TLP:RED and trust groups are for people named one by one."""
    with open_workspace(workspace) as opened:
        groups = dict(_group_level(opened.vault, told) for told in group or ())
        cleared = clear_user(opened.vault, name, tlp_label(clearance), groups, system_clock())
    inside = f", and {len(groups)} trust {'group' if len(groups) == 1 else 'groups'}" if groups else ""
    typer.echo(f"{name} may see up to TLP:{cleared.clearance.upper()}{inside}.")


@app.command()
def disable(name: NameArgument, workspace: WorkspaceOption = None) -> None:
    """Close a person's account; whatever they have open stops working at once."""
    with open_workspace(workspace) as opened:
        disable_user(opened.vault, name, system_clock())
    typer.echo(f"{name} can no longer sign in.")


def _group_level(vault: Vault, told: str) -> tuple[str, Tlp]:
    name, equals, level = told.rpartition("=")
    known = {group.name.casefold(): group.id for group in vault.partners.groups()}
    group_id = known.get(" ".join(name.split()).casefold())
    if not equals or group_id is None:
        raise UsageError(
            f"--group {told!r} is not GROUP=LEVEL of a trust group that there is. `watchbell partner join` makes them."
        )
    return group_id, tlp_label(level)


def _password(*, from_stdin: bool, made: bool) -> str:
    if made:
        return new_password()
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return typed
