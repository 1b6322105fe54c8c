"""Partners and people: who shares with us, under what agreement, through which machines; and who works at the desk."""

from enum import StrEnum

from pydantic import Field

from watchbell.model.record import Record, UtcDatetime
from watchbell.model.tlp import Tlp


class PartnerKind(StrEnum):
    """What sort of organisation a partner is; it bounds what they may ask for."""

    PLATFORM = "platform"
    GOVERNMENT = "government"
    RESEARCHER = "researcher"
    ELECTION_AUTHORITY = "election_authority"
    MEDIA = "media"


class Partner(Record):
    """An organisation that shares indicators with us."""

    id: str
    name: str
    kind: PartnerKind
    clearance: Tlp = Tlp.CLEAR
    """The narrowest marking they may hear of what belongs to no trust group."""
    suspended: bool = False
    """Whether the exchange with them rests: their machines are refused, what they told stays."""
    synthetic: bool = False


class TrustGroup(Record):
    """Partners who share with each other."""

    id: str
    name: str


class Membership(Record):
    """A partner's place in a trust group: what they are cleared for there, under which agreement, and when."""

    partner_id: str
    group_id: str
    clearance: Tlp
    """The narrowest marking they may hear of what belongs to this group."""
    agreement: str | None = None
    """The paper it rests on: its title or number."""
    begins_at: UtcDatetime
    ends_at: UtcDatetime | None = None


class Scope(StrEnum):
    """What a machine account may do with the collections that are open to its partner."""

    READ = "objects:read"
    WRITE = "objects:write"


class MachineAccount(Record):
    """A machine of a partner. Its token is shown once and only its hash is kept."""

    username: str
    partner_id: str
    token_hash: str
    """SHA-256 of the token; with 256 random bits in it, a slow hash would protect nothing that a fast one does not."""
    scopes: tuple[Scope, ...] = tuple(Scope)
    certificate: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")
    """SHA-256 of its client certificate (DER), hexadecimal; the account then answers to this certificate only."""
    created_at: UtcDatetime
    expires_at: UtcDatetime | None = None
    revoked_at: UtcDatetime | None = None
    last_used_at: UtcDatetime | None = None
    """To the quarter of an hour: not every request is written down."""


class Enrolment(Record):
    """A link that lets a partner fetch the token of a machine themselves: it works once, and not for long."""

    link_hash: str
    """SHA-256 of the secret in the link."""
    partner_id: str
    scopes: tuple[Scope, ...] = tuple(Scope)
    expires_at: UtcDatetime
    used_at: UtcDatetime | None = None


class Role(StrEnum):
    """What a person may do at the desk; `desk/permissions.py` says what follows."""

    ANALYST = "analyst"
    REVIEWER = "reviewer"
    ADMIN = "admin"


class User(Record):
    """A person with an account at the desk. The password itself is never kept."""

    username: str
    role: Role
    password_hash: str
    """Argon2id, in PHC string form."""
    created_at: UtcDatetime
    disabled: bool = False
    clearance: Tlp = Tlp.AMBER_STRICT
    """The narrowest marking they may see of items of no trust group. RED is for people named one by one."""
    groups: dict[str, Tlp] = Field(default_factory=dict)
    """The trust groups they are in, by id, each with the narrowest marking they may see there."""
