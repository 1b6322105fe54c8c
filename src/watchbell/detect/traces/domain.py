"""Two accounts share links to the same registrable domain."""

from watchbell.detect.trace import Trace, each, mapped
from watchbell.model.addresses import host_of, registrable_domain


def _domain(link: str) -> str | None:
    host = host_of(link)
    return None if host is None else registrable_domain(host)


TRACE = Trace("domain", "shared a link to the domain", "same sites", each("links", mapped("links", _domain)))
