"""May this advertiser's ads run? A pure answer from the route's steps, the evidence and the time.

Nothing is switched on or off by hand: an advertiser whose evidence lapses is paused by the clock, and evidence for the
lapsed step authorises them again at once, with no new review of disclaimers or ads.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from watchbell.ads.advertisers.routebook import Plan, Step
from watchbell.model.advertisers import Evidence, EvidenceVerdict
from watchbell.model.record import Record, UtcDatetime


class StepState(StrEnum):
    """How far a step is."""

    MET = "met"
    PROVISIONAL = "provisional"
    """Met for a few weeks, while a letter is on its way."""
    MISSING = "missing"
    CODE = "code"
    """Waits for the code that was sent."""
    REVIEW = "review"
    """Waits for a person."""
    REFUSED = "refused"
    EXPIRED = "expired"
    """Was met, and must be shown again."""
    NOT_NEEDED = "not_needed"
    """Asked for only before a vote, and none is near."""


class State(StrEnum):
    """How far an advertiser is."""

    AUTHORIZED = "authorized"
    PAUSED = "paused"
    """Was authorised; ads rest and disclaimers are disabled until what lapsed is shown again."""
    REVIEW = "review"
    """Nothing is missing but a person's word."""
    INCOMPLETE = "incomplete"
    REFUSED = "refused"
    """Something shown was refused; other evidence may still be given."""


class StepStanding(Record):
    """One step of one advertiser."""

    step: str
    title: str
    state: StepState
    reason: str
    until: UtcDatetime | None = None
    notice_from: UtcDatetime | None = None
    """From when the advertiser is told that it will lapse."""


class Standing(Record):
    """What an advertiser may do at one moment, and what is missing."""

    state: State
    label: str | None
    """What people see on the ads; None where none may run."""
    steps: tuple[StepStanding, ...]
    until: UtcDatetime | None = None
    """Until when they are authorised, if nothing else is shown."""

    @property
    def may_run(self) -> bool:
        """Whether ads run and disclaimers are enabled."""
        return self.state is State.AUTHORIZED

    @property
    def missing(self) -> tuple[StepStanding, ...]:
        """The steps that keep ads from running."""
        return tuple(step for step in self.steps if step.state not in _GOOD)

    def due(self, now: datetime) -> tuple[StepStanding, ...]:
        """Return the steps of which the advertiser is to be told that they lapse soon."""
        return tuple(
            step for step in self.steps if step.state in _GOOD and step.notice_from and step.notice_from <= now
        )


_GOOD = frozenset({StepState.MET, StepState.PROVISIONAL, StepState.NOT_NEEDED})
_WAITS = {EvidenceVerdict.CODE: StepState.CODE, EvidenceVerdict.REVIEW: StepState.REVIEW}


def standing(plan: Plan, evidence: Iterable[Evidence], now: datetime, votes: Iterable[date] = ()) -> Standing:
    """Return where an advertiser stands.

    What comes out does not depend on the order of the evidence. Of one step, a person's refusal undoes what was
    accepted before it, and what was accepted after it counts again. A checker's refusal undoes nothing: a blurred
    picture, sent to renew what still holds, must not stop anybody's ads.

    Args:
        plan: what the route asks for.
        evidence: all that this advertiser ever gave.
        now: the moment asked about; evidence of a later moment is left aside.
        votes: days of voting in the jurisdiction that may be near.
    """
    known = [one for one in evidence if one.given_at <= now]
    days = tuple(votes)
    steps = tuple(_step(name, step, known, now, days) for name, step in plan.steps.items())
    state = _state(steps)
    ends = [step.until for step in steps if step.until and step.state in _GOOD]
    may_run = state is State.AUTHORIZED
    return Standing(
        state=state,
        label=plan.label if may_run else None,
        steps=steps,
        until=min(ends, default=None) if may_run else None,
    )


