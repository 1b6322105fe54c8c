"""Cases gather evidence and keep what a person decided, on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from watchbell.errors import UsageError
from watchbell.model.cases import Case, CaseStatus
from watchbell.model.evidence import Evidence, EvidenceKind
from watchbell.model.tlp import Tlp
from watchbell.vault.vault import Vault

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)


def piece(name: str, **changes: object) -> Evidence:
    facts: dict[str, object] = {
        "id": f"evidence--{name}",
        "kind": EvidenceKind.GROUP,
        "subject": name,
        "summary": f"Group {name}",
        "data": {"accounts": ["twitter:1", "vk:2"], "q": 1e-9, "nested": {"none": None}},
        "added_at": NOON,
        "added_by": "watchbell",
    }
    return Evidence.model_validate(facts | changes)


def case(name: str = "case--1", **changes: object) -> Case:
    facts: dict[str, object] = {
        "id": name,
        "title": "Twelve accounts act as one",
        "summary": "They share one domain.",
        "certainty": "Likely",
        "opened_at": NOON,
        "opened_by": "watchbell",
        "modified_at": NOON,
        "evidence": (piece("a"),),
    }
    return Case.model_validate(facts | changes)


def test_a_case_comes_back_as_it_went_in(vault: Vault) -> None:
    given = case(tlp=Tlp.RED, synthetic=True, status=CaseStatus.IN_REVIEW)
    assert vault.cases.put(given)
    assert vault.cases.get(given.id) == given
    assert vault.cases.get("case--none") is None
    assert vault.cases.count() == 1


def test_a_second_finding_brings_its_evidence_and_words_to_the_same_case(vault: Vault) -> None:
    vault.cases.put(case())
    second = case(title="Thirteen accounts", evidence=(piece("b"), piece("a", summary="again")), modified_at=LATER)
    assert not vault.cases.put(second)
    assert vault.cases.get("case--1") == case(
        title="Thirteen accounts", evidence=(piece("a"), piece("b")), modified_at=LATER
    )


def test_a_finding_that_brings_nothing_leaves_the_case_untouched(vault: Vault) -> None:
    vault.cases.put(case())
    assert not vault.cases.put(case(modified_at=LATER, opened_at=LATER, opened_by="bob"))
    assert vault.cases.get("case--1") == case()


@pytest.mark.parametrize("status", [CaseStatus.IN_REVIEW, CaseStatus.CONFIRMED, CaseStatus.DISMISSED])
def test_what_a_person_decided_stays_with_the_words_that_were_judged(vault: Vault, status: CaseStatus) -> None:
    vault.cases.put(case())
    vault.cases.set_status("case--1", status, by="ana", at=LATER, reason="I looked.")
    vault.cases.put(case(title="Thirteen accounts", evidence=(piece("b"),)))
    found = vault.cases.get("case--1")
    assert found is not None
    assert (found.status, found.title, len(found.evidence)) == (status, case().title, 2)


def test_the_marking_only_becomes_stricter(vault: Vault) -> None:
    for tlp in (Tlp.AMBER, Tlp.RED, Tlp.CLEAR):
        vault.cases.put(case(tlp=tlp))
    found = vault.cases.get("case--1")
    assert found is not None
    assert found.tlp is Tlp.RED


def test_a_decision_is_written_to_the_ledger(vault: Vault) -> None:
    vault.cases.put(case())
    vault.cases.set_status("case--1", CaseStatus.CONFIRMED, by="ana", at=LATER, reason="It holds.")
    assert vault.cases.get("case--1") == case(status=CaseStatus.CONFIRMED, modified_at=LATER)
    (entry,) = vault.ledger.entries()
    assert (entry.actor, entry.event, entry.subject, entry.at) == ("ana", "case.decided", "case--1", LATER)
    assert entry.details == {"from": "open", "to": "confirmed", "reason": "It holds."}
    assert vault.ledger.verify()


def test_a_decision_on_no_case_is_refused_and_not_written_down(vault: Vault) -> None:
    with pytest.raises(UsageError, match="no case case--9"):
        vault.cases.set_status("case--9", CaseStatus.CONFIRMED, by="ana", at=NOON)
    assert vault.ledger.entries() == []


def test_all_lists_the_last_opened_first(vault: Vault) -> None:
    old, new, same = case("case--old"), case("case--new", opened_at=LATER), case("case--same", opened_at=LATER)
    for one in (old, same, new):
        vault.cases.put(one)
    vault.cases.set_status("case--new", CaseStatus.DISMISSED, by="ana", at=LATER)
    assert [one.id for one in vault.cases.all()] == ["case--new", "case--same", "case--old"]
    assert vault.cases.all(status=CaseStatus.OPEN) == [same, old]
    assert vault.cases.all(status=CaseStatus.CONFIRMED) == []


def test_no_evidence_is_lost_when_two_add_at_once(vault: Vault, open_again: Callable[[], Vault]) -> None:
    writers = [vault, open_again()]
    with ThreadPoolExecutor(8) as pool:
        new = list(pool.map(lambda n: writers[n % 2].cases.put(case(evidence=(piece(str(n)),))), range(24)))
    found = vault.cases.get("case--1")
    assert found is not None
    assert len(found.evidence) == 24
    assert new.count(True) == 1
