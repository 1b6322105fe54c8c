"""The public ad library: what anyone may see of an ad, what only the desk sees, and how an ad is taken out."""

from dataclasses import dataclass
from typing import Any

from watchbell.desk.exchange.audiences import audience_of
from watchbell.desk.permissions import Permission, may
from watchbell.model.ads import Ad, AdDecision, AdVersion, Removal, Restoration
from watchbell.model.partners import User
from watchbell.vault.ledger import Entry
from watchbell.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class AdView:
    """An ad as one reader may see it."""

    ad: Ad
    decision: AdDecision | None
    """What stands."""
    decisions: tuple[AdDecision, ...]
    """Newest first."""
    hits: tuple[dict[str, Any], ...]
    """Rows of HITS that this reader may see."""
    names_reviewers: bool
    """Whether the reader may see which person decided."""
    versions: tuple[AdVersion, ...]
    """What it was before, the version that stands first; without content where a removal hides it."""


def ad_view(vault: Vault, ad_id: str, user: User | None) -> AdView | None:
    """Return the ad as a person may see it, or None where there is no such ad.

    The public sees hits of indicators marked TLP:CLEAR only: the others were told in confidence. Of an ad whose content
    is hidden nobody sees decisions and hits, for they quote it.
    """
    ad = vault.ads.get(ad_id)
    if ad is None:
        return None
    decisions = sorted(vault.ads.decisions(ad_id), key=lambda decision: decision.decided_at, reverse=True)
    hits = vault.hits.heard_by(audience_of(user)).of_targets("ad", [ad_id])
    return AdView(
        ad=ad,
        decision=None if ad.content_hidden else vault.ads.decision(ad_id),
        decisions=() if ad.content_hidden else tuple(decisions),
        hits=() if ad.content_hidden else tuple(hits.to_pylist()),
        names_reviewers=user is not None and may(user.role, Permission.HITS_READ),
        versions=tuple(vault.ads.history.versions(ad_id)),
    )


def remove_ad(vault: Vault, ad_id: str, removal: Removal, *, by: str) -> Ad:
    """Put a tombstone in an ad's place, and return it. What the ad was stays in its history, for the ledger's keepers.

    Args:
        vault: holds the ad.
        ad_id: its id.
        removal: what the tombstone says.
        by: who does it, for the ledger.

    Raises:
        UsageError: there is no such ad, or it was removed before.
    """
    said = {"reason": removal.reason, "note": removal.note}
    return vault.ads.remove(ad_id, removal, Entry(by, "ad.removed", ad_id, said, removal.at))


def restore_ad(vault: Vault, ad_id: str, restoration: Restoration, *, by: str) -> Ad:
    """Put an ad that was removed in error back as it was, and return it. That it was removed stays in its history.

    Which ads it is like is found again by the next `watchbell ads alike`, where its content was hidden.

    Args:
        vault: holds the tombstone.
        ad_id: the ad's id.
        restoration: what its history says, for all to read.
        by: who does it, for the ledger.

    Raises:
        UsageError: there is no such ad, it is not removed, or it came in as another library's tombstone.
    """
    entry = Entry(by, "ad.restored", ad_id, {"reason": restoration.reason}, restoration.at)
    return vault.ads.restore(ad_id, restoration, entry)
