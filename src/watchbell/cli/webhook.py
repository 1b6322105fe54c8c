"""`watchbell partner webhook`: tell partners by themselves what is new for them."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from watchbell.cli.options import JsonOption, WorkspaceOption, open_workspace, print_json, waiting
from watchbell.cli.screen import console
from watchbell.clock import system_clock
from watchbell.desk.exchange import webhooks as desk
from watchbell.desk.exchange.partners import partner_named
from watchbell.errors import PeerError
from watchbell.model.webhooks import Webhook, WebhookState

app = typer.Typer(no_args_is_help=True, help="Tell partners by themselves what is new for them.")

_BY = "command line"
PartnerArgument = Annotated[str, typer.Argument(help="The partner's name or id.", metavar="PARTNER")]
WebhookOption = Annotated[
    str | None, typer.Option("--webhook", metavar="ID", help="Which one, where the partner has several.")
]


@app.command()
def add(
    partner: PartnerArgument,
    url: Annotated[str, typer.Argument(help="The partner's address, with https.", metavar="URL")],
    authority: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Certificates that vouch for the server, where not the usual.")
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell a partner from now on, and show the secret that the messages are signed with, once.

    Added again, it has another secret, and nothing is told twice. Messages are in the form of Standard Webhooks.
    """
    file = None if authority is None else str(authority.absolute())
    with open_workspace(workspace) as opened:
        whose = partner_named(opened.vault, partner)
        made, secret = desk.add_webhook(opened, whose, url, authority=file, by=_BY, now=system_clock())
    if as_json:
        print_json({"webhook_id": made.id, "partner_id": made.partner_id, "secret": secret})
        return
    typer.echo(f"{whose.name} is told at {desk.shown(made)}: {made.id}\nSecret: {secret}")
    typer.echo("The secret is kept nowhere; this is the only time it is shown.")


@app.command()
def deliver(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Tell every partner with a webhook what is new for them; for a job that runs every minute.

    Each hears what its clearance and its groups let it, and nothing twice. What fails is tried again later, ten times
    in three days; then the webhook is dead, and `resume` lets it go on.
    """
    with waiting("Telling partners"), open_workspace(workspace) as opened:
        names = {one.id: one.name for one in opened.vault.partners.all()}
        done = list(desk.deliver(opened, system_clock))
    if as_json:
        print_json([_document(each) for each in done])
    else:
        for each in done:
            console.say(f"{names[each.webhook.partner_id]}: {each.messages:,} messages of {each.objects:,} objects.")
    problems = [f"{names[each.webhook.partner_id]}: {_state(each)}" for each in done if each.webhook.problem]
    if problems:
        raise PeerError("\n".join(problems))


@app.command()
def resume(
    partner: PartnerArgument,
    webhook: WebhookOption = None,
    skip: Annotated[bool, typer.Option("--skip", help="Leave out the message that could not be delivered.")] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Let a webhook that is dead, or waits for its next attempt, go on at once where it stopped."""
    with open_workspace(workspace) as opened:
        found = desk.webhook_named(opened.vault, partner_named(opened.vault, partner), webhook)
        desk.resume_webhook(opened.vault, found, skip=skip, by=_BY, now=system_clock())
    typer.echo(f"{found.id} goes on: watchbell partner webhook deliver.")


@app.command()
def remove(partner: PartnerArgument, webhook: WebhookOption = None, workspace: WorkspaceOption = None) -> None:
    """Take a webhook away."""
    with open_workspace(workspace) as opened:
        found = desk.webhook_named(opened.vault, partner_named(opened.vault, partner), webhook)
        desk.remove_webhook(opened.vault, found, by=_BY, now=system_clock())
    typer.echo(f"{found.id} is told nothing any more.")


def described(webhook: Webhook) -> dict[str, object]:
    """Return what a machine reads of a webhook; neither its secret nor the path of its address."""
    told = {"state", "attempts", "next_at", "problem", "delivered", "delivered_at"}
    return {"id": webhook.id, "url": desk.shown(webhook), **webhook.model_dump(mode="json", include=told)}


def table_of(webhooks: list[Webhook]) -> Table:
    """Return what a person reads of webhooks."""
    table = Table("webhook", "at", "state", "messages", "last told", "what is wrong")
    for one in webhooks:
        last = "" if one.delivered_at is None else f"{one.delivered_at:%Y-%m-%d %H:%M}"
        table.add_row(one.id, desk.shown(one), one.state, f"{one.delivered:,}", last, one.problem or "")
    return table


def _document(done: desk.Round) -> dict[str, object]:
    webhook = done.webhook
    told = {"webhook_id": webhook.id, "partner_id": webhook.partner_id, "state": webhook.state}
    return told | {"messages": done.messages, "objects": done.objects, "problem": webhook.problem}


def _state(done: desk.Round) -> str:
    webhook = done.webhook
    if webhook.state is WebhookState.DEAD:
        return f"{webhook.problem} It is dead after {webhook.attempts} attempts: watchbell partner webhook resume."
    return f"{webhook.problem} It is tried again from {webhook.next_at:%Y-%m-%d %H:%M} UTC on."