def _state(steps: tuple[StepStanding, ...]) -> State:
    lacking = {step.state for step in steps} - _GOOD
    if not lacking:
        return State.AUTHORIZED
    if StepState.REFUSED in lacking:
        return State.REFUSED
    if StepState.EXPIRED in lacking and StepState.MISSING not in lacking:
        return State.PAUSED
    return State.REVIEW if lacking == {StepState.REVIEW} else State.INCOMPLETE


def _step(name: str, step: Step, known: list[Evidence], now: datetime, votes: tuple[date, ...]) -> StepStanding:
    mine = [one for one in known if one.step == name and one.kind in step.accepts]
    state, reason, until = _shown(step, mine, now)
    if state not in _GOOD and not _asked_for(step, now.astimezone(UTC).date(), votes):
        state, reason, until = StepState.NOT_NEEDED, "No vote is near enough for this to be asked.", None
    notice = until - timedelta(days=step.notice_days) if until and state is StepState.MET else None
    return StepStanding(step=name, title=step.title, state=state, reason=reason, until=until, notice_from=notice)


def _asked_for(step: Step, today: date, votes: tuple[date, ...]) -> bool:
    if step.days_before_vote is None:
        return True
    return any(today <= vote <= today + timedelta(days=step.days_before_vote) for vote in votes)


def _shown(step: Step, mine: list[Evidence], now: datetime) -> tuple[StepState, str, datetime | None]:
    """Return what the evidence for one step comes to, why, and until when."""
    decided = [one for one in mine if one.decided_at is not None and one.decided_at <= now]
    refused = [one for one in decided if one.verdict is EvidenceVerdict.REFUSED]
    undone = max((one for one in refused if one.by_person), key=_decided, default=None)
    accepted = [
        one
        for one in decided
        if one.verdict is EvidenceVerdict.ACCEPTED and (not undone or _decided(one) > _decided(undone))
    ]
    best = max(accepted, key=lambda one: (good_until(step, one) or _NEVER, one.id), default=None)
    if best is not None:
        until = good_until(step, best)
        if until is None or until > now:
            return StepState.MET, best.reason, until
    waiting = [one for one in mine if one.verdict in _WAITS and one.given_at >= _since(undone)]
    on_its_way = _provisional_until(step, waiting, mine)
    if on_its_way is not None and on_its_way > now and best is None and undone is None:
        return StepState.PROVISIONAL, "The letter with the code is on its way.", on_its_way
    if best is not None:
        return StepState.EXPIRED, "What was shown has lapsed and must be shown again.", good_until(step, best)
    if waiting:
        last = max(waiting, key=lambda one: (one.given_at, one.id))
        return _WAITS[last.verdict], last.reason, None
    if refused:
        return StepState.REFUSED, max(refused, key=_decided).reason, None
    return StepState.MISSING, "Nothing has been shown yet.", None


_NEVER = datetime.max.replace(tzinfo=UTC)


def good_until(step: Step, evidence: Evidence) -> datetime | None:
    """Return when accepted evidence lapses: by the route, or with the document, whichever is first."""
    ends = []
    if step.valid_days is not None and evidence.decided_at is not None:
        ends.append(evidence.decided_at + timedelta(days=step.valid_days))
    if evidence.expires_on is not None:
        ends.append(datetime.combine(evidence.expires_on, time.max, UTC))
    return min(ends, default=None)


def _provisional_until(step: Step, waiting: list[Evidence], mine: list[Evidence]) -> datetime | None:
    """Return until when a letter on its way counts: from the first one ever sent, so that no second one extends it."""
    if not step.provisional_days or not any(one.verdict is EvidenceVerdict.CODE for one in waiting):
        return None
    return min(one.given_at for one in mine) + timedelta(days=step.provisional_days)


def _decided(one: Evidence) -> datetime:
    return one.decided_at or one.given_at


def _since(refusal: Evidence | None) -> datetime:
    return _decided(refusal) if refusal else datetime.min.replace(tzinfo=UTC)
