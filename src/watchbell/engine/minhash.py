"""MinHash over arrays: which sets of shingles are at least half alike, found by bands and verified.

A text is a sorted array of distinct 64-bit shingle hashes. A band is the smallest hash of the set under each of
`_ROWS` hash functions (Broder 1997); two sets agree in one with probability J^_ROWS, J being their Jaccard
similarity. Texts that agree in a band are candidates; their true Jaccard is computed before they are joined.

The functions hold no lock and share no writes, so threads can run them side by side.
"""

from typing import Any

import numpy as np
from numba import njit

from watchbell.engine.slots import Array

# The multipliers of the finaliser of SplitMix64 (Steele, Lea and Flood 2014).
_MIX_A = np.uint64(0xBF58476D1CE4E5B9)
_MIX_B = np.uint64(0x94D049BB133111EB)
_SEED = np.uint64(0x9E3779B97F4A7C15)

# A shingle is five letters or three wide characters: 5 x 3 = 3 x 5. Five letters are rare enough that two posts share
# few by chance; three ideographs say as much, and five would let one changed word spoil a third of a post.
_LETTER, _WIDE, _SHINGLE = 3, 5, 15
# Ideographs, kana, Hangul and emoji: the large blocks of East Asian Width W (Unicode Annex 11).
_WIDE_BLOCKS = ((0x2E80, 0xA4CF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0x1F300, 0x3FFFF))


@njit(cache=True, nogil=True)
def _mixed(value: Any) -> Any:
    value = (value ^ (value >> np.uint64(30))) * _MIX_A
    value = (value ^ (value >> np.uint64(27))) * _MIX_B
    return value ^ (value >> np.uint64(31))


@njit(cache=True, nogil=True)
def _width(character: Any) -> int:
    for first, last in _WIDE_BLOCKS:
        if first <= character <= last:
            return _WIDE
    return _LETTER


@njit(cache=True, nogil=True)
def _shingles_of(text: Array, hashes: Array) -> int:
    """Write the distinct shingles of one text (code points) into `hashes`, sorted; return how many."""
    count, end, width = 0, 0, 0
    for start in range(len(text)):
        while end < len(text) and width < _SHINGLE:
            width += _width(text[end])
            end += 1
        if width < _SHINGLE:
            break
        value = _SEED
        for k in range(start, end):
            value = _mixed(value ^ np.uint64(text[k]))
        hashes[count] = value
        count += 1
        width -= _width(text[start])
    hashes[:count].sort()
    distinct = 0
    for k in range(count):
        if k == 0 or hashes[k] != hashes[distinct - 1]:
            hashes[distinct] = hashes[k]
            distinct += 1
    return distinct


@njit(cache=True, nogil=True)
def shingles(codes: Array, lengths: Array) -> tuple[Array, Array]:
    """Return the shingle hashes of texts, one after the other, and how many each has.

    `codes` holds the texts' code points (uint32) one after the other, `lengths` how many each has.
    """
    hashes = np.empty(len(codes), np.uint64)
    counts = np.empty(len(lengths), np.int64)
    start, written = 0, 0
    for i in range(len(lengths)):
        end = start + lengths[i]
        counts[i] = _shingles_of(codes[start:end], hashes[written:])
        written += counts[i]
        start = end
    return hashes[:written].copy(), counts


@njit(cache=True, nogil=True)
def bands(hashes: Array, bounds: Array, functions: tuple[Array, Array], stretch: tuple[int, int], keys: Array) -> None:
    """Write the bands of the texts in `stretch` into `keys` (uint64, a row for each band, a column for each text).

    `functions` holds factors and summands (uint32) of x ↦ factor·x + summand modulo 2^32, as many for each band.
    """
    factors, summands = functions
    rows = len(factors) // len(keys)
    least = np.empty(len(factors), np.uint32)
    for i in range(stretch[0], stretch[1]):
        least[:] = np.uint32(0xFFFFFFFF)
        for s in range(bounds[i], bounds[i + 1]):
            x = np.uint32(hashes[s] >> np.uint64(32))
            for f in range(len(factors)):
                value = np.uint32(np.uint32(factors[f] * x) + summands[f])
                least[f] = min(least[f], value)
        for band in range(len(keys)):
            value64 = _SEED
            for f in range(band * rows, (band + 1) * rows):
                value64 = _mixed(value64 ^ np.uint64(least[f]))
            keys[band, i] = value64


@njit(cache=True, nogil=True)
def _alike(hashes: Array, bounds: Array, i: Any, j: Any) -> Any:
    """Say whether the true Jaccard similarity of two texts is at least a half: 3·|both| ≥ |one| + |other|."""
    a, a_end, b, b_end = bounds[i], bounds[i + 1], bounds[j], bounds[j + 1]
    needed = (a_end - a + b_end - b + 2) // 3
    shared = 0
    while a < a_end and b < b_end:
        if shared + min(a_end - a, b_end - b) < needed:
            return False
        left, right = hashes[a], hashes[b]
        shared += left == right
        a += left <= right
        b += right <= left
    return shared >= needed


