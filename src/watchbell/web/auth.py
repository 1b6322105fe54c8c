"""Signing in and out."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from watchbell.desk.accounts import Session, authenticate, close_session, open_session
from watchbell.desk.permissions import Permission
from watchbell.web.guard import COOKIE, Desk, desk_of, needs
from watchbell.web.pages import page
from watchbell.web.words import span

router = APIRouter()
WRONG = "This user name and password do not belong together."


@router.get("/sign-in", dependencies=[needs(Permission.SESSION_OPEN)])
def sign_in_form(request: Request, to: Annotated[str, Query(alias="next")] = "/desk") -> Response:
    """Show the form."""
    return page(request, "sign_in.html", to=own_path(to), problem=None, username="")


@router.post("/sign-in", dependencies=[needs(Permission.SESSION_OPEN)])
def sign_in(
    request: Request,
    username: Annotated[str, Form(max_length=64)],
    password: Annotated[str, Form(max_length=1024)],
    to: Annotated[str, Form(alias="next")] = "/desk",
) -> Response:
    """Open a session, or say that name and password do not belong together."""
    desk, now = desk_of(request), desk_of(request).clock()
    username, vault = username.strip(), desk.workspace.vault
    wait = desk.attempts.wait(username, now)
    if wait:
        return _refused(request, to, username, f"Too many tries. Try again in {span(wait)}.", 429)
    user = authenticate(vault, username, password)
    if user is None:
        return _refused(request, to, username, WRONG, HTTPStatus.UNAUTHORIZED)
    desk.attempts.succeeded(username)
    session = open_session(vault, user, now, desk.workspace.settings.session_hours)
    answer = RedirectResponse(own_path(to), HTTPStatus.SEE_OTHER)
    _keep(answer, session, desk)
    return answer


@router.post("/sign-out", dependencies=[needs(Permission.SESSION_CLOSE)])
def sign_out(request: Request) -> Response:
    """End the session."""
    token = request.cookies.get(COOKIE)
    if token:
        close_session(desk_of(request).workspace.vault, token)
    answer = RedirectResponse("/", HTTPStatus.SEE_OTHER)
    answer.delete_cookie(COOKIE)
    return answer


def own_path(to: str, home: str = "/desk") -> str:
    """Return `to` if it is a path of this site, else `home`: a link may not lead a visitor elsewhere."""
    # Browsers read `//host` and `/\host` as another site, and drop tabs and newlines before they look.
    plain = to.isprintable() and to.startswith("/") and not to.startswith(("//", "/\\"))
    return to if plain else home


def _refused(request: Request, to: str, username: str, problem: str, status: int) -> Response:
    return page(request, "sign_in.html", status=status, to=own_path(to), problem=problem, username=username)


def _keep(answer: Response, session: Session, desk: Desk) -> None:
    answer.set_cookie(
        COOKIE,
        session.token,
        # `expires` with the server's clock would fail on a browser whose clock is off; `max_age` does not.
        max_age=desk.workspace.settings.session_hours * 3_600,
        httponly=True,
        samesite="lax",
        secure=desk.https,
    )
