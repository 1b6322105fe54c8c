"""Ads that wait for a person: who looks at which, what they decide, and when it takes two.

One person holds an ad at a time, so two never decide the same thing. What is decided can be taken back within a
minute. Every decision is a new one beside the old, under the person's name, with a reason, and in the ledger.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from watchbell.ads.decided_before import overtaken
from watchbell.ads.payers.bound import delivery
from watchbell.ads.rules.policy import FOR_TWO
from watchbell.desk.ads.appeal_answers import granted_with, undo_answer
from watchbell.desk.claiming import TOO_LATE, hold, let_go, may_undo
from watchbell.desk.permissions import Permission, demand
from watchbell.desk.wording import worded
from watchbell.errors import UsageError
from watchbell.model.ads import FIRST_PASS, Ad, AdDecision, Verdict
from watchbell.model.advertisers import EvidenceVerdict
from watchbell.model.partners import User
from watchbell.model.payers import Delivery
from watchbell.vault.ads import AdPage, AdQuery
from watchbell.vault.claims import Claim
from watchbell.vault.ledger import Entry
from watchbell.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of the ads that wait, and who is looking at them."""

    page: AdPage
    claims: dict[str, Claim]
    undisclosed: frozenset[str]
    """Those that ran without saying who paid."""


@dataclass(frozen=True, slots=True)
class Turn:
    """How an ad stands with one reviewer."""

    holder: Claim | None
    """Whoever is reviewing it now."""
    is_mine: bool
    waits_for_second: bool
    """Somebody else decided to reject it, and a second person must look."""
    undo_until: datetime | None
    """Until when this reviewer may take their last decision back."""
    overtaken: AdDecision | None
    """A person's decision that holds no longer, because the ad was changed after it."""


def queue_of(vault: Vault, cursor: str | None, now: datetime) -> Queue:
    """Return held ads, those that began to run last first: they may still be running.

    Raises:
        UsageError: the cursor is not one of this queue.
    """
    page = vault.ads.search(AdQuery(verdict=Verdict.REVIEW, removed=False, cursor=cursor))
    ran_so = (ad.id for ad, decision in page.ads if delivery(ad, decision, now) is Delivery.UNDISCLOSED)
    return Queue(page, vault.claims.of([ad.id for ad, _ in page.ads], now), frozenset(ran_so))


def turn_of(vault: Vault, ad_id: str, decisions: Sequence[AdDecision], user: User, now: datetime) -> Turn:
    """Return how an ad stands with a reviewer, after the decisions on it, the latest first."""
    decision = decisions[0] if decisions else None
    holder = vault.claims.of([ad_id], now).get(ad_id)
    mine_last = decision is not None and decision.decided_by == user.username
    ad = vault.ads.get(ad_id) if decision is not None and decision.proposed is not None else None
    return Turn(
        holder,
        is_mine=holder is not None and holder.username == user.username,
        waits_for_second=bool(ad and decision and not mine_last and _is_seconded(vault, ad, decision)),
        undo_until=may_undo(decision.decided_by, decision.decided_at, user, now) if decision else None,
        overtaken=overtaken(decisions),
    )


def take_ad(vault: Vault, ad: Ad, *, by: User, now: datetime) -> None:
    """Hold an ad, so that nobody else decides about it meanwhile.

    Raises:
        NotAllowedError: the person may not review ads.
        UsageError: somebody else is reviewing it.
    """
    demand(by.role, Permission.ADS_REVIEW)
    hold(vault, ad.id, by=by, now=now)


def demand_seen(ad: Ad, content_digest: str) -> None:
    """Make sure that an ad shows what the reviewer read.

    Raises:
        UsageError: it shows something else by now.
    """
    if ad.content_digest != content_digest:
        raise UsageError("This ad was changed since you opened it. Read what it shows now, and decide then.")


