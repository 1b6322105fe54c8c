"""The public ad library: what anyone may see of an ad, and what only the desk sees."""

from dataclasses import dataclass
from typing import Any

from watchbell.desk.audiences import audience_of
from watchbell.desk.permissions import Permission, may
from watchbell.model.ads import Ad, AdDecision
from watchbell.model.partners import User
from watchbell.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class AdView:
    """An ad as one reader may see it."""

    ad: Ad
    decisions: tuple[AdDecision, ...]
    """Newest first."""
    hits: tuple[dict[str, Any], ...]
    """Rows of HITS that this reader may see."""
    names_reviewers: bool
    """Whether the reader may see which person decided."""

    @property
    def decision(self) -> AdDecision | None:
        """Return the decision that stands."""
        return self.decisions[0] if self.decisions else None


def ad_view(vault: Vault, ad_id: str, user: User | None) -> AdView | None:
    """Return the ad as a person may see it, or None where there is no such ad.

    The public sees hits of indicators marked TLP:CLEAR only: the others were told in confidence.
    """
    ad = vault.ads.get(ad_id)
    if ad is None:
        return None
    decisions = sorted(vault.ads.decisions(ad_id), key=lambda decision: decision.decided_at, reverse=True)
    hits = vault.hits.heard_by(audience_of(user)).of_targets("ad", [ad_id])
    return AdView(
        ad=ad,
        decisions=tuple(decisions),
        hits=tuple(hits.to_pylist()),
        names_reviewers=user is not None and may(user.role, Permission.HITS_READ),
    )
