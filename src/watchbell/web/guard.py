"""Who is asking, and whether they may: every route names the permission it needs."""

from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.routing import APIRoute

from watchbell.clock import Clock
from watchbell.desk.accounts import Attempts, user_of_session
from watchbell.desk.ad_flags import FlagGate
from watchbell.desk.audiences import audience_of
from watchbell.desk.office import Office, office_in
from watchbell.desk.permissions import Permission, demand, may
from watchbell.model.audiences import Audience
from watchbell.model.partners import User
from watchbell.vault.workspace import Workspace

COOKIE = "watchbell_session"


@dataclass(frozen=True, slots=True)
class Desk:
    """What the routes work with; one for each app."""

    workspace: Workspace
    clock: Clock
    https: bool
    """Whether visitors come over https, so that cookies may refuse anything else."""
    attempts: Attempts = field(default_factory=Attempts)
    flag_gate: FlagGate = field(default_factory=FlagGate)


class SignInNeededError(Exception):
    """The page needs a person who is signed in. Not shown: the visitor is led to the sign-in page."""


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


def office_of(request: Request) -> Office:
    """Return where advertisers are dealt with."""
    return office_in(desk_of(request).workspace)


def permission_of(route: APIRoute) -> Permission | None:
    """Return the permission that guards a route."""
    guards = (dependency.call for dependency in route.dependant.dependencies)
    return next((guard.permission for guard in guards if isinstance(guard, Guard)), None)


def guarded(router: APIRouter) -> APIRouter:
    """Return the router, if each of its routes names a permission.

    Raises:
        RuntimeError: one does not; the app then does not start.
    """
    for route in router.routes:
        if not isinstance(route, APIRoute) or permission_of(route) is None:
            raise RuntimeError(f"The route {route!r} names no permission. Guard it with `needs(...)`.")
    return router
