"""Appeals at the desk: somebody other than whoever decided reads the advertiser's reasons, and answers.

An appeal that is granted makes a new decision beside the old one; one that is refused leaves the decision as it is.
An answer can be taken back within a minute: the appeal then waits again.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from watchbell.desk.claiming import TOO_LATE, Turn, hold, let_go, may_undo, turns
from watchbell.desk.permissions import Permission, demand
from watchbell.desk.wording import worded
from watchbell.errors import NotAllowedError, UsageError
from watchbell.model.ads import Ad, AdDecision, Verdict
from watchbell.model.advertisers import Advertiser
from watchbell.model.appeals import Appeal, AppealState
from watchbell.model.partners import User
from watchbell.vault.appeals import ANSWERED
from watchbell.vault.ledger import Entry
from watchbell.vault.vault import Vault

SHOWN = 100
"""Appeals on a page: more wait than anybody reads in a day."""


@dataclass(frozen=True, slots=True)
class AppealView:
    """An appeal as a reviewer sees it."""

    appeal: Appeal
    ad: Ad
    decision: AdDecision | None
    """The decision that it is against."""
    stands: bool
    """That decision still stands."""
    advertiser: Advertiser | None
    turn: Turn
    is_own: bool
    """This person had a part in the decision, so somebody else answers."""


def appeals_of(vault: Vault, state: AppealState, user: User, now: datetime) -> list[AppealView]:
    """Return the appeals of one state: open ones the first opened first, of the others the last ones.

    Raises:
        NotAllowedError: the person may not review ads.
    """
    demand(user.role, Permission.ADS_REVIEW)
    found = vault.appeals.all(state)
    found = found[:SHOWN] if state is AppealState.OPEN else found[: -SHOWN - 1 : -1]
    held = turns(vault, [one.id for one in found], user, now)
    return [_view(vault, one, replace(held[one.id], undo_until=_undo_until(one, user, now)), user) for one in found]


def take_appeal(vault: Vault, appeal: Appeal, *, by: User, now: datetime) -> None:
    """Hold an appeal, so that nobody else answers it meanwhile.

    Raises:
        NotAllowedError: the person may not review ads, or had a part in the decision.
        UsageError: somebody else holds it, or it was answered.
    """
    demand(by.role, Permission.ADS_REVIEW)
    if appeal.state is not AppealState.OPEN:
        raise UsageError(ANSWERED)
    if by.username in _deciders(vault, appeal):
        raise NotAllowedError("You had a part in this decision, so somebody else answers the appeal.")
    hold(vault, appeal.id, by=by, now=now)


def answer_appeal(vault: Vault, appeal: Appeal, state: AppealState, answer: str, *, by: User, now: datetime) -> Appeal:
    """Answer an appeal; the advertiser reads the answer, and so does everybody where the appeal is granted.

    Raises:
        NotAllowedError: the person may not review ads, or had a part in the decision.
        UsageError: somebody else holds it, it was answered, the ad was decided anew since, or there is no reason.
    """
    take_appeal(vault, appeal, by=by, now=now)
    if state is AppealState.OPEN:
        raise UsageError("An appeal is granted or refused.")
    answer = worded(answer, "answer")
    granted = None
    if state is AppealState.GRANTED:
        ad = vault.ads.get(appeal.ad_id)
        standing = vault.ads.decision(appeal.ad_id)
        if ad is None or standing is None or standing.decided_at != appeal.decided_at:
            raise UsageError(
                "The ad was decided anew since. Refuse the appeal and say so, or decide about the ad itself."
            )
        granted = _granted(ad, standing, answer, by, now)
        hold(vault, appeal.ad_id, by=by, now=now)
    answered = appeal.model_copy(
        update={"state": state, "answer": answer, "answered_at": now, "answered_by": by.username}
    )
    details = {"ad": appeal.ad_id, "state": state, "answer": answer, "against": appeal.decided_by}
    vault.appeals.answer(answered, Entry(by.username, "appeal.answered", appeal.id, details, now), granted)
    for held in (appeal.id, appeal.ad_id) if granted else (appeal.id,):
        let_go(vault, held, by=by)
    return answered


def undo_answer(vault: Vault, appeal: Appeal, *, by: User, now: datetime) -> Appeal:
    """Take one's own answer back within a minute; the appeal waits again, and what was decided before it stands again.

    Raises:
        NotAllowedError: the person may not review ads.
        UsageError: the answer is not theirs, or older than a minute; somebody else is looking at the ad, or has decided
            about it since.
    """
    demand(by.role, Permission.ADS_REVIEW)
    if not may_undo(appeal.answered_by, appeal.answered_at, by, now):
        raise UsageError(TOO_LATE)
    waits: dict[str, object] = {"state": AppealState.OPEN, "answer": None, "answered_at": None, "answered_by": None}
    again = None
    if appeal.state is AppealState.GRANTED:
        hold(vault, appeal.ad_id, by=by, now=now)
        granted, before = (*vault.ads.decisions(appeal.ad_id), None, None)[:2]
        if granted is None or before is None or granted.decided_at != appeal.answered_at:
            raise UsageError("The ad was decided anew since. Decide about the ad itself.")
        again = before.model_copy(update={"decided_at": now, "content_digest": granted.content_digest})
        # The decision that stands again is a new one beside the others, and this appeal is against it.
        waits |= {"decided_at": now}
    reopened = appeal.model_copy(update=waits)
    details = {"ad": appeal.ad_id, "state": appeal.state}
    vault.appeals.reopen(reopened, Entry(by.username, "appeal.undone", appeal.id, details, now), again)
    if again is not None:
        let_go(vault, appeal.ad_id, by=by)
    return reopened


def granted_with(vault: Vault, decision: AdDecision) -> Appeal | None:
    """Return the appeal whose answer a decision is; None where it is none's."""
    answered = (one for one in vault.appeals.about(decision.ad_id) if one.state is AppealState.GRANTED)
    return next((one for one in answered if one.answered_at == decision.decided_at), None)


def _granted(ad: Ad, standing: AdDecision, answer: str, by: User, now: datetime) -> AdDecision:
    update = {"content_digest": ad.content_digest, "verdict": Verdict.APPROVE, "proposed": None, "reason": answer}
    return standing.model_copy(update=update | {"decided_by": by.username, "decided_at": now})


def _deciders(vault: Vault, appeal: Appeal) -> frozenset[str]:
    """Return who had a part in the decision: whoever took it, and whoever proposed it first."""
    earlier = [one for one in vault.ads.decisions(appeal.ad_id) if one.decided_at <= appeal.decided_at]
    proposed = [one.decided_by for one in earlier if one.proposed is not None]
    return frozenset({appeal.decided_by, *proposed})


def _undo_until(appeal: Appeal, user: User, now: datetime) -> datetime | None:
    return may_undo(appeal.answered_by, appeal.answered_at, user, now)


def _view(vault: Vault, appeal: Appeal, turn: Turn, user: User) -> AppealView:
    ad = vault.ads.get(appeal.ad_id)
    if ad is None:
        raise UsageError(f"The ad {appeal.ad_id} of this appeal is not in the library.")
    decisions = vault.ads.decisions(appeal.ad_id)
    against = next((one for one in decisions if one.decided_at == appeal.decided_at), None)
    stands = bool(decisions) and decisions[0].decided_at == appeal.decided_at
    return AppealView(
        appeal=appeal,
        ad=ad,
        decision=against,
        stands=stands,
        advertiser=vault.advertisers.get(appeal.advertiser_id),
        turn=turn,
        is_own=user.username in _deciders(vault, appeal),
    )
