"""Two accounts publish the same picture or film, by its perceptual hash or else its bytes."""

import polars as pl

from watchbell.detect.trace import Trace, each

_HASH = pl.coalesce(
    "pdq:" + pl.col("media").struct.field("pdq"),
    "sha256:" + pl.col("media").struct.field("sha256"),
).str.to_lowercase()

TRACE = Trace("media", "published the picture", each("media", _HASH))
