"""A case leaves the house: to whom it may go, who must agree, and the delivery that is written down.

Every way out asks the same three things: may the recipient hear it (`exchange.marking`), does a second person agree
where it is marked narrowly (`desk.exchange.releases`), and who received what (`vault.deliveries`).
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from watchbell.desk.cases.house import House
from watchbell.desk.cases.parts import bundle_of_part, part_of_case
from watchbell.desk.exchange.audiences import audience_of
from watchbell.desk.exchange.releases import ONE_PERSON, Parcel, needs_two, release_for
from watchbell.desk.permissions import Permission, demand
from watchbell.errors import NotAllowedError, UsageError
from watchbell.model.audiences import Audience
from watchbell.model.cases import Case
from watchbell.model.partners import User
from watchbell.model.releases import ReleaseState
from watchbell.vault.vault import Vault

BUNDLE = "bundle"
"""The way out by which a file leaves (see `vault.deliveries`)."""
OTHERS = "other: "
"""How the id of a recipient begins who is no partner."""
_LONGEST_NAME = 200


class Recipient(NamedTuple):
    """Somebody to whom something goes."""

    id: str
    """The partner's id; `OTHERS` and a name for somebody who is none."""
    name: str
    audience: Audience


def recipient_named(vault: Vault, name: str, now: datetime) -> Recipient:
    """Return the partner of this id or name, or whoever else is called so.

    Somebody who is no partner has no clearance, so they are given what one person may pass on by themselves.

    Raises:
        UsageError: the name is empty or too long.
        NotAllowedError: the exchange with this partner rests.
    """
    name = " ".join(name.split())
    for partner in vault.partners.all():
        if partner.id == name or partner.name.casefold() == name.casefold():
            if partner.suspended:
                raise NotAllowedError(f"The exchange with {partner.name} rests: nothing goes to them.")
            return Recipient(partner.id, partner.name, vault.partners.audience(partner, now))
    if not 0 < len(name) <= _LONGEST_NAME:
        raise UsageError(f"Say who receives it, in 1 to {_LONGEST_NAME} characters.")
    return Recipient(f"{OTHERS}{name}", name, Audience(ONE_PERSON))


def recipients_of(vault: Vault, case: Case, now: datetime) -> list[Recipient]:
    """Return the partners who may hear a case, by name."""
    partners = [partner for partner in vault.partners.all() if not partner.suspended]
    cleared = [Recipient(one.id, one.name, vault.partners.audience(one, now)) for one in partners]
    hearing = (one for one in cleared if one.audience.hears(case.tlp, case.groups))
    return sorted(hearing, key=lambda one: (one.name.casefold(), one.id))


def parcel_of(case: Case, to: Recipient) -> Parcel:
    """Return a case as it stands now, on its way to a recipient.

    Raises:
        NotAllowedError: the recipient may not hear it.
    """
    if not to.audience.hears(case.tlp, case.groups):
        group = " of this group" if case.groups else ""
        raise NotAllowedError(f"{to.name} may not hear TLP:{case.tlp.upper()}{group}.")
    return Parcel(case.id, case.modified_at.isoformat(), case.tlp, to.id)


def send_case(vault: Vault, case: Case, *, to: Recipient, house: House, by: User, now: datetime) -> dict[str, Any]:
    """Return the case as a STIX 2.1 bundle for a recipient, and write down that they have it.

    Raises:
        NotAllowedError: the person may not share or hear the case, the recipient may not hear it or what its words
            name, or a second person has not agreed.
    """
    demand_sender(by, case)
    demand_release(vault, parcel_of(case, to))
    told = bundle_of_part(part_of_case(vault, case, to.audience), to.audience, house=house)
    note_delivery(vault, told["objects"], to=to, now=now)
    details = {"format": "stix-2.1", "tlp": case.tlp, "recipient": to.id}
    vault.ledger.append(by.username, "case.exported", case.id, details, now)
    return told


def demand_sender(by: User, case: Case) -> None:
    """Return if a person may take a case out of the house.

    Raises:
        NotAllowedError: they may not share, or are not cleared for the case.
    """
    demand(by.role, Permission.CASES_SHARE)
    if not audience_of(by).hears(case.tlp, case.groups):
        raise NotAllowedError("You are not cleared for this case.")


def demand_release(vault: Vault, parcel: Parcel) -> None:
    """Return if a parcel may leave: one person may send it alone, or a second one agreed.

    Raises:
        NotAllowedError: it may not.
    """
    if not needs_two(parcel.tlp):
        return
    release = release_for(vault, parcel)
    if release is None or release.state is not ReleaseState.APPROVED:
        raise NotAllowedError(
            f"What is marked TLP:{parcel.tlp.upper()} leaves when two people say so. Ask for a release, and let "
            "somebody else approve it."
        )


def note_delivery(
    vault: Vault, objects: Iterable[Mapping[str, Any]], *, to: Recipient, now: datetime, way: str = BUNDLE
) -> None:
    """Write down that a recipient has received what some STIX objects say, as a file."""
    vault.deliveries.note(to.id, way, versions_of(objects), now)


def versions_of(objects: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield the id and version of each object that says something: not of definitions and identities."""
    for held in objects:
        if held["type"] not in {"marking-definition", "extension-definition", "identity"}:
            yield held["id"], str(held.get("modified") or held.get("created") or "")
