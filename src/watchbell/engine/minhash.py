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

# Nearly alike is a Jaccard similarity of 0.4 or more: 7 x both >= 2 x (one + other). Of the pairs that are half alike
# 97% are in one star; with this 99% are, and one text in 17 is less than half alike to its centre.
_OF_BOTH, _NEARLY = 7, 2


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
def _compare(member: Any, index: tuple[Array, Array, Array, Array], shared: Array, touched: Array) -> int:
    """Count into `shared` what a member has in common with each, and write into `touched` with whom; return how many.

    `index` is what `_indexed` returns: shingles are counted through it, not text by text. `shared` must be 0.
    """
    begins, numbers, owners, starts = index
    count = 0
    for number in numbers[begins[member] : begins[member + 1]]:
        for other in owners[starts[number] : starts[number + 1]]:
            if shared[other] == 0:
                touched[count] = other
                count += 1
            shared[other] += 1
    return count


@njit(cache=True, nogil=True)
def _starred(index: tuple[Array, Array, Array, Array]) -> Array:
    """Return for each member of a tree the centre of its star; see `stars`."""
    begins, numbers, _, starts = index
    star = np.full(len(begins) - 1, -1, np.int64)
    shared, touched = np.zeros(len(star), np.int64), np.empty(len(star), np.int64)
    for centre in np.argsort(-_centrality(begins, numbers, starts), kind="mergesort"):
        if star[centre] < 0:
            for other in touched[: _compare(centre, index, shared, touched)]:
                sizes = begins[centre + 1] - begins[centre] + begins[other + 1] - begins[other]
                if star[other] < 0 and 3 * shared[other] >= sizes:
                    star[other] = centre
                shared[other] = 0
    return star


@njit(cache=True, nogil=True)
def _move(index: tuple[Array, Array, Array, Array], first: Array, star: Array) -> bool:
    """Move the members outside of the largest star once, where they gain by it (see `stars`); say whether one did.

    `first` holds the stars as they were cut, `star` as they are. A move puts more alike texts together than there were,
    so moves come to an end.
    """
    begins = index[0]
    sizes = np.bincount(star, minlength=len(star))
    most, changed = sizes.max(), False
    shared, touched, votes = np.zeros(len(star), np.int64), np.empty(len(star), np.int64), np.zeros(len(star), np.int64)
    for member in range(len(star)):
        settled = star[member] == first[member] and sizes[star[member]] == most
        if settled or (member == star[member] and sizes[member] > 1):
            continue
        mine, best = begins[member + 1] - begins[member], star[member]
        met = touched[: _compare(member, index, shared, touched)]
        for other in met:
            votes[star[other]] += 3 * shared[other] >= mine + begins[other + 1] - begins[other]
        for other in met:
            centre = star[other]
            near = _OF_BOTH * shared[centre] >= _NEARLY * (mine + begins[centre + 1] - begins[centre])
            if near and sizes[centre] > 1 and votes[centre] > votes[best]:
                best = centre
        if votes[best] == 1:  # its own: what it was alike to has moved away
            best = member
        for other in met:
            shared[other], votes[star[other]] = 0, 0
        if best != star[member]:
            sizes[star[member]] -= 1
            sizes[best] += 1
            star[member], changed = best, True
    return changed


@njit(cache=True, nogil=True)
def stars(trees: Array, starts: Array, texts: tuple[Array, Array], stretch: tuple[int, int], centres: Array) -> None:
    """Cut each tree of `stretch` into stars, and write for each of its texts the text at the centre of its star.

    `trees` holds the texts tree by tree, `starts` where each tree begins. The most central text takes all that are
    alike to it, then the most central of those left, and so on (Aslam, Pelekhov and Rus 2004). Then a text most of
    whose alike texts are in another star goes there, if it is nearly alike to its centre.
    """
    hashes, bounds = texts
    for tree in range(stretch[0], stretch[1]):
        members = trees[starts[tree] : starts[tree + 1]]
        if len(members) > 1:
            index = _indexed(members, hashes, bounds)
            star = _starred(index)
            first = star.copy()
            while _move(index, first, star):
                pass
            for k in range(len(members)):
                centres[members[k]] = members[star[k]]
