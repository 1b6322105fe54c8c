"""What is not the same and still one thing: a picture under another compression, a text with a word changed."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from watchbell.model.indicators import IndicatorKind, Relation

if TYPE_CHECKING:
    from watchbell.engine.hamming import Hashes
    from watchbell.engine.known_texts import KnownTexts
    from watchbell.engine.near import Texts

SHORTEST = 20
"""Characters of the shortest text that has versions: in a few words, half of the shingles say too little."""
_PDQ = r"^[0-9a-f]{64}$"
# Texts whose code points are in memory at once.
_PART = 50_000


def laid_out_pictures(hashes: pl.Series) -> "tuple[Hashes, pl.Series]":
    """Return distinct PDQ hashes (hexadecimal) laid out for `near_pictures`, and those of them that are hashes."""
    from watchbell.engine.hamming import Hashes  # noqa: PLC0415  # commands start without the compiler

    known = hashes.filter(hashes.str.contains(_PDQ))
    return Hashes(_words_of(known)), known


def near_pictures(words: pl.Series, known: "Hashes", keys: pl.Series) -> pl.DataFrame:
    """Return keys and a reason for pictures within 31 of 256 bits of a known one, but not equal to it."""
    asked = words.str.to_lowercase()
    valid = asked.str.contains(_PDQ)
    words, asked = words.filter(valid), asked.filter(valid)
    which, near, bits = known.near(_words_of(asked))
    reasons = pl.Series(bits, dtype=pl.Int64)
    found = _found(words, which, keys, near, IndicatorKind.PDQ)
    return found.with_columns(reason=pl.format("The pictures' PDQ hashes differ in {} of 256 bits.", reasons)).filter(
        pl.Series(bits > 0, dtype=pl.Boolean)
    )


def laid_out_texts(texts: pl.Series) -> "tuple[KnownTexts, pl.Series]":
    """Return distinct texts, spelled, laid out for `near_texts`, and those of them that are long enough."""
    from watchbell.engine.known_texts import KnownTexts  # noqa: PLC0415  # commands start without the compiler

    known = texts.filter(texts.str.len_chars() >= SHORTEST)
    return KnownTexts(_shingles(known)), known


def near_texts(words: pl.Series, known: "KnownTexts", keys: pl.Series) -> pl.DataFrame:
    """Return keys and a reason for texts (spelled) that are at least half alike to a known one, but not equal to it."""
    asked = words.filter(words.str.len_chars() >= SHORTEST)
    which, alike, similarity = known.alike(_shingles(asked))
    found = _found(asked, which, keys, alike, IndicatorKind.TEXT)
    percent = pl.Series(np.floor(similarity * 100), dtype=pl.Int64)
    return found.with_columns(reason=pl.format("{}% of the two texts' shingles are the same.", percent)).filter(
        pl.col("words") != pl.col("key")
    )


def _found(words: pl.Series, which: Any, keys: pl.Series, known: Any, kind: IndicatorKind) -> pl.DataFrame:
    return pl.DataFrame({"words": words.gather(which), "key": keys.gather(known)}).select(
        "words", kind=pl.lit(kind.value), key="key", relation=pl.lit(Relation.NEAR.value)
    )


def _words_of(hashes: pl.Series) -> Any:
    return np.frombuffer(bytes.fromhex("".join(hashes)), np.uint64).reshape(-1, 4)


def _shingles(texts: pl.Series) -> "Texts":
    from watchbell.engine.near import shingled  # noqa: PLC0415  # commands start without the compiler

    if texts.is_empty():
        return np.empty(0, np.uint64), np.zeros(1, np.int64)
    return shingled(_parts(texts))


def _parts(texts: pl.Series) -> Iterator[tuple[Any, Any]]:
    for part in texts.to_frame().iter_slices(_PART):
        column = part.to_series()
        codes = np.frombuffer("".join(column).encode("utf-32-le"), np.uint32)
        yield codes, column.str.len_chars().to_numpy().astype(np.int64)
