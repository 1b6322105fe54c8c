"""Ads that wait for a person: the queue, and what a reviewer does with an ad."""

from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from watchbell.desk.ads.queue import decide_ad, demand_seen, queue_of, take_ad, undo
from watchbell.desk.claiming import let_go
from watchbell.desk.permissions import Permission
from watchbell.model.ads import Ad, Verdict
from watchbell.model.partners import User
from watchbell.web.guard import desk_of, needs
from watchbell.web.pages import not_found, page

router = APIRouter()

Reviewer = Annotated[User, needs(Permission.ADS_REVIEW)]


@router.get("/desk/ads")
def queue(request: Request, by: Reviewer, cursor: str = "") -> Response:
    """List the ads that wait for a person."""
    desk = desk_of(request)
    found = queue_of(desk.workspace.vault, cursor or None, desk.clock())
    return page(request, "ad_queue.html", found=found, page=found.page, claims=found.claims, me=by.username)


@router.post("/desk/ads/{ad_id:path}/claim")
def claim(request: Request, ad_id: str, by: Reviewer) -> Response:
    """Hold an ad for oneself."""
    desk, ad = desk_of(request), _ad(request, ad_id)
    take_ad(desk.workspace.vault, ad, by=by, now=desk.clock())
    return _back_to(ad)


@router.post("/desk/ads/{ad_id:path}/release")
def release(request: Request, ad_id: str, by: Reviewer) -> Response:
    """Let others have the ad."""
    ad = _ad(request, ad_id)
    let_go(desk_of(request).workspace.vault, ad.id, by=by)
    return RedirectResponse("/desk/ads", HTTPStatus.SEE_OTHER)


@router.post("/desk/ads/{ad_id:path}/decision")
def decide(
    request: Request,
    ad_id: str,
    verdict: Annotated[Verdict, Form()],
    reason: Annotated[str, Form(max_length=10_000)],
    seen: Annotated[str, Form(max_length=64)],
    by: Reviewer,
) -> Response:
    """Decide about an ad as the reviewer saw it, for a reason."""
    desk, ad = desk_of(request), _ad(request, ad_id)
    demand_seen(ad, seen)
    decide_ad(desk.workspace.vault, ad, verdict, reason, by=by, now=desk.clock())
    return _back_to(ad)


@router.post("/desk/ads/{ad_id:path}/undo")
def take_back(request: Request, ad_id: str, by: Reviewer) -> Response:
    """Take one's own decision back."""
    desk, ad = desk_of(request), _ad(request, ad_id)
    undo(desk.workspace.vault, ad, by=by, now=desk.clock())
    return _back_to(ad)


def _back_to(ad: Ad) -> Response:
    return RedirectResponse(f"/library/ads/{quote(ad.id)}#review", HTTPStatus.SEE_OTHER)


def _ad(request: Request, ad_id: str) -> Ad:
    ad = desk_of(request).workspace.vault.ads.get(ad_id)
    if ad is None:
        raise not_found("There is no such ad in this library.")
    return ad
