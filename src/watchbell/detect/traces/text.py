"""Two accounts publish the same words, or nearly; case, spacing, links and who was retweeted do not count."""

from watchbell.detect.near_text import near_texts
from watchbell.detect.trace import Trace, one
from watchbell.detect.words import WORDS

TRACE = Trace("text", "published the text", one(WORDS), near_texts)
