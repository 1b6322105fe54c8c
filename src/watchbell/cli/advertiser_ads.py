"""`watchbell advertiser account`: the accounts from which an advertiser's ads run."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from watchbell.cli.advertiser_options import RoutesOption, Who, office_of
from watchbell.cli.options import JsonOption, WorkspaceOption, open_workspace, print_json
from watchbell.cli.options import waiting as waiting_for
from watchbell.cli.screen import console
from watchbell.clock import system_clock
from watchbell.desk.accounts import COMMAND_LINE, at_command_line
from watchbell.desk.ads.links import Linked
from watchbell.desk.ads.payers import (
    PaidView,
    ads_of,
    bind_account,
    changes_of,
    import_faces,
    link_library,
    unbind_account,
)
from watchbell.desk.advertisers.authorizations import waiting
from watchbell.desk.advertisers.steps import advertiser_named

app = typer.Typer(no_args_is_help=True, help="Say from which accounts an advertiser's ads run.")

Platform = Annotated[str, typer.Argument(metavar="PLATFORM", help="As ads write it, such as facebook.")]
Account = Annotated[str, typer.Argument(metavar="ACCOUNT", help="Its id where ads carry one, else its name.")]


@app.callback()
def _group() -> None:
    """Say from which accounts an advertiser's ads run."""


@app.command()
def bind(
    advertiser: Who,
    platform: Platform,
    account: Account,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bind an account to an advertiser, and link the ads that run from it."""
    _print_linked(_changed(bind_account, advertiser, platform, account, workspace), as_json=as_json)


@app.command()
def unbind(
    advertiser: Who,
    platform: Platform,
    account: Account,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take an account from an advertiser; ads from it that bear their words are then held."""
    _print_linked(_changed(unbind_account, advertiser, platform, account, workspace), as_json=as_json)


@app.command("seen")
def seen(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Rows of platform, account, name, countries, at.")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take in what accounts showed of themselves: a log of who manages a page, or CrowdTangle's table of posts."""
    with open_workspace(workspace) as opened:
        done = import_faces(opened, file, system_clock(), by=COMMAND_LINE)
    if as_json:
        print_json(
            {"rows": done.rows, "rejected": done.rejected, "rejects": str(done.rejects) if done.rejects else None}
        )
        return
    console.say(f"{done.rows:,} rows read.")
    if done.rejects:
        console.say(f"{done.rejected:,} could not be used and are kept in {done.rejects}.")


@app.command("list")
def list_(advertiser: Who, workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """List an advertiser's accounts, and when each changed its name or the countries of those who run it."""
    with open_workspace(workspace) as opened:
        vault = opened.vault
        accounts = vault.payers.accounts(advertiser_named(vault, advertiser).id)
        changes = {one: changes_of(vault, one.platform, one.account) for one in accounts}
    if as_json:
        print_json(
            [one.model_dump(mode="json") | {"changes": [each._asdict() for each in changes[one]]} for one in accounts]
        )
        return
    table = Table("platform", "account", "bound by", "changed")
    for one in accounts:
        told = "\n".join(f"{each.at:%Y-%m-%d} {each.what}: {each.before} → {each.after}" for each in changes[one])
        table.add_row(one.platform, one.account, one.bound_by, told)
    console.print(table)


def ads(
    advertiser: Who, routes: RoutesOption = None, workspace: WorkspaceOption = None, as_json: JsonOption = False
) -> None:
    """List an advertiser's ads, and say whether each runs, rests, or was stopped."""
    with open_workspace(workspace) as opened:
        found = ads_of(office_of(opened, routes), advertiser_named(opened.vault, advertiser), system_clock())
    if as_json:
        print_json([_ad_document(one) for one in found])
        return
    table = Table("ad", "now", "disclaimer", "text")
    for one in found:
        words = one.disclaimer.text if one.disclaimer else "none of theirs"
        table.add_row(one.ad.id, one.delivery, words, (one.ad.text or "")[:80])
    console.print(table)


def link(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Link all ads of the library to their advertisers anew. Run it every night, for words and accounts change."""
    with open_workspace(workspace) as opened, waiting_for("link"):
        done = link_library(office_of(opened, None), system_clock())
    _print_linked(done, as_json=as_json)


def queue(routes: RoutesOption = None, workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """List what of advertisers waits for a person, the longest first."""
    with open_workspace(workspace) as opened:
        found = waiting(office_of(opened, routes), system_clock())
    if as_json:
        print_json(
            [
                {
                    "advertiser_id": one.advertiser.id,
                    "subject": one.subject,
                    "step": one.step,
                    "reason": one.reason,
                    "since": one.since,
                    "with": one.holder.username if one.holder else None,
                }
                for one in found
            ]
        )
        return
    table = Table("advertiser", "what", "why", "since", "with")
    for one in found:
        name = one.advertiser.organisation or one.advertiser.person
        holder = one.holder.username if one.holder else ""
        table.add_row(name, one.step or "Disclaimer", one.reason, f"{one.since:%Y-%m-%d}", holder)
    console.print(table)


def _changed(
    deed: Callable[..., Linked], advertiser: str, platform: str, account: str, workspace: Path | None
) -> Linked:
    now = system_clock()
    with open_workspace(workspace) as opened:
        office, who = office_of(opened, None), advertiser_named(opened.vault, advertiser)
        return deed(office, who, platform, account, by=at_command_line(opened.vault, now), now=now)


def _print_linked(done: Linked, *, as_json: bool) -> None:
    """Say what linking ads changed."""
    if as_json:
        print_json(done._asdict())
        return
    console.say(f"{done.ads:,} ads looked at, {done.paid:,} of known advertisers, {done.decided:,} decided anew.")


def _ad_document(one: PaidView) -> dict[str, object]:
    return {
        "ad_id": one.ad.id,
        "delivery": one.delivery,
        "label": one.standing.label if one.standing and one.disclaimer else None,
        "disclaimer_id": one.disclaimer.id if one.disclaimer else None,
        "verdict": one.decision.verdict if one.decision else None,
    }
