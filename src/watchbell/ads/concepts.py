"""What an ad's words speak of: a lexicon of concepts in each language, found in one walk over the words.

A concept is a noun of the rules (the polls, the police, a paper to show). The lexicon files say in what words each
language speaks of it; the rules join concepts into frames (`frames.py`) and know no language.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache, reduce
from importlib import resources
from operator import or_
from typing import NamedTuple

from watchbell.ads.written import record_of, yaml_in
from watchbell.engine.slots import Array
from watchbell.engine.words import WordBook, Words, WordWalk
from watchbell.model.record import Record

_SIGNS = "$€£🗑💵"
"""Signs that are words by themselves."""
_STOPS = ".!?;•●▪✅✔☑➡→👉|"
"""What ends a sentence, which is read as an empty word, or heads the items of a list."""
_LETTERS_KEPT = 1 << 18
_STEPS_KEPT = 1 << 17
_WORDS_KEPT = 20_000
"""Letters of words, steps and words remembered: a hostile ad may bring any number of its own."""
_SHAPES = {
    "{code}": re.compile(r"\d{5,6}"),
    "{day}": re.compile(r"[0-3]?\d(?:st|nd|rd|th|er)?"),
    "{hour}": re.compile(r"[0-2]?\d(?:am|pm|h|uhr)?(?:\d\d)?"),
    "{number}": re.compile(r"\d+"),
}
"""Words that are told by their shape alone."""


class Spotted(NamedTuple):
    """An expression that speaks of something, and where: the places of its first and last words."""

    concepts: int
    """One bit for each concept in each language."""
    first: int
    last: int
    sentence: int


class Reading:
    """A text in plain form, its words and what they speak of."""

    def __init__(self, text: str, words: Words, found: Array, concepts: Sequence[int]) -> None:
        """Keep them; `found` has state, first and last word and sentence of each expression, `concepts` is by state."""
        self.text = text
        self.words = words
        states, *self._places = found.T.tolist()
        self._spoken = [concepts[state] for state in states]
        self.said = reduce(or_, set(self._spoken), 0)
        self._speaking: dict[int, list[Spotted]] = {}

    @cached_property
    def spotted(self) -> list[Spotted]:
        """Return all expressions, in the order of their first words."""
        return list(map(Spotted, self._spoken, *self._places))

    def speaking_of(self, concepts: int) -> list[Spotted]:
        """Return the expressions that speak of any of some concepts; many frames ask for the same."""
        if concepts not in self._speaking:
            self._speaking[concepts] = [one for one in self.spotted if one.concepts & concepts]
        return self._speaking[concepts]

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        """Return where each word, and the end of each sentence, stands in the text."""
        return list(zip(self.words.starts.tolist(), self.words.ends.tolist(), strict=True))


class Lexicon(Record):
    """One language's words."""

    language: str
    common: str
    """Words by which the language is told, parted by blanks: articles, pronouns and the like."""
    concepts: dict[str, str]
    """For each concept its expressions, parted by commas."""


class Concepts:
    """The lexicons of all languages, grown into one tree of words."""

    def __init__(self, lexicons: Iterable[Lexicon]) -> None:
        """Grow the tree."""
        lexicons = tuple(lexicons)
        self.languages = tuple(lexicon.language for lexicon in lexicons)
        self._common_words = [lexicon.common for lexicon in lexicons]
        self._bits: dict[tuple[str, str], int] = {}
        self._expressions: dict[str, list[list[str]]] = {}
        self._root = _Node()
        for lexicon in lexicons:
            for concept, expressions in lexicon.concepts.items():
                bit = self._bits[concept, lexicon.language] = 1 << len(self._bits)
                for expression in filter(None, map(str.split, expressions.split(","))):
                    _grow(self._root, expression, bit)
                    self._expressions.setdefault(concept, []).append(expression)
        self._places = _Places(_places_below(self._root))
        self._book = WordBook(_SIGNS, _STOPS)
        self._begin_again(0)

    @classmethod
    @lru_cache(maxsize=1)
    def bundled(cls) -> "Concepts":
        """Return the lexicons that come with Watchbell."""
        return cls(
            record_of(Lexicon, yaml_in(text, f"The lexicon {name}"), f"The lexicon {name}")
            for name, text in sorted(lexicon_texts().items())
        )

    @cached_property
    def words(self) -> frozenset[str]:
        """All words of all languages that are written out in full."""
        places = _places_below(self._root)
        written = {word for place in places for word in place.split("/") if "*" not in word and word not in _SHAPES}
        return frozenset(written.union(*map(str.split, self._common_words)))

    def names(self) -> frozenset[str]:
        """Return the concepts that some language has words for."""
        return frozenset(concept for concept, _ in self._bits)

    def mask(self, names: Iterable[str], language: str) -> int:
        """Return the bits of some concepts in one language; 0 where it has no words for any."""
        bits = 0
        for name in names:
            bits |= self._bits.get((name, language), 0)
        return bits

    def read(self, text: str) -> Reading:
        """Return a text in plain form with all expressions in it."""
        if len(self._walk) > _STEPS_KEPT or not self._book.has_room_for(text):
            self._begin_again(len(text))
        words = self._book.read(text)
        return Reading(text, words, self._walk.found(words.numbers), self._states.concepts)

    def _begin_again(self, letters: int) -> None:
        """Forget the words of texts read so far."""
        self._book.empty(_LETTERS_KEPT + 4 * letters)
        self._common = [frozenset(self._book.read(words).numbers.tolist()) for words in self._common_words]
        self._states = _States(self._root)
        self._walk = WordWalk(_depth(self._root), self._step)

    def _step(self, state: int, number: int) -> tuple[int, bool]:
        """Return the state after one more word, and whether an expression ends there."""
        places = self._places[self._book.word(number)]
        nodes = (
            node.following[place] for node in self._states.nodes[state] for place in places if place in node.following
        )
        following = self._states.number(tuple(nodes))
        return following, self._states.concepts[following] != 0

    def telling_words(self, names: Iterable[str]) -> frozenset[str]:
        """Return words, some ending or beginning with `*`, one of which is in every text that speaks of a concept."""
        telling = (_telling_word(expression) for name in names for expression in self._expressions.get(name, ()))
        return frozenset(word for place in telling for word in place.split("/"))

    def languages_of(self, reading: Reading) -> tuple[str, ...]:
        """Return the languages a text may be in: those whose common words it has, none with twice as many."""
        words = set(reading.words.numbers.tolist())
        counts = [len(words & common) for common in self._common]
        most = max(counts)
        return tuple(name for name, count in zip(self.languages, counts, strict=True) if 2 * count >= most)


