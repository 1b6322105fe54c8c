"""The TAXII 2.1 server: the routes of sections 4 and 5 of the standard, for partners' machines.

An app of its own below the desk's: it knows no sessions and no forms, and its errors are TAXII's.
"""

import json
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from watchbell.clock import Clock
from watchbell.desk.exchange.collections import read_page, remove
from watchbell.desk.exchange.intake import Intake
from watchbell.desk.exchange.partners import Caller
from watchbell.errors import UsageError, WatchbellError
from watchbell.exchange import taxii
from watchbell.exchange.envelope import EnvelopeError
from watchbell.exchange.taxii import MEDIA_TYPE, RequestError
from watchbell.model.collections import Access, ObjectPage, Wanted
from watchbell.vault.workspace import Workspace
from watchbell.web.gate import is_head
from watchbell.web.machines import CHALLENGE, caller_of

PATH = "/taxii2"
ROOT = f"{PATH}/api/"
MAX_CONTENT_LENGTH = 32 * 1024 * 1024
"""The largest envelope: about 40,000 objects. It is held in memory while it is read."""

router = APIRouter()


def taxii_app(workspace: Workspace, clock: Clock, intake: Intake) -> FastAPI:
    """Return the app that serves the workspace's collections; it is to be mounted at `PATH`."""
    app = FastAPI(title="Watchbell TAXII", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.workspace, app.state.clock = workspace, clock
    app.state.intake = intake
    app.include_router(router)
    _handle_errors(app)
    return app


@router.get("/")
def discovery(request: Request) -> Response:
    """Tell where the API root is (section 4.1)."""
    _caller(request)
    return _resource(taxii.discovery(_operator(request), ROOT))


@router.get("/api/")
def api_root(request: Request) -> Response:
    """Tell what the API root can do (section 4.2)."""
    _caller(request)
    return _resource(taxii.api_root(_operator(request), MAX_CONTENT_LENGTH))


@router.get("/api/status/{add_id}/")
def status(request: Request, add_id: str) -> Response:
    """Tell what became of an envelope, to whoever sent it (section 4.3)."""
    caller = _caller(request)
    add = _workspace(request).vault.adds.get(add_id)
    if add is None or add.username != caller.account.username:
        raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such status.")
    request.app.state.intake.resume()
    return _resource(taxii.status_resource(add))


@router.get("/api/collections/")
def collections(request: Request) -> Response:
    """List the collections that the caller may know of (section 5.1)."""
    found = _open_to(request, _caller(request))
    return _resource(taxii.listing("collections", list(map(taxii.collection_resource, found)), None))


@router.get("/api/collections/{name}/")
def collection(request: Request, name: str) -> Response:
    """Tell of one collection (section 5.2)."""
    return _resource(taxii.collection_resource(_access(request, _caller(request), name)))


@router.get("/api/collections/{name}/manifest/")
def manifest(request: Request, name: str) -> Response:
    """List what is in a collection, without the objects themselves (section 5.3)."""
    access = _readable(request, name)
    page = _workspace(request).vault.collections.page(access, _wanted(request), bodies=False)
    records = [taxii.manifest_record(held) for held in page.objects]
    return _resource(taxii.listing("objects", records, _following(page)), headers=taxii.added_headers(page.objects))


@router.get("/api/collections/{name}/objects/")
def objects(request: Request, name: str) -> Response:
    """Hand out objects (section 5.4)."""
    page, bodies = _page(request, _readable(request, name), _wanted(request))
    return _envelope(page, bodies)


@router.post("/api/collections/{name}/objects/")
async def add_objects(request: Request, name: str) -> Response:
    """Take an envelope in (section 5.5)."""
    caller = await run_in_threadpool(_caller, request)
    access = await run_in_threadpool(_access, request, caller, name)
    if not access.can_write:
        raise _refused(access, "The collection takes nothing from you.")
    if not taxii.is_envelope(request.headers.get("content-type")):
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"An envelope is sent as {MEDIA_TYPE}.")
    sent = await _body(request)
    add = await run_in_threadpool(request.app.state.intake.receive, caller, access, sent)
    return _resource(taxii.status_resource(add), status=HTTPStatus.ACCEPTED)


@router.get("/api/collections/{name}/objects/{object_id}/")
def one_object(request: Request, name: str, object_id: str) -> Response:
    """Hand out an object (section 5.6)."""
    access = _readable(request, name)
    page, bodies = _page(request, access, _wanted(request, object_id))
    if not page.objects:
        _demand_object(request, access, object_id)
    return _envelope(page, bodies)


@router.delete("/api/collections/{name}/objects/{object_id}/")
def delete_object(request: Request, name: str, object_id: str) -> Response:
    """Take the caller's own object out, all its versions unless some are named (section 5.7)."""
    caller = _caller(request)
    access = _access(request, caller, name)
    if not (access.can_read and access.can_write):
        raise _refused(access, "Taking an object out needs the right to read and to add.")
    _demand_object(request, access, object_id)
    state = request.app.state
    if not remove(state.workspace.vault, caller, access, _wanted(request, object_id, every=True), state.clock()):
        raise HTTPException(HTTPStatus.FORBIDDEN, "Another partner shares this object; only they can take it out.")
    return Response(media_type=MEDIA_TYPE)


