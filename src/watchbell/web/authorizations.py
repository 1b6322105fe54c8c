"""Advertisers at the desk: what waits for a person, and all that a reviewer sees and does of one advertiser."""

from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from watchbell.desk.ads.payers import bind_account, unbind_account
from watchbell.desk.advertisers.authorizations import (
    advertiser_view,
    decide_evidence,
    document_of,
    due_soon,
    look_again,
    take,
    undo_evidence,
    waiting,
)
from watchbell.desk.advertisers.disclaimers import decide_disclaimer, undo_disclaimer
from watchbell.desk.claiming import let_go
from watchbell.desk.permissions import Permission
from watchbell.errors import UsageError
from watchbell.model.advertisers import (
    Advertiser,
    DisclaimerVerdict,
    Evidence,
    EvidenceVerdict,
    Finding,
    PayerDisclaimer,
)
from watchbell.model.partners import User
from watchbell.web.guard import desk_of, needs, office_of
from watchbell.web.pages import not_found, page

router = APIRouter(prefix="/desk/advertisers")

Reviewer = Annotated[User, needs(Permission.ADVERTISERS_DECIDE)]
Subject = Annotated[str, Form(max_length=200)]
Account = Annotated[str, Form(max_length=500)]

_MOST_ROWS = 200
# What a browser shows by itself without running anything in it; all else is a file to keep.
_SHOWN = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif", b"%PDF": "application/pdf"}


@router.get("")
def queue(request: Request, by: Reviewer, name: Annotated[str, Query(max_length=200)] = "") -> Response:
    """List what of advertisers waits for a person, who lapses soon, and the advertisers whose names hold some words."""
    office, now = office_of(request), desk_of(request).clock()
    words = name.casefold().split()
    named = [
        one
        for one in office.vault.advertisers.all()
        if all(word in f"{one.organisation or ''} {one.person} {one.id}".casefold() for word in words)
    ]
    return page(
        request,
        "authorizations.html",
        waiting=waiting(office, now),
        due=due_soon(office, now),
        advertisers=named,
        name=name,
        most=_MOST_ROWS,
        me=by.username,
        now=now,
    )


@router.get("/{advertiser_id}")
def one(request: Request, advertiser_id: str, by: Reviewer) -> Response:
    """Show an advertiser: where they stand, what they showed, their words, accounts and ads."""
    office, now = office_of(request), desk_of(request).clock()
    view = advertiser_view(office, _advertiser(request, advertiser_id), by, now)
    return page(request, "authorization.html", view=view, advertiser=view.advertiser, now=now)


@router.get("/{advertiser_id}/documents/{evidence_id}")
def document(request: Request, advertiser_id: str, evidence_id: str, by: Reviewer) -> Response:
    """Show the document to whoever holds the evidence; it is written down, and no cache keeps it."""
    advertiser = _advertiser(request, advertiser_id)
    piece = _piece(request, advertiser, evidence_id)
    if not isinstance(piece, Evidence):
        raise not_found("There is no such evidence of this advertiser.")
    seen = document_of(office_of(request), advertiser, piece, by=by, now=desk_of(request).clock())
    kind = next((kind for mark, kind in _SHOWN.items() if seen.startswith(mark)), "application/octet-stream")
    how = "inline" if kind in _SHOWN.values() else 'attachment; filename="document"'
    return Response(seen, media_type=kind, headers={"content-disposition": how})


@router.post("/{advertiser_id}/claim")
def claim(request: Request, advertiser_id: str, subject: Subject, by: Reviewer) -> Response:
    """Hold a piece of evidence or a disclaimer for oneself."""
    advertiser = _advertiser(request, advertiser_id)
    piece = _piece(request, advertiser, subject)
    take(office_of(request), piece, by=by, now=desk_of(request).clock())
    return _back_to(advertiser, piece.id)


@router.post("/{advertiser_id}/release")
def release(request: Request, advertiser_id: str, subject: Subject, by: Reviewer) -> Response:
    """Let others have it."""
    piece = _piece(request, _advertiser(request, advertiser_id), subject)
    let_go(desk_of(request).workspace.vault, piece.id, by=by)
    return RedirectResponse("/desk/advertisers", HTTPStatus.SEE_OTHER)


