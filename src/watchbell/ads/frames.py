"""Frames: concepts that together break a rule, said within one sentence, whatever the language and the words.

After the frames of frame semantics (Fillmore, "Frame semantics", 1982): a scene (somebody is kept from voting by fear of
the police) has parts (voters, police, the polls), and who speaks of enough of its parts speaks of it. A frame holds an
ad for a person; it never rejects, for the same parts occur in reports, warnings and jokes.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pydantic import Field

from watchbell.ads.concepts import Concepts, Spotted
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
    language: str

    def may_be_in(self, said: int) -> bool:
        """Tell whether each part may be among what is said."""
        return all(said & part for part in self.parts)

    def spans(self, text: str, spotted: Sequence[Spotted]) -> Iterator[tuple[int, int]]:
        """Yield where the frame is said in a text, and neither denied nor explained away."""
        candidates = [[one for one in spotted if one.concepts & part] for part in self.parts]
        for first in candidates[0]:
            chosen = self._completed([first], candidates)
            if chosen is None:
                continue
            span = min(part.start for part in chosen), max(part.end for part in chosen)
            if not self._taken_back(text, span, chosen, spotted):
                yield span

    def _completed(self, chosen: list[Spotted], candidates: Sequence[Sequence[Spotted]]) -> list[Spotted] | None:
        """Return the words for all parts, each part its own and the nearest that leave the others theirs."""
        part = len(chosen)
        if part == len(candidates):
            return chosen
        fitting = (one for one in candidates[part] if self._fits(one, chosen))
        for one in sorted(fitting, key=lambda one: abs(one.start - chosen[-1].start)):
            completed = self._completed([*chosen, one], candidates)
            if completed is not None:
                return completed
        return None

    def _fits(self, one: Spotted, chosen: Sequence[Spotted]) -> bool:
        return (
            (one.start > chosen[-1].start or not self.ordered[len(chosen)])
            and all((one.start, one.end) != (other.start, other.end) for other in chosen)
            and all(abs(one.sentence - other.sentence) < self.frame.sentences for other in chosen)
            and all(max(one.end, other.end) - min(one.start, other.start) <= self.frame.within for other in chosen)
        )

    def _taken_back(
        self, text: str, span: tuple[int, int], chosen: Sequence[Spotted], spotted: Sequence[Spotted]
    ) -> bool:
        start, end = span
        near = (one for one in spotted if start - _NEAR <= one.start and one.end <= end + _NEAR)
        apart = (one for one in near if not any(part.start <= one.start and one.end <= part.end for part in chosen))
        if any(one.concepts & self.unless for one in apart):
            return True
        return any(self._denies(text, one, chosen) for one in spotted if one.concepts & self.denial)

    def _denies(self, text: str, one: Spotted, chosen: Sequence[Spotted]) -> bool:
        """Tell whether a word denies what is said: it stands before some of it in its clause, and is not part of it."""
        start = min(part.start for part in chosen)
        following = [part.start for part in chosen if part.start >= one.end]
        if not following or one.start < start - _DENIED_WITHIN:
            return False
        is_part = any(part.start <= one.start and one.end <= part.end for part in chosen)
        return not is_part and not _CLAUSE_END.search(text[one.end : min(following)])


class Frames:
    """Frames of many rules, ready to be looked for."""

    def __init__(self, frames: Iterable[tuple[str, Frame]], concepts: Concepts) -> None:
        """Bind each frame, given with the code of its rule, to each language.

        Raises:
            InputError: a frame names a concept that no lexicon has.
        """
        self._concepts = concepts
        self._voting = {language: concepts.mask(_VOTING, language) for language in concepts.languages}
        by_first: dict[int, list[BoundFrame]] = {}
        for code, frame in frames:
            _check(code, frame, concepts)
            for language in frame.languages or concepts.languages:
                bound = _bound(code, frame, concepts, language)
                if all(bound.parts):
                    by_first.setdefault(bound.parts[0], []).append(bound)
        self._by_first = tuple(by_first.items())

    def spans(self, text: str) -> dict[str, list[tuple[int, int]]]:
        """Return where a text in plain form says a frame, by the code of its rule."""
        spotted = self._concepts.spotted(text)
        said = 0
        for one in spotted:
            said |= one.concepts
        possible = {one: None for first, bounds in self._by_first if said & first for one in bounds if one.may_be_in(said)}
        if not possible:
            return {}
        languages = self._concepts.languages_of(text)
        found: dict[str, list[tuple[int, int]]] = {}
        for bound in possible:
            if bound.language in languages and said & self._voting[bound.language]:
                found.setdefault(bound.code, []).extend(bound.spans(text, spotted))
        return {code: spans for code, spans in found.items() if spans}


def _bound(code: str, frame: Frame, concepts: Concepts, language: str) -> BoundFrame:
    parts = [part.strip().split("|") for part in re.split("[+>]", frame.parts)]
    return BoundFrame(
        code,
        frame,
        tuple(concepts.mask(part, language) for part in parts),
        (False, *(sign == ">" for sign in re.findall("[+>]", frame.parts))),
        concepts.mask((*frame.unless, *_COUNTERED), language),
        concepts.mask(["not"], language) if frame.denied else 0,
        language,
    )


def _check(code: str, frame: Frame, concepts: Concepts) -> None:
    named = {*re.findall(r"\w+", frame.parts), *frame.unless}
    if unknown := sorted(named - concepts.names()):
        raise InputError(f"The rule {code}: the frame {frame.parts!r} names {unknown[0]}, which no lexicon has.")
