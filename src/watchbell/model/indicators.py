"""Indicators: what a partner has seen and asks others to look for; and hits, where we found it."""

from enum import StrEnum

import pyarrow as pa
from pydantic import Field

from watchbell.ids import fact_id
from watchbell.model.posts import TIMESTAMP
from watchbell.model.record import Record, UtcDatetime
from watchbell.model.tlp import Tlp


class IndicatorKind(StrEnum):
    """What an indicator's value is, and so how it is compared."""

    DOMAIN = "domain"
    """A host name, lower case, punycode; matches itself and its subdomains."""
    URL = "url"
    """A canonical address; matches the same page."""
    HANDLE = "handle"
    """An account on a platform, by its public name."""
    EMAIL = "email"
    PHONE = "phone"
    IP = "ip"
    CIDR = "cidr"
    MD5 = "md5"
    SHA1 = "sha1"
    SHA256 = "sha256"
    PDQ = "pdq"
    """A perceptual image hash of 256 bits, hexadecimal."""
    PACKAGE = "package"
    """A mobile application's package name."""
    HASHTAG = "hashtag"
    TEXT = "text"


class Indicator(Record):
    """One published or shared indicator. Equal kind, platform, value and source are the same fact."""

    id: str
    """STIX id, `indicator--…`: deterministic for facts we read, the partner's own for STIX we were sent."""
    kind: IndicatorKind
    value: str = Field(min_length=1, max_length=4096)
    """Canonical form, the one that is compared."""
    platform: str | None = None
    """For handles: the platform's name as posts carry it."""
    published_as: str
    """The value as its publisher wrote it, defanging and all."""
    source: str
    """Who published it, as they call themselves."""
    tlp: Tlp = Tlp.CLEAR
    group: str | None = None
    """Id of the trust group it was shared in; nobody outside hears it. None where it belongs to none."""
    confidence: int | None = Field(default=None, ge=0, le=100)
    """0 to 100 (STIX 2.1 appendix A); none where the publisher gave none."""
    description: str | None = None
    techniques: tuple[str, ...] = ()
    """Technique names or ids as published (DISARM, Online Operations Kill Chain)."""
    reference: str | None = None
    """Where it was read: file and row, or the bundle's object."""
    valid_from: UtcDatetime
    valid_until: UtcDatetime | None = None
    revoked: bool = False
    synthetic: bool = False
    """Made up for a demonstration or a test."""
    created: UtcDatetime
    modified: UtcDatetime


def indicator_id(kind: IndicatorKind, platform: str | None, value: str, source: str) -> str:
    """Return the deterministic STIX id of an indicator."""
    return fact_id("indicator", kind, platform or "", value, source)


HITS = pa.schema(
    [
        pa.field("hit_id", pa.string(), nullable=False),
        pa.field("indicator_id", pa.string(), nullable=False),
        pa.field("indicator_kind", pa.string(), nullable=False),
        pa.field("indicator_value", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("tlp", pa.string(), nullable=False),
        # 'post' or 'ad', and its id: `platform:post_id` for a post.
        pa.field("target_kind", pa.string(), nullable=False),
        pa.field("target_id", pa.string(), nullable=False),
        pa.field("platform", pa.string()),
        pa.field("account_id", pa.string()),
        pa.field("at", TIMESTAMP),
        # Column of the post or ad in which it stood, the words that matched, and how they match.
        pa.field("field", pa.string(), nullable=False),
        pa.field("matched", pa.string(), nullable=False),
        pa.field("relation", pa.string(), nullable=False),
        # Where in the column: the character at which the words begin, or which item of a list they are, from 0.
        pa.field("place", pa.int32()),
        # 0 to 100, faded to the day of the search; of a lookalike, its score.
        pa.field("confidence", pa.int16()),
        # Why it is near or alike, and what a warning list says of the indicator.
        pa.field("reason", pa.string()),
        pa.field("remark", pa.string()),
    ]
)
"""One row: this indicator was found in this post or ad. `relation` is one of `Relation`.

Of a lookalike the indicator is the protected name: its kind is `lookalike`, its value the domain that is imitated.
"""


class Relation(StrEnum):
    """How the found words relate to the indicator."""

    EXACT = "exact"
    SUBDOMAIN = "subdomain"
    """The post links to a host below the indicator's domain."""
    ACCOUNT = "account"
    """The post links to, mentions, or was written by the indicator's account."""
    NEAR = "near"
    """A picture whose PDQ hash differs in at most 31 bits, or a text that is at least half the same."""
    LOOKALIKE = "lookalike"
    """A host or an account's name that imitates a protected one."""
