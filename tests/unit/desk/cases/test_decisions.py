from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.made_up_desk import INDICATOR, NOW, case, indicator
from watchbell.desk.cases.decisions import decide_case
from watchbell.desk.cases.house import House
from watchbell.desk.cases.parts import part_of_case
from watchbell.desk.exchange.sending import recipient_named, send_case
from watchbell.desk.wording import LONGEST_WORDS
from watchbell.errors import NotAllowedError, UsageError
from watchbell.model.audiences import Audience
from watchbell.model.cases import CaseStatus
from watchbell.model.evidence import Evidence, EvidenceKind
from watchbell.model.partners import Role, User
from watchbell.model.tlp import Tlp
from watchbell.vault.vault import Vault, open_vault, sqlite_url

REVIEWER = User(username="rev", role=Role.REVIEWER, password_hash="-", created_at=NOW)
ANALYST = User(username="ana", role=Role.ANALYST, password_hash="-", created_at=NOW)


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    with open_vault(sqlite_url(tmp_path / "desk.db")) as opened:
        opened.indicators.add([indicator()])
        opened.cases.put(case())
        yield opened


def test_each_decision_stays_with_its_reason(vault: Vault) -> None:
    decide_case(vault, case(), CaseStatus.IN_REVIEW, "First look.", by=REVIEWER, now=NOW)
    known = vault.cases.get(case().id)
    assert known
    decide_case(vault, known, CaseStatus.DISMISSED, "A fan club.", by=REVIEWER, now=NOW.replace(hour=10))
    known = vault.cases.get(case().id)
    assert known
    notes = [(piece.summary, piece.data) for piece in known.evidence if piece.added_by == "rev"]
    assert notes == [
        ("First look.", {"from": "open", "to": "in_review"}),
        ("A fan club.", {"from": "in_review", "to": "dismissed"}),
    ]
    assert known.status is CaseStatus.DISMISSED
    assert vault.ledger.verify()


def test_an_analyst_is_refused_behind_the_door_too(vault: Vault) -> None:
    with pytest.raises(NotAllowedError):
        decide_case(vault, case(), CaseStatus.CONFIRMED, "Sure.", by=ANALYST, now=NOW)
    to = recipient_named(vault, "Somebody", NOW)
    with pytest.raises(NotAllowedError):
        send_case(vault, case(), to=to, house=House("Us"), by=ANALYST, now=NOW)
    assert vault.ledger.entries() == []


@pytest.mark.parametrize("reason", ["", " \n", "\0\0", "\u200b\u3164 .", "x" * (LONGEST_WORDS + 1)])
def test_a_decision_without_a_usable_reason_leaves_no_trace(vault: Vault, reason: str) -> None:
    with pytest.raises(UsageError):
        decide_case(vault, case(), CaseStatus.CONFIRMED, reason, by=REVIEWER, now=NOW)
    assert vault.cases.get(case().id) == case()
    assert vault.ledger.entries() == []


def test_the_indicators_of_a_case_are_those_its_evidence_names_each_once(vault: Vault) -> None:
    hit = Evidence(
        id="evidence-hit",
        kind=EvidenceKind.HIT,
        subject="hit-1",
        summary="Found in a post.",
        data={"indicator_id": INDICATOR},
        added_at=NOW,
        added_by="watchbell",
    )
    gone = hit.model_copy(update={"id": "evidence-gone", "data": {"indicator_id": "indicator--gone"}})
    bare = hit.model_copy(update={"id": "evidence-bare", "data": {}})
    with_hits = case().model_copy(update={"evidence": (*case().evidence, hit, gone, bare)})
    assert part_of_case(vault, with_hits, Audience(Tlp.RED)).indicators == [indicator()]
