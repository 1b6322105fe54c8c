"""Which machine is asking: a token by basic or bearer authentication, or a client certificate that a proxy vouches for.

Cookies are not looked at: whoever is signed in at the desk is nobody here.
"""

import base64
import binascii
import hashlib
import re
from datetime import datetime
from urllib.parse import unquote

from starlette.datastructures import Headers

from watchbell.desk.exchange.partners import Caller, caller_of_certificate, caller_of_token
from watchbell.vault.workspace import Workspace

CHALLENGE = 'Basic realm="Watchbell", charset="UTF-8", Bearer realm="Watchbell"'

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----")
_HEXADECIMAL = re.compile("[0-9a-fA-F]{64}")


def caller_of(workspace: Workspace, headers: Headers, now: datetime) -> Caller | None:
    """Return which machine sent a request; None if that cannot be told."""
    name = workspace.settings.client_certificate_header
    fingerprint = fingerprint_of(headers.get(name, "")) if name else None
    scheme, _, given = headers.get("authorization", "").partition(" ")
    match scheme.lower():
        case "basic":
            username, colon, token = _decoded(given).partition(":")
            return caller_of_token(workspace.vault, username, token, fingerprint, now) if colon else None
        case "bearer":
            return caller_of_token(workspace.vault, None, given.strip(), fingerprint, now)
        case "" if fingerprint is not None:
            return caller_of_certificate(workspace.vault, fingerprint, now)
    return None


def fingerprint_of(header: str) -> str | None:
    """Return the SHA-256 of the certificate that a proxy names: by that, or as PEM, percent-encoded as nginx does."""
    digits = header.replace(":", "").strip()
    if _HEXADECIMAL.fullmatch(digits):
        return digits.lower()
    found = _PEM.search(unquote(header))
    if found is None:
        return None
    try:
        return hashlib.sha256(base64.b64decode("".join(found[1].split()), validate=True)).hexdigest()
    except binascii.Error:
        return None


def _decoded(credentials: str) -> str:
    try:
        return base64.b64decode(credentials, validate=True).decode()
    except ValueError:
        return ""
