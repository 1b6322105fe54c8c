"""256-bit hashes over arrays: which differ in few bits, found exactly.

A hash is cut into 16 parts of 16 bits. Two hashes that differ in at most 31 bits differ in at most one bit of some
part (16 parts with two each would make 32), so each meets the hashes with the same part, or with one bit of it
flipped (multi-index hashing: Norouzi, Punjani and Fleet 2012). Every meeting is verified.
"""

from typing import Any

import numpy as np
from numba import njit

from watchbell.engine.slots import Array

MOST_BITS = 31
_PARTS, _PART_BITS = 16, 16
_ONES, _TWOS, _FOURS = np.uint64(0x5555555555555555), np.uint64(0x3333333333333333), np.uint64(0x0F0F0F0F0F0F0F0F)
_BYTES = np.uint64(0x0101010101010101)


def centres_of(hashes: Array) -> Array:
    """Return for each hash (uint64, four words a row) the one that stands for it: itself, or one within `MOST_BITS`.

    Hashes that are near in a chain form a tree, which is cut into stars: every hash is near to its star's centre.
    Time grows with the square of the hashes over 240, and with the square of those that are one picture.
    """
    parts = np.ascontiguousarray(hashes).view(np.uint16)
    roots = _trees(hashes, parts)
    order = np.argsort(roots, kind="stable")
    centres = np.arange(len(hashes))
    for tree in np.split(order, np.flatnonzero(np.diff(roots[order])) + 1):
        if len(tree) > 1:
            _cut(tree[np.argsort(_eccentricity(hashes[tree]), kind="stable")], hashes, centres)
    return centres


def _eccentricity(hashes: Array) -> Array:
    """Return in how many bits each hash differs from what most of them have."""
    bits = np.unpackbits(hashes.view(np.uint8), axis=1)
    usual = 2 * bits.sum(axis=0, dtype=np.int64) >= len(bits)
    differing: Array = (bits != usual).sum(axis=1)
    return differing


class Hashes:
    """Known hashes laid out so that those near to another are found without looking at all.

    Memory: about 100 bytes for each, and 4 MiB.
    """

    def __init__(self, hashes: Array) -> None:
        """Lay out `hashes` (uint64, four words a row)."""
        self._hashes = np.ascontiguousarray(hashes)
        parts = self._hashes.view(np.uint16)
        self._order = np.empty((_PARTS, len(hashes)), np.int32)
        self._starts = np.empty((_PARTS, (1 << _PART_BITS) + 1), np.int32)
        for part in range(_PARTS):
            self._order[part] = np.argsort(parts[:, part], kind="stable")
            ordered = parts[self._order[part], part]
            self._starts[part] = np.searchsorted(ordered, np.arange((1 << _PART_BITS) + 1))

    def near(self, asked: Array) -> tuple[Array, Array, Array]:
        """Return which of `asked` (uint64, four words a row) is near to which known hash, and in how many bits not."""
        return _near_to(self._hashes, self._order, self._starts, np.ascontiguousarray(asked))


@njit(cache=True, nogil=True)
def _near_to(known: Array, order: Array, starts: Array, asked: Array) -> tuple[Array, Array, Array]:
    found = np.empty((3, 1024), np.int32)
    count = 0
    for i in range(len(asked)):
        for part in range(_PARTS):
            bits = _part(asked[i], part)
            for flip in range(_PART_BITS + 1):
                value = bits ^ ((1 << flip) >> 1)  # flip 0 leaves the part as it is
                for place in range(starts[part, value], starts[part, value + 1]):
                    j = order[part, place]
                    differing = _differing(asked, i, known, j)
                    if differing > MOST_BITS or _met_before(asked[i], known[j], part):
                        continue
                    if count == found.shape[1]:
                        found = np.concatenate((found, np.empty_like(found)), axis=1)
                    found[0, count], found[1, count], found[2, count] = i, j, differing
                    count += 1
    return found[0, :count].copy(), found[1, :count].copy(), found[2, :count].copy()


@njit(cache=True, nogil=True)
def _part(hashed: Array, part: Any) -> Any:
    return np.int64(hashed[part // 4] >> np.uint64(_PART_BITS * (part % 4))) & ((1 << _PART_BITS) - 1)


@njit(cache=True, nogil=True)
def _met_before(one: Array, other: Array, part: Any) -> Any:
    """Say whether two hashes differ in at most one bit of an earlier part, and so were compared already."""
    for earlier in range(part):
        differ = _part(one, earlier) ^ _part(other, earlier)
        if differ & (differ - 1) == 0:
            return True
    return False


@njit(cache=True, nogil=True)
def _near(hashes: Array, i: Any, j: Any) -> Any:
    return _differing(hashes, i, hashes, j) <= MOST_BITS


@njit(cache=True, nogil=True)
def _differing(ones: Array, i: Any, others: Array, j: Any) -> Any:
    """Return in how many bits two hashes differ, or any number over `MOST_BITS` where it is more than that."""
    bits = np.uint64(0)
    for word in range(ones.shape[1]):
        differ = ones[i, word] ^ others[j, word]
        # Bits counted side by side (Warren, Hacker's Delight, section 5-1).
        differ -= (differ >> np.uint64(1)) & _ONES
        differ = (differ & _TWOS) + ((differ >> np.uint64(2)) & _TWOS)
        differ = (differ + (differ >> np.uint64(4))) & _FOURS
        bits += (differ * _BYTES) >> np.uint64(56)
        if bits > MOST_BITS:
            break
    return bits


@njit(cache=True, nogil=True)
def _root(parents: Array, i: Any) -> Any:
    while parents[i] != i:
        parents[i] = parents[parents[i]]
        i = parents[i]
    return i


@njit(cache=True, nogil=True)
def _trees(hashes: Array, parts: Array) -> Array:
    """Return for each hash the first one that it is joined to by a chain of near ones."""
    parents = np.arange(len(hashes))
    for part in range(_PARTS):
        order = np.argsort(parts[:, part])
        values, ordered = parts[order, part], hashes[order]
        starts = np.searchsorted(values, np.arange((1 << _PART_BITS) + 1))
        for i in range(len(order)):
            for flip in range(_PART_BITS + 1):
                value = np.int64(values[i]) ^ ((1 << flip) >> 1)  # flip 0 leaves the part as it is
                for j in range(max(i + 1, starts[value]), starts[value + 1]):
                    if _near(ordered, i, j):
                        one, two = _root(parents, order[i]), _root(parents, order[j])
                        parents[max(one, two)] = min(one, two)
    for i in range(len(parents)):
        parents[i] = _root(parents, i)
    return parents


@njit(cache=True, nogil=True)
def _cut(left: Array, hashes: Array, centres: Array) -> None:
    """Let the first of `left` stand for all near to it, then the first of those left, and so on."""
    while len(left):
        near = np.array([_near(hashes, left[0], other) for other in left])
        centres[left[near]] = left[0]
        left = left[~near]
