"""Two accounts share the same link, whatever tracking parameters each carries."""

from watchbell.detect.trace import Trace, each, mapped
from watchbell.model.addresses import canonical_url

TRACE = Trace("link", "shared the link", "same links", each("links", mapped("links", canonical_url)))
