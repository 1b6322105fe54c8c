"""`watchbell partner`: the organisations we share with, their machines, and their place in trust groups."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.table import Table

from watchbell.cli import webhook
from watchbell.cli.options import TLP_LABELS, JsonOption, WorkspaceOption, open_workspace, print_json, tlp_label
from watchbell.cli.screen import console
from watchbell.clock import system_clock
from watchbell.desk.exchange import partners as desk
from watchbell.desk.exchange.clearances import Terms, change_partner
from watchbell.desk.exchange.partners import NewMachine
from watchbell.model.partners import MachineAccount, Membership, PartnerKind, Scope
from watchbell.model.tlp import Tlp

app = typer.Typer(no_args_is_help=True, help="Let partners in, and say what each may hear.")
app.add_typer(webhook.app, name="webhook")


PartnerArgument = Annotated[str, typer.Argument(help="The partner's name or id.", metavar="PARTNER")]
MachineArgument = Annotated[str, typer.Argument(help="The machine's user name.", metavar="USERNAME")]
ClearanceOption = Annotated[
    str, typer.Option(metavar="LEVEL", help=f"The narrowest marking they may hear: {TLP_LABELS}.")
]


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="The organisation's name.", metavar="NAME")],
    kind: Annotated[PartnerKind, typer.Option(help="What sort of organisation it is.")],
    clearance: ClearanceOption = Tlp.CLEAR.value,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a partner in: it joins the group Partners and gets a token for its first machine, shown once."""
    with open_workspace(workspace) as opened:
        operator = opened.settings.operator
        made = desk.add_partner(opened.vault, name, kind, tlp_label(clearance), operator=operator, now=system_clock())
    _print_token(made, as_json=as_json)


