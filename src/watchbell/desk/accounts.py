"""Accounts of the desk: adding people, checking a password, and the sessions that follow.

Passwords are kept as Argon2id hashes with the parameters of RFC 9106 (section 4, second choice), session
tokens as SHA-256. Neither can be read back from a stolen database.
"""

import hashlib
import re
import secrets
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from watchbell.errors import NotAllowedError, UsageError
from watchbell.model.partners import Role, User
from watchbell.model.tlp import Tlp
from watchbell.vault.attempts import Tried
from watchbell.vault.vault import Vault

SHORTEST_PASSWORD = 12
# NIST SP 800-63B section 5.1.1.2 asks for at least 64; a bound keeps a huge body from costing a hash.
LONGEST_PASSWORD = 1024
COMMAND_LINE = "command line"
"""Stands in the ledger where a command was run; a blank keeps it apart from any user name."""
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")

_HASHER = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
_READABLE = "23456789abcdefghijkmnpqrstuvwxyz"
# One check takes 64 MiB; a flood of sign-ins may not take the machine's memory.
_CHECKS_AT_ONCE = threading.BoundedSemaphore(2)


class Session(NamedTuple):
    """An opened session: what the browser keeps, and until when it holds."""

    token: str
    expires_at: datetime


def add_user(vault: Vault, username: str, role: Role, password: str, now: datetime) -> User:
    """Add a person to the desk and return the account.

    Raises:
        UsageError: the name is taken or malformed, or the password is too short or too long.
    """
    if not _USERNAME.fullmatch(username):
        raise UsageError(
            f"{username!r} cannot be a user name: use up to 64 lower-case letters, digits, dots, hyphens or "
            "underscores, starting with a letter or digit."
        )
    if vault.users.get(username) is not None:
        raise UsageError(f"There is already a user {username!r}. Choose another name.")
    user = User(username=username, role=role, password_hash=hashed_password(password), created_at=now)
    vault.users.put(user)
    vault.ledger.append("operator", "user.added", username, {"role": role}, now)
    return user


def clear_user(vault: Vault, username: str, clearance: Tlp, groups: Mapping[str, Tlp], now: datetime) -> User:
    """Say what a person may hear: of items of no trust group, and in each trust group, by its id.

    Raises:
        UsageError: there is no such user.
    """
    user = _known(vault, username)
    cleared = user.model_copy(update={"clearance": clearance, "groups": dict(groups)})
    vault.users.put(cleared)
    details = {"clearance": clearance, "groups": dict(groups)}
    vault.ledger.append("operator", "user.cleared", username, details, now)
    return cleared


def disable_user(vault: Vault, username: str, now: datetime) -> None:
    """Close the account of `username`; what its sessions ask for next is refused.

    Raises:
        UsageError: there is no such user.
    """
    vault.users.put(_known(vault, username).model_copy(update={"disabled": True}))
    vault.ledger.append("operator", "user.disabled", username, {}, now)


def at_command_line(vault: Vault, now: datetime) -> User:
    """Return whoever runs a command here as one who decides: they can read and change the database in any case.

    They are nobody's second person: a release is asked for and approved by people who prove who they are.
    """
    groups = {group.id: Tlp.RED for group in vault.partners.groups()}
    return User(
        username=COMMAND_LINE, role=Role.ADMIN, password_hash="", created_at=now, clearance=Tlp.RED, groups=groups
    )


def proven(vault: Vault, username: str, password: str) -> User:
    """Return the person whose name and password these are.

    Raises:
        NotAllowedError: they do not belong together.
    """
    user = authenticate(vault, username, password)
    if user is None:
        raise NotAllowedError("This user name and password do not belong together.")
    return user


def checked_password(password: str) -> None:
    """Return if somebody may choose a password.

    Raises:
        UsageError: it is too short or too long.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise UsageError(f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters.")


def hashed_password(password: str) -> str:
    """Return what is kept of a password.

    Raises:
        UsageError: it is too short or too long.
    """
    checked_password(password)
    with _CHECKS_AT_ONCE:
        return _HASHER.hash(password)


def password_matches(password_hash: str | None, password: str) -> bool:
    """Return whether a password is the one of the hash.

    None, for somebody who has no account, costs the same time as a wrong password, so that the time tells no names.
    """
    if len(password) > LONGEST_PASSWORD:
        return False
    against = _hash_of_nobody() if password_hash is None else password_hash
    with _CHECKS_AT_ONCE:
        try:
            return _HASHER.verify(against, password)
        except (VerificationError, InvalidHashError):
            return False


def new_password() -> str:
    """Return a password of 100 random bits in four words that can be read out: no look-alikes."""
    return "-".join("".join(secrets.choice(_READABLE) for _ in range(5)) for _ in range(4))


def authenticate(vault: Vault, username: str, password: str) -> User | None:
    """Return the user whose name and password these are, else None."""
    user = vault.users.get(username)
    matches = password_matches(user.password_hash if user else None, password)
    return user if matches and user and not user.disabled else None


def hashed_token(token: str) -> str:
    """Return what is kept of a token that a browser holds; a token is long and random, so one round is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(vault: Vault, user: User, now: datetime, hours: int) -> Session:
    """Open a session for `user` that lasts `hours`."""
    session = Session(secrets.token_urlsafe(32), now + timedelta(hours=hours))
    vault.sessions.open(hashed_token(session.token), user.username, session.expires_at)
    return session


def user_of_session(vault: Vault, token: str, now: datetime) -> User | None:
    """Return the user of an open session; None when it has ended or the account is closed."""
    username = vault.sessions.username(hashed_token(token), now)
    user = vault.users.get(username) if username else None
    return user if user and not user.disabled else None


def close_session(vault: Vault, token: str) -> None:
    """End a session, if it is one."""
    vault.sessions.close(hashed_token(token))


class Attempts:
    """Tries at one door, by the name that somebody gives: each one past the fifth makes the next wait twice as long.

    The wait ends at five minutes: a stranger who guesses must not lock the person out for good. The counts are in the
    vault, so that all processes share them and a restart forgives nothing. Of a name, only a hash is kept, until it has
    not been tried for an hour: waiting so long is no faster than going on.
    """

    FREE = 5
    LONGEST_WAIT = timedelta(minutes=5)
    KEPT = timedelta(hours=1)

    def __init__(self, vault: Vault, door: str) -> None:
        """Count at a door: one name at two doors is two names."""
        self._shelf = vault.attempts
        self._door = door

    def wait(self, name: str, now: datetime) -> timedelta:
        """Return how long `name` must still wait; where that is zero, this counts as a try, failed until told else."""
        self._shelf.forget_until(now - self.KEPT)
        return self._shelf.admit(self._hash(name), now, lambda tried: self._pause(tried, now))

    def succeeded(self, name: str) -> None:
        """Forget the tries of `name`."""
        self._shelf.forget(self._hash(name))

    def _pause(self, tried: Tried, now: datetime) -> timedelta:
        if tried.times < self.FREE:
            return timedelta(0)
        pause = min(self.LONGEST_WAIT, timedelta(seconds=2 ** min(tried.times - self.FREE + 1, 16)))
        return max(timedelta(0), tried.last_at + pause - now)

    def _hash(self, name: str) -> str:
        return hashed_token(f"{self._door}\0{name}")


def _known(vault: Vault, username: str) -> User:
    user = vault.users.get(username)
    if user is None:
        raise UsageError(f"There is no user {username!r}. `watchbell user list` shows who there is.")
    return user


@lru_cache(maxsize=1)
def _hash_of_nobody() -> str:
    return _HASHER.hash(secrets.token_urlsafe(32))
