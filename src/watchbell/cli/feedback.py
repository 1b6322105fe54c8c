"""`watchbell feedback`: what is said of an indicator, what comes of it, and who received it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from watchbell.cli.options import JsonOption, WorkspaceOption, open_workspace, print_json
from watchbell.cli.screen import console
from watchbell.clock import system_clock
from watchbell.desk.accounts import COMMAND_LINE, at_command_line
from watchbell.desk.exchange.disputes import Answer, answer_dispute, drafted, open_dispute
from watchbell.desk.exchange.feedback import Seen, Teller, give_opinion, indicator_named, sight, teller_at_desk
from watchbell.desk.exchange.indicator_view import names_of_partners
from watchbell.desk.exchange.partners import partner_named
from watchbell.desk.exchange.retraction import receipts, retract
from watchbell.desk.exchange.sending import note_delivery, recipient_named
from watchbell.desk.exchange.told import feedback_bundle, keep_feedback
from watchbell.errors import UsageError
from watchbell.files import Row, read_rows, write_rejects
from watchbell.files.whole import replacing
from watchbell.model.feedback import Claimant, DisputeState, OpinionValue
from watchbell.sources.importing import rejects_file

app = typer.Typer(no_args_is_help=True, help="Say what you think of an indicator, and take one back.")

IndicatorArgument = Annotated[str, typer.Argument(help="The indicator's id, or its value.", metavar="INDICATOR")]
_ANSWERS = [state.value for state in DisputeState if state is not DisputeState.OPEN]


@app.callback()
def _group() -> None:
    """Say what you think of an indicator, and take one back."""


@app.command("sight")
def sight_(
    indicator: IndicatorArgument,
    times: Annotated[int, typer.Option(min=1, help="How often it was seen.")] = 1,
    first: Annotated[datetime | None, typer.Option(help="When first, UTC; without it, now.")] = None,
    last: Annotated[datetime | None, typer.Option(help="When last, UTC; without it, as first.")] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Say that an indicator was seen in use; its confidence starts afresh."""
    now = system_clock()
    begun = now if first is None else first.replace(tzinfo=UTC)
    seen = Seen(times, begun, begun if last is None else last.replace(tzinfo=UTC))
    with open_workspace(workspace) as opened:
        found = indicator_named(opened.vault, indicator)
        sight(opened.vault, found.id, seen, teller=teller_at_desk(at_command_line(opened.vault, now)), now=now)
    typer.echo(f"{found.value}: seen {times:,} times.")


