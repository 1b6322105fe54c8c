"""Give words numbers as texts bring them up, and walk a tree of expressions over the numbers, in compiled code.

The states of the walk are worked out in Python, each when a text first leads to it, and remembered: a deterministic
automaton built as it is used (Aho, Sethi and Ullman, "Compilers", 1986, section 3.7).
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from watchbell.engine.slots import Array

# What a character is to the words of a text; those from `_SPACE` on may follow a stop.
_OTHER, _LETTER, _SIGN, _STOP, _SPACE, _LINE, _QUOTE = range(7)
_LETTERS_END = 0x32000
"""No letter or digit of Unicode 15 lies beyond; what does is read as a sign without meaning."""
_PRIME = np.uint64(0x9E3779B97F4A7C15)
_START = 1
_UNKNOWN = -1
_FREE = -1


class Words(NamedTuple):
    """The words of a text, in order."""

    numbers: Array
    """int32; 0 is the end of a sentence."""
    starts: Array
    """int32: where each begins in the text."""
    ends: Array
    """int32: where each ends, exclusive."""


class WordBook:
    """Numbers of words. A word keeps its number until the book is emptied."""

    def __init__(self, signs: str, stops: str) -> None:
        """Begin a book without room for any; see `empty`.

        Args:
            signs: characters that are words by themselves; else a word is a run of letters and digits.
            stops: characters that end a sentence before a blank, a quotation mark or the end; an empty line does too.
        """
        self._kinds = _kinds(signs, stops)
        self.empty(0)

    def empty(self, letters: int) -> None:
        """Forget all words, and make room for texts of so many letters together."""
        size = 1 << max(4, letters.bit_length())
        self._table = np.zeros(size, np.int32)
        self._letters = np.empty(size, np.uint32)
        self._places = np.zeros(size + 1, np.int64)
        self._count = np.ones(1, np.int64)

    def has_room_for(self, text: str) -> bool:
        """Tell whether a text can be read, however many of its words are new."""
        return int(self._count[0] + self._places[self._count[0]]) + 2 * len(text) < len(self._letters)

    def read(self, text: str) -> Words:
        """Return the words of a text that there is room for; new ones are given numbers."""
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        return Words(*_numbered(codes, self._kinds, self._table, self._places, self._letters, self._count))

    def word(self, number: int) -> str:
        """Return the word that has a number."""
        letters = self._letters[self._places[number] : self._places[number + 1]]
        return letters.tobytes().decode("utf-32-le", "surrogatepass")


class WordWalk:
    """A tree of expressions, walked from each word of a text as far as its expressions go.

    States are numbered from 1, the one before any word.
    """

    def __init__(self, longest: int, step: Callable[[int, int], tuple[int, bool]]) -> None:
        """Begin without any step known.

        Args:
            longest: words of the longest expression.
            step: tells what state a state and the number of one more word lead to, 0 for none, and whether the
                expression of some way there ends in it.
        """
        self._longest = longest
        self._step = step
        self._steps = 0
        self._make_room(1 << 12)

    def __len__(self) -> int:
        """Return how many steps are remembered."""
        return self._steps

    def found(self, numbers: Array) -> Array:
        """Return where expressions stand in a text: rows of state, first and last word and sentence, all int32."""
        found = np.empty((len(numbers) * self._longest, 4), np.int32)
        first = sentence = count = 0
        while True:
            first, sentence, count, state, word = _walk(
                numbers, self._keys, self._values, (first, sentence, count), found
            )
            if first == len(numbers):
                return found[:count]
            self._learn(state, word)

    def _learn(self, state: int, word: int) -> None:
        following, ends = self._step(state, word)
        self._steps += 1
        if 2 * self._steps > len(self._keys):
            keys, values = self._keys, self._values
            self._make_room(2 * len(keys))
            for key, value in zip(keys[keys != _FREE], values[keys != _FREE], strict=True):
                _put(self._keys, self._values, key, value)
        _put(self._keys, self._values, (state << 32) | word, 2 * following + ends)

    def _make_room(self, size: int) -> None:
        self._keys = np.full(size, _FREE, np.int64)
        self._values = np.zeros(size, np.int32)


def _kinds(signs: str, stops: str) -> Array:
    """Return what each character is to a text's words."""
    letters = map(chr, range(_LETTERS_END))
    kinds = np.array([_LETTER if one.isalnum() else _SPACE if one.isspace() else _OTHER for one in letters], np.uint8)
    for kind, characters in ((_SIGN, signs), (_STOP, stops), (_LINE, "\n"), (_QUOTE, '"')):
        kinds[[ord(one) for one in characters]] = kind
    return kinds


