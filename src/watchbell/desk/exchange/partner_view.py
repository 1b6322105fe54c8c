"""A partner as the desk sees it: agreements, machines, and what went to and fro."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from watchbell.model.audiences import Audience
from watchbell.model.collections import Collection
from watchbell.model.feedback import Dispute
from watchbell.model.indicators import Indicator
from watchbell.model.partners import MachineAccount, Membership, Partner
from watchbell.model.webhooks import Webhook
from watchbell.vault.deliveries import Delivery
from watchbell.vault.vault import Vault

SHOWN = 50
"""Rows of the list of deliveries; all are counted."""


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """A partner in the list."""

    partner: Partner
    groups: Sequence[str]
    """Names of the trust groups in which its agreement is in force."""
    last_used_at: datetime | None
    """When one of its machines asked last."""
    received: int
    """Versions of objects that they have had from us."""


@dataclass(frozen=True, slots=True)
class PartnerView:
    """A partner with all that belongs to it."""

    partner: Partner
    audience: Audience
    """What they may hear now."""
    memberships: Sequence[Membership]
    group_names: Mapping[str, str]
    machines: Sequence[MachineAccount]
    received: int
    deliveries: Sequence[tuple[Delivery, Indicator | None]]
    """The latest, each with the indicator that it is of; those that the viewer may not hear are only counted."""
    disputes: Sequence[Dispute]
    collections: Sequence[Collection]
    """Those that are open to them."""
    webhooks: Sequence[Webhook]


@dataclass(frozen=True, slots=True)
class CollectionRow:
    """A collection in the list."""

    collection: Collection
    who: str
    """The trust group or the partner it is for."""
    objects: int


def partner_rows(vault: Vault, now: datetime) -> list[PartnerRow]:
    """Return the partners by name."""
    names, received = _group_names(vault), vault.deliveries.counts()
    partners = sorted(vault.partners.all(), key=lambda partner: (partner.name.casefold(), partner.id))
    return [
        PartnerRow(
            partner=partner,
            groups=[names[place.group_id] for place in vault.partners.memberships(partner.id, now)],
            last_used_at=max(
                (one.last_used_at for one in vault.machines.of_partner(partner.id) if one.last_used_at), default=None
            ),
            received=received.get(partner.id, 0),
        )
        for partner in partners
    ]


def partner_view(vault: Vault, partner_id: str, viewer: Audience, now: datetime) -> PartnerView | None:
    """Return a partner as a viewer may see it; None where there is none of that id."""
    partner = vault.partners.get(partner_id)
    if partner is None:
        return None
    received = vault.deliveries.to_partner(partner_id)
    heard = vault.indicators.heard_by(viewer)
    latest = ((one, heard.get(one.object_id)) for one in reversed(received))
    # What is no indicator says nothing by its id alone.
    shown = ((one, about) for one, about in latest if about or not one.object_id.startswith("indicator--"))
    disputes = [one for one in vault.feedback.disputes() if one.partner_id == partner_id]
    return PartnerView(
        partner=partner,
        audience=vault.partners.audience(partner, now),
        memberships=vault.partners.memberships(partner_id),
        group_names=_group_names(vault),
        machines=vault.machines.of_partner(partner_id),
        received=len(received),
        deliveries=list(islice(shown, SHOWN)),
        disputes=[one for one in disputes if heard.get(one.indicator_id) is not None],
        collections=[access.collection for access in vault.collections.open_to(partner, (), now)],
        webhooks=vault.webhooks.of_partner(partner_id),
    )


def collection_rows(vault: Vault) -> list[CollectionRow]:
    """Return the collections by title, with whom each is for and how many versions of objects it holds."""
    names = _group_names(vault) | {partner.id: partner.name for partner in vault.partners.all()}
    rows = [
        CollectionRow(one, names.get(one.group_id or one.partner_id or "", "nobody"), vault.collections.count(one.id))
        for one in vault.collections.all()
    ]
    return sorted(rows, key=lambda row: (row.collection.title.casefold(), row.collection.id))


def _group_names(vault: Vault) -> dict[str, str]:
    return {group.id: group.name for group in vault.partners.groups()}
