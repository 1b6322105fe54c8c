"""Partners at the desk: letting one in, their place in trust groups, and the machines that speak for them.

A machine's token is 256 random bits, shown once. Only its SHA-256 is kept: unlike a password it cannot be guessed, so
the slow hash that protects a password would cost every request time and protect nothing.
"""

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from watchbell.desk.exchange.clearances import demand_clearance
from watchbell.desk.exchange.releases import ONE_PERSON, needs_two
from watchbell.errors import NotAllowedError, UsageError
from watchbell.ids import fact_id
from watchbell.model.collections import Collection
from watchbell.model.partners import Enrolment, MachineAccount, Membership, Partner, PartnerKind, Scope, TrustGroup
from watchbell.model.tlp import Tlp
from watchbell.vault.vault import Vault

FIRST_GROUP = "Partners"
"""The trust group that every partner is in, until somebody takes them out."""
OPERATOR = "operator"
"""Who does something in the ledger, where it is done at the command line."""
LONGEST_NAME = 200
LINK_HOURS = 72
LONGEST_LINK_HOURS = 720
_NOTED_EVERY = timedelta(minutes=15)
"""How old the noted last use of a machine may become: writing each request down would make readers wait for writers."""


class NewMachine(NamedTuple):
    """A machine that was let in, and its token, which nobody can read again."""

    partner: Partner
    account: MachineAccount
    token: str


class Caller(NamedTuple):
    """Who is asking: a machine, and the partner it speaks for."""

    account: MachineAccount
    partner: Partner


def add_partner(
    vault: Vault, name: str, kind: PartnerKind, clearance: Tlp, *, operator: str, now: datetime
) -> NewMachine:
    """Let a partner in, with a first machine, a place among the partners, and a line to the house.

    Raises:
        NotAllowedError: the clearance needs a second person, who can only speak of a partner that is there.
        UsageError: the name is empty or too long, or there is such a partner.
    """
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise UsageError(f"A partner's name has 1 to {LONGEST_NAME} characters.")
    partner = Partner(id=fact_id("partner", name.casefold()), name=name, kind=kind, clearance=clearance)
    if vault.partners.get(partner.id) is not None:
        raise UsageError(f"There is already a partner {name!r}. `watchbell partner token` gives it another machine.")
    if needs_two(clearance):
        raise NotAllowedError(
            f"A partner is let in with TLP:{ONE_PERSON.upper()} at most. Raise its clearance afterwards, by the "
            "word of two: watchbell partner edit."
        )
    vault.partners.put(partner)
    vault.ledger.append("operator", "partner.added", partner.id, {"kind": kind, "clearance": clearance}, now)
    for collection in (*_first_collections(vault, operator), _line_to_house(partner, operator)):
        vault.collections.put(collection)
    group = group_named(vault, FIRST_GROUP)
    join(vault, Membership(partner_id=partner.id, group_id=group.id, clearance=clearance, begins_at=now), now)
    return add_machine(vault, partner, now=now)


def partner_named(vault: Vault, name: str) -> Partner:
    """Return the partner of this name or id.

    Raises:
        UsageError: there is none.
    """
    wanted = " ".join(name.split()).casefold()
    for partner in vault.partners.all():
        if partner.id == name or partner.name.casefold() == wanted:
            return partner
    raise UsageError(f"There is no partner {name!r}. `watchbell partner list` shows who there is.")


def set_suspended(vault: Vault, partner: Partner, now: datetime, *, suspended: bool, by: str = OPERATOR) -> None:
    """Let the exchange with a partner rest, or go on; its machines are refused from the next request on."""
    vault.partners.put(partner.model_copy(update={"suspended": suspended}))
    vault.ledger.append(by, "partner.suspended" if suspended else "partner.resumed", partner.id, {}, now)


def join(vault: Vault, place: Membership, now: datetime) -> None:
    """Give a partner its place in a trust group, instead of the one it had there.

    Raises:
        NotAllowedError: the clearance needs a second person.
        UsageError: the agreement ends before it begins, or is over already.
    """
    if place.ends_at is not None and place.ends_at <= max(now, place.begins_at):
        raise UsageError(f"The agreement would be over on {place.ends_at:%Y-%m-%d}. Give a later day.")
    partner, group = vault.partners.get(place.partner_id), _group_of(vault, place.group_id)
    if partner is not None:
        demand_clearance(vault, partner, place.clearance, group, now)
    vault.partners.put_membership(place)
    details = place.model_dump(mode="json", exclude={"partner_id"})
    vault.ledger.append("operator", "partner.joined", place.partner_id, details, now)


