"""Enrolment: the page behind a one-time link, where a partner fetches the token of its machine."""

from http import HTTPStatus

from fastapi import APIRouter, Request
from starlette.responses import Response

from watchbell.desk.exchange.partners import enrol, invitation
from watchbell.desk.permissions import Permission
from watchbell.web.guard import desk_of, needs
from watchbell.web.pages import page
from watchbell.web.taxii import PATH

router = APIRouter(dependencies=[needs(Permission.ENROLMENT_USE)])


@router.get("/enrol/{secret}")
def offer(request: Request, secret: str) -> Response:
    """Ask before the link is used up: programs that look at links in letters must not spend it."""
    desk = desk_of(request)
    partner = invitation(desk.workspace.vault, secret, desk.clock())
    return _page(request, 200 if partner else HTTPStatus.NOT_FOUND, partner=partner)


@router.post("/enrol/{secret}")
def use(request: Request, secret: str) -> Response:
    """Use the link up, and show the token this once."""
    desk = desk_of(request)
    made = enrol(desk.workspace.vault, secret, desk.clock())
    if made is None:
        return _page(request, HTTPStatus.NOT_FOUND, partner=None)
    return _page(request, 200, partner=made.partner, account=made.account, token=made.token)


def _page(request: Request, status: int, **context: object) -> Response:
    told = {"account": None, "token": None, "server": f"{PATH}/"} | context
    return page(request, "enrolment.html", status=status, **told)
