"""Partners and collections: who shares with us, under what agreement, and what went to and fro."""

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from watchbell.desk.exchange.clearances import Terms, change_partner
from watchbell.desk.exchange.partner_view import collection_rows, partner_rows, partner_view
from watchbell.desk.exchange.partners import LINK_HOURS, invite, revoke, set_suspended
from watchbell.desk.exchange.webhooks import shown
from watchbell.desk.permissions import Permission
from watchbell.model.partners import Partner, PartnerKind, User
from watchbell.model.tlp import Tlp
from watchbell.web.guard import audience, desk_of, needs
from watchbell.web.pages import not_found, page

router = APIRouter()
READS = [needs(Permission.PARTNERS_READ)]
Manager = Annotated[User, needs(Permission.PARTNERS_MANAGE)]


@router.get("/desk/partners", dependencies=READS)
def partners(request: Request) -> Response:
    """List the partners."""
    desk = desk_of(request)
    return page(request, "partners.html", rows=partner_rows(desk.workspace.vault, desk.clock()))


@router.get("/desk/partners/{partner_id}", dependencies=READS)
def partner(request: Request, partner_id: str) -> Response:
    """Show one partner."""
    return _shown(request, partner_id)


@router.post("/desk/partners/{partner_id}/exchange")
def change_exchange(
    request: Request, partner_id: str, state: Annotated[Literal["rests", "goes on"], Form()], by: Manager
) -> Response:
    """Let the exchange with the partner rest, or go on."""
    desk, found = desk_of(request), _partner(request, partner_id)
    set_suspended(desk.workspace.vault, found, desk.clock(), suspended=state == "rests", by=by.username)
    return _back(partner_id)


@router.post("/desk/partners/{partner_id}/terms")
def change_terms(
    request: Request,
    partner_id: str,
    kind: Annotated[PartnerKind, Form()],
    clearance: Annotated[Tlp, Form()],
    by: Manager,
) -> Response:
    """Say what sort of organisation the partner is, and what it may hear."""
    desk, found = desk_of(request), _partner(request, partner_id)
    change_partner(desk.workspace.vault, found, Terms(kind, clearance), desk.clock(), by=by.username)
    return _back(partner_id)


@router.post("/desk/partners/{partner_id}/revocation")
def shut_out(
    request: Request, partner_id: str, username: Annotated[str, Form(max_length=200)], by: Manager
) -> Response:
    """Shut one of the partner's machines out."""
    desk, found = desk_of(request), _partner(request, partner_id)
    vault = desk.workspace.vault
    if username not in {machine.username for machine in vault.machines.of_partner(found.id)}:
        raise not_found("The partner has no such machine.")
    revoke(vault, username, desk.clock(), by=by.username)
    return _back(partner_id)


@router.post("/desk/partners/{partner_id}/invitation")
def make_link(request: Request, partner_id: str, by: Manager) -> Response:
    """Make a link by which the partner fetches a token itself, and show it this once."""
    desk, found = desk_of(request), _partner(request, partner_id)
    secret = invite(desk.workspace.vault, found, now=desk.clock(), by=by.username)
    return _shown(request, partner_id, link=f"/enrol/{secret}")


@router.get("/desk/collections", dependencies=READS)
def collections(request: Request) -> Response:
    """List the collections of the TAXII server."""
    return page(request, "collections.html", rows=collection_rows(desk_of(request).workspace.vault))


def _shown(request: Request, partner_id: str, link: str | None = None) -> Response:
    desk = desk_of(request)
    now = desk.clock()
    view = partner_view(desk.workspace.vault, partner_id, audience(request), now)
    if view is None:
        raise not_found("There is no such partner.")
    return page(
        request,
        "partner.html",
        view=view,
        partner=view.partner,
        now=now,
        shown_webhook=shown,
        enrolment=link,
        LINK_HOURS=LINK_HOURS,
        LABELS=list(Tlp),
    )


def _partner(request: Request, partner_id: str) -> Partner:
    found = desk_of(request).workspace.vault.partners.get(partner_id)
    if found is None:
        raise not_found("There is no such partner.")
    return found


def _back(partner_id: str) -> Response:
    return RedirectResponse(f"/desk/partners/{partner_id}", HTTPStatus.SEE_OTHER)
