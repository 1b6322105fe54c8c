"""The web app, assembled: the public ad library, the desk behind a sign-in, and the TAXII server for machines."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from watchbell import __version__
from watchbell.clock import Clock, system_clock
from watchbell.desk.advertisers.identity_key import IdentityKey
from watchbell.desk.exchange.intake import Intake
from watchbell.desk.exchange.outgoing import networks_named
from watchbell.vault.workspace import Workspace
from watchbell.web import (
    ad_api,
    ad_counts,
    ad_pictures,
    ad_queue,
    appeals,
    auth,
    authorizations,
    cases,
    disputes,
    enrolment,
    flags,
    hits,
    indicators,
    library,
    library_overview,
    networks,
    notices,
    overview,
    overview_api,
    partners,
    payer_api,
    payers,
    releases,
    requests,
    taxii,
)
from watchbell.web.advertiser import account as advertiser_account
from watchbell.web.advertiser import ads as advertiser_ads
from watchbell.web.advertiser import again as advertiser_again
from watchbell.web.advertiser import disclaimers as advertiser_disclaimers
from watchbell.web.advertiser import home as advertiser_home
from watchbell.web.advertiser import notices as advertiser_notices
from watchbell.web.advertiser import password as advertiser_password
from watchbell.web.advertiser import steps as advertiser_steps
from watchbell.web.gate import HeadAsGet, KnownHostsOnly, OwnFormsOnly, SafeHeaders
from watchbell.web.guard import Desk, guarded
from watchbell.web.pages import STATIC, handle_errors

ROUTERS = (
    ad_api.router,
    ad_counts.router,
    ad_pictures.router,
    library.router,
    library_overview.router,
    overview_api.router,
    notices.router,
    payers.router,
    payer_api.router,
    flags.router,
    auth.router,
    enrolment.router,
    overview.router,
    networks.router,
    cases.router,
    ad_queue.router,
    authorizations.router,
    appeals.router,
    releases.router,
    indicators.router,
    hits.router,
    disputes.router,
    partners.router,
    requests.router,
    advertiser_home.router,
    advertiser_account.router,
    advertiser_password.router,
    advertiser_steps.router,
    advertiser_disclaimers.router,
    advertiser_ads.router,
    advertiser_notices.router,
    advertiser_again.router,
)


def create_app(
    workspace: Workspace,
    *,
    clock: Clock = system_clock,
    https: bool = False,
    hosts: Collection[str] | None = None,
) -> FastAPI:
    """Return the app that serves `workspace`.

    Args:
        workspace: an open workspace; whoever opened it closes it.
        clock: tells the time of sessions and decisions.
        https: visitors come over https, by way of a proxy; cookies then refuse anything else.
        hosts: the names by which the server may be asked; None where a proxy in front sees to that.

    Raises:
        UsageError: advertisers are to have pages, and there is no key for their codes and documents; or a trusted proxy
            is neither an address nor a network.
        InputError: that key cannot be read.
    """
    if workspace.settings.advertiser_pages:
        IdentityKey.read(workspace.settings.identity_key_file)
    # No generated API pages: they load scripts from elsewhere, and this is no API.
    intake = Intake(workspace, clock)
    app = FastAPI(
        title="Watchbell",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=partial(_until_the_end, intake),
    )
    proxies = networks_named(workspace.settings.trusted_proxies, "trusted_proxies")
    app.state.desk = Desk(workspace, clock, https, tuple(proxies))
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    for router in ROUTERS:
        app.include_router(guarded(router))
    app.mount(taxii.PATH, taxii.taxii_app(workspace, clock, intake))
    handle_errors(app)
    # The last one added is the first that a request passes.
    app.add_middleware(OwnFormsOnly, machines=taxii.PATH, uploads=advertiser_steps.UPLOADS)
    app.add_middleware(SafeHeaders, https=https)
    app.add_middleware(HeadAsGet)
    if hosts is not None:
        app.add_middleware(KnownHostsOnly, hosts=hosts)
    return app


@asynccontextmanager
async def _until_the_end(intake: Intake, _: FastAPI) -> AsyncIterator[None]:
    """Let the intake end before the workspace is closed."""
    yield
    intake.close()
