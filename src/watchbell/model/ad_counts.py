"""What a house signs of its ad library each day."""

from datetime import date

from watchbell.model.record import Record, UtcDatetime


class DayOfAds(Record):
    """How many ads the library had on a day, and the fingerprint of all that had happened to them until then."""

    day: date
    at: UtcDatetime
    operator: str
    """The house."""
    ads: int
    """Ads and tombstones."""
    by: dict[str, dict[str, int]]
    """The same, by field and value; "" where nobody says."""
    entries: int
    """How many entries the history has."""
    last_entry: int
    """The `seq` of the last of them."""
    root: str
    """Root of the Merkle tree (RFC 9162, section 2.1, SHA-256) over the entries, one line of JSON each, hexadecimal."""
    peaks: tuple[str, ...]
    """Roots of its whole subtrees, the largest first: the next day goes on from here."""
    previous: str
    """SHA-256 of what was signed the day before, hexadecimal; zeros on the first."""
    key: str
    """The Ed25519 public key that verifies the signature, hexadecimal."""


class SignedDay(Record):
    """A day and its signature."""

    counts: DayOfAds
    signature: str
    """Ed25519 (RFC 8032), hexadecimal, over the JSON of `counts`: sorted keys, no spaces, ASCII only."""
