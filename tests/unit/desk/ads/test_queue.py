"""Ads that wait for a person: one at a time, two where it takes two, and a minute to think again."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from watchbell.ads.review import review
from watchbell.ads.rules.rulebook import RuleBook
from watchbell.desk.accounts import add_user
from watchbell.desk.ads.library import remove_ad, restore_ad
from watchbell.desk.ads.queue import decide_ad, queue_of, take_ad, turn_of, undo
from watchbell.errors import NotAllowedError, UsageError
from watchbell.model.ads import Ad, Removal, RemovalReason, Restoration, Verdict
from watchbell.model.partners import Role, User
from watchbell.vault.vault import Vault, open_vault, sqlite_url

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
HELD = Ad(id="a:held", source="a", platform="p", text="Vote for Ann Lee on Tuesday")
REGISTERED = HELD.model_copy(update={"id": "a:registered", "registration_id": "C00000001"})
SOON = NOW + timedelta(seconds=30)


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    with open_vault(sqlite_url(tmp_path / "w.db")) as opened:
        opened.ads.add([HELD, REGISTERED])
        opened.ads.decide([review(ad, RuleBook.bundled(), now=NOW) for ad in (HELD, REGISTERED)])
        for name, role in (("ann", Role.REVIEWER), ("bob", Role.REVIEWER), ("ana", Role.ANALYST)):
            add_user(opened, name, role, "correct horse battery staple", NOW)
        yield opened


def person(vault: Vault, name: str) -> User:
    user = vault.users.get(name)
    assert user is not None
    return user


def verdict(vault: Vault, ad: Ad) -> Verdict:
    decision = vault.ads.decision(ad.id)
    assert decision is not None
    return decision.verdict


def test_a_held_ad_waits_until_a_person_decides(vault: Vault) -> None:
    assert queue_of(vault, None, NOW).page.total == 2
    ann = person(vault, "ann")
    take_ad(vault, HELD, by=ann, now=NOW)
    assert set(queue_of(vault, None, NOW).claims) == {HELD.id}
    decided = decide_ad(vault, HELD, Verdict.APPROVE, "The payer is on the picture.", by=ann, now=SOON)
    assert (decided.decided_by, decided.reason) == ("ann", "The payer is on the picture.")
    assert queue_of(vault, None, SOON).page.total == 1
    assert vault.ledger.entries(1)[0].event == "ad.decided"


def test_two_people_never_decide_the_same_thing(vault: Vault) -> None:
    take_ad(vault, HELD, by=person(vault, "ann"), now=NOW)
    with pytest.raises(UsageError, match=r"ann is looking at this\. It is free again at 09:15 UTC"):
        decide_ad(vault, HELD, Verdict.APPROVE, "Fine.", by=person(vault, "bob"), now=SOON)
    later = NOW + timedelta(minutes=15)
    decide_ad(vault, HELD, Verdict.APPROVE, "Fine.", by=person(vault, "bob"), now=later)


def test_an_analyst_decides_nothing(vault: Vault) -> None:
    with pytest.raises(NotAllowedError):
        decide_ad(vault, HELD, Verdict.APPROVE, "Fine.", by=person(vault, "ana"), now=NOW)


@pytest.mark.parametrize("reason", ["", " \0 ", "…"])
def test_a_decision_needs_words(vault: Vault, reason: str) -> None:
    with pytest.raises(UsageError, match="Say it in words"):
        decide_ad(vault, HELD, Verdict.APPROVE, reason, by=person(vault, "ann"), now=NOW)


def test_it_takes_two_to_reject_an_ad_of_a_registered_payer(vault: Vault) -> None:
    ann, bob = person(vault, "ann"), person(vault, "bob")
    first = decide_ad(vault, REGISTERED, Verdict.REJECT, "It names no payer.", by=ann, now=NOW)
    assert (first.verdict, first.proposed) == (Verdict.REVIEW, Verdict.REJECT)
    with pytest.raises(UsageError, match="Another reviewer"):
        decide_ad(vault, REGISTERED, Verdict.REJECT, "Sure.", by=ann, now=SOON)
    assert turn_of(vault, REGISTERED.id, [first], bob, SOON).waits_for_second
    assert not turn_of(vault, REGISTERED.id, [first], ann, SOON).waits_for_second
    second = decide_ad(vault, REGISTERED, Verdict.REJECT, "It does not.", by=bob, now=SOON + timedelta(minutes=15))
    assert (second.verdict, second.proposed) == (Verdict.REJECT, None)


def test_the_second_person_may_see_it_otherwise(vault: Vault) -> None:
    decide_ad(vault, REGISTERED, Verdict.REJECT, "It names no payer.", by=person(vault, "ann"), now=NOW)
    decide_ad(vault, REGISTERED, Verdict.APPROVE, "It does, at the end.", by=person(vault, "bob"), now=SOON)
    assert verdict(vault, REGISTERED) is Verdict.APPROVE


def test_what_the_rules_would_reject_in_a_restriction_period_needs_one_person(vault: Vault) -> None:
    ann = person(vault, "ann")
    for ad in (HELD, REGISTERED):
        standing = vault.ads.decision(ad.id)
        assert standing is not None
        vault.ads.decide([standing.model_copy(update={"proposed": Verdict.REJECT, "decided_at": NOW})])
        assert turn_of(vault, ad.id, vault.ads.decisions(ad.id), ann, SOON).waits_for_second is (ad is HELD)
    assert decide_ad(vault, HELD, Verdict.REJECT, "So it is.", by=ann, now=SOON).verdict is Verdict.REJECT
    # Of a registered payer it takes two people all the same.
    first = decide_ad(vault, REGISTERED, Verdict.REJECT, "So it is.", by=ann, now=SOON)
    assert (first.verdict, first.proposed) == (Verdict.REVIEW, Verdict.REJECT)


def test_one_person_is_enough_to_reject_another_ad_or_approve_one(vault: Vault) -> None:
    ann = person(vault, "ann")
    assert decide_ad(vault, HELD, Verdict.REJECT, "No payer.", by=ann, now=NOW).verdict is Verdict.REJECT
    assert decide_ad(vault, REGISTERED, Verdict.APPROVE, "Fine.", by=ann, now=NOW).verdict is Verdict.APPROVE


def test_a_decision_can_be_taken_back_for_a_minute(vault: Vault) -> None:
    ann = person(vault, "ann")
    decided = decide_ad(vault, HELD, Verdict.REJECT, "No payer.", by=ann, now=NOW + timedelta(hours=1))
    at = decided.decided_at + timedelta(seconds=59)
    assert turn_of(vault, HELD.id, [decided], ann, at).undo_until == decided.decided_at + timedelta(minutes=1)
    undo(vault, HELD, by=ann, now=at)
    assert verdict(vault, HELD) is Verdict.REVIEW
    assert len(vault.ads.decisions(HELD.id)) == 3
    with pytest.raises(UsageError, match="within a minute"):
        undo(vault, HELD, by=ann, now=at)


@pytest.mark.parametrize(("name", "seconds"), [("bob", 10), ("ann", 61)])
def test_nobody_else_takes_it_back_and_not_later(vault: Vault, name: str, seconds: int) -> None:
    at = NOW + timedelta(hours=1)
    decide_ad(vault, HELD, Verdict.REJECT, "No payer.", by=person(vault, "ann"), now=at)
    with pytest.raises(UsageError, match="within a minute"):
        undo(vault, HELD, by=person(vault, name), now=at + timedelta(seconds=seconds))
    assert verdict(vault, HELD) is Verdict.REJECT


def test_a_removed_ad_waits_for_nobody_and_is_counted_nowhere_as_waiting(vault: Vault) -> None:
    stone = remove_ad(vault, HELD.id, Removal(reason=RemovalReason.MISTAKE, by="A house", at=NOW), by="root")
    assert [ad.id for ad, _ in queue_of(vault, None, NOW).page.ads] == [REGISTERED.id]
    assert vault.ads.verdicts()[Verdict.REVIEW] == 1
    assert vault.ads.undecided() == 0
    with pytest.raises(UsageError, match="taken out of the library"):
        decide_ad(vault, stone, Verdict.APPROVE, "Fine.", by=person(vault, "ann"), now=SOON)
    restore_ad(vault, HELD.id, Restoration(reason="It is one.", by="A house", at=SOON), by="root")
    assert queue_of(vault, None, NOW).page.total == 2
