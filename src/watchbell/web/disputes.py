"""Disputes: the queue by the day on which an answer is owed, and one with its answer."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from watchbell.desk.exchange.disputes import Answer, answer_dispute
from watchbell.desk.exchange.indicator_view import names_of_partners
from watchbell.desk.exchange.retraction import receipts
from watchbell.desk.permissions import Permission
from watchbell.model.feedback import Dispute, DisputeState
from watchbell.model.indicators import Indicator
from watchbell.model.partners import User
from watchbell.web.guard import audience, desk_of, needs
from watchbell.web.pages import not_found, page

router = APIRouter()


@router.get("/desk/disputes", dependencies=[needs(Permission.DISPUTES_READ)])
def disputes(request: Request) -> Response:
    """List the disputes of indicators that the person may hear."""
    desk = desk_of(request)
    vault = desk.workspace.vault
    shelf = vault.indicators.heard_by(audience(request))
    known = ((one, shelf.get(one.indicator_id)) for one in vault.feedback.disputes())
    found = [(one, about) for one, about in known if about is not None]
    names = names_of_partners(vault, desk.workspace.settings.operator)
    return page(request, "disputes.html", disputes=found, names=names, now=desk.clock())


@router.get("/desk/disputes/{dispute_id}", dependencies=[needs(Permission.DISPUTES_READ)])
def dispute(request: Request, dispute_id: str) -> Response:
    """Show one dispute."""
    desk = desk_of(request)
    vault = desk.workspace.vault
    found, about = _dispute(request, dispute_id)
    names = names_of_partners(vault, desk.workspace.settings.operator)
    return page(
        request,
        "dispute.html",
        dispute=found,
        about=about,
        names=names,
        now=desk.clock(),
        receipts=receipts(vault, about),
    )


@router.post("/desk/disputes/{dispute_id}/answer")
def answer(
    request: Request,
    dispute_id: str,
    state: Annotated[DisputeState, Form()],
    answer: Annotated[str, Form(max_length=10_000)],
    by: Annotated[User, needs(Permission.DISPUTES_ANSWER)],
) -> Response:
    """Answer a dispute."""
    desk = desk_of(request)
    found, _ = _dispute(request, dispute_id)
    answer_dispute(
        desk.workspace.vault,
        found,
        Answer(state, answer),
        operator=desk.workspace.settings.operator,
        by=by,
        now=desk.clock(),
    )
    return RedirectResponse(f"/desk/disputes/{dispute_id}", HTTPStatus.SEE_OTHER)


def _dispute(request: Request, dispute_id: str) -> tuple[Dispute, Indicator]:
    vault = desk_of(request).workspace.vault
    found = vault.feedback.dispute(dispute_id)
    about = vault.indicators.heard_by(audience(request)).get(found.indicator_id) if found else None
    if found is None or about is None:
        raise not_found("There is no such dispute.")
    return found, about
