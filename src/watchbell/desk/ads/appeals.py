"""Appeals: an advertiser's word against a decision on an ad of theirs, for somebody else to answer."""

from collections.abc import Iterable
from datetime import datetime

from watchbell.desk.wording import worded
from watchbell.errors import UsageError
from watchbell.model.ads import AdDecision, Verdict
from watchbell.model.advertisers import Advertiser
from watchbell.model.appeals import Appeal, appeal_id
from watchbell.vault.ledger import Entry
from watchbell.vault.vault import Vault

_BEFORE = "This decision was appealed against before."


def open_appeal(vault: Vault, advertiser: Advertiser, ad_id: str, reasons: str, *, by: str, now: datetime) -> Appeal:
    """Keep what an advertiser says against the decision that stands on an ad of theirs.

    Raises:
        UsageError: the ad is not theirs, nothing keeps it from running, there are no reasons, or the decision was
            appealed against before.
    """
    paid = vault.payers.of_ads([ad_id]).get(ad_id)
    if paid is None or paid.advertiser_id != advertiser.id:
        raise UsageError("This ad is not one of yours.")
    decision = vault.ads.decision(ad_id)
    if decision is None or not can_be_appealed(decision):
        raise UsageError("Nothing keeps this ad from running, so there is nothing to appeal against.")
    if is_appealed(vault.appeals.about(ad_id), decision):
        raise UsageError(_BEFORE)
    appeal = Appeal(
        id=appeal_id(decision),
        ad_id=ad_id,
        advertiser_id=advertiser.id,
        verdict=decision.verdict,
        decided_at=decision.decided_at,
        decided_by=decision.decided_by,
        reasons=worded(reasons),
        opened_at=now,
    )
    details = {"ad": ad_id, "advertiser": advertiser.id, "decided_at": decision.decided_at.isoformat()}
    if not vault.appeals.open(appeal, Entry(by, "appeal.opened", appeal.id, details, now)):
        raise UsageError(_BEFORE)
    return appeal


def can_be_appealed(decision: AdDecision) -> bool:
    """Tell whether a decision keeps an ad from running."""
    return decision.verdict is not Verdict.APPROVE


def is_appealed(appeals: Iterable[Appeal], decision: AdDecision) -> bool:
    """Tell whether one of the appeals about an ad is against a decision on it."""
    return any(one.decided_at == decision.decided_at for one in appeals)
