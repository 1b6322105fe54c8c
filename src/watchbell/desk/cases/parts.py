"""What of a case somebody may have: a piece that names what is marked narrower than they may hear stays here.

A case is marked as its strictest evidence. But an indicator may be marked anew after the case was opened, and then the
case holds pieces that are narrower than itself.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from watchbell.desk.cases.house import House
from watchbell.errors import NotAllowedError
from watchbell.exchange.marking import bundle_for
from watchbell.exchange.stix import bundle_of_case
from watchbell.model.audiences import Audience
from watchbell.model.cases import Case
from watchbell.model.evidence import Evidence, EvidenceKind
from watchbell.model.indicators import Indicator
from watchbell.vault.vault import Vault


class Withheld(NamedTuple):
    """What must not be named to somebody: indicators that they may not hear, and sources that told of nothing else."""

    words: frozenset[str]

    def is_named_in(self, text: str) -> bool:
        """Tell whether a text names any of it, as words of their own, in whatever case they are written."""
        folded = text.casefold()
        return any(word in folded and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", folded) for word in self.words)


class CasePart(NamedTuple):
    """What of a case somebody may have."""

    case: Case
    """With the pieces of evidence that they may have."""
    indicators: list[Indicator]
    withheld: Withheld


def part_of_case(vault: Vault, case: Case, audience: Audience) -> CasePart:
    """Return what of a case an audience may have that may hear the case itself; nothing narrower than it is among that.

    Raises:
        NotAllowedError: the title, the summary or the certainty names what they may not hear.
    """
    limit, heard, narrow = audience.up_to(case.tlp), list[Indicator](), list[Indicator]()
    for one in _indicators_of(vault, case):
        (heard if limit.hears(one.tlp, groups_of(one)) else narrow).append(one)
    withheld = Withheld(_words_of(narrow) - _words_of(heard))
    if withheld.is_named_in(f"{case.title}\n{case.summary}\n{case.certainty}"):
        raise NotAllowedError(
            "The words of this case name an indicator that is marked narrower than they may hear. Mark the case as "
            "narrowly as its evidence, or write its words anew."
        )
    kept = tuple(piece for piece in case.evidence if not withheld.is_named_in(_text_of(piece)))
    return CasePart(case.model_copy(update={"evidence": kept}), heard, withheld)


def bundle_of_part(part: CasePart, audience: Audience, *, house: House) -> dict[str, Any]:
    """Return what of a case an audience may have, as a STIX 2.1 bundle that passed `exchange.marking`."""
    bundle = bundle_of_case(part.case, part.indicators, operator=house.operator, technique_names=house.technique_names)
    return bundle_for(bundle, audience, dict(_groups(bundle["objects"], part)))


def groups_of(indicator: Indicator) -> tuple[str, ...]:
    """Return the trust groups that an indicator belongs to: one or none."""
    return () if indicator.group is None else (indicator.group,)


def _groups(objects: Iterable[Mapping[str, Any]], part: CasePart) -> Iterator[tuple[str, Collection[str]]]:
    own = {one.id: {*part.case.groups, *groups_of(one)} for one in part.indicators}
    for held in objects:
        if "object_marking_refs" in held:
            yield held["id"], own.get(held["id"], part.case.groups)


def _indicators_of(vault: Vault, case: Case) -> list[Indicator]:
    """Return the indicators that the case's evidence names, each once, in the order of the evidence."""
    named = dict.fromkeys(filter(None, map(_indicator_named, case.evidence)))
    return [indicator for indicator in map(vault.indicators.get, named) if indicator]


def _indicator_named(evidence: Evidence) -> str | None:
    if evidence.kind is EvidenceKind.INDICATOR:
        return evidence.subject
    return evidence.data.get("indicator_id") if evidence.kind is EvidenceKind.HIT else None


def _words_of(indicators: Iterable[Indicator]) -> frozenset[str]:
    return frozenset(
        word.casefold() for one in indicators for word in (one.id, one.value, one.published_as, one.source)
    )


def _text_of(piece: Evidence) -> str:
    return f"{piece.subject}\n{piece.summary}\n{json.dumps(piece.data, ensure_ascii=False, default=str)}"