@njit(cache=True, nogil=True)
def _numbered(
    codes: Array, kinds: Array, table: Array, places: Array, letters: Array, count: Array
) -> tuple[Array, Array, Array]:
    numbers = np.empty(len(codes), np.int32)
    starts = np.empty(len(codes), np.int32)
    ends = np.empty(len(codes), np.int32)
    found = 0
    start = 0
    while start < len(codes):
        kind = _kind(codes, kinds, start)
        end = start + 1
        number = -1
        if kind in (_LETTER, _SIGN):
            while kind == _LETTER and end < len(codes) and _kind(codes, kinds, end) == _LETTER:
                end += 1
            number = _number(codes[start:end], table, places, letters, count)
        elif kind == _STOP and (end == len(codes) or _kind(codes, kinds, end) >= _SPACE):
            number = 0
        elif kind == _LINE:
            end = _empty_line(codes, kinds, start)
            number = 0 if end > start + 1 else -1
        if number >= 0:
            numbers[found], starts[found], ends[found] = number, start, end
            found += 1
        start = end
    return numbers[:found], starts[:found], ends[:found]


@njit(cache=True, nogil=True)
def _kind(codes: Array, kinds: Array, place: int) -> Any:
    return kinds[codes[place]] if codes[place] < len(kinds) else _OTHER


@njit(cache=True, nogil=True)
def _empty_line(codes: Array, kinds: Array, start: int) -> int:
    """Return the end of the last line break among the blanks after the one at `start`."""
    end = start + 1
    place = start + 1
    while place < len(codes) and _SPACE <= _kind(codes, kinds, place) <= _LINE:
        place += 1
        if _kind(codes, kinds, place - 1) == _LINE:
            end = place
    return end


@njit(cache=True, nogil=True)
def _number(word: Array, table: Array, places: Array, letters: Array, count: Array) -> Any:
    """Return the number of a word; enter it if it is new. 0 marks a free place of the table."""
    value = np.uint64(len(word))
    for letter in word:
        value = (value ^ np.uint64(letter)) * _PRIME
        value ^= value >> np.uint64(29)
    place = np.int64(value >> np.uint64(8)) & (len(table) - 1)
    while table[place] != 0:
        if _is_word(word, table[place], places, letters):
            return table[place]
        place = (place + 1) & (len(table) - 1)
    number = count[0]
    table[place] = number
    letters[places[number] : places[number] + len(word)] = word
    places[number + 1] = places[number] + len(word)
    count[0] += 1
    return number


@njit(cache=True, nogil=True)
def _is_word(word: Array, number: int, places: Array, letters: Array) -> bool:
    if places[number + 1] - places[number] != len(word):
        return False
    return bool(np.all(letters[places[number] : places[number + 1]] == word))


@njit(cache=True, nogil=True)
def _walk(
    numbers: Array, keys: Array, values: Array, begun: tuple[int, int, int], found: Array
) -> tuple[int, int, int, int, int]:
    """Walk on from the word `begun`; stop before a word from which an unknown step is taken, and return that step."""
    begin, sentence, count = begun
    longest = len(found) // max(1, len(numbers))
    for first in range(begin, len(numbers)):
        kept = count
        state = _START
        last = first
        furthest = min(len(numbers), first + longest)
        while last < furthest:
            value = _value(keys, values, state, numbers[last])
            if value == _UNKNOWN:
                return first, sentence, kept, state, numbers[last]
            if value == 0:
                break
            state = value >> 1
            if value & 1:
                found[count, 0], found[count, 1], found[count, 2], found[count, 3] = state, first, last, sentence
                count += 1
            last += 1
        if last == first and numbers[first] == 0:
            sentence += 1
    return len(numbers), sentence, count, 0, 0


@njit(cache=True, nogil=True)
def _place(keys: Array, key: Any) -> Any:
    """Return where a key stands in the table, or where it would."""
    mixed = np.uint64(key) * _PRIME
    place = np.int64(mixed >> np.uint64(32)) & (len(keys) - 1)
    while keys[place] not in (_FREE, key):
        place = (place + 1) & (len(keys) - 1)
    return place


@njit(cache=True, nogil=True)
def _value(keys: Array, values: Array, state: int, word: int) -> Any:
    key = (np.int64(state) << 32) | np.int64(word)
    place = _place(keys, key)
    return values[place] if keys[place] == key else _UNKNOWN


@njit(cache=True, nogil=True)
def _put(keys: Array, values: Array, key: int, value: int) -> None:
    place = _place(keys, key)
    keys[place] = key
    values[place] = value
