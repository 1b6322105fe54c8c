"""The public ad library: the front page, the search, and an ad's page. Open to everyone, nothing to sign."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from watchbell.desk.ads.eu_notices import eu_label
from watchbell.desk.ads.library import ad_view
from watchbell.desk.ads.likeness import alike_by_payer, same_picture_by_payer
from watchbell.desk.ads.payer_view import known_of
from watchbell.desk.ads.payers import paid_view
from watchbell.desk.ads.queue import turn_of
from watchbell.desk.ads.signals import signals_of
from watchbell.desk.permissions import Permission, may
from watchbell.model.ads import FIRST_PASS
from watchbell.web.guard import desk_of, needs, office_of, signed_in
from watchbell.web.pages import not_found, page
from watchbell.web.search_form import SearchForm, api_link, elections, read_form

router = APIRouter(dependencies=[needs(Permission.LIBRARY_READ)])


@router.get("/")
def front(request: Request) -> Response:
    """Say what this place is, and offer the search."""
    ads = desk_of(request).workspace.vault.ads
    return page(request, "front.html", total=ads.count(), verdicts=ads.verdicts())


@router.get("/library")
def search(request: Request, form: Annotated[SearchForm, Query()]) -> Response:
    """Show the ads that the form asks for."""
    asked = read_form(form)
    found = desk_of(request).workspace.vault.ads.search(asked.query)
    return page(
        request,
        "library.html",
        form=form,
        problems=asked.problems,
        found=found,
        elections=[(one.id, one.name) for one in elections()],
        same_by_api=api_link(asked.query),
        next_page=form.link(found.next_cursor) if found.next_cursor else None,
    )


@router.get("/library/ads/{ad_id:path}")
def ad_page(request: Request, ad_id: str) -> Response:
    """Show one ad: who paid, how much, aimed at whom, and what was decided why."""
    desk, user = desk_of(request), signed_in(request)
    view = ad_view(desk.workspace.vault, ad_id, user)
    if view is None:
        raise not_found("There is no such ad in this library.")
    vault, office, now = desk.workspace.vault, office_of(request), desk.clock()
    paid = paid_view(office, view.ad, view.decision, now)
    alike = [] if view.ad.content_hidden else alike_by_payer(vault, ad_id)
    alike_pictures = [] if view.ad.content_hidden else same_picture_by_payer(vault, ad_id)
    reviews = user is not None and may(user.role, Permission.ADS_REVIEW) and view.ad.removed is None
    return page(
        request,
        "ad.html",
        view=view,
        ad=view.ad,
        address=f"{request.base_url}library/ads/{quote(ad_id)}",
        decision=view.decision,
        turn=turn_of(vault, ad_id, view.decisions, user, now) if user and reviews else None,
        signals=signals_of(desk.workspace, paid, view.hits, [*alike, *alike_pictures], now) if reviews else [],
        paid=paid,
        known=known_of(office, view.ad.payer, [ad_id], now) if view.ad.payer else None,
        alike=alike,
        alike_pictures=alike_pictures,
        flags=vault.ad_flags.of_ad(ad_id),
        eu_label=eu_label(vault, ad_id),
        FIRST_PASS=FIRST_PASS,
    )