@app.command("list")
def list_partners(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """List the partners."""
    with open_workspace(workspace) as opened:
        partners = sorted(opened.vault.partners.all(), key=lambda partner: partner.name.casefold())
    if as_json:
        print_json([partner.model_dump(mode="json") for partner in partners])
        return
    table = Table("name", "kind", "clearance", "state")
    for partner in partners:
        state = "suspended" if partner.suspended else "active"
        table.add_row(partner.name, partner.kind, partner.clearance.upper(), state)
    console.print(table)


@app.command()
def show(partner: PartnerArgument, workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Show a partner: its machines, its groups, and how much it has received."""
    with open_workspace(workspace) as opened:
        vault = opened.vault
        found = desk.partner_named(vault, partner)
        machines = vault.machines.of_partner(found.id)
        places = vault.partners.memberships(found.id)
        names = {group.id: group.name for group in vault.partners.groups()}
        received = len(vault.deliveries.to_partner(found.id))
        webhooks = vault.webhooks.of_partner(found.id)
    if as_json:
        print_json(
            found.model_dump(mode="json")
            | {
                "machines": [machine.model_dump(mode="json", exclude={"token_hash"}) for machine in machines],
                "groups": [{"name": names[place.group_id], **place.model_dump(mode="json")} for place in places],
                "received": received,
                "webhooks": [webhook.described(one) for one in webhooks],
            }
        )
        return
    console.say(f"{found.name} ({found.kind}), {found.id}, cleared up to TLP:{found.clearance.upper()}.")
    console.say(f"{received:,} objects were received.")
    console.print(_machines(machines))
    groups = Table("group", "clearance", "agreement", "from", "until")
    for place in places:
        until = "" if place.ends_at is None else f"{place.ends_at:%Y-%m-%d}"
        agreement, begins = place.agreement or "", f"{place.begins_at:%Y-%m-%d}"
        groups.add_row(names[place.group_id], place.clearance.upper(), agreement, begins, until)
    console.print(groups)
    if webhooks:
        console.print(webhook.table_of(webhooks))


@app.command()
def group(
    partner: PartnerArgument,
    name: Annotated[str, typer.Argument(help="The group's name; a new one is made.", metavar="GROUP")],
    clearance: ClearanceOption = Tlp.CLEAR.value,
    agreement: Annotated[str | None, typer.Option(help="The paper it rests on: title or number.")] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The first day on which it holds no more.")
    ] = None,
    leave: Annotated[bool, typer.Option("--leave", help="Take the partner out of the group instead.")] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Give a partner its place in a trust group, with what it is cleared for there, or take it out."""
    now = system_clock()
    with open_workspace(workspace) as opened:
        found = desk.partner_named(opened.vault, partner)
        if leave:
            desk.leave(opened.vault, found, name, now)
            typer.echo(f"{found.name} has left {name}.")
            return
        label = tlp_label(clearance)
        place = Membership(
            partner_id=found.id,
            group_id=desk.group_named(opened.vault, name).id,
            clearance=label,
            agreement=agreement,
            begins_at=now,
            ends_at=until and until.replace(tzinfo=UTC),
        )
        desk.join(opened.vault, place, now)
    typer.echo(f"{found.name} is in {name}, cleared up to TLP:{label.upper()}.")


@app.command()
def edit(
    partner: PartnerArgument,
    kind: Annotated[PartnerKind | None, typer.Option(help="What sort of organisation it is.")] = None,
    clearance: Annotated[
        str | None,
        typer.Option(
            metavar="LEVEL",
            help=f"The narrowest marking they may hear of what belongs to no group: {TLP_LABELS}. Above amber it takes "
            "the word of two (`watchbell release ask clearance`).",
        ),
    ] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Change what sort of organisation a partner is, or what it may hear. Its name stays: what it told us bears it."""
    label = None if clearance is None else tlp_label(clearance)
    now = system_clock()
    with open_workspace(workspace) as opened:
        found = desk.partner_named(opened.vault, partner)
        changed = change_partner(opened.vault, found, Terms(kind, label), now)
    typer.echo(f"{changed.name} ({changed.kind}) is cleared up to TLP:{changed.clearance.upper()}.")


@app.command()
def token(
    partner: PartnerArgument,
    scope: Annotated[
        list[Scope] | None, typer.Option(help="What it may do; may be given again. Without it: read and add.")
    ] = None,
    days: Annotated[int | None, typer.Option(min=1, max=3_660, help="After how many days it ends.")] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let another machine of a partner in; its token is shown once."""
    now = system_clock()
    with open_workspace(workspace) as opened:
        found = desk.partner_named(opened.vault, partner)
        until = None if days is None else now + timedelta(days=days)
        made = desk.add_machine(opened.vault, found, scopes=scope or Scope, expires_at=until, now=now)
    _print_token(made, as_json=as_json)


@app.command()
def invite(
    partner: PartnerArgument,
    hours: Annotated[
        int, typer.Option(min=1, max=desk.LONGEST_LINK_HOURS, help="How long the link holds.")
    ] = desk.LINK_HOURS,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a link by which the partner itself fetches a token, once. Put your desk's address before it."""
    with open_workspace(workspace) as opened:
        found = desk.partner_named(opened.vault, partner)
        secret = desk.invite(opened.vault, found, hours=hours, now=system_clock())
    path = f"/enrol/{secret}"
    if as_json:
        print_json({"partner_id": found.id, "path": path, "hours": hours})
        return
    typer.echo(f"{path}\nIt works once, within {hours} hours, for whoever has it: send it by a way you trust.")


@app.command()
def rotate(machine: MachineArgument, workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Give a machine another token; the one it had stops working at once."""
    with open_workspace(workspace) as opened:
        made = desk.rotate(opened.vault, machine, system_clock())
    _print_token(made, as_json=as_json)


@app.command()
def revoke(machine: MachineArgument, workspace: WorkspaceOption = None) -> None:
    """Shut a machine out at once."""
    with open_workspace(workspace) as opened:
        desk.revoke(opened.vault, machine, system_clock())
    typer.echo(f"{machine} is shut out.")


@app.command()
def certificate(
    machine: MachineArgument,
    fingerprint: Annotated[
        str, typer.Argument(help="SHA-256 of the client certificate (DER), hexadecimal.", metavar="FINGERPRINT")
    ],
    workspace: WorkspaceOption = None,
) -> None:
    """Tie a machine to its client certificate: it is let in with this one only."""
    with open_workspace(workspace) as opened:
        desk.bind_certificate(opened.vault, machine, fingerprint, system_clock())
    typer.echo(f"{machine} is let in with this certificate only.")


@app.command()
def suspend(partner: PartnerArgument, workspace: WorkspaceOption = None) -> None:
    """Let the exchange with a partner rest: its machines are refused at once, what it told stays."""
    _set_suspended(partner, workspace, suspended=True)


@app.command()
def resume(partner: PartnerArgument, workspace: WorkspaceOption = None) -> None:
    """Go on with a partner that was suspended."""
    _set_suspended(partner, workspace, suspended=False)


def _set_suspended(partner: str, workspace: WorkspaceOption, *, suspended: bool) -> None:
    with open_workspace(workspace) as opened:
        found = desk.partner_named(opened.vault, partner)
        desk.set_suspended(opened.vault, found, system_clock(), suspended=suspended)
    typer.echo(f"{found.name} is {'suspended' if suspended else 'active'}.")


def _print_token(made: NewMachine, *, as_json: bool) -> None:
    partner, account, token = made
    if as_json:
        print_json({"partner_id": partner.id, "username": account.username, "token": token})
        return
    typer.echo(f"{partner.name}: {partner.id}\nUser name: {account.username}\nToken: {token}")
    typer.echo("The token is kept nowhere; this is the only time it is shown.")


def _machines(machines: list[MachineAccount]) -> Table:
    table = Table("machine", "may", "since", "until", "last used", "state")
    for machine in machines:
        table.add_row(
            machine.username,
            " ".join(machine.scopes),
            f"{machine.created_at:%Y-%m-%d}",
            "" if machine.expires_at is None else f"{machine.expires_at:%Y-%m-%d}",
            "" if machine.last_used_at is None else f"{machine.last_used_at:%Y-%m-%d %H:%M}",
            "active" if machine.revoked_at is None else "shut out",
        )
    return table