@app.command()
def opine(
    indicator: IndicatorArgument,
    value: Annotated[OpinionValue, typer.Argument(help="Whether it is right.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    workspace: WorkspaceOption = None,
) -> None:
    """Say whether an indicator is right, and why."""
    now = system_clock()
    with open_workspace(workspace) as opened:
        found = indicator_named(opened.vault, indicator)
        teller = teller_at_desk(at_command_line(opened.vault, now))
        give_opinion(opened.vault, found.id, value, reason, teller=teller, now=now)
    typer.echo(f"{found.value}: {value}.")


@app.command()
def dispute(
    indicator: IndicatorArgument,
    claim: Annotated[str, typer.Option(help="What is wrong, in the claimant's words.")],
    evidence: Annotated[list[str] | None, typer.Option(help="What the claimant points to; may be given again.")] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Open a dispute for whoever holds what an indicator names; an answer is owed by a certain day."""
    now = system_clock()
    with open_workspace(workspace) as opened:
        found = indicator_named(opened.vault, indicator)
        teller, due = teller_at_desk(at_command_line(opened.vault, now)), (now, opened.settings.dispute_days)
        draft = drafted(found.id, claim, evidence or (), claimant=Claimant.ACCOUNT_HOLDER, teller=teller, due=due)
        held = open_dispute(opened.vault, draft, teller=teller, now=now)
    if as_json:
        print_json(held.model_dump(mode="json"))
        return
    typer.echo(f"{held.id}: an answer is owed by {held.due_at:%Y-%m-%d}.")


@app.command()
def disputes(
    *,
    every: Annotated[bool, typer.Option("--all", help="Also those that have been answered.")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the disputes that wait for an answer, the one owed first on top."""
    with open_workspace(workspace) as opened:
        found = opened.vault.feedback.disputes(open_only=not every)
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
        return
    table = Table("dispute", "claim", "state", "answer owed")
    for one in found:
        table.add_row(one.id, one.claim[:60], one.state, f"{one.due_at:%Y-%m-%d}")
    console.print(table)


@app.command()
def waiting(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """List what partners said of indicators that are not here yet; it is kept once they are, and waits for 90 days."""
    with open_workspace(workspace) as opened:
        found = opened.vault.waiting.all()
        names = names_of_partners(opened.vault, opened.settings.operator)
        places = {one.id: one.title for one in opened.vault.collections.all()}
    if as_json:
        print_json([one.model_dump(mode="json", exclude={"body"}) for one in found])
        return
    table = Table("object", "indicator", "partner", "collection", "told")
    for one in found:
        who, where = names.get(one.partner_id, one.partner_id), places.get(one.place, one.place)
        table.add_row(one.object_id, one.indicator_id, who, where, f"{one.told_at:%Y-%m-%d}")
    console.print(table)


@app.command()
def answer(
    dispute: Annotated[str, typer.Argument(help="The dispute's id.", metavar="DISPUTE")],
    state: Annotated[DisputeState, typer.Argument(help=f"One of: {', '.join(_ANSWERS)}.")],
    words: Annotated[str, typer.Option("--answer", help="What the claimant is told.")],
    workspace: WorkspaceOption = None,
) -> None:
    """Answer a dispute; where it is upheld, the indicator is retracted."""
    now = system_clock()
    with open_workspace(workspace) as opened:
        found = opened.vault.feedback.dispute(dispute)
        if found is None:
            raise UsageError(f"There is no dispute {dispute}. `watchbell feedback disputes` lists them.")
        by, operator = at_command_line(opened.vault, now), opened.settings.operator
        answer_dispute(opened.vault, found, Answer(state, words), operator=operator, by=by, now=now)
    typer.echo(f"{dispute}: {state}.")


@app.command("retract")
def retract_(
    indicator: IndicatorArgument,
    reason: Annotated[str, typer.Option(help="Why it is taken back.")],
    workspace: WorkspaceOption = None,
) -> None:
    """Take an indicator back, here and at every partner who has it."""
    now = system_clock()
    with open_workspace(workspace) as opened:
        found = indicator_named(opened.vault, indicator)
        by, operator = at_command_line(opened.vault, now), opened.settings.operator
        retract(opened.vault, found, reason, operator=operator, by=by, now=now)
        told = len(receipts(opened.vault, found))
    typer.echo(f"{found.value} is retracted; {told:,} have received it. `watchbell feedback receipts` tells who knows.")


@app.command("receipts")
def receipts_(indicator: IndicatorArgument, workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Tell who received an indicator, when, and whether they have heard of its retraction."""
    with open_workspace(workspace) as opened:
        found = indicator_named(opened.vault, indicator)
        told = receipts(opened.vault, found)
        names = {partner.id: partner.name for partner in opened.vault.partners.all()}
    if as_json:
        print_json({"indicator": found.id, "revoked": found.revoked, "receipts": [one._asdict() for one in told]})
        return
    table = Table("partner", "first received", "way", "heard of the retraction")
    for one in told:
        heard = f"{one.retracted_at:%Y-%m-%d %H:%M}" if one.retracted_at else ("not yet" if found.revoked else "")
        table.add_row(
            names.get(one.partner_id, one.partner_id), f"{one.first_at:%Y-%m-%d %H:%M}", ", ".join(one.ways), heard
        )
    console.print(table)


@app.command()
def export(
    to: Annotated[str, typer.Option(help="The partner who receives it.", metavar="PARTNER")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="Where to write the bundle.")],
    workspace: WorkspaceOption = None,
) -> None:
    """Write what was said at this desk, for a partner to import: sightings, opinions, disputes."""
    now = system_clock()
    with open_workspace(workspace) as opened:
        recipient = recipient_named(opened.vault, to, now)
        told = feedback_bundle(opened.vault, recipient, operator=opened.settings.operator)
        note_delivery(opened.vault, told["objects"], to=recipient, now=now)
        opened.vault.ledger.append(COMMAND_LINE, "feedback.exported", told["id"], {"recipient": recipient.id}, now)
    with replacing(out) as part:
        part.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    typer.echo(f"Feedback for {recipient.name} written to {out}.")


@app.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A STIX 2.1 bundle.")],
    partner: Annotated[str, typer.Option(help="The partner who sent it.", metavar="PARTNER")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import a partner's sightings, opinions and disputes. Importing a file again changes nothing."""
    now = system_clock()
    with open_workspace(workspace) as opened:
        sender = partner_named(opened.vault, partner)
        teller = Teller(sender.id, COMMAND_LINE, opened.vault.partners.audience(sender, now))
        days = opened.settings.dispute_days
        kept = keep_feedback(opened.vault, _objects(file), teller=teller, answer_days=days, file=str(file), now=now)
        place = rejects_file(opened.rejects, file)
        rejected = write_rejects(place, kept.rejects)
    counts = {"sightings": kept.sightings, "opinions": kept.opinions, "disputes": kept.disputes, "rejected": rejected}
    if as_json:
        print_json({**counts, "rejects": str(place) if rejected else None})
        return
    typer.echo(", ".join(f"{count:,} {name}" for name, count in counts.items()) + ".")
    if rejected:
        typer.echo(f"Rejected objects and why: {place}")


def _objects(file: Path) -> list[dict[str, Any]]:
    objects: list[dict[str, Any]] = []
    for row in read_rows(file, spread="objects"):
        if isinstance(row, Row):
            held = row.values.get("objects", [])
            objects += [one for one in (held if isinstance(held, list) else [held]) if isinstance(one, dict)]
    return objects