def leave(vault: Vault, partner: Partner, group: str, now: datetime) -> None:
    """Take a partner out of a trust group.

    Raises:
        UsageError: it is not in that group.
    """
    group_id = _group_id(group)
    if not vault.partners.end_membership(partner.id, group_id):
        raise UsageError(f"{partner.name} is not in the group {group!r}.")
    vault.ledger.append("operator", "partner.left", partner.id, {"group": group_id}, now)


def group_named(vault: Vault, name: str) -> TrustGroup:
    """Return the trust group of this name, made if there is none."""
    known = {group.id: group for group in vault.partners.groups()}
    group = known.get(_group_id(name))
    if group is None:
        group = TrustGroup(id=_group_id(name), name=" ".join(name.split()))
        vault.partners.put_group(group)
    return group


def known_group(vault: Vault, name: str) -> TrustGroup:
    """Return the trust group of this name.

    Raises:
        UsageError: there is none.
    """
    groups = {group.id: group for group in vault.partners.groups()}
    if _group_id(name) not in groups:
        known = ", ".join(sorted(group.name for group in groups.values())) or "there is none yet"
        raise UsageError(f"There is no trust group {name!r}; known: {known}. `watchbell partner group` makes one.")
    return groups[_group_id(name)]


def _group_of(vault: Vault, group_id: str) -> TrustGroup | None:
    return next((group for group in vault.partners.groups() if group.id == group_id), None)


def add_machine(
    vault: Vault,
    partner: Partner,
    *,
    now: datetime,
    scopes: Iterable[Scope] = Scope,
    expires_at: datetime | None = None,
) -> NewMachine:
    """Let another machine of a partner in."""
    made = _made(vault, partner, scopes, expires_at, now)
    vault.machines.add(made.account)
    _told(vault, "machine.added", made.account, now)
    return made


def rotate(vault: Vault, username: str, now: datetime) -> NewMachine:
    """Give a machine another token; the one it had is refused from the next request on.

    Raises:
        UsageError: there is no such machine, or it was shut out.
    """
    account = machine_named(vault, username)
    if account.revoked_at is not None:
        raise UsageError(f"{username} was shut out. Let another machine in with `watchbell partner token`.")
    partner = partner_named(vault, account.partner_id)
    token = _secret()
    renewed = account.model_copy(update={"token_hash": _hashed(token)})
    vault.machines.replace(renewed)
    _told(vault, "machine.rotated", renewed, now)
    return NewMachine(partner, renewed, token)


def revoke(vault: Vault, username: str, now: datetime, *, by: str = OPERATOR) -> None:
    """Shut a machine out from the next request on.

    Raises:
        UsageError: there is no such machine.
    """
    account = machine_named(vault, username)
    vault.machines.replace(account.model_copy(update={"revoked_at": now}))
    _told(vault, "machine.revoked", account, now, by=by)


def bind_certificate(vault: Vault, username: str, fingerprint: str, now: datetime) -> None:
    """Tie a machine to its client certificate.

    Raises:
        UsageError: there is no such machine, or the fingerprint is no SHA-256 in hexadecimal.
    """
    digits = fingerprint.replace(":", "").strip().lower()
    if not re.fullmatch("[0-9a-f]{64}", digits):
        raise UsageError("A fingerprint is the SHA-256 of the certificate: 64 hexadecimal digits.")
    account = machine_named(vault, username).model_copy(update={"certificate": digits})
    vault.machines.replace(account)
    _told(vault, "machine.certified", account, now)


def machine_named(vault: Vault, username: str) -> MachineAccount:
    """Return the machine of this name.

    Raises:
        UsageError: there is none.
    """
    account = vault.machines.get(username)
    if account is None:
        raise UsageError(f"There is no machine {username!r}. `watchbell partner show` lists a partner's machines.")
    return account


def invite(vault: Vault, partner: Partner, *, hours: int = LINK_HOURS, now: datetime, by: str = OPERATOR) -> str:
    """Return the secret of a link by which a partner fetches a token once, within some hours."""
    secret = _secret()
    until = now + timedelta(hours=hours)
    vault.machines.invite(Enrolment(link_hash=_hashed(secret), partner_id=partner.id, expires_at=until))
    vault.ledger.append(by, "partner.invited", partner.id, {"until": until.isoformat()}, now)
    return secret


