"""The desk's first page."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from watchbell.desk.overview import overview_of
from watchbell.desk.permissions import Permission
from watchbell.web.guard import audience, desk_of, needs
from watchbell.web.pages import page

router = APIRouter()


@router.get("/desk", dependencies=[needs(Permission.OVERVIEW_READ)])
def overview(request: Request) -> Response:
    """Show what the workspace holds and what wants attention."""
    desk = desk_of(request)
    flags = desk.workspace.vault.ad_flags.count(desk.clock())
    return page(request, "overview.html", seen=overview_of(desk.workspace, audience(request)), flags=flags)
