"""Two accounts reply to the same post."""

from watchbell.detect.trace import Trace, on_platform, one

TRACE = Trace("reply", "replied to", one(on_platform("reply_to")))
