"""Taking an indicator back, and seeing who has heard of it."""

from datetime import datetime, timedelta
from typing import NamedTuple

from watchbell.desk.exchange.publishing import pass_on
from watchbell.desk.permissions import Permission, demand
from watchbell.desk.wording import worded
from watchbell.errors import UsageError
from watchbell.model.indicators import Indicator
from watchbell.model.partners import User
from watchbell.vault.ledger import Entry
from watchbell.vault.vault import Vault


class Receipt(NamedTuple):
    """A partner who received an indicator, and what they know of its retraction."""

    partner_id: str
    first_at: datetime
    """When they received the indicator first."""
    ways: tuple[str, ...]
    """How it reached them."""
    retracted_at: datetime | None
    """When they received the version that says it is revoked; None while they have not."""


def retract(vault: Vault, indicator: Indicator, reason: str, *, operator: str, by: User, now: datetime) -> Indicator:
    """Revoke an indicator (STIX 2.1 section 3.6): nothing matches it any more, and no later version follows.

    The revoked version goes at once into every collection where we told of it. Whoever had it as a file receives it the
    next time something goes to them. `receipts` tells who has.

    Raises:
        NotAllowedError: the person may not retract.
        UsageError: there is no reason, or the indicator is revoked already.
    """
    demand(by.role, Permission.INDICATORS_RETRACT)
    reason = worded(reason)
    # STIX asks for a later version, to the millisecond; a partner's clock may be ahead of ours.
    at = max(now, indicator.modified + timedelta(milliseconds=1))
    revoked = indicator.model_copy(update={"revoked": True, "modified": at})
    if indicator.revoked or not vault.indicators.replace(revoked, _entry(indicator, reason, by, now)):
        raise UsageError("This indicator has been retracted before, or changed just now. Look at it again.")
    pass_on(vault, revoked, operator=operator, by=by.username, now=now)
    return revoked


def receipts(vault: Vault, indicator: Indicator) -> list[Receipt]:
    """Return who received an indicator from us, those who have not heard of its retraction first."""
    deliveries: dict[str, list[tuple[datetime, str, str]]] = {}
    for one in vault.deliveries.of_object(indicator.id):
        deliveries.setdefault(one.partner_id, []).append((one.at, one.way, one.version))
    found = []
    for partner_id, received in deliveries.items():
        told = [at for at, _, version in received if indicator.revoked and _is_since(version, indicator.modified)]
        ways = tuple(sorted({way for _, way, _ in received}))
        found.append(Receipt(partner_id, min(received)[0], ways, min(told, default=None)))
    return sorted(found, key=lambda receipt: (receipt.retracted_at is not None, receipt.first_at, receipt.partner_id))


def _is_since(version: str, modified: datetime) -> bool:
    """Tell whether a version, by its `modified` as it was written, is that of this moment or a later one."""
    try:
        return datetime.fromisoformat(version) >= modified
    except (ValueError, TypeError):
        return False


def _entry(indicator: Indicator, reason: str, by: User, now: datetime) -> Entry:
    details = {"reason": reason, "source": indicator.source, "value": indicator.value}
    return Entry(by.username, "indicator.retracted", indicator.id, details, now)
