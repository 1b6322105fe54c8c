"""Flags on ads: the form that anyone may send, the answer for whoever sent it, and the desk's queue with its clock."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from watchbell.desk.ads.flags import Told, answer_flag, due_for, raise_flag, redress_for
from watchbell.desk.permissions import Permission
from watchbell.errors import UsageError
from watchbell.model.ads import Ad
from watchbell.model.flags import AdFlag, FlagState
from watchbell.model.partners import User
from watchbell.web.guard import desk_of, needs
from watchbell.web.pages import not_found, page
from watchbell.web.visitors import visitor_address

router = APIRouter()

_PER_PAGE = 50


class Flagging(BaseModel):
    """The form as a browser sends it."""

    reason: str = Field("", max_length=30)
    words: str = Field("", max_length=10_000)
    email: str = Field("", max_length=320)
    name: str = Field("", max_length=200)


@router.get("/library/flag/{ad_id:path}", dependencies=[needs(Permission.FLAGS_SEND)])
def flag_form(request: Request, ad_id: str) -> Response:
    """Ask what is wrong with an ad."""
    return _form(request, _ad(request, ad_id), Flagging.model_validate({}))


@router.post("/library/flag/{ad_id:path}", dependencies=[needs(Permission.FLAGS_SEND)])
def send_flag(request: Request, ad_id: str, told: Annotated[Flagging, Form()]) -> Response:
    """Keep a flag, and lead to the page where its answer will stand; or say what keeps it from being kept."""
    desk, ad = desk_of(request), _ad(request, ad_id)
    now, vault = desk.clock(), desk.workspace.vault
    address = visitor_address(request, desk.proxies)
    try:
        said = Told(told.reason, told.words, told.email, told.name)
        flag = raise_flag(
            vault, ad, said, desk.workspace.settings, now, admit=lambda: desk.flag_gate.admit(address, now)
        )
    except UsageError as error:
        return _form(request, ad, told, str(error))
    return RedirectResponse(f"/library/flags/{flag.id}", HTTPStatus.SEE_OTHER)


@router.get("/library/flags/{flag_id}", dependencies=[needs(Permission.FLAGS_SEND)])
def own_flag(request: Request, flag_id: str) -> Response:
    """Show whoever raised a flag where it stands: the address of this page is known to them alone."""
    desk, flag = desk_of(request), _flag(request, flag_id)
    redress = redress_for(desk.workspace.vault.ads.get(flag.ad_id), desk.workspace.settings)
    return page(request, "flag.html", flag=flag, redress=redress, now=desk.clock())


@router.get("/desk/flags", dependencies=[needs(Permission.FLAGS_ANSWER)])
def flags(request: Request, after: str = "") -> Response:
    """List the flags that wait for an answer, those owed first on top."""
    desk = desk_of(request)
    shelf, now = desk.workspace.vault.ad_flags, desk.clock()
    found = shelf.waiting(_flag(request, after) if after else None, _PER_PAGE + 1)
    ads = {flag.ad_id: desk.workspace.vault.ads.get(flag.ad_id) for flag in found}
    following = found[_PER_PAGE - 1].id if len(found) > _PER_PAGE else None
    shown = found[:_PER_PAGE]
    return page(request, "flags.html", flags=shown, ads=ads, count=shelf.count(now), following=following, now=now)


@router.get("/desk/flags/{flag_id}", dependencies=[needs(Permission.FLAGS_ANSWER)])
def one_flag(request: Request, flag_id: str) -> Response:
    """Show a flag, with the form to answer it."""
    flag = _flag(request, flag_id)
    ad = desk_of(request).workspace.vault.ads.get(flag.ad_id)
    return page(request, "flag_at_desk.html", flag=flag, ad=ad, now=desk_of(request).clock())


@router.post("/desk/flags/{flag_id}/answer")
def answer(
    request: Request,
    flag_id: str,
    state: Annotated[FlagState, Form()],
    words: Annotated[str, Form(max_length=10_000)],
    by: Annotated[User, needs(Permission.FLAGS_ANSWER)],
) -> Response:
    """Answer a flag."""
    desk = desk_of(request)
    told = {"state": state, "words": words}
    answer_flag(desk.workspace.vault, flag_id, told, desk.workspace.settings, by=by, now=desk.clock())
    return RedirectResponse(f"/desk/flags/{flag_id}", HTTPStatus.SEE_OTHER)


def _form(request: Request, ad: Ad, told: Flagging, problem: str | None = None) -> Response:
    desk = desk_of(request)
    settings = desk.workspace.settings
    return page(
        request,
        "flag_form.html",
        status=HTTPStatus.BAD_REQUEST if problem else HTTPStatus.OK,
        ad=ad,
        told=told,
        problem=problem,
        due=due_for(ad, settings, desk.clock()),
        sends_email=settings.smtp_host is not None,
    )


def _ad(request: Request, ad_id: str) -> Ad:
    ad = desk_of(request).workspace.vault.ads.get(ad_id)
    if ad is None:
        raise not_found("There is no such ad in this library.")
    return ad


def _flag(request: Request, flag_id: str) -> AdFlag:
    flag = desk_of(request).workspace.vault.ad_flags.get(flag_id)
    if flag is None:
        raise not_found("There is no such flag.")
    return flag
