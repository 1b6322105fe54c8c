"""`watchbell release`: two people agree before something marked narrowly leaves the house."""

import sys
from datetime import datetime
from typing import Annotated, NamedTuple

import typer
from rich.table import Table

from watchbell.cli.options import TLP_LABELS, JsonOption, WorkspaceOption, open_workspace, print_json, tlp_label
from watchbell.cli.screen import console
from watchbell.clock import system_clock
from watchbell.desk.accounts import proven
from watchbell.desk.exchange.clearances import parcel_of_clearance
from watchbell.desk.exchange.indicator_export import parcel_of_indicators
from watchbell.desk.exchange.partners import known_group, partner_named
from watchbell.desk.exchange.releases import Parcel, ask_release, decide_release
from watchbell.desk.exchange.sending import parcel_of, recipient_named
from watchbell.errors import UsageError
from watchbell.model.cases import Case
from watchbell.model.partners import User
from watchbell.model.releases import CLEARANCE, INDICATORS, ReleaseState
from watchbell.model.tlp import Tlp
from watchbell.vault.vault import Vault

app = typer.Typer(no_args_is_help=True, help="Let two people agree before something narrow leaves.")

ByOption = Annotated[str, typer.Option("--by", help="Your user name at the desk; its password is asked for.")]
StdinOption = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input, its first line.")
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why.")]
ReleaseArgument = Annotated[str, typer.Argument(help="The release's id.", metavar="RELEASE")]


@app.callback()
def _group() -> None:
    """Let two people agree before something narrow leaves."""


@app.command()
def ask(
    case: Annotated[
        str,
        typer.Argument(
            help=f"The case's id; `{INDICATORS}` for all that they may hear; `{CLEARANCE}` to let them hear more.",
            metavar="CASE",
        ),
    ],
    to: Annotated[str, typer.Option(help="The partner who is to have it.", metavar="PARTNER")],
    reason: ReasonOption,
    by: ByOption,
    up_to: Annotated[
        str,
        typer.Option(
            metavar="LEVEL", help=f"Of indicators or a clearance, the narrowest marking that is meant: {TLP_LABELS}."
        ),
    ] = Tlp.RED.value,
    group: Annotated[
        str | None, typer.Option(metavar="GROUP", help="Of a clearance, the trust group in which it is to hold.")
    ] = None,
    password_stdin: StdinOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Ask, as the first person, that a case or the indicators may go to a partner, in the version of now.

    Or that it is cleared for more than TLP:AMBER: once another person has approved, `partner edit` or `partner group`
    does it.
    """
    now = system_clock()
    with open_workspace(workspace) as opened:
        vault = opened.vault
        person = _person(vault, by, from_stdin=password_stdin)
        parcel = _parcel(vault, case, to, Narrowing(tlp_label(up_to), group), now)
        release = ask_release(vault, parcel, reason, by=person, now=now)
    typer.echo(f"{release.id}: {release.state}. Another person approves it.")


@app.command()
def approve(
    release: ReleaseArgument,
    reason: ReasonOption,
    by: ByOption,
    password_stdin: StdinOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Agree, as the second person."""
    _decide(release, ReleaseState.APPROVED, reason, by, password_stdin, workspace)


@app.command()
def refuse(
    release: ReleaseArgument,
    reason: ReasonOption,
    by: ByOption,
    password_stdin: StdinOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Refuse, as the second person."""
    _decide(release, ReleaseState.REFUSED, reason, by, password_stdin, workspace)


@app.command("list")
def list_releases(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """List the releases, the last asked for first."""
    with open_workspace(workspace) as opened:
        found = opened.vault.releases.all()
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
        return
    table = Table("release", "subject", "recipient", "TLP", "state", "asked by", "decided by")
    for one in found:
        row = (one.id, one.subject, one.recipient, one.tlp.upper(), one.state, one.asked_by, one.decided_by or "")
        table.add_row(*row)
    console.print(table)


def _decide(
    release_id: str, state: ReleaseState, word: str, by: str, from_stdin: bool, workspace: WorkspaceOption
) -> None:  # the command's own flag
    with open_workspace(workspace) as opened:
        vault = opened.vault
        person = _person(vault, by, from_stdin=from_stdin)
        found = vault.releases.get(release_id)
        if found is None:
            raise UsageError(f"There is no release {release_id}. `watchbell release list` shows them.")
        decided = decide_release(vault, found, state, word, by=person, now=system_clock())
    typer.echo(f"{release_id}: {decided.state}.")


class Narrowing(NamedTuple):
    """What bounds a parcel."""

    up_to: Tlp
    group: str | None


def _parcel(vault: Vault, subject: str, to: str, narrowing: Narrowing, now: datetime) -> Parcel:
    if subject == CLEARANCE:
        group = None if narrowing.group is None else known_group(vault, narrowing.group)
        return parcel_of_clearance(vault, partner_named(vault, to), narrowing.up_to, group)
    recipient = recipient_named(vault, to, now)
    if subject == INDICATORS:
        heard = vault.indicators.heard_by(recipient.audience.up_to(narrowing.up_to))
        return parcel_of_indicators(heard.all(), recipient)
    return parcel_of(_case(vault, subject), recipient)


def _case(vault: Vault, case_id: str) -> Case:
    found = vault.cases.get(case_id)
    if found is None:
        raise UsageError(f"There is no case {case_id}.")
    return found


def _person(vault: Vault, username: str, *, from_stdin: bool) -> User:
    password: str = sys.stdin.readline().rstrip("\r\n") if from_stdin else typer.prompt("Password", hide_input=True)
    return proven(vault, username, password)