class Said(BaseModel):
    """What a reviewer decides, as the form sends it."""

    subject: str = Field(max_length=200)
    accept: bool
    reason: str = Field(max_length=10_000)
    expires: str = Field("", max_length=10)


@router.post("/{advertiser_id}/decision")
def decide(request: Request, advertiser_id: str, said: Annotated[Said, Form()], by: Reviewer) -> Response:
    """Decide about a piece of evidence or a disclaimer, for a reason."""
    office, now = office_of(request), desk_of(request).clock()
    advertiser = _advertiser(request, advertiser_id)
    piece = _piece(request, advertiser, said.subject)
    take(office, piece, by=by, now=now)
    if isinstance(piece, Evidence):
        verdict = EvidenceVerdict.ACCEPTED if said.accept else EvidenceVerdict.REFUSED
        finding = Finding(verdict=verdict, reason=said.reason, expires_on=_day(said.expires))
        decide_evidence(office, advertiser, piece, finding, by=by, now=now)
    else:
        word = DisclaimerVerdict.APPROVED if said.accept else DisclaimerVerdict.REFUSED
        decide_disclaimer(office, piece, word, said.reason, by=by, now=now)
    return _back_to(advertiser, piece.id)


@router.post("/{advertiser_id}/undo")
def take_back(request: Request, advertiser_id: str, subject: Subject, by: Reviewer) -> Response:
    """Take one's own decision back."""
    office, now = office_of(request), desk_of(request).clock()
    advertiser = _advertiser(request, advertiser_id)
    piece = _piece(request, advertiser, subject)
    if isinstance(piece, Evidence):
        undo_evidence(office, advertiser, piece, by=by, now=now)
    else:
        undo_disclaimer(office, piece, by=by, now=now)
    return _back_to(advertiser, piece.id)


@router.post("/{advertiser_id}/again")
def again(
    request: Request,
    advertiser_id: str,
    subject: Subject,
    reason: Annotated[str, Form(max_length=10_000)],
    by: Reviewer,
) -> Response:
    """Let what somebody else refused wait again."""
    advertiser = _advertiser(request, advertiser_id)
    piece = _piece(request, advertiser, subject)
    look_again(office_of(request), advertiser, piece, reason, by=by, now=desk_of(request).clock())
    return _back_to(advertiser, piece.id)


@router.post("/{advertiser_id}/accounts")
def bind(request: Request, advertiser_id: str, platform: Account, account: Account, by: Reviewer) -> Response:
    """Bind an account to the advertiser."""
    advertiser = _advertiser(request, advertiser_id)
    bind_account(office_of(request), advertiser, platform, account, by=by, now=desk_of(request).clock())
    return _back_to(advertiser, "accounts")


@router.post("/{advertiser_id}/accounts/unbind")
def unbind(request: Request, advertiser_id: str, platform: Account, account: Account, by: Reviewer) -> Response:
    """Take an account from the advertiser."""
    advertiser = _advertiser(request, advertiser_id)
    unbind_account(office_of(request), advertiser, platform, account, by=by, now=desk_of(request).clock())
    return _back_to(advertiser, "accounts")


def _back_to(advertiser: Advertiser, place: str) -> Response:
    return RedirectResponse(f"/desk/advertisers/{quote(advertiser.id)}#{quote(place)}", HTTPStatus.SEE_OTHER)


def _advertiser(request: Request, advertiser_id: str) -> Advertiser:
    found = desk_of(request).workspace.vault.advertisers.get(advertiser_id)
    if found is None:
        raise not_found("There is no such advertiser.")
    return found


def _piece(request: Request, advertiser: Advertiser, subject: str) -> Evidence | PayerDisclaimer:
    found = desk_of(request).workspace.vault.advertisers.piece(advertiser.id, subject)
    if found is None:
        raise not_found("There is no such evidence or disclaimer of this advertiser.")
    return found


def _day(written: str) -> date | None:
    """Return the day that a form names.

    Raises:
        UsageError: it is no day.
    """
    if not written:
        return None
    try:
        return datetime.strptime(written, "%Y-%m-%d").date()  # noqa: DTZ007  # a day on a document has no zone
    except ValueError as error:
        raise UsageError("Write the last day on which the document is good as year-month-day: 2031-05-01.") from error
