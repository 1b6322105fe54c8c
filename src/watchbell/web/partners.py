"""Partners and collections: who shares with us, under what agreement, and what went to and fro."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from watchbell.desk.partner_view import collection_rows, partner_rows, partner_view
from watchbell.desk.permissions import Permission
from watchbell.desk.webhooks import shown
from watchbell.web.guard import audience, desk_of, needs
from watchbell.web.pages import not_found, page

router = APIRouter(dependencies=[needs(Permission.PARTNERS_READ)])


@router.get("/desk/partners")
def partners(request: Request) -> Response:
    """List the partners."""
    desk = desk_of(request)
    return page(request, "partners.html", rows=partner_rows(desk.workspace.vault, desk.clock()))


@router.get("/desk/partners/{partner_id}")
def partner(request: Request, partner_id: str) -> Response:
    """Show one partner."""
    desk = desk_of(request)
    now = desk.clock()
    view = partner_view(desk.workspace.vault, partner_id, audience(request), now)
    if view is None:
        raise not_found("There is no such partner.")
    return page(request, "partner.html", view=view, partner=view.partner, now=now, shown_webhook=shown)


@router.get("/desk/collections")
def collections(request: Request) -> Response:
    """List the collections of the TAXII server."""
    return page(request, "collections.html", rows=collection_rows(desk_of(request).workspace.vault))
