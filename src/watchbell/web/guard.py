"""Who is asking, and whether they may: every route names the permission it needs."""

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from watchbell.clock import Clock
from watchbell.desk.accounts import Attempts, user_of_session
from watchbell.desk.ads.flags import FlagGate
from watchbell.desk.advertisers.accounts import account_of_session
from watchbell.desk.advertisers.office import Office, office_in
from watchbell.desk.exchange.audiences import audience_of
from watchbell.desk.exchange.outgoing import Network
from watchbell.desk.permissions import ERRAND_GRANTS, Errand, Permission, demand, may
from watchbell.errors import NotAllowedError
from watchbell.model.advertiser_accounts import AccountStage, AdvertiserAccount
from watchbell.model.audiences import Audience
from watchbell.model.partners import User
from watchbell.vault.workspace import Workspace

COOKIE = "watchbell_session"
COUNTER = "/advertiser"
"""Below this path advertisers deal with their own records."""
COUNTER_DOOR = f"{COUNTER}/sign-in"
COUNTER_COOKIE = "watchbell_advertiser"
"""Of an advertiser's session; sent to `COUNTER` only."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the routes work with; one for each app."""

    workspace: Workspace
    clock: Clock
    https: bool
    """Whether visitors come over https, so that cookies may refuse anything else."""
    proxies: tuple[Network, ...] = ()
    """Those that are believed from which address a visitor comes."""
    flag_gate: FlagGate = field(default_factory=FlagGate)

    @property
    def attempts(self) -> Attempts:
        """Tries to sign in at the desk, by user name."""
        return Attempts(self.workspace.vault, "desk")

    @property
    def counter_attempts(self) -> Attempts:
        """Advertisers' tries to sign up, to sign in or to enter a code, by e-mail address or account."""
        return Attempts(self.workspace.vault, "counter")


class SignInNeededError(Exception):
    """The page needs a person who is signed in. Not shown: the visitor is led to the sign-in page."""

    def __init__(self, door: str = "/sign-in", home: str = "/desk") -> None:
        """Name the page where they sign in, and the one where they are afterwards if no other is wished for."""
        self.door, self.home = door, home


class EnrolmentNeededError(Exception):
    """The advertiser must set their second factor up first. Not shown: they are led to the page where they do."""


class Guard:
    """A dependency that lets a request pass if its person holds the permission, and returns the person."""

    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    def __call__(self, request: Request) -> User | None:
        """Return who is asking; None is the public.

        Raises:
            SignInNeededError: nobody is signed in, and the public may not do this.
            NotAllowedError: the person's role may not.
        """
        user = signed_in(request)
        if user is None and not may(None, self.permission):
            raise SignInNeededError
        demand(user.role if user else None, self.permission)
        return user


def needs(permission: Permission) -> Any:
    """Return the dependency that guards a route with `permission`."""
    return Depends(Guard(permission))


def desk_of(request: Request) -> Desk:
    """Return the desk that the request's app serves."""
    desk: Desk = request.app.state.desk
    return desk


def signed_in(request: Request) -> User | None:
    """Return the person whose session the request carries; looked up once for each request."""
    if not hasattr(request.state, "user"):
        token = request.cookies.get(COOKIE)
        desk = desk_of(request)
        request.state.user = user_of_session(desk.workspace.vault, token, desk.clock()) if token else None
    user: User | None = request.state.user
    return user


def audience(request: Request) -> Audience:
    """Return what whoever is asking may hear."""
    return audience_of(signed_in(request))


class CounterGuard:
    """A dependency that lets an advertiser's request pass if their account may do the errand, and returns the account.

    People of the desk are nobody here: their sessions are other ones.
    """

    def __init__(self, errand: Errand) -> None:
        self.permission = errand

    def __call__(self, request: Request) -> AdvertiserAccount | None:
        """Return who is asking; None is the public.

        Raises:
            HTTPException: the operator has not opened the pages.
            SignInNeededError: nobody is signed in, and the public may not do this.
            EnrolmentNeededError: the account has no second factor yet.
            NotAllowedError: it has one, and this is for accounts without.
        """
        if not desk_of(request).workspace.settings.advertiser_pages:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        account = counter_account(request)
        if self.permission in ERRAND_GRANTS[account.stage if account else None]:
            return account
        if account is None:
            raise SignInNeededError(COUNTER_DOOR, COUNTER)
        if account.stage is AccountStage.ENROLLING:
            raise EnrolmentNeededError
        raise NotAllowedError("Your second factor is set up already.")


def at_counter(errand: Errand) -> Any:
    """Return the dependency that guards a route of the advertisers' counter."""
    return Depends(CounterGuard(errand))


def office_of(request: Request) -> Office:
    """Return where advertisers are dealt with."""
    return office_in(desk_of(request).workspace)


def counter_account(request: Request) -> AdvertiserAccount | None:
    """Return the advertiser's account whose session the request carries; looked up once for each request."""
    if not hasattr(request.state, "account"):
        token = request.cookies.get(COUNTER_COOKIE)
        request.state.account = (
            account_of_session(office_of(request), token, desk_of(request).clock()) if token else None
        )
    account: AdvertiserAccount | None = request.state.account
    return account


def permission_of(route: APIRoute) -> Permission | Errand | None:
    """Return the permission that guards a route."""
    guards = (dependency.call for dependency in route.dependant.dependencies)
    return next((guard.permission for guard in guards if isinstance(guard, Guard | CounterGuard)), None)


def guarded(router: APIRouter) -> APIRouter:
    """Return the router, if each of its routes names a permission.

    Raises:
        RuntimeError: one does not; the app then does not start.
    """
    for route in router.routes:
        if not isinstance(route, APIRoute) or permission_of(route) is None:
            raise RuntimeError(f"The route {route!r} names no permission. Guard it with `needs(...)`.")
    return router
