from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from watchbell.desk.accounts import (
    Attempts,
    add_user,
    authenticate,
    close_session,
    disable_user,
    new_password,
    open_session,
    user_of_session,
)
from watchbell.errors import UsageError
from watchbell.model.partners import Role
from watchbell.vault.vault import Vault, open_vault, sqlite_url

NOW = datetime(2026, 11, 3, tzinfo=UTC)
PASSWORD = "correct horse battery staple"


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    with open_vault(sqlite_url(tmp_path / "desk.db")) as opened:
        yield opened


@pytest.mark.usefixtures("real_passwords")
def test_a_password_is_kept_as_argon2id_and_checked(vault: Vault) -> None:
    user = add_user(vault, "ana", Role.ANALYST, PASSWORD, NOW)
    # RFC 9106, section 4, second recommended option: 64 MiB, three passes, four lanes.
    assert user.password_hash.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert authenticate(vault, "ana", PASSWORD) == user
    assert authenticate(vault, "ana", PASSWORD + " ") is None
    assert authenticate(vault, "Ana", PASSWORD) is None
    assert authenticate(vault, "ana", "x" * 10_000) is None


@pytest.mark.usefixtures("real_passwords")
def test_an_unknown_name_costs_a_check_too(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []

    def check(_hasher: PasswordHasher, password_hash: str, _password: str) -> bool:
        checked.append(password_hash)
        return True

    monkeypatch.setattr(PasswordHasher, "verify", check)
    assert authenticate(vault, "nobody", PASSWORD) is None
    assert [kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$") for kept in checked] == [True]


@pytest.mark.parametrize("name", ["", "Ana", "a b", "-ana", "ana\n", "a" * 65, "änne", "<b>"])
def test_a_name_that_would_be_mistaken_is_refused(vault: Vault, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be a user name"):
        add_user(vault, name, Role.ANALYST, PASSWORD, NOW)


@pytest.mark.parametrize("password", ["", "eleven char", "x" * 1025])
def test_a_password_too_short_or_too_long_is_refused(vault: Vault, password: str) -> None:
    with pytest.raises(UsageError, match="12 to 1024 characters"):
        add_user(vault, "ana", Role.ANALYST, password, NOW)
    assert vault.users.all() == []


def test_a_name_is_taken_once(vault: Vault) -> None:
    add_user(vault, "ana", Role.ANALYST, PASSWORD, NOW)
    with pytest.raises(UsageError, match="already a user 'ana'"):
        add_user(vault, "ana", Role.ADMIN, new_password(), NOW)


def test_a_session_opens_lasts_and_ends(vault: Vault) -> None:
    user = add_user(vault, "ana", Role.ANALYST, PASSWORD, NOW)
    session = open_session(vault, user, NOW, hours=12)
    assert user_of_session(vault, session.token, NOW) == user
    assert user_of_session(vault, session.token, NOW + timedelta(hours=12)) is None
    assert user_of_session(vault, session.token + "x", NOW) is None
    close_session(vault, session.token)
    assert user_of_session(vault, session.token, NOW) is None


def test_a_disabled_account_opens_nothing(vault: Vault) -> None:
    session = open_session(vault, add_user(vault, "ana", Role.ANALYST, PASSWORD, NOW), NOW, hours=12)
    disable_user(vault, "ana", NOW)
    assert user_of_session(vault, session.token, NOW) is None
    assert authenticate(vault, "ana", PASSWORD) is None
    with pytest.raises(UsageError, match="no user 'bob'"):
        disable_user(vault, "bob", NOW)


def test_accounts_leave_their_trace_in_the_ledger(vault: Vault) -> None:
    add_user(vault, "ana", Role.ANALYST, PASSWORD, NOW)
    disable_user(vault, "ana", NOW)
    assert [(entry.event, entry.subject) for entry in vault.ledger.entries()] == [
        ("user.disabled", "ana"),
        ("user.added", "ana"),
    ]


def test_the_wait_doubles_up_to_five_minutes(vault: Vault) -> None:
    attempts, now = Attempts(vault, "desk"), NOW
    waits: list[float] = []
    for _ in range(20):
        assert attempts.wait("ana", now) == timedelta(0)
        wait = attempts.wait("ana", now) if len(waits) >= Attempts.FREE - 1 else timedelta(0)
        waits.append(wait.total_seconds())
        now += wait
    assert waits[:8] == [0, 0, 0, 0, 2, 4, 8, 16]
    assert waits[-1] == 300
    assert attempts.wait("bob", now) == timedelta(0)
    attempts.succeeded("ana")
    assert attempts.wait("ana", now) == timedelta(0)
