"""From which address a visitor comes, where proxies stand before the server."""

import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address

from fastapi import Request

from watchbell.desk.exchange.outgoing import Network

# As some proxies write a node (RFC 7239, section 6): with a port, an IPv6 address in brackets.
_NODE = re.compile(r"\[(?P<v6>[^\]]+)\](?::\d+)?|(?P<v4>[\d.]+):\d+")


def visitor_address(request: Request, proxies: Sequence[Network]) -> str:
    """Return the address of the last hop that is no trusted proxy; empty where the connection has none.

    Each proxy adds at the end of `X-Forwarded-For` whom it was asked by, so that the header is read from there, through
    trusted proxies only: what a visitor wrote before is never reached (RFC 7239, section 8.1).

    Args:
        request: the request.
        proxies: the networks of those that are trusted.
    """
    address = _address(request.client.host) if request.client else None
    named = ",".join(request.headers.getlist("x-forwarded-for")).split(",")
    while address is not None and named and any(address in network for network in proxies):
        before = _address(named.pop())
        if before is None:
            break
        address = before
    return "" if address is None else str(address)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    node = _NODE.fullmatch(text.strip())
    try:
        address = ip_address(node["v6"] or node["v4"] if node else text.strip())
    except ValueError:
        return None
    return (address.ipv4_mapped if isinstance(address, IPv6Address) else None) or address
