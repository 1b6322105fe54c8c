"""What a person decides on a case, and taking a case out of the house. Both leave an entry in the ledger."""

from datetime import datetime
from typing import Any

from watchbell.desk.permissions import Permission, demand
from watchbell.desk.wording import worded
from watchbell.exchange.stix import bundle_of_case
from watchbell.model.cases import Case, CaseStatus
from watchbell.model.evidence import Evidence, EvidenceKind, evidence_id
from watchbell.model.indicators import Indicator
from watchbell.model.partners import User
from watchbell.vault.vault import Vault


def decide_case(vault: Vault, case: Case, status: CaseStatus, reason: str, *, by: User, now: datetime) -> None:
    """Move a case to `status` for a reason, which stays with the case as a note.

    Raises:
        NotAllowedError: the person may not decide cases.
        UsageError: the reason has no word, or is too long.
    """
    demand(by.role, Permission.CASES_DECIDE)
    reason = worded(reason)
    vault.cases.put(case.model_copy(update={"evidence": (_note(case, status, reason, by, now),)}))
    vault.cases.set_status(case.id, status, by.username, now, reason)


def share_case(vault: Vault, case: Case, *, operator: str, by: User, now: datetime) -> dict[str, Any]:
    """Return the case as a STIX 2.1 bundle, and write down who took it.

    Raises:
        NotAllowedError: the person may not take cases out.
    """
    demand(by.role, Permission.CASES_SHARE)
    vault.ledger.append(by.username, "case.exported", case.id, {"format": "stix-2.1", "tlp": case.tlp}, now)
    return bundle_of_case(case, indicators_of_case(vault, case), operator=operator, now=now)


def indicators_of_case(vault: Vault, case: Case) -> list[Indicator]:
    """Return the indicators that the case's evidence names, each once, in the order of the evidence."""
    named = dict.fromkeys(filter(None, map(_indicator_named, case.evidence)))
    return [indicator for indicator in map(vault.indicators.get, named) if indicator]


def _indicator_named(evidence: Evidence) -> str | None:
    if evidence.kind is EvidenceKind.INDICATOR:
        return evidence.subject
    return evidence.data.get("indicator_id") if evidence.kind is EvidenceKind.HIT else None


def _note(case: Case, status: CaseStatus, reason: str, by: User, now: datetime) -> Evidence:
    return Evidence(
        id=evidence_id(case.id, EvidenceKind.NOTE, f"{by.username} {now.isoformat()}"),
        kind=EvidenceKind.NOTE,
        subject=case.id,
        summary=reason,
        data={"from": case.status, "to": status},
        added_at=now,
        added_by=by.username,
    )
