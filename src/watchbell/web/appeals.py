"""Appeals at the desk: what advertisers say against decisions, and the answers."""

from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from watchbell.desk.ads.appeal_answers import answer_appeal, appeals_of, take_appeal, undo_answer
from watchbell.desk.advertisers.rehearings import rehearings_of
from watchbell.desk.claiming import let_go
from watchbell.desk.permissions import Permission
from watchbell.model.appeals import Appeal, AppealState
from watchbell.model.partners import User
from watchbell.web.guard import desk_of, needs, office_of
from watchbell.web.pages import not_found, page

router = APIRouter(prefix="/desk/appeals")

Reviewer = Annotated[User, needs(Permission.ADS_REVIEW)]


@router.get("")
def queue(request: Request, by: Reviewer, state: AppealState = AppealState.OPEN) -> Response:
    """List the appeals of one state, and the refusals of evidence or words that are heard again."""
    desk = desk_of(request)
    views = appeals_of(desk.workspace.vault, state, by, desk.clock())
    heard = rehearings_of(office_of(request), state, by, desk.clock())
    return page(request, "appeals.html", views=views, heard=heard, shown=state, me=by.username)


@router.post("/{appeal_id}/claim")
def claim(request: Request, appeal_id: str, by: Reviewer) -> Response:
    """Hold an appeal for oneself."""
    desk, appeal = desk_of(request), _appeal(request, appeal_id)
    take_appeal(desk.workspace.vault, appeal, by=by, now=desk.clock())
    return RedirectResponse(f"/desk/appeals#{quote(appeal.id)}", HTTPStatus.SEE_OTHER)


@router.post("/{appeal_id}/release")
def release(request: Request, appeal_id: str, by: Reviewer) -> Response:
    """Let others have it."""
    let_go(desk_of(request).workspace.vault, _appeal(request, appeal_id).id, by=by)
    return RedirectResponse("/desk/appeals", HTTPStatus.SEE_OTHER)


@router.post("/{appeal_id}/answer")
def answer(
    request: Request,
    appeal_id: str,
    state: Annotated[AppealState, Form()],
    words: Annotated[str, Form(max_length=10_000)],
    by: Reviewer,
) -> Response:
    """Grant an appeal or refuse it, for a reason."""
    desk, appeal = desk_of(request), _appeal(request, appeal_id)
    answer_appeal(desk.workspace.vault, appeal, state, words, by=by, now=desk.clock())
    return RedirectResponse(f"/desk/appeals?state={state.value}#{quote(appeal.id)}", HTTPStatus.SEE_OTHER)


@router.post("/{appeal_id}/undo")
def take_back(request: Request, appeal_id: str, by: Reviewer) -> Response:
    """Take one's own answer back."""
    desk, appeal = desk_of(request), _appeal(request, appeal_id)
    undo_answer(desk.workspace.vault, appeal, by=by, now=desk.clock())
    return RedirectResponse(f"/desk/appeals#{quote(appeal.id)}", HTTPStatus.SEE_OTHER)


def _appeal(request: Request, appeal_id: str) -> Appeal:
    found = desk_of(request).workspace.vault.appeals.get(appeal_id)
    if found is None:
        raise not_found("There is no such appeal.")
    return found
