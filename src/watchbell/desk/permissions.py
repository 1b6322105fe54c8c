"""Who may do what at the desk: one list of permissions, one table of roles. What is not granted is refused."""

from enum import StrEnum

from watchbell.errors import NotAllowedError
from watchbell.model.partners import Role


class Permission(StrEnum):
    """Something that can be done, written `scope:resource:action`."""

    LIBRARY_READ = "public:library:read"
    """See the ad library: political advertising is everybody's business."""
    SESSION_OPEN = "public:session:open"
    """Try to sign in."""
    SESSION_CLOSE = "public:session:close"
    """Sign out; harmless for whoever is not signed in."""
    OVERVIEW_READ = "desk:overview:read"
    NETWORKS_READ = "desk:networks:read"
    """See detected groups. They name accounts that nobody has judged yet, so this is never public."""
    CASES_READ = "desk:cases:read"
    CASES_DECIDE = "desk:cases:decide"
    """Sign a judgement on a case: it may harm whoever is named, so an analyst's finding needs a reviewer."""
    CASES_SHARE = "desk:cases:share"
    """Take a case out of the house as a STIX bundle."""
    INDICATORS_READ = "desk:indicators:read"
    HITS_READ = "desk:hits:read"
    """See hits of indicators that partners shared under any marking."""


_PUBLIC = frozenset({Permission.LIBRARY_READ, Permission.SESSION_OPEN, Permission.SESSION_CLOSE})
_ANALYST = _PUBLIC | {
    Permission.OVERVIEW_READ,
    Permission.NETWORKS_READ,
    Permission.CASES_READ,
    Permission.INDICATORS_READ,
    Permission.HITS_READ,
}
_REVIEWER = _ANALYST | {Permission.CASES_DECIDE, Permission.CASES_SHARE}

GRANTS: dict[Role | None, frozenset[Permission]] = {
    None: _PUBLIC,
    Role.ANALYST: _ANALYST,
    Role.REVIEWER: _REVIEWER,
    Role.ADMIN: frozenset(Permission),
}
"""What each role may do; None is whoever is not signed in."""


def may(role: Role | None, permission: Permission) -> bool:
    """Return whether `role` holds `permission`."""
    return permission in GRANTS.get(role, frozenset())


def demand(role: Role | None, permission: Permission) -> None:
    """Return if `role` holds `permission`.

    Raises:
        NotAllowedError: it does not.
    """
    if not may(role, permission):
        raise NotAllowedError("Your role does not allow this. Ask a person with another role, or an administrator.")
