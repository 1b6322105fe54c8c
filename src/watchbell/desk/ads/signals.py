"""What else speaks about whoever paid for an ad, gathered for a reviewer; none of it decides anything by itself."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from watchbell.ads.payers.bound import platforms_of
from watchbell.desk.ads.likeness import SamePayer
from watchbell.desk.ads.payers import PaidView
from watchbell.desk.investigations.networks import groups_with, latest_run
from watchbell.model.ads import Ad
from watchbell.vault.columns import folded
from watchbell.vault.workspace import Workspace

SUDDEN = timedelta(days=30)
"""What a page changed in so many days before an ad, or since, is sudden. Pages that were taken over or bought are
mostly renamed shortly before they advertise; how long that is, is this house's choice."""
_MOST_NAMED = 5


class Signal(NamedTuple):
    """One thing to look at, and where."""

    says: str
    at: str
    """A path, or a place on the ad's page."""


def signals_of(
    workspace: Workspace, paid: PaidView, hits: Sequence[dict[str, Any]], alike: Sequence[SamePayer], now: datetime
) -> list[Signal]:
    """Return what speaks about whoever paid for an ad.

    Args:
        workspace: with the last run of detect.
        paid: the ad with its account's changes.
        hits: rows of HITS in the ad that the reviewer may see.
        alike: ads that say or show nearly the same, by who paid.
        now: the present.
    """
    ad = paid.ad
    found = [
        Signal(f"The {one.what} of its account changed from “{one.before}” to “{one.after}”, {when}.", "#money")
        for one in paid.changes
        if (when := _sudden(ad, one.at, now))
    ]
    others = list(dict.fromkeys(same.payer or "nobody named" for same in alike if _is_other(same.payer, ad.payer)))
    if others:
        named = ", ".join(others[:_MOST_NAMED]) + (
            f" and {len(others) - _MOST_NAMED} more" if others[_MOST_NAMED:] else ""
        )
        found.append(Signal(f"Nearly the same ad was paid for by {named}.", "#alike"))
    for value, field in dict.fromkeys((hit["indicator_value"], hit["field"]) for hit in hits):
        found.append(Signal(f"Its {field.replace('_', ' ')}: {value}, which was published or is imitated.", "#hits"))
    return found + _networks(workspace, ad)


def _sudden(ad: Ad, at: datetime, now: datetime) -> str | None:
    """Return when an account changed, seen from its ad; None where that was long before."""
    before = (ad.started_at or now) - at
    if before > SUDDEN:
        return None
    days = abs(before.days)
    return "since it was first shown" if before < timedelta() else f"{days} days before it was first shown"


def _is_other(payer: str | None, mine: str | None) -> bool:
    return folded(payer) != folded(mine)


def _networks(workspace: Workspace, ad: Ad) -> list[Signal]:
    """Return the groups of the last run of detect in which the ad's page or account is."""
    run = latest_run(workspace)
    names = {one for one in (ad.account_id, ad.advertiser) if one}
    if run is None or not names:
        return []
    accounts = [f"{platform}:{name}" for platform in platforms_of(ad) for name in sorted(names)]
    return [
        Signal(
            f"{account} is in a group of accounts that act as one, as found on {run.at:%Y-%m-%d}.",
            f"/desk/networks/{group}",
        )
        for account, group in groups_with(run, accounts)
    ]
