"""The second factor of an advertiser's account: codes of the moment (RFC 6238), and recovery codes for a lost phone."""

import hmac
from datetime import datetime

import pyotp

from watchbell.ads.advertisers.evidence.codes import new_code
from watchbell.desk.accounts import hashed_token

RECOVERY_CODES = 10
_SECONDS = 30
# A step before and one after: a phone's clock is off, and people type slowly (RFC 6238, section 5.2).
_STEPS = (0, -1, 1)


def new_secret() -> str:
    """Return a secret of 160 bits in base 32, as RFC 4226 recommends (section 4)."""
    return pyotp.random_base32(32)


def enrolment_uri(secret: str, email: str, operator: str) -> str:
    """Return what an app reads from the picture (`otpauth://`, the key URI format)."""
    return pyotp.TOTP(secret, interval=_SECONDS).provisioning_uri(name=email, issuer_name=operator)


def step_of(secret: str, typed: str, now: datetime) -> int | None:
    """Return the time step whose code was typed; None where it is none of this moment's."""
    plain = "".join(typed.split())
    current = int(now.timestamp()) // _SECONDS
    codes = pyotp.TOTP(secret, interval=_SECONDS)
    for step in (current + offset for offset in _STEPS):
        if hmac.compare_digest(codes.at(step * _SECONDS).encode(), plain.encode()):
            return step
    return None


def new_recovery_codes() -> tuple[str, ...]:
    """Return ten codes of 79 random bits each: too many to be tried, so that a plain hash keeps them."""
    return tuple(
        "-".join(sign for code in (new_code(), new_code()) for sign in (code[:4], code[4:]))
        for _ in range(RECOVERY_CODES)
    )


def recovery_hash(account_id: str, typed: str) -> str:
    """Return what is kept of a recovery code."""
    return hashed_token(f"{account_id}\0{''.join(typed.upper().split()).replace('-', '')}")
