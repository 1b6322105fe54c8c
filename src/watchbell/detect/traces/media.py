"""Two accounts publish the same picture or film, or nearly: by its perceptual hash, or else its bytes.

PDQ hashes are near within 31 of their 256 bits, as PDQ's authors recommend (Davis and Rosen 2019); SHA-256 must be
equal. The hashes are those that the posts bring. Beware pictures with little in them: their PDQ hashes say little.
"""

import polars as pl

from watchbell.detect.near_media import near_media
from watchbell.detect.trace import Trace, each

_HASH = pl.coalesce(
    "pdq:" + pl.col("media").struct.field("pdq"),
    "sha256:" + pl.col("media").struct.field("sha256"),
).str.to_lowercase()

TRACE = Trace("media", "published the picture", "same pictures", each("media", _HASH), near_media)
