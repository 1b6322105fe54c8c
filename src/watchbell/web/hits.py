"""Hits: where partners' indicators, and imitations of protected names, were found."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, BeforeValidator, Field
from starlette.responses import Response

from watchbell.desk.cases.cases import owners
from watchbell.desk.permissions import Permission
from watchbell.vault.hits import HitFilter
from watchbell.web.guard import audience, desk_of, needs
from watchbell.web.pages import page

router = APIRouter()
PER_PAGE = 50


class HitsAsked(BaseModel):
    """What the page is asked for."""

    text: str = Field(default="", max_length=200)
    kind: str = Field(default="", max_length=40)
    relation: str = Field(default="", max_length=40)
    target_kind: str = Field(default="", max_length=40)
    least: Annotated[int, BeforeValidator(lambda given: given or 0)] = Field(default=0, ge=0, le=100)
    start: int = Field(default=0, ge=0, le=10_000_000)

    @property
    def wanted(self) -> HitFilter:
        """Return which hits to show."""
        return HitFilter(self.text.strip(), self.kind, self.relation, self.target_kind, self.least)


@router.get("/desk/hits", dependencies=[needs(Permission.HITS_READ)])
def hits(request: Request, asked: Annotated[HitsAsked, Query()]) -> Response:
    """List where indicators were found, latest first."""
    vault, listener = desk_of(request).workspace.vault, audience(request)
    shelf, wanted = vault.hits.heard_by(listener), asked.wanted
    shown, total = shelf.page(wanted, start=asked.start, limit=PER_PAGE)
    following = asked.start + PER_PAGE if asked.start + PER_PAGE < total else None
    return page(
        request,
        "hits.html",
        hits=shown,
        total=total,
        start=asked.start,
        following=following,
        wanted=wanted,
        kind_options=[(kind, kind) for kind in shelf.kinds()],
        query=urlencode({name: value for name, value in wanted._asdict().items() if value}),
        case_of=owners(vault.cases.heard_by(listener).all()),
    )
