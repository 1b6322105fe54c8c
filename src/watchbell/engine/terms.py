"""The terms of a text, hashed: its words, pairs of neighbouring words, and the pieces of each word, each word once.

A linear model over terms reads a text in microseconds, and needs no list of the words it knows ("feature hashing",
Weinberger et al., ICML 2009). Pieces of three to five letters carry what word lists miss: endings, compounds, slips.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from watchbell.engine.slots import Array

# FNV-1a's offset and prime for 64 bits (Fowler, Noll, Vo).
_OFFSET = np.uint64(0xCBF29CE484222325)
_PRIME = np.uint64(0x100000001B3)
_BORDER = np.uint64(0x20)
_BETWEEN = np.uint64(0x1F)
_ASCII_LETTERS = np.array([chr(code).isalnum() for code in range(128)])
_SHORTEST_PIECE, _LONGEST_PIECE = 3, 5


class Terms(NamedTuple):
    """The terms of one text, and the words they come from."""

    buckets: Array
    """int32: the hash of each term."""
    owners: Array
    """int32: for each term the number of the word it belongs to; a pair of words belongs to its second."""
    starts: Array
    """int32: where each word begins in the text."""
    ends: Array
    """int32: where each word ends, exclusive."""


def terms_of(text: str, bits: int) -> Terms:
    """Return the terms of `text`, hashed to `bits` bits. Words are runs of letters and digits of any script."""
    letters = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    return Terms(*_terms(letters, np.uint64(64 - bits)))


@njit(cache=True, nogil=True)
def _terms(letters: Array, shift: Any) -> tuple[Array, Array, Array, Array]:
    starts, ends = _words(letters)
    size = 0
    for w in range(len(starts)):
        size += 2 + 3 * (ends[w] - starts[w] + 2)
    buckets = np.empty(size, np.int32)
    owners = np.empty(size, np.int32)
    seen = np.zeros(_table_size(2 * len(starts)), np.uint64)
    found = 0
    previous = np.uint64(0)
    for w in range(len(starts)):
        word = _hash(_OFFSET, letters, starts[w], ends[w])
        pair = _hash((previous ^ _BETWEEN) * _PRIME, letters, starts[w], ends[w])
        if w and _is_new(seen, pair):
            buckets[found], owners[found] = _bucket(pair, shift), w
            found += 1
        previous = word
        # A word said a hundred times says no more: else whoever repeats one would drown the others.
        if not _is_new(seen, word):
            continue
        buckets[found], owners[found] = _bucket(word, shift), w
        found += 1
        for length in range(_SHORTEST_PIECE, _LONGEST_PIECE + 1):
            # A piece may begin one place before the word and end one after it: its borders are letters too.
            for begin in range(starts[w] - 1, ends[w] + 2 - length):
                piece = _piece(letters, begin, begin + length, starts[w], ends[w])
                buckets[found], owners[found] = _bucket(piece, shift), w
                found += 1
    return buckets[:found], owners[:found], starts, ends


@njit(cache=True, nogil=True)
def _table_size(entries: int) -> int:
    """Return a power of two that leaves half of the table free."""
    size = 2
    while size < 2 * entries:
        size *= 2
    return size


@njit(cache=True, nogil=True)
def _is_new(seen: Array, value: Any) -> bool:
    """Enter a hash into the table `seen`, in which 0 marks a free place; tell whether it was not there."""
    mask = len(seen) - 1
    place = np.int64(value >> np.uint64(20)) & mask
    while seen[place] != 0:
        if seen[place] == value:
            return False
        place = (place + 1) & mask
    seen[place] = value
    return True


@njit(cache=True, nogil=True)
def _words(letters: Array) -> tuple[Array, Array]:
    starts = np.empty(len(letters), np.int32)
    ends = np.empty(len(letters), np.int32)
    found = 0
    inside = False
    for i in range(len(letters) + 1):
        is_letter = i < len(letters) and _is_letter(letters[i])
        if is_letter and not inside:
            starts[found] = i
        if inside and not is_letter:
            ends[found] = i
            found += 1
        inside = is_letter
    return starts[:found], ends[:found]


@njit(cache=True, nogil=True)
def _is_letter(code: Any) -> Any:
    """Everything beyond ASCII counts as a letter: scripts without spaces, and emoji, which say a lot in an ad."""
    return code >= len(_ASCII_LETTERS) or _ASCII_LETTERS[code]


@njit(cache=True, nogil=True)
def _hash(value: Any, letters: Array, start: int, end: int) -> Any:
    for i in range(start, end):
        value = (value ^ np.uint64(letters[i])) * _PRIME
    return value


@njit(cache=True, nogil=True)
def _piece(letters: Array, begin: int, end: int, start: int, stop: int) -> Any:
    """Hash the letters from `begin` to `end`, with a border in place of what lies outside the word."""
    value = _OFFSET ^ _BETWEEN
    for i in range(begin, end):
        value = (value ^ (np.uint64(letters[i]) if start <= i < stop else _BORDER)) * _PRIME
    return value


@njit(cache=True, nogil=True)
def _bucket(value: Any, shift: Any) -> Any:
    mixed = (value ^ (value >> np.uint64(32))) * np.uint64(0x9E3779B97F4A7C15)
    return np.int32(mixed >> shift)
