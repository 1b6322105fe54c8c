"""Who listens at the desk."""

from watchbell.model.audiences import PUBLIC, Audience
from watchbell.model.partners import User


def audience_of(user: User | None) -> Audience:
    """Return what a person may hear; without an account they are the public."""
    return PUBLIC if user is None else Audience(user.clearance, user.groups)
