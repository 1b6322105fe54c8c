"""Two accounts use the same hashtag, in any letter case."""

import polars as pl

from watchbell.detect.trace import Trace, each

_TAG = pl.col("hashtags").str.normalize("NFKC").str.to_lowercase().str.strip_chars(" #")

TRACE = Trace("hashtag", "used the hashtag", each("hashtags", _TAG))
