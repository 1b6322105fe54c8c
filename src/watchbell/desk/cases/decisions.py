"""What a person decides on a case; it leaves an entry in the ledger."""

from datetime import datetime

from watchbell.desk.permissions import Permission, demand
from watchbell.desk.wording import worded
from watchbell.model.cases import Case, CaseStatus
from watchbell.model.evidence import Evidence, EvidenceKind, evidence_id
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
