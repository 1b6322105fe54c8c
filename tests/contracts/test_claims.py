"""One person at a time decides about a thing, on every database."""

from datetime import UTC, datetime, timedelta

from watchbell.vault.claims import Claim
from watchbell.vault.vault import Vault

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=15)


def test_the_first_one_holds_it_until_they_let_go(vault: Vault) -> None:
    claims = vault.claims
    ann, bob = Claim("ann", LATER), Claim("bob", LATER)
    assert claims.take("a:1", ann, NOW) == ann
    assert claims.take("a:1", bob, NOW) == ann
    assert claims.of(["a:1", "a:2"], NOW) == {"a:1": ann}
    claims.release("a:1", "bob")
    assert claims.of(["a:1"], NOW) == {"a:1": ann}
    claims.release("a:1", "ann")
    assert claims.take("a:1", bob, NOW) == bob


def test_a_claim_can_be_held_longer_and_ends_by_itself(vault: Vault) -> None:
    claims = vault.claims
    claims.take("a:1", Claim("ann", LATER), NOW)
    longer = Claim("ann", LATER + timedelta(minutes=5))
    assert claims.take("a:1", longer, NOW) == longer
    assert claims.of(["a:1"], longer.until) == {}
    bob = Claim("bob", longer.until + timedelta(minutes=15))
    assert claims.take("a:1", bob, longer.until) == bob
