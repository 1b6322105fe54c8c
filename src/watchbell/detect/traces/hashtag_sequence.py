"""Two accounts use the same hashtags in the same order: at least five different ones in one post.

Sequences of hashtags, and five as the fewest, are of Pacheco et al. 2021 ("Uncovering Coordinated Networks on Social
Media", case study 3), who string together a day's hashtags; Burghardt et al. ask for five in one post, as here.
"""

import polars as pl

from watchbell.detect.trace import Trace, one
from watchbell.detect.traces.hashtag import spelled

_FEWEST = 5
_TAG = spelled(pl.element())
_TAGS = pl.col("hashtags").list.eval(_TAG.filter(_TAG.str.len_bytes() > 0)).list.unique(maintain_order=True)

TRACE = Trace(
    "hashtag_sequence",
    "used in this order the hashtags",
    "same hashtags in the same order",
    one(pl.when(_TAGS.list.len() >= _FEWEST).then(_TAGS.list.join(" "))),
)