@njit(cache=True, nogil=True)
def _root(parents: Array, i: Any) -> Any:
    """Return the root of i's tree, halving the path to it."""
    while parents[i] != i:
        parents[i] = parents[parents[i]]
        i = parents[i]
    return i


@njit(cache=True, nogil=True)
def joins(keys: Array, order: Array, texts: tuple[Array, Array], parents: Array, nearest: int) -> Array:
    """Return the pairs (int32 rows) of one band's candidates that are alike and join two trees of `parents`.

    `order` sorts `keys`; a text meets the `nearest` texts that follow it with its key. `parents` is written to.
    """
    hashes, bounds = texts
    joined = np.empty((len(order), 2), np.int32)
    count = 0
    for place in range(len(order)):
        i = order[place]
        for other in range(place + 1, min(place + 1 + nearest, len(order))):
            j = order[other]
            if keys[j] != keys[i]:
                break
            one, two = _root(parents, i), _root(parents, j)
            if one != two and _alike(hashes, bounds, i, j):
                parents[max(one, two)] = min(one, two)
                joined[count, 0], joined[count, 1] = i, j
                count += 1
    return joined[:count].copy()


@njit(cache=True, nogil=True)
def unite(parents: Array, pairs: Array) -> None:
    """Join the trees of each pair; the lower root stays the root."""
    for k in range(len(pairs)):
        one, two = _root(parents, pairs[k, 0]), _root(parents, pairs[k, 1])
        parents[max(one, two)] = min(one, two)


@njit(cache=True, nogil=True)
def roots(parents: Array) -> Array:
    """Return the root of each text's tree."""
    found = np.empty_like(parents)
    for i in range(len(parents)):
        found[i] = _root(parents, i)
    return found


@njit(cache=True, nogil=True)
def _indexed(members: Array, hashes: Array, bounds: Array) -> tuple[Array, Array, Array, Array]:
    """Number the shingles of some texts, and list for each the members that have it.

    Returns:
        Where each member's numbers begin, the numbers, the members shingle by shingle, and where each shingle's begin.
    """
    sizes = bounds[members + 1] - bounds[members]
    begins = np.zeros(len(members) + 1, np.int64)
    begins[1:] = np.cumsum(sizes)
    everything = np.empty(begins[-1], np.uint64)
    owners = np.empty(begins[-1], np.int32)
    for k in range(len(members)):
        everything[begins[k] : begins[k + 1]] = hashes[bounds[members[k]] : bounds[members[k] + 1]]
        owners[begins[k] : begins[k + 1]] = k
    order = np.argsort(everything)
    numbers = np.empty(len(order), np.int64)
    starts = np.empty(len(order) + 1, np.int64)
    found = 0
    for place in range(len(order)):
        if place == 0 or everything[order[place]] != everything[order[place - 1]]:
            starts[found] = place
            found += 1
        numbers[order[place]] = found - 1
    starts[found] = len(order)
    return begins, numbers, owners[order], starts[: found + 1]


@njit(cache=True, nogil=True)
def _centrality(begins: Array, numbers: Array, starts: Array) -> Array:
    """Return how alike each member is to all: the sum of what it shares with each, over the sum of their unions."""
    members = len(begins) - 1
    alike = np.empty(members, np.float64)
    for k in range(members):
        shared = 0
        for number in numbers[begins[k] : begins[k + 1]]:
            shared += starts[number + 1] - starts[number]
        alike[k] = shared / (members * (begins[k + 1] - begins[k]) + begins[-1] - shared)
    return alike


@njit(cache=True, nogil=True)
def _cut(members: Array, hashes: Array, bounds: Array, centres: Array) -> None:
    """Cut one tree into stars; see `stars`. Shared shingles are counted through the index, not text by text."""
    begins, numbers, owners, starts = _indexed(members, hashes, bounds)
    taken = np.zeros(len(members), np.bool_)
    shared = np.zeros(len(members), np.int64)
    touched = np.empty(len(members), np.int64)
    for centre in np.argsort(-_centrality(begins, numbers, starts), kind="mergesort"):
        if taken[centre]:
            continue
        count = 0
        for number in numbers[begins[centre] : begins[centre + 1]]:
            for other in owners[starts[number] : starts[number + 1]]:
                if shared[other] == 0:
                    touched[count] = other
                    count += 1
                shared[other] += 1
        for other in touched[:count]:
            sizes = begins[centre + 1] - begins[centre] + begins[other + 1] - begins[other]
            if not taken[other] and 3 * shared[other] >= sizes:
                taken[other] = True
                centres[members[other]] = members[centre]
            shared[other] = 0


@njit(cache=True, nogil=True)
def stars(trees: Array, starts: Array, texts: tuple[Array, Array], stretch: tuple[int, int], centres: Array) -> None:
    """Cut each tree of `stretch` into stars, and write for each of its texts the text at the centre of its star.

    `trees` holds the texts tree by tree, `starts` where each tree begins. The most central text takes all that are
    alike to it, then the most central of those left, and so on (Aslam, Pelekhov and Rus 2004).
    """
    hashes, bounds = texts
    for tree in range(stretch[0], stretch[1]):
        if starts[tree + 1] - starts[tree] > 1:
            _cut(trees[starts[tree] : starts[tree + 1]], hashes, bounds, centres)
