"""The library in sums: what is spent over time, by whom, where and on whom. Open to everyone, made by night."""

import re
from collections.abc import Mapping
from itertools import groupby
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from markupsafe import Markup
from starlette.responses import Response

from watchbell.desk.ads.overview import REMOVED, UNDECIDED, Spent, overview_of
from watchbell.desk.permissions import Permission
from watchbell.desk.pictures.charts import bars_svg
from watchbell.desk.pictures.maps import read_map
from watchbell.vault.adoverviews import Choice
from watchbell.web.guard import desk_of, needs
from watchbell.web.overview_api import Chosen
from watchbell.web.pages import page
from watchbell.web.payers import drawn, maps
from watchbell.web.search_form import elections
from watchbell.web.words import DISCLAIMERS, VERDICTS

router = APIRouter(dependencies=[needs(Permission.LIBRARY_READ)])

Options = list[tuple[str, str]]
_DATED = re.compile(r"\d{4}(-\d{2})?")
_ALL_VERDICTS = VERDICTS | {UNDECIDED: "Not yet reviewed", REMOVED: "Taken out of the library"}


@router.get("/library/overview")
def overview(request: Request, chosen: Annotated[Chosen, Query()]) -> Response:
    """Show the sums over the ads of a country and a year, a month or the weeks before an election."""
    shelf, settled = desk_of(request).workspace.vault.ad_overviews, chosen.settled()
    kept = overview_of(desk_of(request).workspace.vault, settled.country, settled.span)
    found, made_at = kept or (None, None)
    countries = shelf.countries()
    asked = urlencode({name: value for name, value in settled.model_dump().items() if value})
    return page(
        request,
        "library_overview.html",
        found=found,
        made_at=made_at,
        chosen=settled,
        of=_said(settled),
        countries=_options(countries, {one.name: _country(one.name) for one in countries}),
        voting=_options(shelf.elections([one.id for one in elections()]), _elections()),
        years=_years(shelf.spans(settled.country)),
        pictures=[_pictures(spent) for spent in found.spending] if found else [],
        verdicts=[(words, found.verdicts.get(name, 0), name) for name, words in _ALL_VERDICTS.items()] if found else [],
        disclaimers=[(words, found.disclaimers.get(name, 0), "plain") for name, words in DISCLAIMERS.items()]
        if found
        else [],
        asked=asked,
        address=f"{request.base_url}library/overview" + (f"?{asked}" if asked else ""),
    )


def _pictures(spent: Spent) -> dict[str, Markup | None]:
    said = f"Spend in {spent.total.currency} over time; the table below has the same figures"
    return {"over_time": drawn(bars_svg(spent.over_time, said)) if spent.over_time else None, **maps(spent)}


def _said(chosen: Chosen) -> str:
    """Say in words which ads are summed up."""
    election = _elections().get(chosen.span)
    when = f"the 100 days before this election: {election}" if election else chosen.span
    return ", ".join(filter(None, (_country(chosen.country) if chosen.country else "All countries", when)))


def _elections() -> dict[str, str]:
    return {one.id: one.name for one in elections()}


def _country(code: str) -> str:
    """Return the name of a country that stands on a map, or its letters."""
    names = {place.code: place.name for place in read_map("europe").places} | {"US": "United States"}
    return names.get(code, code)


def _options(choices: list[Choice], names: Mapping[str, str]) -> Options:
    named = [(one.name, f"{names[one.name]} ({one.ads:,})") for one in choices if one.name in names]
    return sorted(named, key=lambda option: option[1])


def _years(choices: list[Choice]) -> list[tuple[str, Options]]:
    """Return the years, the last first, each with itself and its months to choose from."""
    dated = [one for one in choices if _DATED.fullmatch(one.name)]
    years = groupby(dated, key=lambda one: one.name[:4])
    return [(year, [(one.name, f"{one.name} ({one.ads:,})") for one in of_year]) for year, of_year in years][::-1]
