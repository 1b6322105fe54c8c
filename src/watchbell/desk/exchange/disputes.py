"""Disputes: somebody says that an indicator wrongs them, and is owed an answer by a certain day."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from watchbell.desk.exchange.feedback import Teller, indicator_told_of
from watchbell.desk.exchange.retraction import retract
from watchbell.desk.permissions import Permission, demand
from watchbell.desk.wording import LONGEST_WORDS, worded
from watchbell.errors import UsageError
from watchbell.exchange.feedback import MOST_EVIDENCE
from watchbell.model.feedback import Claimant, Dispute, DisputeState, dispute_id
from watchbell.model.partners import User
from watchbell.vault.ledger import Entry
from watchbell.vault.vault import Vault

MOST_A_DAY = 50
"""Disputes that one partner may open within a day: each is owed an answer by a person, and nobody answers more."""
_A_DAY = timedelta(days=1)


def open_dispute(vault: Vault, draft: Dispute, *, teller: Teller, now: datetime) -> Dispute:
    """Keep a dispute. The same claim told again by the same partner is the same dispute.

    Args:
        vault: the records.
        draft: as `drafted` makes it.
        teller: who tells of it.
        now: the time.

    Raises:
        UsageError: there is no such indicator, or the partner opened too many within a day.
    """
    indicator_told_of(vault, draft.indicator_id, teller)
    known = vault.feedback.dispute(draft.id)
    if known is not None:
        return known
    if draft.claimant is Claimant.PARTNER:
        demand_room(vault, draft.partner_id, now)
    details = {"claimant": draft.claimant, "partner": draft.partner_id, "due_at": draft.due_at.isoformat()}
    vault.feedback.put_dispute(draft, Entry(teller.name, "dispute.opened", draft.id, details, now))
    return draft


def demand_room(vault: Vault, partner_id: str, now: datetime, *, coming: int = 1) -> None:
    """Return if a partner may open some more disputes today.

    Raises:
        UsageError: they may not.
    """
    if vault.feedback.disputes_since(partner_id, now - _A_DAY) + coming > MOST_A_DAY:
        raise UsageError(
            f"At most {MOST_A_DAY} disputes are opened within a day, for each is owed an answer. Send it again "
            "tomorrow, or write to us where many indicators are wrong for one reason."
        )


def drafted(
    indicator_id: str,
    claim: str,
    evidence: Sequence[str],
    *,
    claimant: Claimant,
    teller: Teller,
    due: tuple[datetime, int],
) -> Dispute:
    """Return a dispute that is opened now.

    Args:
        indicator_id: what is disputed.
        claim: why it is wrong, in the claimant's words.
        evidence: what they point to; blank lines are passed over.
        claimant: who claims it.
        teller: who tells of it.
        due: the time now, and the days within which an answer is owed.

    Raises:
        UsageError: there is no claim, or it or the evidence is too long.
    """
    claim, (now, days) = worded(claim, "claim"), due
    pointed = tuple(worded(line, "piece of evidence") for line in evidence if line.strip())
    if len(pointed) > MOST_EVIDENCE:
        raise UsageError(f"Name at most {MOST_EVIDENCE} pieces of evidence; the weightiest first.")
    return Dispute(
        id=dispute_id(indicator_id, teller.partner_id, claim),
        indicator_id=indicator_id,
        claimant=claimant,
        partner_id=teller.partner_id,
        claim=claim,
        evidence=pointed,
        opened_at=now,
        opened_by=teller.name,
        due_at=now + timedelta(days=days),
    )


class Answer(NamedTuple):
    """What a claimant is told."""

    state: DisputeState
    words: str


def answer_dispute(
    vault: Vault, dispute: Dispute, answer: Answer, *, operator: str, by: User, now: datetime
) -> Dispute:
    """Close a dispute with an answer; where it is upheld, the indicator is retracted for that reason.

    Raises:
        NotAllowedError: the person may not answer disputes, or opened this one.
        UsageError: there is no answer, or it was given before.
    """
    demand(by.role, Permission.DISPUTES_ANSWER)
    state, words = answer.state, worded(answer.words, "answer")
    if dispute.state is not DisputeState.OPEN:
        raise UsageError("This dispute has been answered.")
    if state is DisputeState.OPEN:
        raise UsageError("An answer upholds the dispute, refuses it, or says that it was withdrawn.")
    indicator = vault.indicators.get(dispute.indicator_id)
    if state is DisputeState.UPHELD and indicator is not None and not indicator.revoked:
        retract(vault, indicator, f"Dispute upheld: {words}"[:LONGEST_WORDS], operator=operator, by=by, now=now)
    closed = dispute.model_copy(
        update={"state": state, "answer": words, "answered_at": now, "answered_by": by.username}
    )
    details = {"state": state, "answer": words, "in_time": now <= dispute.due_at}
    vault.feedback.put_dispute(closed, Entry(by.username, "dispute.answered", dispute.id, details, now))
    return closed
