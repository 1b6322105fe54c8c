"""Partners, people, sign-ins and runs, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest

from watchbell.errors import UsageError
from watchbell.model.partners import Partner, PartnerKind, Role, User
from watchbell.model.tlp import Tlp
from watchbell.vault.vault import Vault

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
ANA = User(username="ana", role=Role.REVIEWER, password_hash="$argon2id$…", created_at=NOON)


def test_partners_are_kept_and_replaced(vault: Vault) -> None:
    first = Partner(id="p1", name="Office of the Elections", kind=PartnerKind.ELECTION_AUTHORITY)
    other = Partner(id="p0", name="A platform", kind=PartnerKind.PLATFORM, synthetic=True)
    cleared = first.model_copy(update={"clearance": Tlp.AMBER})
    for partner in (first, other, cleared):
        vault.partners.put(partner)
    assert vault.partners.get("p1") == cleared
    assert vault.partners.get("p2") is None
    assert vault.partners.all() == [other, cleared]


def test_users_are_kept_and_replaced(vault: Vault) -> None:
    promoted = ANA.model_copy(update={"role": Role.ADMIN})
    vault.users.put(ANA)
    vault.users.put(promoted)
    assert vault.users.get("ana") == promoted
    assert vault.users.get("Ana") is None
    assert vault.users.all() == [promoted]


def test_a_sign_in_lasts_until_its_time_or_until_it_is_closed(vault: Vault) -> None:
    vault.users.put(ANA)
    vault.sessions.open("hash", "ana", NOON)
    before = NOON - timedelta(microseconds=1)
    assert vault.sessions.username("hash", before) == "ana"
    assert vault.sessions.username("hash", NOON) is None
    assert vault.sessions.username("other", before) is None
    vault.sessions.close("hash")
    assert vault.sessions.username("hash", before) is None


def test_disabling_an_account_ends_its_sign_ins(vault: Vault) -> None:
    vault.users.put(ANA)
    vault.sessions.open("hash", "ana", NOON)
    vault.users.put(ANA.model_copy(update={"disabled": True}))
    assert vault.sessions.username("hash", NOON - timedelta(hours=1)) is None


def test_nobody_signs_in_who_has_no_account(vault: Vault) -> None:
    with pytest.raises(UsageError, match="no account bob"):
        vault.sessions.open("hash", "bob", NOON)


def test_runs_are_listed_latest_first(vault: Vault) -> None:
    vault.runs.put("run-1", NOON, {"pairs": 1})
    vault.runs.put("run-2", NOON + timedelta(hours=1), {"pairs": 2, "traces": ["link"], "note": "Ё"})
    vault.runs.put("run-1", NOON, {"pairs": 3})
    assert vault.runs.all() == [
        ("run-2", NOON + timedelta(hours=1), {"pairs": 2, "traces": ["link"], "note": "Ё"}),
        ("run-1", NOON, {"pairs": 3}),
    ]
