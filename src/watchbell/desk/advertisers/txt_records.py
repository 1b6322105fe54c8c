"""The TXT records of a domain, as the domain name system tells them (RFC 1035, section 3.3.14)."""

from collections.abc import Sequence

import dns.exception
import dns.resolver

from watchbell.errors import UsageError

_SECONDS = 10


def txt_records(domain: str, servers: Sequence[str] = ()) -> list[str]:
    """Return the TXT records of a domain; none where it has none.

    Args:
        domain: the domain.
        servers: name servers to ask (`address` or `address:port`), instead of those that this machine asks.

    Raises:
        UsageError: an address is none, or nobody answers.
    """
    try:
        resolver = dns.resolver.Resolver(configure=not servers)
        if servers:
            resolver.nameservers = [server.partition(":")[0] for server in servers]
            resolver.port = int(servers[0].partition(":")[2] or 53)
        answer = resolver.resolve(f"{domain}.", "TXT", lifetime=_SECONDS, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, ValueError) as error:
        raise UsageError(f"The TXT records of {domain} cannot be asked for: {error}") from error
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]
