"""Two accounts publish the same words, or nearly; case, spacing, links and who was retweeted do not count.

Two texts are one where at least half of their runs of five letters (three, for ideographs, kana, Hangul and emoji) are
the same, besides hashtags and mentions: each has that Jaccard similarity to the version that stands for it, which
the findings name. Texts of fewer than 20 characters must be equal. Paraphrase and translation are not seen.
"""

from watchbell.detect.near_text import near_texts
from watchbell.detect.trace import Trace, one
from watchbell.detect.words import WORDS

TRACE = Trace("text", "published the text", "same words", one(WORDS), near_texts)
