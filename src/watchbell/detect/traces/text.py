"""Two accounts publish the same words; case, spacing, links and who was retweeted do not count."""

import polars as pl

from watchbell.detect.trace import Trace, one

_WORDS = (
    pl.col("text")
    .str.normalize("NFKC")
    .str.to_lowercase()
    .str.replace_all(r"https?://\S+", " ")
    .str.replace(r"^\s*rt @\w+:", " ")
    .str.replace_all(r"[\s\p{C}]+", " ")
    .str.strip_chars()
)

TRACE = Trace("text", "published the text", one(_WORDS))
