"""Releases: what waits for a second person before it leaves the house."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from watchbell.desk.exchange.indicator_view import names_of_partners
from watchbell.desk.exchange.releases import decide_release
from watchbell.desk.permissions import Permission
from watchbell.model.partners import User
from watchbell.model.releases import ReleaseState
from watchbell.web.guard import audience, desk_of, needs
from watchbell.web.pages import not_found, page

router = APIRouter()


@router.get("/desk/releases", dependencies=[needs(Permission.RELEASES_DECIDE)])
def releases(request: Request) -> Response:
    """List the releases that the person is cleared for, the last asked for first."""
    desk = desk_of(request)
    vault, heard = desk.workspace.vault, audience(request)
    found = [one for one in vault.releases.all() if heard.hears(one.tlp)]
    cases = {case.id: case for case in vault.cases.heard_by(heard).all()}
    names = names_of_partners(vault, desk.workspace.settings.operator)
    return page(request, "releases.html", releases=found, cases=cases, names=names)


@router.post("/desk/releases/{release_id}")
def decide(
    request: Request,
    release_id: str,
    state: Annotated[ReleaseState, Form()],
    word: Annotated[str, Form(max_length=10_000)],
    by: Annotated[User, needs(Permission.RELEASES_DECIDE)],
) -> Response:
    """Approve or refuse a release, as the second person."""
    desk = desk_of(request)
    found = desk.workspace.vault.releases.get(release_id)
    if found is None or not audience(request).hears(found.tlp):
        raise not_found("There is no such release.")
    decide_release(desk.workspace.vault, found, state, word, by=by, now=desk.clock())
    return RedirectResponse("/desk/releases", HTTPStatus.SEE_OTHER)
