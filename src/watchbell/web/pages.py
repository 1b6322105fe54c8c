"""Pages from templates: how each is rendered, and the pages that say what went wrong."""

from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response

from watchbell.desk.permissions import Permission, may
from watchbell.errors import NotAllowedError, WatchbellError
from watchbell.web import words
from watchbell.web.advertiser import words as advertiser_words
from watchbell.web.gate import HEADERS
from watchbell.web.guard import COUNTER, EnrolmentNeededError, SignInNeededError, desk_of, signed_in

# Anyone's page may read what is public; no cookie is looked at, so nothing of a visitor's session can leak.
OPEN = {"access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin"}

HERE = Path(__file__).parent
STATIC = HERE / "static"

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
    lstrip_blocks=True,
)  # fmt: skip
words.teach(_ENVIRONMENT)
advertiser_words.teach(_ENVIRONMENT)


def page(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """Render a template for whoever is asking."""
    user, settings = signed_in(request), desk_of(request).workspace.settings
    role = user.role if user else None
    html = _ENVIRONMENT.get_template(template).render(
        user=user,
        can=lambda permission: may(role, Permission(permission)),
        path=request.url.path,
        operator=settings.operator,
        counter_open=settings.advertiser_pages,
        **context,
    )
    return HTMLResponse(html, status)


def not_found(what: str) -> HTTPException:
    """Return the error that shows "not found" with a sentence."""
    return HTTPException(HTTPStatus.NOT_FOUND, what)


def handle_errors(app: FastAPI) -> None:
    """Let every refusal and failure end in a page with a sentence, or in JSON where a machine asked the open API."""

    @app.exception_handler(SignInNeededError)
    def _sign_in(request: Request, needed: SignInNeededError) -> Response:
        # A form would be lost on the way, so the visitor comes back to the page, not to the sending of it.
        back = request.url.path if request.method == "GET" else needed.home
        to = f"{needed.door}?next={quote(back)}"
        if request.headers.get("hx-request"):
            return Response(status_code=HTTPStatus.UNAUTHORIZED, headers={"hx-redirect": to})
        return RedirectResponse(to, HTTPStatus.SEE_OTHER)

    @app.exception_handler(EnrolmentNeededError)
    def _enrol(_: Request, __: EnrolmentNeededError) -> Response:
        return RedirectResponse(f"{COUNTER}/second-factor", HTTPStatus.SEE_OTHER)

    @app.exception_handler(WatchbellError)
    def _watchbell(request: Request, error: WatchbellError) -> Response:
        status = HTTPStatus.FORBIDDEN if isinstance(error, NotAllowedError) else HTTPStatus.BAD_REQUEST
        return _problem(request, status, str(error))

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> Response:
        status = HTTPStatus(error.status_code)
        plain = "There is nothing at this address." if status is HTTPStatus.NOT_FOUND else status.description
        return _problem(request, status, error.detail if error.detail != status.phrase else plain)

    @app.exception_handler(Exception)
    def _failed(_: Request, __: Exception) -> Response:
        # Starlette sends this answer outside of all middleware, so the headers are put on here. Rendering a page
        # could fail again; the traceback goes to standard error.
        return PlainTextResponse("Watchbell failed here. Its log says why.", 500, HEADERS)

    @app.exception_handler(RequestValidationError)
    def _unreadable(request: Request, error: RequestValidationError) -> Response:
        sentence = "A part of the address or form cannot be read."
        if _is_api(request):
            first = error.errors()[0]
            sentence = f"`{first['loc'][-1]}` cannot be used: {first['msg']}."
        return _problem(request, HTTPStatus.BAD_REQUEST, sentence)


def _is_api(request: Request) -> bool:
    return request.url.path.startswith("/api/")


def _problem(request: Request, status: HTTPStatus, sentence: str) -> Response:
    if _is_api(request):
        return JSONResponse({"error": {"message": sentence}}, status, OPEN)
    return page(request, "problem.html", status=status, phrase=status.phrase.capitalize(), sentence=sentence)
