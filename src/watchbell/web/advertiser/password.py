"""A forgotten password: a new one holds once the address and the second factor are proven."""

from http import HTTPStatus

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from watchbell.desk.accounts import SHORTEST_PASSWORD
from watchbell.desk.advertisers import accounts as advertiser_accounts
from watchbell.desk.advertisers.accounts import wrong_fields
from watchbell.desk.permissions import Errand
from watchbell.errors import UsageError
from watchbell.web.advertiser.account import SIGN_UP_COOKIE, Code, Email, Password, code_sent
from watchbell.web.advertiser.pages import Problems, counter_page
from watchbell.web.guard import COUNTER, at_counter, desk_of, office_of

router = APIRouter(prefix=f"{COUNTER}/password", dependencies=[at_counter(Errand.ENTER)])


@router.get("")
def new_password_form(request: Request) -> Response:
    """Show the form."""
    return _page(request)


@router.post("")
def ask(request: Request, email: Email, password: Password) -> Response:
    """Send the code with which the new password will hold."""
    return code_sent(
        request,
        (email, wrong_fields({"email": email, "password": password})),
        lambda wrong: _page(request, wrong, email),
        lambda now: advertiser_accounts.ask_new_password(office_of(request), email, password, now),
        f"{COUNTER}/password/code",
    )


@router.get("/code")
def code_form(request: Request) -> Response:
    """Ask for both codes."""
    return _code_page(request, None)


@router.post("/code")
def replace(request: Request, code: Code, factor: Code = "") -> Response:
    """Let the new password hold."""
    office, now = office_of(request), desk_of(request).clock()
    try:
        advertiser_accounts.set_new_password(office, request.cookies.get(SIGN_UP_COOKIE, ""), code, factor, now)
    except UsageError as error:
        return _code_page(request, str(error))
    answer = RedirectResponse(f"{COUNTER}/sign-in", HTTPStatus.SEE_OTHER)
    answer.delete_cookie(SIGN_UP_COOKIE, path=COUNTER)
    return answer


def _page(request: Request, problems: Problems | None = None, email: str = "") -> Response:
    return counter_page(request, "advertiser_password.html", problems=problems, email=email, shortest=SHORTEST_PASSWORD)


def _code_page(request: Request, problem: str | None) -> Response:
    waiting = advertiser_accounts.awaited(
        office_of(request), request.cookies.get(SIGN_UP_COOKIE, ""), desk_of(request).clock()
    )
    if waiting is None:
        return RedirectResponse(f"{COUNTER}/password", HTTPStatus.SEE_OTHER)
    problems = {"factor" if problem.startswith("The code of the app") else "code": problem} if problem else None
    return counter_page(request, "advertiser_password_code.html", problems=problems, email=waiting.email)
