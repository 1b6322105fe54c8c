"""Feedback at the door: what cannot be kept is refused by name, what speaks of an indicator too early waits for it.

A partner learns nothing by it of what there is: an indicator that they may not hear is waited for like one that does
not exist.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from watchbell.desk.exchange.disputes import demand_room
from watchbell.desk.exchange.feedback import Seen, Teller, demand_possible
from watchbell.desk.wording import worded
from watchbell.errors import UsageError
from watchbell.exchange.feedback import SaidDispute, SaidOpinion, SaidSighting, Told, feedback_in
from watchbell.model.feedback import Waiting, dispute_id
from watchbell.vault.vault import Vault

MOST_WAITING = 1_000
"""Indicators that one partner's feedback in one collection may wait for; a few minutes' worth of a busy platform."""
MOST_BYTES = 64 * 1024
"""The largest object that waits; a reason has at most 4,000 characters and the rest is short."""
LONGEST_WAIT = timedelta(days=90)
"""After this an indicator that was announced does not come any more."""


@dataclass(slots=True)
class FeedbackDoor:
    """Judges the feedback of one partner before it goes into a collection."""

    vault: Vault
    teller: Teller
    now: datetime
    coming: frozenset[str]
    """Ids of the indicators that come with it."""
    _waiting: set[tuple[str, str]] = field(init=False)
    _disputes: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        """See what waits already."""
        self._waiting = self.vault.waiting.of(self.teller.place or "", self.teller.partner_id)

    def problem(self, held: Mapping[str, Any]) -> str | None:
        """Return why an object is not taken, in a sentence; None where it is, or is no feedback."""
        try:
            for told in feedback_in(held):
                demand_sayable(told, self.now)
                self._demand_disputable(told)
                self._demand_place(held, told)
        except (UsageError, ValueError, TypeError, AttributeError) as error:
            said = str(error).rstrip(".")
            return f"{said[:1].upper()}{said[1:]}."
        return None

    def _demand_disputable(self, told: Told) -> None:
        if not isinstance(told.said, SaidDispute):
            return
        claim, partner = worded(told.said.claim, "claim"), self.teller.partner_id
        ids = [dispute_id(name, partner, claim) for name in told.indicator_ids]
        self._disputes += sum(self.vault.feedback.dispute(name) is None for name in ids)
        if self._disputes:
            demand_room(self.vault, partner, self.now, coming=self._disputes)

    def _demand_place(self, held: Mapping[str, Any], told: Told) -> None:
        early = [name for name in unheard(self.vault, self.teller, told) if name not in self.coming]
        if early:
            demand_waitable(held, self._waiting | {(str(held.get("id")), name) for name in early})
            self._waiting |= {(str(held.get("id")), name) for name in early}


def demand_sayable(told: Told, now: datetime) -> None:
    """Return if what is said can be kept of any indicator.

    Raises:
        UsageError: it cannot; the sentence says why.
    """
    match told.said:
        case SaidSighting(count, first, last):
            demand_possible(Seen(count, first, last), now)
        case SaidOpinion(reason=reason):
            if reason:
                worded(reason)
        case SaidDispute(claim=claim):
            worded(claim, "claim")


def demand_waitable(held: Mapping[str, Any], waiting: set[tuple[str, str]]) -> None:
    """Return if feedback on indicators that are not here may wait.

    Args:
        held: the object.
        waiting: what would wait then of its partner in its collection.

    Raises:
        UsageError: it is too large, or too much waits.
    """
    if len(waiting) > MOST_WAITING:
        raise UsageError(
            f"It speaks of an indicator that is not here, and feedback on {MOST_WAITING:,} of those waits already. "
            "Send it again once the indicator is here."
        )
    if len(_encoded(held)) > MOST_BYTES:
        raise UsageError(
            f"It speaks of an indicator that is not here, and has more than {MOST_BYTES // 1024} KiB, which is too "
            "much to wait. Send it again once the indicator is here."
        )


def let_wait(vault: Vault, held: Mapping[str, Any], early: Iterable[str], *, teller: Teller, now: datetime) -> int:
    """Let feedback wait for indicators that are not here; return for how many.

    Raises:
        UsageError: it may not wait (see `demand_waitable`).
    """
    place, named = teller.place or "", sorted(set(early))
    object_id = str(held["id"])
    demand_waitable(held, vault.waiting.of(place, teller.partner_id) | {(object_id, name) for name in named})
    rows = [
        Waiting(
            place=place,
            partner_id=teller.partner_id,
            object_id=object_id,
            indicator_id=name,
            told_at=now,
            told_by=teller.name,
            body=_encoded(held),
        )
        for name in named
    ]
    vault.waiting.forget(now - LONGEST_WAIT)
    vault.waiting.put(rows)
    return len(rows)


def unheard(vault: Vault, teller: Teller, told: Told) -> Iterator[str]:
    """Yield the indicators that something speaks of and that are not here, as far as whoever says it may know."""
    shelf = vault.indicators.heard_by(teller.audience)
    return (name for name in told.indicator_ids if shelf.get(name) is None)


def _encoded(held: Mapping[str, Any]) -> str:
    return json.dumps(held, ensure_ascii=False, separators=(",", ":"))
