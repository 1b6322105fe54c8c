"""Frames: concepts that together break a rule, said within one sentence, whatever the language and the words.

After frame semantics (Fillmore, "Frame semantics", 1982): a scene (somebody is kept from voting by fear of the police)
has parts (voters, police, the polls), and who speaks of enough of its parts speaks of it. A frame holds an ad for a
person; it never rejects, for the same parts occur in reports, warnings and jokes.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pydantic import Field

from watchbell.ads.concepts import Concepts, Reading, Spotted
from watchbell.ads.expressions import WordSearch
from watchbell.ads.normalise import Normalised
from watchbell.errors import InputError
from watchbell.model.record import Record

_VOTING = ("vote", "ballot", "election", "polls", "voters", "register", "officials")
"""An ad that speaks of none of these is none of the rules' business."""
_COUNTERED = ("condemned",)
_NEAR = 160
"""Characters before and after in which a counter-word takes a finding back: two sentences or so."""
_DENIED_WITHIN = 40
_CLAUSE_END = re.compile(r"[,:]")


class Frame(Record):
    """One frame, in every language that has words for all its parts."""

    parts: str = Field(min_length=3)
    """Concepts joined by `+` in any order, or by `>` where the second comes later; `a|b` is either."""
    unless: tuple[str, ...] = ()
    """Concepts that explain it away, near it."""
    within: int = Field(default=110, ge=10, le=400)
    """Characters from the first part's beginning to the last one's end, at most."""
    sentences: int = Field(default=1, ge=1, le=3)
    denied: bool = True
    """Whether a denial right before or inside takes it back."""
    languages: tuple[str, ...] = ()
    """Only these; all when empty."""


@dataclass(frozen=True, slots=True)
class BoundFrame:
    """A frame in one language, as bits."""

    code: str
    frame: Frame
    parts: tuple[int, ...]
    ordered: tuple[bool, ...]
    """For each part whether it must come after the one before."""
    unless: int
    denial: int

    def may_be_in(self, said: int) -> bool:
        """Tell whether each part may be among what is said."""
        for part in self.parts:  # noqa: SIM110  # asked of each frame for each ad: `all` takes four times as long
            if not said & part:
                return False
        return True

    def spans(self, reading: Reading) -> Iterator[tuple[int, int]]:
        """Yield where the frame is said in a text, and neither denied nor explained away."""
        candidates = [reading.speaking_of(part) for part in self.parts]
        for first in candidates[0]:
            chosen = self._completed([first], candidates, reading)
            if chosen is not None and not self._taken_back(chosen, reading):
                yield _span(chosen, reading)

    def _completed(
        self, chosen: list[Spotted], candidates: Sequence[Sequence[Spotted]], reading: Reading
    ) -> list[Spotted] | None:
        """Return the words for all parts, each part its own and the nearest that leave the others theirs."""
        part = len(chosen)
        if part == len(candidates):
            return chosen
        fitting = (one for one in candidates[part] if self._fits(one, chosen, reading))
        for one in sorted(fitting, key=lambda one: abs(one.first - chosen[-1].first)):
            completed = self._completed([*chosen, one], candidates, reading)
            if completed is not None:
                return completed
        return None

    def _fits(self, one: Spotted, chosen: Sequence[Spotted], reading: Reading) -> bool:
        if self.ordered[len(chosen)] and one.first <= chosen[-1].first:
            return False
        is_beside = all(
            abs(one.sentence - other.sentence) < self.frame.sentences
            and (one.first, one.last) != (other.first, other.last)
            for other in chosen
        )
        if not is_beside:  # most are not, and where words stand in the text is told late
            return False
        start, end = _span([one, *chosen], reading)
        return end - start <= self.frame.within

    def _taken_back(self, chosen: Sequence[Spotted], reading: Reading) -> bool:
        start, end = _span(chosen, reading)
        return any(
            (one.concepts & self.unless and _stands_within(one, start - _NEAR, end + _NEAR, reading))
            or (one.concepts & self.denial and _denies(one, chosen, reading))
            for one in reading.spotted
            if one.concepts & (self.unless | self.denial) and not _is_part(one, chosen)
        )


