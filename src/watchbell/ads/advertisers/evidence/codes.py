"""Codes that are sent and come back: made, hashed, and judged."""

import hashlib
import hmac
import secrets
from datetime import datetime

from watchbell.ads.advertisers.evidence.finding import accepted, refused
from watchbell.model.advertisers import Finding, SentCode

MOST_TRIES = 5
# No signs that a hand or an eye confuses: 31 signs, so that eight of them have 39 random bits.
_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_LENGTH = 8


def new_code() -> str:
    """Return a code to be sent."""
    return "".join(secrets.choice(_SIGNS) for _ in range(_LENGTH))


def code_hash(code: str, evidence_id: str, key: bytes) -> str:
    """Return what is kept of a code: an HMAC with a key that is not in the database (RFC 2104)."""
    plain = "".join(code.upper().split()).replace("-", "")
    return hmac.new(key, f"{evidence_id}\0{plain}".encode(), hashlib.sha256).hexdigest()


def judged_code(sent: SentCode, typed: str, key: bytes, now: datetime) -> Finding | None:
    """Return what a code that came back settles; None where it is wrong and may be tried again.

    Args:
        sent: the code's record, this try already counted.
        typed: what came back.
        key: the key outside the database.
        now: the present.
    """
    if sent.used_at is not None:
        return refused("This code was used before.")
    if sent.tries > MOST_TRIES:
        return refused(f"The code was tried more than {MOST_TRIES} times. Ask for another one.")
    if sent.expires_at <= now:
        return refused(f"The code was good until {sent.expires_at:%Y-%m-%d}. Ask for another one.")
    if hmac.compare_digest(sent.code_hash, code_hash(typed, sent.evidence_id, key)):
        return accepted("The code that was sent came back.", {})
    if sent.tries == MOST_TRIES:
        return refused(f"The code was wrong {MOST_TRIES} times. Ask for another one.")
    return None
