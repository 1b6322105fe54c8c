"""The web app, assembled: the public ad library and the desk behind a sign-in."""

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from watchbell import __version__
from watchbell.clock import Clock, system_clock
from watchbell.vault.workspace import Workspace
from watchbell.web import auth, cases, library, networks, overview, shelves
from watchbell.web.gate import OwnFormsOnly, SafeHeaders
from watchbell.web.guard import Desk, guarded
from watchbell.web.pages import STATIC, handle_errors

ROUTERS = (library.router, auth.router, overview.router, networks.router, cases.router, shelves.router)


def create_app(workspace: Workspace, *, clock: Clock = system_clock, https: bool = False) -> FastAPI:
    """Return the app that serves `workspace`.

    Args:
        workspace: an open workspace; whoever opened it closes it.
        clock: tells the time of sessions and decisions.
        https: visitors come over https, by way of a proxy; cookies then refuse anything else.
    """
    # No generated API pages: they load scripts from elsewhere, and this is no API.
    app = FastAPI(title="Watchbell", version=__version__, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.desk = Desk(workspace, clock, https)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    for router in ROUTERS:
        app.include_router(guarded(router))
    handle_errors(app)
    app.add_middleware(OwnFormsOnly)
    app.add_middleware(SafeHeaders, https=https)
    return app