def decide_ad(vault: Vault, ad: Ad, verdict: Verdict, reason: str, *, by: User, now: datetime) -> AdDecision:
    """Decide about an ad, and return the decision that stands now.

    To reject an ad of a registered payer or a candidate, or under a rule of `FOR_TWO`, takes two: the first one's
    rejection holds the ad, and whoever comes second decides. In a restriction period the rules are the first.

    Raises:
        NotAllowedError: the person may not review ads.
        UsageError: somebody else holds the ad; the reason has no word; it was removed, or never reviewed; or the same
            person would be the second one.
    """
    take_ad(vault, ad, by=by, now=now)
    reason = worded(reason)
    if ad.removed is not None:
        raise UsageError("This ad was taken out of the library; nothing more is decided about it.")
    standing = vault.ads.decision(ad.id)
    if standing is None:
        raise UsageError("The rules have not read this ad yet. Run `watchbell ads import` on its file first.")
    if standing.proposed is not None and standing.decided_by == by.username:
        raise UsageError("You have rejected this ad already. Another reviewer must look at it now.")
    is_first = verdict is Verdict.REJECT and not _is_seconded(vault, ad, standing)
    first_of_two = is_first and takes_two(vault, ad, standing)
    decision = standing.model_copy(
        update={
            "content_digest": ad.content_digest,
            "verdict": Verdict.REVIEW if first_of_two else verdict,
            "proposed": verdict if first_of_two else None,
            "reason": reason,
            "decided_by": by.username,
            "decided_at": now,
        }
    )
    details = {"verdict": decision.verdict, "proposed": decision.proposed, "reason": reason}
    vault.ads.sign(decision, Entry(by.username, "ad.decided", ad.id, details, now))
    let_go(vault, ad.id, by=by)
    return decision


def takes_two(vault: Vault, ad: Ad, decision: AdDecision) -> bool:
    """Tell whether one person alone may not reject this ad: of a registered payer, a candidate, or about delegates."""
    return any(finding.code in FOR_TWO for finding in decision.policies) or _is_of_payer_for_two(vault, ad)


def _is_seconded(vault: Vault, ad: Ad, decision: AdDecision) -> bool:
    """Tell whether a rejection now is the second one.

    The rules' own proposal, in a restriction period, counts as the first, but for a registered payer or a candidate.
    """
    if decision.proposed is None:
        return False
    return decision.decided_by != FIRST_PASS or not _is_of_payer_for_two(vault, ad)


def _is_of_payer_for_two(vault: Vault, ad: Ad) -> bool:
    return ad.registration_id is not None or _is_of_candidate(vault, ad)


def _is_of_candidate(vault: Vault, ad: Ad) -> bool:
    """Tell whether the register names a candidate behind the committee that pays."""
    paid = vault.payers.of_ads([ad.id]).get(ad.id)
    shown = vault.advertisers.evidence(paid.advertiser_id) if paid else []
    return any(one.verdict is EvidenceVerdict.ACCEPTED and "candidate" in one.facts for one in shown)


def undo(vault: Vault, ad: Ad, *, by: User, now: datetime) -> AdDecision:
    """Take one's own decision back within a minute; what stood before it stands again.

    Where the decision was the answer to an appeal, the appeal waits again.

    Raises:
        NotAllowedError: the person may not review ads.
        UsageError: the last decision is not theirs, or older than a minute.
    """
    demand(by.role, Permission.ADS_REVIEW)
    last, before = (*vault.ads.decisions(ad.id), None, None)[:2]
    if last is None or before is None or not may_undo(last.decided_by, last.decided_at, by, now):
        raise UsageError(TOO_LATE)
    # What stood when the last one was taken was about the same, though the record may tell a little more since.
    before = before.model_copy(update={"decided_at": now, "content_digest": last.content_digest})
    appeal = granted_with(vault, last)
    if appeal is not None:
        undo_answer(vault, appeal, by=by, now=now)
        return before
    vault.ads.sign(before, Entry(by.username, "ad.undone", ad.id, {"verdict": last.verdict}, now))
    return before
