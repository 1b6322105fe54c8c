"""Which techniques of DISARM a case resembles, and why: each reason names the evidence that it comes from."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from watchbell.exchange.disarm import techniques_named
from watchbell.model.evidence import Evidence, EvidenceKind
from watchbell.model.indicators import Indicator
from watchbell.model.techniques import NAMES


class Resembled(NamedTuple):
    """A technique, and why it may be this one."""

    disarm_id: str
    name: str
    reasons: tuple[str, ...]


def techniques_of_case(
    evidence: Iterable[Evidence], indicators: Iterable[Indicator], names: Mapping[str, str]
) -> list[Resembled]:
    """Return the techniques that evidence and indicators name, by id, each reason once.

    Args:
        evidence: the case's.
        indicators: the case's.
        names: id of a technique of DISARM → its name, beside those that Watchbell itself speaks of.
    """
    reasons: dict[str, dict[str, None]] = {}
    told = [*(each for piece in evidence for each in _in_piece(piece)), *map(_in_indicator, indicators)]
    for words, reason in told:
        for disarm_id in techniques_named(words):
            reasons.setdefault(disarm_id, {})[reason] = None
    known = {**names, **NAMES}
    return [Resembled(one, known[one], tuple(reasons[one])) for one in sorted(reasons.keys() & known.keys())]


def _in_piece(piece: Evidence) -> Iterator[tuple[list[str], str]]:
    """Yield words for techniques in a piece, each with the reason for them."""
    told = piece.data.get("technique_reasons") or ()
    for each in told:
        yield [str(each["technique"])], str(each["reason"])
    known = {each["technique"] for each in told}
    unsaid = [str(name) for name in piece.data.get("techniques") or () if name not in known]
    if piece.kind is EvidenceKind.GROUP and unsaid:
        yield unsaid, "What the accounts of a group did together resembles it."
    if piece.kind is EvidenceKind.AD_DECISION:
        for finding in piece.data.get("policies") or ():
            yield [str(finding.get("code"))], f"An ad touches the rule {finding.get('code')}: {finding.get('reason')}"


def _in_indicator(indicator: Indicator) -> tuple[list[str], str]:
    words = ", ".join(indicator.techniques)
    return list(indicator.techniques), f"{indicator.source} published {indicator.value} with the words: {words}."
