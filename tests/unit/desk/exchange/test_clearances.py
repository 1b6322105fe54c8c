"""A partner is cleared for more than TLP:AMBER by the word of two, once for each word; and agreements end."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from watchbell.desk.exchange.clearances import Terms, change_partner, parcel_of_clearance
from watchbell.desk.exchange.partners import add_partner, group_named, join
from watchbell.desk.exchange.releases import ask_release, decide_release
from watchbell.errors import NotAllowedError
from watchbell.model.partners import Membership, Partner, PartnerKind, Role, Scope, TrustGroup, User
from watchbell.model.releases import ReleaseState
from watchbell.model.tlp import Tlp
from watchbell.vault.vault import Vault, open_vault, sqlite_url

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
EVA, KIM, LOW = (
    User(username=name, role=Role.REVIEWER, password_hash="x", created_at=NOW, clearance=label)
    for name, label in (("eva", Tlp.RED), ("kim", Tlp.RED), ("low", Tlp.AMBER))
)


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    with open_vault(sqlite_url(tmp_path / "w.db")) as opened:
        yield opened


@pytest.fixture
def partner(vault: Vault) -> Partner:
    return add_partner(vault, "Harbour Watch", PartnerKind.MEDIA, Tlp.GREEN, operator="Us", now=NOW).partner


def agree(vault: Vault, partner: Partner, label: Tlp, group: TrustGroup | None = None) -> None:
    asked = ask_release(vault, parcel_of_clearance(vault, partner, label, group), "Needed", by=EVA, now=NOW)
    with pytest.raises(NotAllowedError, match="not cleared"):
        decide_release(vault, asked, ReleaseState.APPROVED, "Yes", by=LOW, now=NOW)
    decide_release(vault, asked, ReleaseState.APPROVED, "Yes", by=KIM, now=NOW)


def test_one_person_clears_up_to_amber_and_two_beyond(vault: Vault, partner: Partner) -> None:
    with pytest.raises(NotAllowedError, match="TLP:AMBER at most"):
        add_partner(vault, "Another", PartnerKind.MEDIA, Tlp.RED, operator="Us", now=NOW)
    raised = change_partner(vault, partner, Terms(PartnerKind.RESEARCHER, Tlp.AMBER), NOW)
    assert (raised.kind, raised.clearance) == (PartnerKind.RESEARCHER, Tlp.AMBER)
    with pytest.raises(NotAllowedError, match="takes two people"):
        change_partner(vault, raised, Terms(None, Tlp.RED), NOW)
    agree(vault, raised, Tlp.RED)
    with pytest.raises(NotAllowedError):
        change_partner(vault, raised, Terms(None, Tlp.AMBER_STRICT), NOW)
    red = change_partner(vault, raised, Terms(None, Tlp.RED), NOW)
    assert vault.partners.get(partner.id) == red
    lowered = change_partner(vault, red, Terms(None, Tlp.AMBER_STRICT), NOW)
    with pytest.raises(NotAllowedError, match="takes two people"):
        change_partner(vault, lowered, Terms(None, Tlp.RED), NOW)


def test_a_trust_groups_clearance_is_its_own(vault: Vault, partner: Partner) -> None:
    narrow, other = group_named(vault, "Narrow"), group_named(vault, "Other")

    def place(group: TrustGroup, days: int = 10) -> Membership:
        return Membership(
            partner_id=partner.id, group_id=group.id, clearance=Tlp.RED, begins_at=NOW, ends_at=NOW + timedelta(days)
        )

    with pytest.raises(NotAllowedError, match="--group 'Narrow'"):
        join(vault, place(narrow), NOW)
    agree(vault, partner, Tlp.RED, narrow)
    with pytest.raises(NotAllowedError):
        join(vault, place(other), NOW)
    join(vault, place(narrow), NOW)
    join(vault, place(narrow, 20), NOW)  # a longer agreement raises nothing
    over = NOW + timedelta(days=20)
    assert narrow.id not in vault.partners.audience(partner, over).groups
    with pytest.raises(NotAllowedError):
        join(vault, place(narrow, 40), over)


def test_nothing_is_served_once_an_agreement_is_over(vault: Vault, partner: Partner) -> None:
    (group,) = vault.partners.groups()
    ends = NOW + timedelta(days=30)
    join(
        vault,
        Membership(partner_id=partner.id, group_id=group.id, clearance=Tlp.GREEN, begins_at=NOW, ends_at=ends),
        NOW,
    )

    def readable(now: datetime) -> list[str]:
        return [one.collection.title for one in vault.collections.open_to(partner, Scope, now) if one.can_read]

    assert sorted(readable(ends - timedelta(seconds=1))) == ["Among partners", "From Us"]
    assert readable(ends) == []
    assert vault.partners.audience(partner, ends).groups == {}
