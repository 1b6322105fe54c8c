"""What holds of an earlier decision once an ad is reviewed again: a person's word is about what that person saw."""

from collections.abc import Sequence
from datetime import datetime

from watchbell.model.ad_changes import Change
from watchbell.model.ads import FIRST_PASS, AdDecision, PolicyFinding, Verdict

CODE_CHANGED = "AD-CHANGED"
_DID = {Verdict.APPROVE: "approved", Verdict.REJECT: "rejected", Verdict.REVIEW: "held"}
_THEN = {Change.CONTENT: "when it showed something else", Change.PICTURES: "before its pictures came in"}


def in_view_of(standing: AdDecision | None, review: AdDecision, change: Change | None) -> AdDecision:
    """Return the decision that holds after a review: the one that stands, unless the review says something new.

    A person's decision stands while the ad shows what it showed then. An ad that shows something else since is held, at
    the least, until a person has looked at it.

    Args:
        standing: the latest decision before the review; None: there was none.
        review: what the rules say now.
        change: how the ad shows something else than when `standing` was taken.
    """
    if standing is None:
        return review
    if standing.decided_by == FIRST_PASS:
        review = held_still(standing, review)
    elif change is None or standing.content_digest == review.content_digest:
        return standing
    else:
        review = _held(review, _changed_since(standing, change))
    at = standing.decided_at
    if review.model_copy(update={"decided_at": at}) == standing:
        return standing
    return review.model_copy(update={"decided_at": max(review.decided_at, at + datetime.resolution)})


def held_still(standing: AdDecision, review: AdDecision) -> AdDecision:
    """Return a review, held if `standing` holds the ad because it was changed after a person's decision."""
    changed = next((one for one in standing.policies if one.code == CODE_CHANGED), None)
    return review if changed is None else _held(review, changed)


def overtaken(decisions: Sequence[AdDecision]) -> AdDecision | None:
    """Return the person's decision that holds no longer, because the ad was changed after it.

    Args:
        decisions: all on one ad, the latest first.
    """
    by_rules = decisions and decisions[0].decided_by == FIRST_PASS
    if not by_rules or all(one.code != CODE_CHANGED for one in decisions[0].policies):
        return None
    return next((one for one in decisions if one.decided_by != FIRST_PASS), None)


def _changed_since(decision: AdDecision, change: Change) -> PolicyFinding:
    reason = f"A person {_DID[decision.verdict]} it on {decision.decided_at:%Y-%m-%d}, {_THEN[change]}."
    return PolicyFinding(code=CODE_CHANGED, quote="", reason=reason)


def _held(review: AdDecision, why: PolicyFinding) -> AdDecision:
    verdict = Verdict.REJECT if review.verdict is Verdict.REJECT else Verdict.REVIEW
    return review.model_copy(update={"verdict": verdict, "policies": (why, *review.policies)})