@router.get("/api/collections/{name}/objects/{object_id}/versions/")
def versions(request: Request, name: str, object_id: str) -> Response:
    """List the versions of an object (section 5.8)."""
    access = _readable(request, name)
    page = _workspace(request).vault.collections.page(access, _wanted(request, object_id, every=True), bodies=False)
    if not page.objects:
        _demand_object(request, access, object_id)
    names = [held.version for held in page.objects]
    return _resource(taxii.listing("versions", names, _following(page)), headers=taxii.added_headers(page.objects))


def _workspace(request: Request) -> Workspace:
    workspace: Workspace = request.app.state.workspace
    return workspace


def _operator(request: Request) -> str:
    return _workspace(request).settings.operator


def _caller(request: Request) -> Caller:
    """Return which machine asks.

    Raises:
        HTTPException: it cannot read TAXII 2.1, or does not say who it is.
    """
    if not taxii.accepts(request.headers.get("accept")):
        raise HTTPException(HTTPStatus.NOT_ACCEPTABLE, f"What there is here is {MEDIA_TYPE}.")
    state = request.app.state
    caller = caller_of(state.workspace, request.headers, state.clock())
    if caller is None:
        raise HTTPException(
            HTTPStatus.UNAUTHORIZED, "Say who you are: user name and token.", {"WWW-Authenticate": CHALLENGE}
        )
    return caller


def _open_to(request: Request, caller: Caller, name: str | None = None) -> list[Access]:
    state = request.app.state
    found: list[Access] = state.workspace.vault.collections.open_to(
        caller.partner, caller.account.scopes, state.clock(), name
    )
    return found


def _access(request: Request, caller: Caller, name: str) -> Access:
    found = _open_to(request, caller, name)
    if not found:
        raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such collection.")
    return found[0]


def _readable(request: Request, name: str) -> Access:
    access = _access(request, _caller(request), name)
    if not access.can_read:
        raise _refused(access, "The collection tells you nothing.")
    return access


def _refused(access: Access, why: str) -> HTTPException:
    """Return the error of section 5.7's table: a collection that can neither be read nor added to is not found."""
    status = HTTPStatus.FORBIDDEN if access.can_read or access.can_write else HTTPStatus.NOT_FOUND
    return HTTPException(status, why)


def _wanted(request: Request, object_id: str | None = None, *, every: bool = False) -> Wanted:
    ids = () if object_id is None else (object_id,)
    return taxii.wanted_of(request.query_params.multi_items(), ids=ids, every=every)


def _page(request: Request, access: Access, wanted: Wanted) -> tuple[ObjectPage, list[bytes]]:
    state = request.app.state
    return read_page(state.workspace.vault, access, wanted, state.clock(), is_delivered=not is_head(request.scope))


def _demand_object(request: Request, access: Access, object_id: str) -> None:
    wanted = Wanted(limit=1, ids=(object_id,), every=True)
    if not _workspace(request).vault.collections.page(access, wanted, bodies=False).objects:
        raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such object in the collection.")


def _following(page: ObjectPage) -> str | None:
    return taxii.next_after(page.objects[-1]) if page.more else None


async def _body(request: Request) -> bytes:
    """Return what was sent, reading no more than `MAX_CONTENT_LENGTH`."""
    announced = request.headers.get("content-length", "")
    too_long = HTTPException(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"An envelope has at most {MAX_CONTENT_LENGTH:,} bytes.",
        {"Connection": "close"},  # what is still on its way is not read
    )
    if announced.isdecimal() and int(announced) > MAX_CONTENT_LENGTH:
        raise too_long
    pieces, length = [], 0
    async for piece in request.stream():
        length += len(piece)
        if length > MAX_CONTENT_LENGTH:
            raise too_long
        pieces.append(piece)
    return b"".join(pieces)


def _resource(
    document: dict[str, Any], *, status: int = HTTPStatus.OK, headers: dict[str, str] | None = None
) -> Response:
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(body, status, headers, MEDIA_TYPE)


def _envelope(page: ObjectPage, bodies: Sequence[bytes]) -> Response:
    body = taxii.envelope(bodies, _following(page))
    return Response(body, headers=taxii.added_headers(page.objects), media_type=MEDIA_TYPE)


def _handle_errors(app: FastAPI) -> None:
    """Let every refusal and failure end in TAXII's error message (section 3.6)."""

    @app.exception_handler(HTTPException)
    def _http(_: Request, error: HTTPException) -> Response:
        headers = dict(error.headers or {})
        return _resource(
            taxii.error_message(error.status_code, error.detail), status=error.status_code, headers=headers
        )

    @app.exception_handler(WatchbellError)
    def _watchbell(_: Request, error: WatchbellError) -> Response:
        if isinstance(error, (UsageError, EnvelopeError, RequestError)):
            return _resource(taxii.error_message(400, str(error)), status=HTTPStatus.BAD_REQUEST)
        # What the house cannot do just now; its reason may name a place within.
        return _resource(taxii.error_message(503, "Try again later."), status=HTTPStatus.SERVICE_UNAVAILABLE)

    @app.exception_handler(Exception)
    def _failed(_: Request, __: Exception) -> Response:
        return _resource(taxii.error_message(500, "Watchbell failed here."), status=HTTPStatus.INTERNAL_SERVER_ERROR)
