"""Near-duplicates on this machine: which texts are at least half alike, a thread for each core."""

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise

import numpy as np

from watchbell.engine import minhash
from watchbell.engine.slots import Array

# Two texts with a Jaccard similarity of 0.5 agree in a band of 4 with probability 1/16, and in none of 96 bands
# with (15/16)^96 = 0.2%. Those with 0.1 (two posts in one language on one topic) meet once in 100 pairs.
_ROWS, _BANDS = 4, 96
# Bands computed together, so that their keys and not all signatures are in memory.
_TURN = 8
# How many of the texts that share its band a text is compared with: a hot band costs no more than its length.
_NEAREST = 64
_PARTS = 16
# Any number: the hash functions are drawn from it, and must be the same every time.
_SEED = 1997

Texts = tuple[Array, Array]
"""Shingle hashes of texts one after the other, and where each text's begin (one more entry than texts)."""


def shingled(parts: Iterable[tuple[Array, Array]]) -> Texts:
    """Return the shingles of texts that come in parts: code points (uint32) end to end, and the length of each text."""
    hashes, counts = zip(*(minhash.shingles(codes, lengths) for codes, lengths in parts), strict=True)
    return np.concatenate(hashes), np.concatenate(([0], np.cumsum(np.concatenate(counts))))


def centres_of(texts: Texts, threads: int | None = None) -> Array:
    """Return for each text the one that stands for it: itself, or one that `minhash.stars` puts it under.

    The same for any number of threads. Memory: 8 bytes for each shingle and about 200 for each text.
    """
    return _stars(texts, trees_of(texts, threads), threads)


def trees_of(texts: Texts, threads: int | None = None) -> Array:
    """Return for each text the first one of its tree: the texts that it is joined to by a chain of alike ones."""
    parents = np.arange(len(texts[1]) - 1, dtype=np.int32)
    chance = np.random.default_rng(_SEED)
    with _pool(threads) as pool:
        for _ in range(_BANDS // _TURN):
            keys = _keys(texts, chance, pool)
            # Each band starts from the same trees, so that threads cannot change what it finds.
            for joined in list(pool.map(lambda band: _joined(band, texts, parents.copy()), keys)):
                minhash.unite(parents, joined)
    return minhash.roots(parents)


def _keys(texts: Texts, chance: np.random.Generator, pool: ThreadPoolExecutor) -> Array:
    """Return the next bands: a row for each, a column for each text."""
    hashes, bounds = texts
    factors, summands = chance.integers(0, 1 << 32, (2, _TURN * _ROWS), dtype=np.uint32)
    keys = np.empty((_TURN, len(bounds) - 1), np.uint64)
    step = partial(minhash.bands, hashes, bounds, (factors | np.uint32(1), summands), keys=keys)
    list(pool.map(lambda stretch: step(stretch=stretch), _stretches(len(bounds) - 1)))
    return keys


def _joined(band: Array, texts: Texts, parents: Array) -> Array:
    order = np.argsort(band, kind="stable").astype(np.int32)
    return minhash.joins(band, order, texts, parents, _NEAREST)


def _stars(texts: Texts, roots: Array, threads: int | None) -> Array:
    """Cut the trees into stars: a text in a chain need not be alike to all of it, but is nearly so to its centre."""
    centres = np.arange(len(roots), dtype=np.int32)
    trees = np.argsort(roots, kind="stable").astype(np.int32)
    starts = np.concatenate(([0], np.flatnonzero(np.diff(roots[trees])) + 1, [len(trees)]))
    step = partial(minhash.stars, trees, starts, texts, centres=centres)
    with _pool(threads) as pool:
        list(pool.map(lambda stretch: step(stretch=stretch), _stretches(len(starts) - 1)))
    return centres


def _pool(threads: int | None) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads or os.cpu_count() or 1)


def _stretches(count: int) -> list[tuple[int, int]]:
    edges = np.unique(np.linspace(0, count, _PARTS + 1).astype(np.int64))
    return [(int(low), int(high)) for low, high in pairwise(edges)]
