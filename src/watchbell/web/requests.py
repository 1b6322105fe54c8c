"""The register of what governments ask: the list with its count for a year, a form to write one down, and an answer."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from watchbell.desk.exchange.requests import answer_request, drafted_request, transparency_report, write_request
from watchbell.desk.permissions import Permission
from watchbell.errors import UsageError
from watchbell.model.partners import User
from watchbell.model.requests import GovernmentRequest, RequestKind, RequestState
from watchbell.web.guard import desk_of, needs
from watchbell.web.pages import not_found, page

router = APIRouter()


class ToldRequest(BaseModel):
    """What the form asks."""

    asker: str = Field(max_length=10_000)
    country: str = Field(max_length=10)
    kind: RequestKind
    legal_basis: str = Field(default="", max_length=10_000)
    scope: str = Field(max_length=10_000)
    accounts: int = 0
    received: str = Field(max_length=10)
    due: str = Field(default="", max_length=10)


@router.get("/desk/requests", dependencies=[needs(Permission.REQUESTS_READ)])
def requests(request: Request, year: Annotated[int | None, Query(ge=1970, le=9999)] = None) -> Response:
    """List the requests, and count those of a year as the public will read it."""
    desk = desk_of(request)
    now, found = desk.clock(), desk.workspace.vault.requests.all()
    report = transparency_report(found, year or now.year)
    return page(request, "requests.html", requests=found, report=report, now=now)


@router.post("/desk/requests")
def add_request(
    request: Request, told: Annotated[ToldRequest, Form()], by: Annotated[User, needs(Permission.REQUESTS_WRITE)]
) -> Response:
    """Write a request down."""
    desk = desk_of(request)
    fields = told.model_dump(exclude={"received", "due"}) | {"due_at": _day(told.due) if told.due else None}
    draft = drafted_request(fields, by=by.username, received_at=_day(told.received))
    kept = write_request(desk.workspace.vault, draft, by=by.username, now=desk.clock())
    return _to(kept.id)


@router.get("/desk/requests/{request_id}", dependencies=[needs(Permission.REQUESTS_READ)])
def one_request(request: Request, request_id: str) -> Response:
    """Show one request."""
    return page(request, "request.html", one=_request(request, request_id), now=desk_of(request).clock())


@router.post("/desk/requests/{request_id}/answer")
def answer(
    request: Request,
    request_id: str,
    state: Annotated[RequestState, Form()],
    answer: Annotated[str, Form(max_length=10_000)],
    by: Annotated[User, needs(Permission.REQUESTS_WRITE)],
) -> Response:
    """Answer a request."""
    desk = desk_of(request)
    answer_request(desk.workspace.vault, _request(request, request_id), state, answer, by=by, now=desk.clock())
    return _to(request_id)


def _request(request: Request, request_id: str) -> GovernmentRequest:
    found = desk_of(request).workspace.vault.requests.get(request_id)
    if found is None:
        raise not_found("There is no such request.")
    return found


def _to(request_id: str) -> Response:
    return RedirectResponse(f"/desk/requests/{request_id}", HTTPStatus.SEE_OTHER)


def _day(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as error:
        raise UsageError(f"{text!r} is no day. Write it as 2026-11-03.") from error
