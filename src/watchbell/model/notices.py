"""Transparency notices of political ads in the European Union: Regulation (EU) 2024/900, article 12."""

import hashlib

from watchbell.model.ads import Declaration
from watchbell.model.record import Record, UtcDatetime


class Heading(Record):
    """One heading of a notice: what is told under it, and what the law asks for and nobody has told."""

    number: int
    title: str
    point: str
    """Where the law asks for it."""
    told: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    left_out: str | None = None
    """Why nothing must be told; None: something must."""


class TransparencyNotice(Record):
    """What a notice says. Two that say the same are equal, whenever they were made."""

    ad_id: str
    label: str
    """What stands on the ad itself (article 11(1))."""
    headings: tuple[Heading, ...]
    language: str = "en"
    """In which it is written."""
    ad_language: str | None = None
    """The ad's, where no notice can be written in it (article 12(3))."""
    made_up: bool = False

    @property
    def missing(self) -> tuple[Heading, ...]:
        """The headings under which something is missing."""
        return tuple(heading for heading in self.headings if heading.missing)

    @property
    def digest(self) -> str:
        """SHA-256, hexadecimal, of the notice as JSON text."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


class NoticeVersion(Record):
    """A notice as it stood from a moment on; it never changes."""

    number: int
    """1 is the first."""
    at: UtcDatetime
    notice: TransparencyNotice


class DeclaredVersion(Record):
    """What an advertiser declared of an ad for its notice, from a moment on; it never changes."""

    number: int
    at: UtcDatetime
    by: str
    """The advertiser's account, or who entered it at the command line."""
    declaration: Declaration
