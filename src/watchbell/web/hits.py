"""Plain lists of what the workspace holds: indicators and hits."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from watchbell.desk.permissions import Permission
from watchbell.web.guard import desk_of, needs
from watchbell.web.pages import page

router = APIRouter()
PER_PAGE = 50


@router.get("/desk/indicators", dependencies=[needs(Permission.INDICATORS_READ)])
def indicators(
    request: Request,
    text: Annotated[str, Query(max_length=200)] = "",
    after: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """List the indicators that have every word of `text`."""
    shelf = desk_of(request).workspace.vault.indicators
    # One more than is shown tells whether there is a next page.
    found = shelf.page(after=after, limit=PER_PAGE + 1, text=text.strip() or None)
    shown = found[:PER_PAGE]
    more = urlencode({"text": text, "after": shown[-1].id}) if len(found) > PER_PAGE else None
    return page(
        request, "indicators.html", indicators=shown, text=text, after=after, more=more, total=shelf.count()
    )  # fmt: skip


@router.get("/desk/hits", dependencies=[needs(Permission.HITS_READ)])
def hits(request: Request, start: Annotated[int, Query(ge=0, le=10_000_000)] = 0) -> Response:
    """List where indicators were found, latest first."""
    table = desk_of(request).workspace.vault.hits.all()
    ordered = table.sort_by([("at", "descending"), ("hit_id", "ascending")])
    following = start + PER_PAGE if start + PER_PAGE < table.num_rows else None
    return page(
        request,
        "hits.html",
        hits=ordered.slice(start, PER_PAGE).to_pylist(),
        total=table.num_rows,
        start=start,
        following=following,
    )
