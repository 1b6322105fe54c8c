"""Hits: where partners' indicators were found."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from watchbell.desk.permissions import Permission
from watchbell.web.guard import audience, desk_of, needs
from watchbell.web.pages import page

router = APIRouter()
PER_PAGE = 50


@router.get("/desk/hits", dependencies=[needs(Permission.HITS_READ)])
def hits(request: Request, start: Annotated[int, Query(ge=0, le=10_000_000)] = 0) -> Response:
    """List where indicators were found, latest first."""
    table = desk_of(request).workspace.vault.hits.heard_by(audience(request)).all()
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