class _Node:
    """A place on the way through an expression, word by word."""

    __slots__ = ("concepts", "following")

    def __init__(self) -> None:
        self.concepts = 0
        self.following: dict[str, _Node] = {}

    def after(self, place: str) -> "_Node":
        return self.following.setdefault(place, _Node())


class _States:
    """The sets of nodes that words have led to, by number: 0 is that of none, 1 that of the root."""

    def __init__(self, root: _Node) -> None:
        self.nodes: list[tuple[_Node, ...]] = []
        self.concepts: list[int] = []
        """What the expressions that end in each state speak of."""
        self._numbers: dict[tuple[_Node, ...], int] = {}
        for nodes in ((), (root,)):
            self.number(nodes)

    def number(self, nodes: tuple[_Node, ...]) -> int:
        """Return the number of the state that some nodes make."""
        if nodes not in self._numbers:
            self._numbers[nodes] = len(self.nodes)
            self.nodes.append(nodes)
            self.concepts.append(reduce(or_, (node.concepts for node in nodes), 0))
        return self._numbers[nodes]


class _Places(dict[str, tuple[str, ...]]):
    """For a word the places of the tree it may stand at; filled as words come up."""

    def __init__(self, places: Iterable[str]) -> None:
        super().__init__()
        self._exact: dict[str, list[str]] = {}
        self._shaped: list[tuple[str, re.Pattern[str]]] = []
        for place in places:
            for written in place.split("/"):
                if "*" in written or written in _SHAPES:
                    shape = _SHAPES.get(written) or re.compile(re.escape(written).replace(r"\*", r"\w*"))
                    self._shaped.append((place, shape))
                else:
                    self._exact.setdefault(written, []).append(place)

    def __missing__(self, word: str) -> tuple[str, ...]:
        if len(self) > _WORDS_KEPT:
            self.clear()
        shaped = (place for place, shape in self._shaped if shape.fullmatch(word))
        found = self[word] = tuple(dict.fromkeys([*self._exact.get(word, ()), *shaped]))
        return found


def _depth(node: _Node) -> int:
    return max((1 + _depth(following) for following in node.following.values()), default=0)


def lexicon_texts() -> dict[str, str]:
    """Return the bundled lexicons as written, by file name; the rules' version covers them."""
    folder = resources.files("watchbell.ads") / "lexicon"
    return {file.name: file.read_text("utf-8") for file in folder.iterdir() if file.name.startswith("voting.")}


def _telling_word(expression: list[str]) -> str:
    """Return the word of an expression that few other texts have: the one whose shortest form is longest."""
    needed = [word for word in expression if not word.endswith("?")]
    return max(needed, key=lambda word: min(map(len, word.split("/"))))


def _grow(node: _Node, expression: list[str], bit: int) -> None:
    """Add an expression below a node; a word that may be missing adds a way past it."""
    if not expression:
        node.concepts |= bit
        return
    word, rest = expression[0], expression[1:]
    if word.endswith("?"):
        _grow(node, rest, bit)
        word = word.removesuffix("?")
    _grow(node.after(word), rest, bit)


def _places_below(node: _Node) -> Iterator[str]:
    nodes = [node]
    while nodes:
        following = nodes.pop().following
        yield from following
        nodes.extend(following.values())
