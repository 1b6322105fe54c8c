"""`watchbell advertiser disclaimer`: the words under which an advertiser's ads run."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from watchbell.ads.advertisers.evidence.government import GovernmentDomains
from watchbell.ads.payers.names import members_of_congress
from watchbell.ads.payers.register import Register
from watchbell.ads.payers.statements import Authority, Statement, share_of_picture, share_of_text, shown_at
from watchbell.cli.advertiser_options import RoutesOption, Who, office_of
from watchbell.cli.options import JsonOption, WorkspaceOption, open_workspace, print_json
from watchbell.cli.screen import console
from watchbell.clock import system_clock
from watchbell.desk.accounts import at_command_line
from watchbell.desk.advertisers.disclaimers import decide_disclaimer, enabled_disclaimers, make_disclaimer
from watchbell.desk.advertisers.registers import known_names
from watchbell.desk.advertisers.steps import advertiser_named
from watchbell.errors import UsageError
from watchbell.model.advertisers import DisclaimerVerdict, PayerDisclaimer

app = typer.Typer(no_args_is_help=True, help="Compose and decide the words that say who paid.")


RoomOption = Annotated[
    int | None,
    typer.Option(min=1, metavar="CHARACTERS", help="How much text the ad holds: say which form it bears."),
]
PictureOption = Annotated[
    tuple[int, int, int] | None,
    typer.Option(
        metavar="WIDTH HEIGHT LETTERS",
        help="Of an ad that is a picture: its width, height and how high its letters are, in pixels.",
    ),
]
LanguageOption = Annotated[str, typer.Option(metavar="CODE", help="EU: the ad's language: de, en, es, fr.")]


@app.callback()
def _group() -> None:
    """Compose and decide the words that say who paid."""


@app.command()
def make(
    advertiser: Who,
    *,
    authority: Annotated[
        Authority | None,
        typer.Option(help="US: whether a candidate authorised the ad: by their own committee or another."),
    ] = None,
    candidate: Annotated[str | None, typer.Option(help="US: who authorised it, where another paid.")] = None,
    contact: Annotated[
        str | None,
        typer.Option(help="A street address, phone or website; UK: the postal address; Canada: phone and address."),
    ] = None,
    behind_contact: Annotated[
        str | None, typer.Option(help="UK: the postal address of whom the promoter acts for, if it is another.")
    ] = None,
    controlled_by: Annotated[str | None, typer.Option(help="EU: who ultimately controls the sponsor.")] = None,
    language: LanguageOption = "en",
    register: Annotated[Path | None, typer.Option(metavar="FILE", help="Committees whose names are held.")] = None,
    members: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Members of Congress whose names are held.")
    ] = None,
    domains: Annotated[Path | None, typer.Option(metavar="FILE", help="Agencies whose names are held.")] = None,
    room: RoomOption = None,
    picture: PictureOption = None,
    routes: RoutesOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compose a disclaimer from the verified name; one that is like somebody else's is held for a person."""
    named = {
        "committee": Register.read(register).names() if register else None,
        "member of Congress": members_of_congress(members) if members else None,
        "agency": GovernmentDomains.read(domains).names() if domains else None,
    }
    with open_workspace(workspace) as opened:
        who = advertiser_named(opened.vault, advertiser)
        wanted = Statement(
            jurisdiction=who.jurisdiction,
            payer=who.person,
            authority=authority,
            candidate=candidate,
            contact=contact,
            behind=controlled_by,
            behind_contact=behind_contact,
            language=language,
        )
        names = known_names(opened.settings) | {whose: some for whose, some in named.items() if some is not None}
        made = make_disclaimer(office_of(opened, routes), who, wanted, names, now=system_clock())
    _print(made, as_json=as_json, share=_share(made.text, room, picture))


@app.command("list")
def list_(
    advertiser: Who, routes: RoutesOption = None, workspace: WorkspaceOption = None, as_json: JsonOption = False
) -> None:
    """List an advertiser's disclaimers, and say which are enabled now."""
    with open_workspace(workspace) as opened:
        who = advertiser_named(opened.vault, advertiser)
        found = opened.vault.advertisers.disclaimers(who.id)
        enabled = enabled_disclaimers(office_of(opened, routes), who, system_clock())
    if as_json:
        told = {"disclaimers": found, "enabled": enabled}
        print_json({name: [one.model_dump(mode="json") for one in some] for name, some in told.items()})
        return
    table = Table("disclaimer", "verdict", "enabled", "text", "reason")
    for one in found:
        table.add_row(one.id, one.verdict, "yes" if one in enabled else "no", one.text, one.reason)
    console.print(table)


@app.command()
def decide(
    advertiser: Who,
    disclaimer: Annotated[str, typer.Argument(metavar="DISCLAIMER", help="Its id.")],
    *,
    approve: Annotated[bool, typer.Option("--approve/--refuse", help="Whether it may stand on ads.")],
    reason: Annotated[str, typer.Option(help="Why; the advertiser is told.")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Decide a disclaimer that is held."""
    now = system_clock()
    verdict = DisclaimerVerdict.APPROVED if approve else DisclaimerVerdict.REFUSED
    with open_workspace(workspace) as opened:
        who = advertiser_named(opened.vault, advertiser)
        mine = {one.id: one for one in opened.vault.advertisers.disclaimers(who.id)}
        if disclaimer not in mine:
            raise UsageError(
                f"There is no disclaimer {disclaimer!r}. `watchbell advertiser disclaimer list` shows them."
            )
        by = at_command_line(opened.vault, now)
        decided = decide_disclaimer(office_of(opened, None), mine[disclaimer], verdict, reason, by=by, now=now)
    _print(decided, as_json=as_json)


def _share(words: str, room: int | None, picture: tuple[int, int, int] | None) -> float | None:
    """Return which part of an ad words take; None where nothing of the ad is told."""
    if picture is None:
        return None if room is None else share_of_text(words, room)
    if min(picture) < 1:
        raise UsageError("A picture's width, height and letters are whole numbers of pixels, one or more.")
    return share_of_picture(words, *picture)


def _print(found: PayerDisclaimer, *, as_json: bool, share: float | None = None) -> None:
    on_ad = None if share is None else shown_at(found.text, found.adapted, share)
    if as_json:
        print_json(found.model_dump(mode="json") | ({"on_ad": on_ad} if on_ad else {}))
        return
    console.say(f"{found.verdict}: {found.text}")
    console.say(found.reason)
    if on_ad:
        console.say(f"On this ad, of which the whole would take {share:.0%}: {on_ad}")
    elif found.adapted:
        console.say(f"Where that would take more than a quarter of the ad: {found.adapted}")
