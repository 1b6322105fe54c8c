"""Identifiers: the same fact always gets the same one, so that imports are idempotent."""

import hashlib
import uuid

# Namespace of every deterministic id that Watchbell makes (uuid5 of a fixed name; never change it).
WATCHBELL_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "watchbell.invalid")


def fact_id(kind: str, *parts: str) -> str:
    """Return `kind--uuid` for the fact that `parts` spell out, as STIX 2.1 ids are written (section 2.9).

    The digits come from a name-based UUID; they are marked as version 4, the only one that strict readers of STIX
    accept for anything but observed objects.

    >>> fact_id("indicator", "domain", "example.com") == fact_id("indicator", "domain", "example.com")
    True
    """
    named = uuid.uuid5(WATCHBELL_NAMESPACE, chr(31).join((kind, *parts)))
    return f"{kind}--{uuid.UUID(bytes=named.bytes, version=4)}"


def short_digest(*parts: str, length: int = 12) -> str:
    """Return the first `length` hexadecimal digits of the SHA-256 over `parts`."""
    return hashlib.sha256(chr(31).join(parts).encode()).hexdigest()[:length]