def _span(chosen: Iterable[Spotted], reading: Reading) -> tuple[int, int]:
    """Return where the first of some words begins in the text and where the last ends."""
    chosen = tuple(chosen)
    first, last = min(one.first for one in chosen), max(one.last for one in chosen)
    return reading.spans[first][0], reading.spans[last][1]


def _stands_within(one: Spotted, start: int, end: int, reading: Reading) -> bool:
    return start <= reading.spans[one.first][0] and reading.spans[one.last][1] <= end


def _is_part(one: Spotted, chosen: Iterable[Spotted]) -> bool:
    return any(part.first <= one.first and one.last <= part.last for part in chosen)


def _denies(one: Spotted, chosen: Sequence[Spotted], reading: Reading) -> bool:
    """Tell whether a word denies what is said: it stands before some of it, in its clause."""
    following = [part.first for part in chosen if part.first > one.last]
    begins, ends = reading.spans[one.first][0], reading.spans[one.last][1]
    if not following or begins < _span(chosen, reading)[0] - _DENIED_WITHIN:
        return False
    return not _CLAUSE_END.search(reading.text, ends, reading.spans[min(following)][0])


class Frames:
    """Frames of many rules, ready to be looked for."""

    def __init__(self, frames: Iterable[tuple[str, Frame]], concepts: Concepts) -> None:
        """Bind each frame, given with the code of its rule, to each language.

        Raises:
            InputError: a frame names a concept that no lexicon has.
        """
        self._concepts = concepts
        self._voting = {language: concepts.mask(_VOTING, language) for language in concepts.languages}
        words = (re.escape(word).replace(r"\*", r"\w*") for word in sorted(concepts.telling_words(_VOTING)))
        self._gate = WordSearch(rf"\b(?:{'|'.join(words)})\b")
        self._by_first: dict[str, dict[int, list[BoundFrame]]] = {language: {} for language in concepts.languages}
        for code, frame in frames:
            _check(code, frame, concepts)
            for language in frame.languages or concepts.languages:
                bound = _bound(code, frame, concepts, language)
                if all(bound.parts):
                    self._by_first[language].setdefault(bound.parts[0], []).append(bound)

    def languages(self, code: str) -> frozenset[str]:
        """Return the languages that have words for a frame of a rule."""
        return frozenset(
            language
            for language, by_first in self._by_first.items()
            if any(bound.code == code for bounds in by_first.values() for bound in bounds)
        )

    def spans(self, plain: Normalised) -> dict[str, list[tuple[int, int]]]:
        """Return where an ad says a frame, by the code of its rule; the places are those of the plain form."""
        if not self._gate.found_in(plain.letters):
            return {}
        reading = self._concepts.read(plain.text)
        found: dict[str, list[tuple[int, int]]] = {}
        for bound in self._possible(reading):
            found.setdefault(bound.code, []).extend(bound.spans(reading))
        return {code: spans for code, spans in found.items() if spans}

    def _possible(self, reading: Reading) -> list[BoundFrame]:
        """Return the frames whose parts a text speaks of, in its languages, if it speaks of voting."""
        said = reading.said
        voting = [language for language, bits in self._voting.items() if said & bits]
        possible = {
            language: [
                bound
                for first, bounds in self._by_first[language].items()
                if said & first
                for bound in bounds
                if bound.may_be_in(said)
            ]
            for language in voting
        }
        if not any(possible.values()):
            return []
        return [bound for language in self._concepts.languages_of(reading) for bound in possible.get(language, ())]


def _bound(code: str, frame: Frame, concepts: Concepts, language: str) -> BoundFrame:
    parts = [part.strip().split("|") for part in re.split("[+>]", frame.parts)]
    return BoundFrame(
        code,
        frame,
        tuple(concepts.mask(part, language) for part in parts),
        (False, *(sign == ">" for sign in re.findall("[+>]", frame.parts))),
        concepts.mask((*frame.unless, *_COUNTERED), language),
        concepts.mask(["not"], language) if frame.denied else 0,
    )


def _check(code: str, frame: Frame, concepts: Concepts) -> None:
    named = {*re.findall(r"\w+", frame.parts), *frame.unless}
    if unknown := sorted(named - concepts.names()):
        raise InputError(f"The rule {code}: the frame {frame.parts!r} names {unknown[0]}, which no lexicon has.")
