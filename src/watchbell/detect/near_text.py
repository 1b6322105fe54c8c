"""Which texts are one text in many versions: at least half of their shingles are the same."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from watchbell.engine.slots import Array

# Below this a text is itself only: in a few words, half of the shingles say too little.
SHORTEST = 20
# Hashtags (also `#topic#` as on Weibo) and mentions have traces of their own. Counted as words, a long tag would make
# all who play with it publish one text.
_TAGS = r"#[^#\s]+#|[#@]\w+"
# Texts whose code points are in memory at once.
_PART = 50_000


def near_texts(texts: pl.Series) -> pl.Series:
    """Return for each of some distinct texts the text that stands for all its versions.

    A version has a Jaccard similarity of at least 0.5 to the text that stands for it, or of 0.4 and at least 0.5 to
    another of its versions, over shingles of five letters or three wide characters (MinHash, every join verified);
    hashtags and mentions do not count. Texts with fewer than `SHORTEST` characters besides them stand for themselves.
    The answer does not depend on the order of the texts.
    """
    ordered = texts.sort()
    words = compared(ordered)
    long = words.str.len_chars() >= SHORTEST
    ordered, words = ordered.filter(long), words.filter(long)
    if ordered.is_empty():
        return texts
    from watchbell.engine.near import centres_of, shingled  # noqa: PLC0415  # commands start without the compiler

    return texts.replace(ordered, ordered.gather(centres_of(shingled(_parts(words)))))


def compared(texts: pl.Series) -> pl.Series:
    """Return the part of texts (as `detect.words` writes them) that is compared: all but hashtags and mentions."""
    return texts.str.replace_all(_TAGS, " ").str.replace_all(r" +", " ").str.strip_chars()


def _parts(texts: pl.Series) -> Iterator[tuple["Array", "Array"]]:
    for part in texts.to_frame().iter_slices(_PART):
        column = part.to_series()
        codes = np.frombuffer("".join(column).encode("utf-32-le"), np.uint32)
        yield codes, column.str.len_chars().to_numpy().astype(np.int64)
