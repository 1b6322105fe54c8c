"""What a partner is cleared for. Above TLP:AMBER it is raised by the word of two, as what is so marked leaves by it."""

from datetime import datetime
from typing import NamedTuple

from watchbell.desk.exchange.releases import Parcel, needs_two, release_for
from watchbell.errors import NotAllowedError
from watchbell.model.partners import Partner, PartnerKind, TrustGroup
from watchbell.model.releases import CLEARANCE, ReleaseState
from watchbell.model.tlp import Tlp
from watchbell.vault.vault import Vault

EVENTS = ("partner.changed", "partner.joined", "partner.left")
"""What the ledger says of a clearance that was given or taken: after it, an earlier word of two holds no more."""


def parcel_of_clearance(vault: Vault, partner: Partner, label: Tlp, group: TrustGroup | None) -> Parcel:
    """Return a clearance on its way to a partner: in a trust group, or for what belongs to none."""
    where = "for what belongs to no group" if group is None else f"in {group.name}"
    turn = sum(entry.event in EVENTS for entry in vault.ledger.about(partner.id))
    return Parcel(CLEARANCE, f"TLP:{label.upper()} {where} (change {turn + 1})", label, partner.id)


def demand_clearance(vault: Vault, partner: Partner, label: Tlp, group: TrustGroup | None, now: datetime) -> None:
    """Return if a partner may be cleared so: it is cleared so far already, one person may say so, or a second one did.

    Raises:
        NotAllowedError: a second person has to agree.
    """
    audience = vault.partners.audience(partner, now)
    before = audience.clearance if group is None else audience.groups.get(group.id, Tlp.CLEAR)
    if not needs_two(label) or label.rank <= before.rank:
        return
    release = release_for(vault, parcel_of_clearance(vault, partner, label, group))
    if release is None or release.state is not ReleaseState.APPROVED:
        inside = "" if group is None else f" --group '{group.name}'"
        raise NotAllowedError(
            f"A clearance for TLP:{label.upper()} takes two people. Ask with `watchbell release ask "
            f"{CLEARANCE} --to '{partner.name}' --up-to {label}{inside}`, let somebody else approve it, and try again."
        )


class Terms(NamedTuple):
    """What a partner is to be; None stays as it is."""

    kind: PartnerKind | None = None
    clearance: Tlp | None = None


def change_partner(vault: Vault, partner: Partner, terms: Terms, now: datetime, *, by: str = "operator") -> Partner:
    """Change what sort of organisation a partner is, or what it may hear that belongs to no trust group.

    Raises:
        NotAllowedError: the clearance needs a second person.
    """
    if terms.clearance is not None:
        demand_clearance(vault, partner, terms.clearance, None, now)
    given = {name: value for name, value in terms._asdict().items() if value is not None}
    changed = partner.model_copy(update=given)
    if changed != partner:
        vault.partners.put(changed)
        details = {"kind": changed.kind, "clearance": changed.clearance}
        vault.ledger.append(by, "partner.changed", partner.id, details, now)
    return changed
