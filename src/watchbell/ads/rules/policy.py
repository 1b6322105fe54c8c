"""The policy check: which rules an ad's words touch, how plainly, and in what words."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from watchbell.ads.normalise import Normalised
from watchbell.ads.rules.rulebook import CompiledPattern, Rule, RuleBook
from watchbell.model.ads import PolicyFinding, Verdict

__all__ = ["FOR_TWO", "Judged", "RuleBook", "policy_findings"]

FOR_TWO = frozenset({"AD-DELEG"})
"""Rules about speech of which people argue in good faith: neither the rules nor one person alone reject under them."""
_SENTENCE_END = re.compile(r"[.!?;](?=[\s\"]|$)|\n\s*\n")
# How far a word of `also`, `unless` or a softening guard may stand from the match, in characters: two sentences or so.
_NEAR = 160
_SOFTER = {Verdict.REJECT: Verdict.REVIEW, Verdict.REVIEW: Verdict.APPROVE, Verdict.APPROVE: Verdict.APPROVE}


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding and how far it goes by itself."""

    finding: PolicyFinding
    verdict: Verdict
    framed: bool = False
    """Whether a frame found it, which is never plain enough to reject."""


def policy_findings(plain: Normalised, rules: RuleBook) -> tuple[Judged, ...]:
    """Return at most one finding for each rule that a text breaks, its plainest, quoted in the ad's own words."""
    (judged,) = findings_in_each([plain], rules)
    return judged


def findings_in_each(plains: Sequence[Normalised], rules: RuleBook) -> list[tuple[Judged, ...]]:
    """Return for each text what `policy_findings` does, in half the time that it takes over one after the other."""
    framed = [rules.frames.spans(plain) for plain in plains]
    spoken_to = [place for place, plain in enumerate(plains) if rules.context.found_in(plain.letters)]
    patterns = dict(zip(spoken_to, rules.patterns_for(plains[place] for place in spoken_to), strict=True))
    return [_findings(plain, framed[place], patterns.get(place, {}), rules) for place, plain in enumerate(plains)]


def _findings(
    plain: Normalised,
    framed: Mapping[str, Sequence[tuple[int, int]]],
    patterns: Mapping[str, Sequence[CompiledPattern]],
    rules: RuleBook,
) -> tuple[Judged, ...]:
    if not framed and not patterns:
        return ()
    found = (
        _plainest(plain, rule, patterns.get(rule.code, ()), rules)
        or _framed(plain, rule, framed.get(rule.code, ()), rules)
        for rule in rules.rules
    )
    return tuple(judged for judged in found if judged is not None)


def _framed(plain: Normalised, rule: Rule, spans: Sequence[tuple[int, int]], rules: RuleBook) -> Judged | None:
    """Return the finding that holds an ad for the first frame of a rule it says, unless its context takes it back."""
    for span in spans:
        before, after, _ = _surroundings(plain.text, span)
        taken_back = (
            rules.drops_before.search(before) or rules.drops_after.search(after) or _is_quoted(plain.text, span)
        )
        if not taken_back:
            finding = PolicyFinding(code=rule.code, quote=plain.quote(*span), reason=rule.reason)
            return Judged(finding, Verdict.REVIEW, framed=True)
    return None


def _plainest(plain: Normalised, rule: Rule, patterns: Sequence[CompiledPattern], rules: RuleBook) -> Judged | None:
    """Return the finding of a rule that goes furthest, the first one of equals."""
    best: Judged | None = None
    for span, verdict in _matches(plain.text, patterns, rules):
        if best is None or (verdict is Verdict.REJECT and best.verdict is Verdict.REVIEW):
            finding = PolicyFinding(code=rule.code, quote=plain.quote(*span), reason=rule.reason)
            best = Judged(finding, verdict)
    return best


def _matches(
    text: str, patterns: Sequence[CompiledPattern], rules: RuleBook
) -> Iterator[tuple[tuple[int, int], Verdict]]:
    """Yield what each pattern finds and how far it goes once its context is heard; what is excused is left out."""
    for pattern in patterns:
        for match in pattern.text.finditer(text):
            near = text[max(0, match.start() - _NEAR) : match.end() + _NEAR]
            if pattern.also is not None and not pattern.also.search(near):
                continue
            if pattern.unless is not None and pattern.unless.search(near):
                continue
            is_denied = pattern.rule.deniable and rules.softens_inside.search(match.group())
            verdict = _SOFTER[pattern.verdict] if is_denied else pattern.verdict
            verdict = _in_context(text, match.span(), verdict, rules)
            if verdict is not Verdict.APPROVE:
                yield match.span(), verdict


def _in_context(text: str, span: tuple[int, int], verdict: Verdict, rules: RuleBook) -> Verdict:
    """Return the verdict after the guards: condemned or denied words count for nothing, reported ones for less."""
    before, after, near = _surroundings(text, span)
    if rules.drops_before.search(before) or rules.denials.search(before) or rules.drops_after.search(after):
        return Verdict.APPROVE
    asked = after.lstrip(' "').startswith("?")
    doubts = (asked, _is_quoted(text, span), rules.softens_before.search(before), rules.softens_near.search(near))
    for _ in filter(None, doubts):
        verdict = _SOFTER[verdict]
    return verdict


def _is_quoted(text: str, span: tuple[int, int]) -> bool:
    """Tell whether words stand in quotation marks that somebody else's words surround."""
    start, end = span
    before, after = text[max(0, start - _NEAR) : start], text[end : end + _NEAR]
    is_inside = before.count('"') % 2 == 1 and '"' in after and '"' not in text[start:end]
    around = before.rpartition('"')[0] + after.partition('"')[2]
    return is_inside and any(map(str.isalpha, around))


def _surroundings(text: str, span: tuple[int, int]) -> tuple[str, str, str]:
    """Return what stands before the match in its sentence, right after it, and all around it."""
    start, end = span
    window = text[max(0, start - _NEAR) : start]
    ends = [stop.end() for stop in _SENTENCE_END.finditer(window)]
    near = window + " " + text[end : end + _NEAR]
    return window[ends[-1] if ends else 0 :], text[end : end + 60], near
