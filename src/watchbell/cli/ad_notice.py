"""`watchbell advertiser notice`: what an advertiser declares of an ad for its transparency notice in the Union."""

from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from watchbell.cli.advertiser_options import Who
from watchbell.cli.options import JsonOption, WorkspaceOption, open_workspace, print_json
from watchbell.cli.screen import console
from watchbell.clock import system_clock
from watchbell.desk.accounts import COMMAND_LINE
from watchbell.desk.ads.eu_notices import declare, drafted_declaration, notice_in, notice_versions, publisher_of
from watchbell.desk.advertisers.steps import advertiser_named
from watchbell.errors import UsageError
from watchbell.model.ads import Origin, Whence
from watchbell.model.notices import TransparencyNotice

app = typer.Typer(no_args_is_help=True, help="Declare what the transparency notice of an ad in the EU must tell.")

AdArgument = Annotated[str, typer.Argument(metavar="AD", help="The ad's id.")]
TotalOption = Annotated[
    tuple[str, str] | None,
    typer.Option(metavar="AMOUNT CURRENCY", help="What was received for the campaign, such as 9000.50 EUR."),
]
CampaignOption = Annotated[
    bool | None, typer.Option("--campaign/--no-campaign", help="Whether the ad is part of a campaign.")
]
LinkedOption = Annotated[
    list[str] | None,
    typer.Option(metavar="ELECTION", help="An election's id in the calendar, or a law in the making, in words."),
]
PersonalDataOption = Annotated[
    bool | None,
    typer.Option("--personal-data/--no-personal-data", help="Whether any was used to target or deliver it."),
]


@app.callback()
def _group() -> None:
    """Declare what the transparency notice of an ad in the EU must tell."""


@app.command("declare")
def declare_(
    advertiser: Who,
    ad: AdArgument,
    *,
    address: Annotated[str | None, typer.Option(help="Postal address and place of establishment.")] = None,
    nobody_controls: Annotated[
        bool, typer.Option("--nobody-controls", help="Nobody else ultimately controls the sponsor.")
    ] = False,
    origin: Annotated[Origin | None, typer.Option(help="Whether the money is public or private.")] = None,
    whence: Annotated[Whence | None, typer.Option(help="Whether it is from inside or outside the Union.")] = None,
    in_campaign: CampaignOption = None,
    total: TotalOption = None,
    method: Annotated[str | None, typer.Option(help="How the amounts were calculated.")] = None,
    linked: LinkedOption = None,
    linked_to_nothing: Annotated[
        bool, typer.Option("--linked-to-nothing", help="It is linked to no election, referendum or law.")
    ] = False,
    personal_data: PersonalDataOption = None,
    techniques: Annotated[str | None, typer.Option(help="How it was targeted.")] = None,
    rights: Annotated[str | None, typer.Option(help="Where data protection rights are exercised.")] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Declare all that is known of an ad; what was declared before stays among the versions."""
    if linked and linked_to_nothing:
        raise UsageError("The ad is linked to something or to nothing. Choose --linked or --linked-to-nothing.")
    told = {
        "address": address,
        "nobody_controls": nobody_controls,
        "origin": origin,
        "whence": whence,
        "in_campaign": in_campaign,
        "campaign": _total(*total) if total else None,
        "method": method,
        "linked": [] if linked_to_nothing else linked or None,
        "personal_data": personal_data,
        "techniques": techniques,
        "rights": rights,
    }
    now = system_clock()
    with open_workspace(workspace) as opened:
        who = advertiser_named(opened.vault, advertiser)
        declare(opened.vault, who, ad, drafted_declaration(told), by=COMMAND_LINE, now=now)
        notice = notice_versions(opened.vault, ad, publisher_of(opened.settings, ad), now)[0].notice
    _print(notice, as_json=as_json)


@app.command()
def show(
    ad: AdArgument,
    lang: Annotated[
        str | None, typer.Option(metavar="CODE", help="Another language than the ad's: de, en, es, fr.")
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the transparency notice of an ad, and what it lacks."""
    with open_workspace(workspace) as opened:
        publisher = publisher_of(opened.settings, ad)
        versions = notice_versions(opened.vault, ad, publisher, system_clock())
        if not versions:
            raise UsageError(
                f"The ad {ad} has no transparency notice: it is not here, not political, not in the European Union, or "
                "ended before 10 October 2025."
            )
        notice = notice_in(opened.vault, ad, publisher, lang) if lang else versions[0].notice
    _print(notice, as_json=as_json)


def _total(amount: str, currency: str) -> dict[str, object]:
    try:
        figure = Decimal(amount)
    except InvalidOperation as error:
        raise UsageError(f"{amount[:30]!r} is no amount. Write it in figures with a point, such as 9000.50.") from error
    if not figure.is_finite() or figure < 0:
        raise UsageError(f"{amount[:30]!r} is no amount: it is a finite number, zero or more.")
    return {"currency": currency.upper(), "lower": figure, "upper": figure}


def _print(notice: TransparencyNotice, *, as_json: bool) -> None:
    if as_json:
        print_json(notice.model_dump(mode="json"))
        return
    console.say(notice.label)
    for heading in notice.headings:
        console.say(f"{heading.number}. {heading.title}")
        for line in (*heading.told, *filter(None, [heading.left_out])):
            console.say(f"   {line}")
        if heading.missing:
            console.say(f"   ! {'; '.join(heading.missing)}")
