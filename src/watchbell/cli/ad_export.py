"""`watchbell ads export`: ads in the forms of other libraries' files."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from watchbell.cli.options import JsonOption, WorkspaceOption, open_workspace, print_json, waiting
from watchbell.cli.screen import console, err_console
from watchbell.desk.ads.export import FORMS, Exported, Wanted, export_ads
from watchbell.errors import UsageError
from watchbell.vault.ads import AdQuery

_DAY = ["%Y-%m-%d"]

Words = Annotated[str | None, typer.Option(metavar="WORDS", help="Words that must all occur in it; `vot*` begins so.")]
Payer = Annotated[str | None, typer.Option(metavar="WORDS", help="Words in the payer's name.")]
Page = Annotated[str | None, typer.Option(metavar="WORDS", help="Words in the name of the page or account.")]
Place = Annotated[str | None, typer.Option(metavar="WORDS", help="Words in the names of places it was aimed at.")]
Platform = Annotated[str | None, typer.Option(metavar="NAME", help="facebook, snapchat…")]
Country = Annotated[
    str | None, typer.Option(metavar="CODE", help="The country, two letters where the source has them.")
]
Source = Annotated[str | None, typer.Option(metavar="NAME", help="The reader it came through: snap, meta-report…")]
Since = Annotated[
    datetime | None, typer.Option(metavar="DAY", formats=_DAY, help="First shown on this day (UTC) or later.")
]
Until = Annotated[datetime | None, typer.Option(metavar="DAY", formats=_DAY, help="First shown before this day.")]
Running = Annotated[
    datetime | None, typer.Option(metavar="DAY", formats=_DAY, help="It ran on this day, as far as anybody says.")
]


def export(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The file to write; one of this name is replaced.")],
    *,
    form: Annotated[str, typer.Option("--as", metavar="FORM", help=f"One of: {', '.join(FORMS)}.")],
    text: Words = None,
    payer: Payer = None,
    advertiser: Page = None,
    place: Place = None,
    platform: Platform = None,
    country: Country = None,
    source: Source = None,
    since: Since = None,
    until: Until = None,
    running_on: Running = None,
    currency: Annotated[
        str | None, typer.Option(metavar="CODE", help="Only ads whose spend is in this currency, such as EUR.")
    ] = None,
    address: Annotated[
        str, typer.Option(metavar="URL", help="Your library's address, for the ads' own pages in Meta's API form.")
    ] = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write ads as another library's files have them: the search's conditions say which, all without any.

    Tells what the form has no place for. Reading the file back with `ads import` gives the same ads but for that.
    """
    query = AdQuery.model_validate(
        {"text": text, "payer": payer, "advertiser": advertiser, "place": place, "platform": platform}
        | {"country": country, "source": source, "started_from": _utc(since), "started_until": _utc(until)}
        | {"running_on": running_on and running_on.date()}
    )

    def page_of(ad_id: str) -> str:
        return f"{address.rstrip('/')}/library/ads/{quote(ad_id)}"

    try:
        with open_workspace(workspace) as opened, waiting("the library"):
            done = export_ads(opened.vault, Wanted(form, query, currency), out, page_of)
    except OSError as error:
        raise UsageError(f"{error.filename or out} cannot be written: {error.strerror}.") from error
    if as_json:
        print_json(_document(out, done))
    else:
        _print(out, done)


def _utc(day: datetime | None) -> str | None:
    return None if day is None else f"{day:%Y-%m-%d}T00:00:00Z"


def _document(out: Path, done: Exported) -> dict[str, Any]:
    return {
        "file": str(out),
        "ads": done.ads,
        "summed": done.summed,
        "left_out": dict(done.left_out.most_common()),
        "kept_back": dict(done.kept_back.most_common()),
    }


def _print(out: Path, done: Exported) -> None:
    summed = f", sums of {done.summed:,} ads" if done.summed else ""
    console.say(f"{done.ads:,} {'row' if done.ads == 1 else 'rows'} in {out}{summed}.")
    if done.left_out:
        fields = ", ".join(f"{name} ({count:,})" for name, count in done.left_out.most_common())
        err_console.say(f"Left out, or not as it was, for the form has no place for it: {fields}.")
    for reason, count in done.kept_back.most_common():
        ads = "1 ad is" if count == 1 else f"{count:,} ads are"
        err_console.say(f"{ads} not in it: {reason}.")
