"""Two accounts repost the same post."""

from watchbell.detect.trace import Trace, on_platform, one

TRACE = Trace("repost", "reposted", "reposts of the same posts", one(on_platform("repost_of")))
