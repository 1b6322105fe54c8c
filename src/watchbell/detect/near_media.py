"""Which pictures are one picture: their PDQ hashes differ in few bits."""

import numpy as np
import polars as pl

_PDQ = r"^pdq:[0-9a-f]{64}$"


def near_media(objects: pl.Series) -> pl.Series:
    """Return for each of some distinct objects of the trace `media` the one that stands for it and all near to it.

    Two PDQ hashes are near within 31 of their 256 bits, the threshold that PDQ's authors recommend (Davis and Rosen
    2019); each is near to the one that stands for it. Other hashes, and what is no PDQ hash, stand for themselves.
    """
    ordered = objects.filter(objects.str.contains(_PDQ)).sort()
    if ordered.is_empty():
        return objects
    from watchbell.engine.hamming import centres_of  # noqa: PLC0415  # commands start without the compiler

    digits = "".join(ordered.str.strip_prefix("pdq:"))
    hashes = np.frombuffer(bytes.fromhex(digits), np.uint64).reshape(-1, 4)
    return objects.replace(ordered, ordered.gather(centres_of(hashes)))
