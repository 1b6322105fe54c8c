"""Two accounts publish exactly the same words: the trace `text` without its near-duplicates."""

from watchbell.detect.trace import Trace, one
from watchbell.detect.words import WORDS

TRACE = Trace("exact_text", "published exactly the text", "exactly the same words", one(WORDS))
