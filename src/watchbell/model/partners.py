"""Partners and people: who shares with us, and who works at the desk."""

from enum import StrEnum

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
    synthetic: bool = False


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
