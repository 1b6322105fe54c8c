"""Take the first decision on an ad again, to see that the same rules still say the same of the same words."""

from dataclasses import dataclass, replace

from watchbell.ads.decided_before import held_still
from watchbell.desk.ads.review import Reviewer, knowing_payers
from watchbell.errors import UsageError
from watchbell.model.ads import FIRST_PASS, Ad, AdDecision
from watchbell.vault.vault import Vault
from watchbell.vault.workspace import Workspace

_NOT_SAID_BY_RULES = frozenset({"decided_at", "rules_version", "political_model"})


@dataclass(frozen=True, slots=True)
class Replay:
    """A decision as it is kept, and as it is taken now."""

    kept: AdDecision
    now: AdDecision

    @property
    def same_rules(self) -> bool:
        """Tell whether both were taken under the same rules, calendar and model."""
        return (self.kept.rules_version, self.kept.political_model) == (
            self.now.rules_version,
            self.now.political_model,
        )

    @property
    def differs(self) -> tuple[str, ...]:
        """Name what the two say differently."""
        names = sorted(AdDecision.model_fields.keys() - _NOT_SAID_BY_RULES)
        return tuple(name for name in names if getattr(self.kept, name) != getattr(self.now, name))


def replay(workspace: Workspace, ad_id: str, reviewer: Reviewer) -> Replay:
    """Return the rules' last decision on an ad, and what they say now of the ad as it was then.

    Registers and the advertisers' own words are asked as they are now.

    Raises:
        UsageError: there is no such ad, the rules never decided about it, or its content is hidden.
    """
    kept, ad = _decided(workspace.vault, ad_id)
    again = replace(knowing_payers(workspace, reviewer), now=kept.decided_at)
    return Replay(kept, held_still(kept, again.decide(ad)))


def _decided(vault: Vault, ad_id: str) -> tuple[AdDecision, Ad]:
    """Return the last decision of the rules and the ad that it was about: the one before the decision that followed."""
    if vault.ads.get(ad_id) is None:
        raise UsageError(f"There is no ad {ad_id} in the library.")
    following: AdDecision | None = None
    for decision in vault.ads.decisions(ad_id):
        if decision.decided_by == FIRST_PASS:
            break
        following = decision
    else:
        raise UsageError(f"The rules never decided about {ad_id}.")
    versions = vault.ads.history.versions(ad_id)
    then = next((one for one in versions if following is None or one.at <= following.decided_at), None)
    if then is None or then.ad is None:
        raise UsageError(f"What {ad_id} said is hidden, so nothing can be decided about it again.")
    return decision, then.ad