def invitation(vault: Vault, secret: str, now: datetime) -> Partner | None:
    """Return whom a link was made for; None where it is used, too old, or no link."""
    link = vault.machines.invitation(_hashed(secret))
    partner = vault.partners.get(link.partner_id) if link and link.expires_at > now else None
    return partner if partner and not partner.suspended else None


def enrol(vault: Vault, secret: str, now: datetime) -> NewMachine | None:
    """Use a link up and let the partner's machine in; None where the link does not hold."""
    partner = invitation(vault, secret, now)
    link = vault.machines.invitation(_hashed(secret))
    if partner is None or link is None:
        return None
    made = _made(vault, partner, link.scopes, None, now)
    if not vault.machines.enrol(link, made.account, now):
        return None
    _told(vault, "machine.enrolled", made.account, now)
    return made


def caller_of_token(
    vault: Vault, username: str | None, token: str, fingerprint: str | None, now: datetime
) -> Caller | None:
    """Return who holds a token; None where it does not hold.

    Args:
        vault: the records.
        username: the name given beside the token; None for a bearer token, which stands alone.
        token: the token.
        fingerprint: SHA-256 of the certificate that the connection was made with, if any.
        now: the present.
    """
    found = vault.machines.by_token(_hashed(token))
    if found is None or (username is not None and username != found[0].username):
        return None
    if found[0].certificate is not None and found[0].certificate != fingerprint:
        return None
    return _admitted(vault, Caller(*found), now)


def caller_of_certificate(vault: Vault, fingerprint: str, now: datetime) -> Caller | None:
    """Return whose client certificate this is; None if nobody's."""
    found = vault.machines.by_certificate(fingerprint)
    return None if found is None else _admitted(vault, Caller(*found), now)


def _admitted(vault: Vault, caller: Caller, now: datetime) -> Caller | None:
    account, partner = caller
    is_over = account.expires_at is not None and account.expires_at <= now
    if partner.suspended or account.revoked_at is not None or is_over:
        return None
    if account.last_used_at is None or now - account.last_used_at >= _NOTED_EVERY:
        account = account.model_copy(update={"last_used_at": now})
        vault.machines.replace(account)
    return Caller(account, partner)


def _made(
    vault: Vault, partner: Partner, scopes: Iterable[Scope], expires_at: datetime | None, now: datetime
) -> NewMachine:
    token = _secret()
    account = MachineAccount(
        username=_free_username(vault, partner),
        partner_id=partner.id,
        token_hash=_hashed(token),
        scopes=tuple(scopes),
        created_at=now,
        expires_at=expires_at,
    )
    return NewMachine(partner, account, token)


def _free_username(vault: Vault, partner: Partner) -> str:
    plain = unicodedata.normalize("NFKD", partner.name).encode("ascii", "ignore").decode().lower()
    name = re.sub("[^a-z0-9]+", "-", plain).strip("-")[:40] or "partner"
    number = 1
    while vault.machines.get(name if number == 1 else f"{name}-{number}") is not None:
        number += 1
    return name if number == 1 else f"{name}-{number}"


def _first_collections(vault: Vault, operator: str) -> list[Collection]:
    """Return the collections of the first group that are not there yet."""
    group = group_named(vault, FIRST_GROUP)
    ours = Collection(
        id=_uuid("shared"),
        alias="shared",
        title=f"From {operator}",
        description="What the house shares: each caller is told what its clearance allows.",
        group_id=group.id,
        tlp=Tlp.AMBER_STRICT,
    )
    theirs = Collection(
        id=_uuid("exchange"),
        alias="exchange",
        title="Among partners",
        description="What partners tell each other: each caller is told what its clearance allows.",
        group_id=group.id,
        tlp=Tlp.AMBER_STRICT,
        accepts=True,
    )
    return [held for held in (ours, theirs) if vault.collections.get(held.id) is None]


def _line_to_house(partner: Partner, operator: str) -> Collection:
    return Collection(
        id=_uuid("to the house", partner.id),
        title=f"To {operator} alone",
        description=f"What {partner.name} tells the house and no other partner.",
        partner_id=partner.id,
        tlp=Tlp.RED,
        offers=False,
        accepts=True,
    )


def _uuid(*parts: str) -> str:
    return fact_id("collection", *parts).partition("--")[2]


def _group_id(name: str) -> str:
    return fact_id("trust-group", " ".join(name.split()).casefold())


def _told(vault: Vault, event: str, account: MachineAccount, now: datetime, *, by: str = OPERATOR) -> None:
    vault.ledger.append(by, event, account.username, {"partner": account.partner_id}, now)


def _secret() -> str:
    return secrets.token_urlsafe(32)


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
