"""A case as a dossier: one file that a person reads or prints, for one recipient.

It leaves as a bundle does: what the recipient may not hear is not in it, two people agree where it is marked narrowly,
and who received it is written down.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from watchbell.desk.cases.house import House, house_of
from watchbell.desk.cases.parts import CasePart, bundle_of_part, part_of_case
from watchbell.desk.exchange.releases import needs_two
from watchbell.desk.exchange.sending import Recipient, demand_release, note_delivery, parcel_of
from watchbell.desk.investigations.networks import Network, network_of, run_named
from watchbell.desk.pictures.timeline import Timeline, timeline_of
from watchbell.errors import NotAllowedError
from watchbell.model.audiences import Audience
from watchbell.model.cases import Case
from watchbell.model.collections import HOUSE
from watchbell.model.decay import confidence_at
from watchbell.model.evidence import EvidenceKind
from watchbell.model.feedback import Dispute
from watchbell.model.indicators import Indicator
from watchbell.model.tlp import Tlp
from watchbell.vault.vault import Vault
from watchbell.vault.workspace import Workspace

DOSSIER = "dossier"
"""The way out by which a dossier leaves (see `vault.deliveries`)."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A detected group whose run the workspace still keeps."""

    network: Network
    timeline: Timeline | None


@dataclass(frozen=True, slots=True)
class Listed:
    """An indicator as it stands on the day of the dossier."""

    indicator: Indicator
    confidence: int | None
    """Faded to that day; None where its publisher gave none."""
    disputes: tuple[Dispute, ...]


@dataclass(frozen=True, slots=True)
class Dossier:
    """What a dossier tells, and to whom."""

    part: CasePart
    """What of the case the recipient may have."""
    drawn: Mapping[str, Drawn]
    """By the id of the group."""
    listed: tuple[Listed, ...]
    recipient: str
    """A name; empty where it goes to nobody in particular."""
    house: House
    contact: str | None
    """Where whoever disputes it writes to."""
    answer_days: int
    at: datetime


def whoever_hears(label: Tlp) -> Recipient:
    """Return nobody in particular, who may hear what is marked up to a label and belongs to no trust group."""
    return Recipient("", f"Whoever may hear TLP:{label.upper()}", Audience(label))


def dossier_of(workspace: Workspace, case: Case, *, to: Recipient, by: str, now: datetime) -> Dossier:
    """Return what a dossier for a recipient tells, and write down that they have it.

    Raises:
        NotAllowedError: the recipient may not hear the case or what its words name, a second person has not agreed, or
            it is marked so narrowly that it needs a recipient.
        InputError: the DISARM framework in the workspace is damaged.
    """
    vault, settings, parcel = workspace.vault, workspace.settings, parcel_of(case, to)
    if needs_two(parcel.tlp) and not to.id:
        raise NotAllowedError(
            f"The case is marked TLP:{case.tlp.upper()}, which is for its recipients only. Say who receives it: --for."
        )
    demand_release(vault, parcel)
    part = part_of_case(vault, case, to.audience)
    house = house_of(workspace)
    objects = bundle_of_part(part, to.audience, house=house)["objects"]
    passed = {held["id"] for held in objects}
    told = [one for one in part.indicators if one.id in passed]
    if to.id:
        note_delivery(vault, objects, to=to, now=now, way=DOSSIER)
    details = {"format": DOSSIER, "tlp": case.tlp, "recipient": to.id or None}
    vault.ledger.append(by, "case.exported", case.id, details, now)
    return Dossier(
        part=part,
        drawn=_drawn(workspace, part.case),
        listed=tuple(_listed(vault, told, now)),
        recipient=to.name if to.id else "",
        house=house,
        contact=settings.operator_contact,
        answer_days=settings.dispute_days,
        at=now,
    )


def _drawn(workspace: Workspace, case: Case) -> dict[str, Drawn]:
    found = {}
    for piece in case.evidence:
        run = run_named(workspace, str(piece.data.get("run_id"))) if piece.kind is EvidenceKind.GROUP else None
        network = network_of(run, piece.subject) if run else None
        if network is not None:
            found[piece.subject] = Drawn(network, timeline_of(network))
    return found


def _listed(vault: Vault, indicators: Iterable[Indicator], now: datetime) -> Iterable[Listed]:
    told = list(indicators)
    seen = vault.feedback.last_seen([one.id for one in told])
    for one in told:
        faded = None if one.confidence is None else confidence_at(one, now, last_seen=seen.get(one.id))
        yield Listed(one, faded, tuple(vault.feedback.disputes_of(one.id)))


def is_told(dispute: Dispute) -> bool:
    """Tell whether a claimant's words may be passed on: a partner says them to us, and says nothing of others."""
    return dispute.partner_id == HOUSE
