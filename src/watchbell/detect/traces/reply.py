"""Two accounts reply to the same post."""

from watchbell.detect.trace import Trace, on_platform, one

TRACE = Trace("reply", "replied to", "replies to the same posts", one(on_platform("reply_to")))
