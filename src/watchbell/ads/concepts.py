"""What an ad's words speak of: a lexicon of concepts in each language, found in one walk over the words.

A concept is a noun of the rules (the polls, the police, a paper to show). The lexicon files say in what words each
language speaks of it; the rules join concepts into frames (`frames.py`) and know no language.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from importlib import resources
from typing import NamedTuple

from watchbell.ads.written import record_of, yaml_in
from watchbell.model.record import Record

_STEP = re.compile(r"([^\W_]+|[$€£🗑💵])|[.!?;•●▪✅✔☑➡→👉|](?=[\s\"]|$)|\n\s*\n")
"""A word, or the end of a sentence, which is read as an empty word."""
_KEPT = 20_000
"""Words and steps remembered: a hostile ad may bring any number of its own."""
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

    def __init__(self, text: str, words: list[str], spotted: list[Spotted]) -> None:
        """Keep them; `words` has an empty one for each sentence's end."""
        self.text = text
        self.words = words
        self.spotted = spotted
        self.said = 0
        for one in spotted:
            self.said |= one.concepts

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        """Return where each word stands in the text."""
        return [match.span() for match in _STEP.finditer(self.text)]


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
        self._common = [frozenset(lexicon.common.split()) for lexicon in lexicons]
        self._bits: dict[tuple[str, str], int] = {}
        self._expressions: dict[str, list[list[str]]] = {}
        self._root = _Node()
        for lexicon in lexicons:
            for concept, expressions in lexicon.concepts.items():
                bit = self._bits[concept, lexicon.language] = 1 << len(self._bits)
                for expression in filter(None, map(str.split, expressions.split(","))):
                    _grow(self._root, expression, bit)
                    self._expressions.setdefault(concept, []).append(expression)
        self._start = _State([self._root], _Places(_places_below(self._root)))

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
        return frozenset(written.union(*self._common))

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
        """Return a text in plain form with all expressions in it, in the order of their first words."""
        words: list[str] = _STEP.findall(text)
        found: list[Spotted] = []
        sentence = 0
        for first, begun in enumerate(map(self._start.after.__getitem__, words)):
            if begun is None:
                sentence += not words[first]
                continue
            state: _State | None = begun
            last = first
            while state is not None:
                if state.concepts:
                    found.append(Spotted(state.concepts, first, last, sentence))
                last += 1
                state = state.after[words[last]] if last < len(words) else None
        return Reading(text, words, found)

    def telling_words(self, names: Iterable[str]) -> frozenset[str]:
        """Return words, some ending or beginning with `*`, one of which is in every text that speaks of a concept."""
        telling = (_telling_word(expression) for name in names for expression in self._expressions.get(name, ()))
        return frozenset(word for place in telling for word in place.split("/"))

    def languages_of(self, reading: Reading) -> tuple[str, ...]:
        """Return the languages a text may be in: those whose common words it has, none with twice as many."""
        words = set(reading.words)
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


class _State:
    """All nodes that the words so far lead to."""

    __slots__ = ("after", "concepts", "nodes")

    def __init__(self, nodes: list[_Node], places: "_Places") -> None:
        self.nodes = nodes
        self.after = _Following(self, places)
        """The state after one more word; None where no expression goes on."""
        self.concepts = 0
        for node in nodes:
            self.concepts |= node.concepts


class _Following(dict[str, _State | None]):
    """The states after each word; worked out once for each, and remembered."""

    def __init__(self, state: _State, places: "_Places") -> None:
        super().__init__()
        self._state = state
        self._places = places

    def __missing__(self, word: str) -> _State | None:
        if len(self) > _KEPT:
            self.clear()
        places = self._places[word]
        nodes = [node.following[place] for node in self._state.nodes for place in places if place in node.following]
        state = self[word] = _State(nodes, self._places) if nodes else None
        return state


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
        if len(self) > _KEPT:
            self.clear()
        shaped = (place for place, shape in self._shaped if shape.fullmatch(word))
        found = self[word] = tuple(dict.fromkeys([*self._exact.get(word, ()), *shaped]))
        return found


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
