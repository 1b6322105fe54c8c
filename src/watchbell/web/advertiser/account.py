"""An advertiser's account: signing up, proving the e-mail address, the second factor, signing in and out."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from watchbell.desk.accounts import LONGEST_PASSWORD, SHORTEST_PASSWORD
from watchbell.desk.advertisers import accounts as advertiser_accounts
from watchbell.desk.advertisers.accounts import SIGN_UP_HOURS, Applicant, Credentials, known_as, wrong_fields
from watchbell.desk.permissions import Errand
from watchbell.errors import NotSentError, UsageError
from watchbell.model.advertiser_accounts import AdvertiserAccount
from watchbell.web.advertiser.pages import Problems, counter_page
from watchbell.web.auth import own_path
from watchbell.web.guard import COUNTER, COUNTER_COOKIE, at_counter, desk_of, office_of
from watchbell.web.qr import qr_code
from watchbell.web.words import span

router = APIRouter(prefix=COUNTER)

SIGN_UP_COOKIE = "watchbell_sign_up"
"""Of whoever proves an address; sent to `COUNTER` only."""
_WRONG = "This address, password and code do not belong together."

Enrolling = Annotated[AdvertiserAccount, at_counter(Errand.ENROL)]
Email = Annotated[str, Form(max_length=320)]
Password = Annotated[str, Form(max_length=LONGEST_PASSWORD)]
Code = Annotated[str, Form(max_length=64)]


@router.get("/sign-up", dependencies=[at_counter(Errand.ENTER)])
def sign_up_form(request: Request) -> Response:
    """Show the form."""
    return _sign_up_page(request)


@router.post("/sign-up", dependencies=[at_counter(Errand.ENTER)])
def sign_up(
    request: Request, person: Annotated[str, Form(max_length=200)], email: Email, password: Password
) -> Response:
    """Take a sign-up in, and send the code that proves the address."""
    told = Applicant(person, email, password)
    return code_sent(
        request,
        (email, wrong_fields(told._asdict())),
        lambda wrong: _sign_up_page(request, wrong, told),
        lambda now: advertiser_accounts.sign_up(office_of(request), told, now),
        f"{COUNTER}/e-mail",
    )


def code_sent(
    request: Request,
    asked: tuple[str, Problems],
    page: Callable[[Problems], Response],
    send: Callable[[datetime], str],
    onward: str,
) -> Response:
    """Send a code to an address that anybody may name, and lead on to where it is entered.

    Args:
        request: the request.
        asked: the address, and what is wrong with the form.
        page: shows the form again, with what is wrong.
        send: sends the code, and returns the token of whoever waits for it.
        onward: where the code is entered.
    """
    desk, now, known, wrong = desk_of(request), desk_of(request).clock(), known_as(asked[0]), asked[1]
    if wrong:
        return page(wrong)
    # Each sends an e-mail to somebody who may not have asked for it.
    wait = desk.counter_attempts.wait(known, now)
    if wait:
        return page({"email": f"Too many tries with this address. Try again in {span(wait)}."})
    try:
        token = send(now)
    except (UsageError, NotSentError) as error:
        return page({"form": str(error)})
    answer = RedirectResponse(onward, HTTPStatus.SEE_OTHER)
    keep(request, answer, SIGN_UP_COOKIE, token, SIGN_UP_HOURS)
    return answer


@router.get("/e-mail", dependencies=[at_counter(Errand.ENTER)])
def email_form(request: Request) -> Response:
    """Ask for the code that was sent."""
    return _email_page(request, None)


@router.post("/e-mail", dependencies=[at_counter(Errand.ENTER)])
def prove_email(request: Request, code: Code) -> Response:
    """Make the account, if the code is the one that was sent."""
    office, now = office_of(request), desk_of(request).clock()
    try:
        account = advertiser_accounts.prove_address(office, request.cookies.get(SIGN_UP_COOKIE, ""), code, now)
    except UsageError as error:
        return _email_page(request, str(error))
    answer = _signed_in(request, account, f"{COUNTER}/second-factor")
    answer.delete_cookie(SIGN_UP_COOKIE, path=COUNTER)
    return answer


@router.get("/second-factor")
def second_factor_form(request: Request, account: Enrolling) -> Response:
    """Show what the app is set up with."""
    return _second_factor_page(request, account)


@router.post("/second-factor")
def set_second_factor_up(request: Request, account: Enrolling, code: Code) -> Response:
    """Set the second factor up, and show the recovery codes this once."""
    office, now = office_of(request), desk_of(request).clock()
    wait = desk_of(request).counter_attempts.wait(account.id, now)
    if wait:
        return _second_factor_page(request, account, {"code": f"Too many tries. Try again in {span(wait)}."})
    try:
        codes = advertiser_accounts.enrol(office, account, code, now)
    except UsageError as error:
        return _second_factor_page(request, account, {"code": str(error)})
    desk_of(request).counter_attempts.succeeded(account.id)
    answer = counter_page(request, "advertiser_recovery.html", codes=codes)
    _keep_session(request, answer, account)
    return answer


@router.get("/sign-in", dependencies=[at_counter(Errand.ENTER)])
def sign_in_form(request: Request, to: Annotated[str, Query(alias="next")] = COUNTER) -> Response:
    """Show the form."""
    return _sign_in_page(request, to)


@router.post("/sign-in", dependencies=[at_counter(Errand.ENTER)])
def sign_in(
    request: Request,
    email: Email,
    password: Password,
    code: Code = "",
    to: Annotated[str, Form(alias="next")] = COUNTER,
) -> Response:
    """Open a session, or say that address, password and code do not belong together."""
    desk, now, known = desk_of(request), desk_of(request).clock(), known_as(email)
    wait = desk.counter_attempts.wait(known, now)
    if wait:
        return _sign_in_page(request, to, email, f"Too many tries. Try again in {span(wait)}.", 429)
    account = advertiser_accounts.authenticated(office_of(request), Credentials(email, password, code), now)
    if account is None:
        return _sign_in_page(request, to, email, _WRONG, HTTPStatus.UNAUTHORIZED)
    desk.counter_attempts.succeeded(known)
    return _signed_in(request, account, _counter_path(to))


@router.post("/sign-out", dependencies=[at_counter(Errand.ENTER)])
def sign_out(request: Request) -> Response:
    """End the session."""
    token = request.cookies.get(COUNTER_COOKIE)
    if token:
        advertiser_accounts.close_session(office_of(request), token)
    answer = RedirectResponse(COUNTER, HTTPStatus.SEE_OTHER)
    answer.delete_cookie(COUNTER_COOKIE, path=COUNTER)
    return answer


def _sign_up_page(request: Request, problems: Problems | None = None, told: Applicant | None = None) -> Response:
    return counter_page(
        request,
        "advertiser_sign_up.html",
        problems=problems,
        person=told.person if told else "",
        email=told.email if told else "",
        shortest=SHORTEST_PASSWORD,
    )


def _email_page(request: Request, problem: str | None) -> Response:
    waiting = advertiser_accounts.awaited(
        office_of(request), request.cookies.get(SIGN_UP_COOKIE, ""), desk_of(request).clock()
    )
    if waiting is None:
        return RedirectResponse(f"{COUNTER}/sign-up", HTTPStatus.SEE_OTHER)
    problems = {"code": problem} if problem else None
    return counter_page(request, "advertiser_email.html", problems=problems, email=waiting.email)


def _second_factor_page(request: Request, account: AdvertiserAccount, problems: Problems | None = None) -> Response:
    made = advertiser_accounts.enrolment(office_of(request), account)
    picture = qr_code(made.uri, "QR code for the app; the same stands below in letters")
    return counter_page(
        request, "advertiser_second_factor.html", problems=problems, picture=picture, secret=made.secret
    )


def _sign_in_page(
    request: Request, to: str, email: str = "", problem: str | None = None, status: int = HTTPStatus.OK
) -> Response:
    return counter_page(
        request, "advertiser_sign_in.html", status=status, problem=problem, to=_counter_path(to), email=email
    )


def _counter_path(to: str) -> str:
    """Return `to` if it is a page of the counter, else its first one."""
    path = own_path(to, COUNTER)
    return path if path.startswith(f"{COUNTER}/") else COUNTER


def _signed_in(request: Request, account: AdvertiserAccount, to: str) -> Response:
    answer = RedirectResponse(to, HTTPStatus.SEE_OTHER)
    _keep_session(request, answer, account)
    return answer


def _keep_session(request: Request, answer: Response, account: AdvertiserAccount) -> None:
    office, now = office_of(request), desk_of(request).clock()
    session = advertiser_accounts.open_session(office, account, now)
    keep(request, answer, COUNTER_COOKIE, session.token, office.settings.session_hours)


def keep(request: Request, answer: Response, name: str, value: str, hours: int) -> None:
    """Let the browser keep a secret for some hours, out of reach of scripts and of other sites."""
    answer.set_cookie(
        name,
        value,
        max_age=hours * 3_600,
        path=COUNTER,
        httponly=True,
        samesite="lax",
        secure=desk_of(request).https,
    )
