"""Who pays: the list of payers, a payer's own page, and up to four side by side. Open to everyone."""

from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode
from xml.etree.ElementTree import Element  # a type; nothing of strangers is parsed

from fastapi import APIRouter, Query, Request
from markupsafe import Markup
from starlette.responses import RedirectResponse, Response

from watchbell.desk.ads.overview import Spent
from watchbell.desk.ads.payer_view import (
    EVERYTHING,
    MOST_COMPARED,
    PayerView,
    Spending,
    compared_months,
    payer_view,
    shared_creatives,
    shared_pictures,
)
from watchbell.desk.ads.sums import Within
from watchbell.desk.permissions import Permission
from watchbell.desk.pictures.charts import bars_svg, highest
from watchbell.desk.pictures.elements import html
from watchbell.desk.pictures.maps import map_svg, read_map
from watchbell.vault.columns import folded
from watchbell.web.guard import desk_of, needs, office_of
from watchbell.web.pages import not_found, page
from watchbell.web.search_form import elections, of_election

router = APIRouter(dependencies=[needs(Permission.LIBRARY_READ)])

_PER_PAGE = 50
Name = Annotated[str, Query(max_length=500)]


@router.get("/library/payers")
def payers(request: Request, begins: Name = "", after: Name = "") -> Response:
    """List the payers by name, from the letters that were typed on."""
    shelf = desk_of(request).workspace.vault.ad_sums
    found = shelf.payers(begins, after, _PER_PAGE + 1)
    shown = found[:_PER_PAGE]
    following = {"begins": begins, "after": shown[-1].key} if len(found) > _PER_PAGE else None
    return page(
        request,
        "payers.html",
        begins=begins,
        payers=shown,
        next_page=f"/library/payers?{urlencode(following)}" if following else None,
    )


@router.get("/library/payer")
def one_payer(request: Request, name: Name, election: Name = "", place: Name = "") -> Response:
    """Show a payer: who they are and how we know, what they spent and on whom; of all their ads or of some."""
    view = _view(request, name, within_of(election, place))
    pictures = [{"months": _bars(spending), **maps(spending)} for spending in view.spending]
    given = {"name": view.name, "election": election, "place": place.strip()}
    asked = urlencode({field: value for field, value in given.items() if value})
    return page(
        request,
        "payer.html",
        view=view,
        pictures=pictures,
        election=election,
        place=place.strip(),
        elections=[(one.id, one.name) for one in elections()],
        asked=asked,
        address=f"{request.base_url}library/payer?{asked}",
    )


@router.get("/library/compare")
def compare(request: Request, payer: Annotated[list[Name], Query(max_length=50)] = []) -> Response:  # noqa: B006  # FastAPI copies it
    """Show two to four payers side by side; lead back to the list while there are fewer."""
    chosen = list({folded(name): name for name in payer if name.strip()}.values())
    if len(chosen) == 1:
        return RedirectResponse(f"/library/payer?{urlencode({'name': chosen[0]})}", HTTPStatus.SEE_OTHER)
    if not 1 < len(chosen) <= MOST_COMPARED:
        return page(request, "payers.html", begins="", payers=[], next_page=None, status=400, chosen=len(chosen))
    views = [_view(request, name) for name in chosen]
    currency, months = compared_months(views)
    most = max((highest(parts) for parts in months), default=None)
    said = "Spend by month on the scale of all; the table below has the sums"
    pictures = [
        drawn(bars_svg(parts, f"{view.name}. {said}", most=most)) for view, parts in zip(views, months, strict=True)
    ]
    shared = shared_creatives(office_of(request), views)
    return page(
        request,
        "compare.html",
        views=views,
        pictures=pictures,
        currency=currency,
        months=list(zip(*months, strict=False)),
        shared=shared,
        shared_pictures=shared_pictures(office_of(request), views),
    )


def _view(request: Request, name: str, within: Within = EVERYTHING) -> PayerView:
    view = payer_view(office_of(request), name, desk_of(request).clock(), within)
    if view is None:
        raise not_found("No ad in this library names this payer.")
    return view


def within_of(election: str, place: str) -> Within:
    """Return which ads are meant: those of an election's country that began shortly before it, aimed at a place."""
    told = of_election(election)
    return Within(
        country=told.get("country"),
        began_from=told.get("started_from"),
        began_until=told.get("started_until"),
        place=place.strip() or None,
    )


def _bars(spending: Spending) -> Markup | None:
    if not spending.months:
        return None
    said = f"Spend in {spending.total.currency} by month; the table below has the same figures"
    return drawn(bars_svg(spending.months, said))


def maps(spending: Spending | Spent) -> dict[str, Markup | None]:
    """Draw the states where an ad was aimed at one, and Europe where ads ran in several of its countries."""
    currency, below = spending.total.currency, "the tables below have the same figures"
    states = map_svg(read_map("us"), spending.states, currency, f"Map of the United States: spend by state; {below}")
    europe = map_svg(read_map("europe"), spending.countries, currency, f"Map of Europe: spend by country; {below}")
    return {
        "states": drawn(states) if spending.states else None,
        "countries": drawn(europe) if len(spending.countries) > 1 else None,
    }


def drawn(picture: Element) -> Markup:
    """Return a picture as a template takes it."""
    return Markup(html(picture))  # noqa: S704  # made of elements, which escape
