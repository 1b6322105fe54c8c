"""Two accounts mention the same account."""

import polars as pl

from watchbell.detect.trace import Trace, each

_ACCOUNT = pl.col("platform") + ":" + pl.col("mentions").str.to_lowercase().str.strip_chars(" @")

TRACE = Trace("mention", "mentioned", "mentions of the same accounts", each("mentions", _ACCOUNT))
