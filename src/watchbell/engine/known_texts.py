"""Known texts laid out for asking: which of them is at least half alike to a text, exactly.

Two texts with a Jaccard similarity of a half share at least half of the shingles of either. So of each known text only
half of the shingles and one more are laid out, the rarest ones, and a text that is alike has one of those (prefix
filtering: Bayardo, Ma and Srikant 2007). Every meeting is verified.
"""

from typing import Any

import numpy as np
from numba import njit

from watchbell.engine.near import Texts
from watchbell.engine.slots import Array

# Bits of the table that tells at once that a shingle is not among those laid out: 16 MiB, mostly empty.
_TABLE_BITS = 24


class KnownTexts:
    """Known texts as sets of shingles. Memory: about 16 bytes for each shingle, and 16 MiB."""

    def __init__(self, texts: Texts) -> None:
        """Lay out `texts`, as `near.shingled` makes them."""
        self._texts = texts
        self._shingles, self._starts, self._owners = _laid_out(*texts)
        self._table = np.zeros(1 << _TABLE_BITS, np.bool_)
        self._table[self._shingles >> np.uint64(64 - _TABLE_BITS)] = True

    def alike(self, asked: Texts) -> tuple[Array, Array, Array]:
        """Return which of `asked` is alike to which known text, and their Jaccard similarity."""
        layout = (self._shingles, self._starts, self._owners, self._table)
        pairs, alike = _alike_to(layout, self._texts, asked)
        return pairs[:, 0], pairs[:, 1], alike


def _laid_out(hashes: Array, bounds: Array) -> tuple[Array, Array, Array]:
    """Return the shingles laid out, where each one's owners begin, and the owners."""
    _, number, counts = np.unique(hashes, return_inverse=True, return_counts=True)
    owners = np.repeat(np.arange(len(bounds) - 1, dtype=np.int32), np.diff(bounds))
    rarest = np.lexsort((hashes, counts[number], owners))
    place = np.arange(len(hashes)) - bounds[owners]
    kept = rarest[place <= np.diff(bounds)[owners] // 2]
    order = kept[np.argsort(hashes[kept], kind="stable")]
    distinct, starts = np.unique(hashes[order], return_index=True)
    return distinct, np.append(starts, len(order)), owners[order]


@njit(cache=True, nogil=True)
def _alike_to(layout: tuple[Array, Array, Array, Array], known: Texts, asked: Texts) -> tuple[Array, Array]:
    shingles, starts, owners, table = layout
    hashes, bounds = asked
    last_seen = np.full(len(known[1]) - 1, -1, np.int64)
    pairs, alike, count = np.empty((1024, 2), np.int64), np.empty(1024, np.float64), 0
    for i in range(len(bounds) - 1):
        for shingle in hashes[bounds[i] : bounds[i + 1]]:
            if not table[shingle >> np.uint64(64 - _TABLE_BITS)]:
                continue
            place = np.searchsorted(shingles, shingle)
            if place == len(shingles) or shingles[place] != shingle:
                continue
            for j in owners[starts[place] : starts[place + 1]]:
                if last_seen[j] == i:
                    continue
                last_seen[j] = i
                similarity = _jaccard(asked, i, known, j)
                if similarity < 0.5:  # noqa: PLR2004  # at least half alike, as the layout presumes
                    continue
                if count == len(alike):
                    pairs = np.concatenate((pairs, np.empty_like(pairs)))
                    alike = np.concatenate((alike, np.empty_like(alike)))
                pairs[count, 0], pairs[count, 1], alike[count] = i, j, similarity
                count += 1
    return pairs[:count].copy(), alike[:count].copy()


@njit(cache=True, nogil=True)
def _jaccard(ones: Texts, i: Any, others: Texts, j: Any) -> Any:
    a, a_end, b, b_end = ones[1][i], ones[1][i + 1], others[1][j], others[1][j + 1]
    either, both = a_end - a + b_end - b, 0
    while a < a_end and b < b_end:
        left, right = ones[0][a], others[0][b]
        both += left == right
        a += left <= right
        b += right <= left
    return both / (either - both)
