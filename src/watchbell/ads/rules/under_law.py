"""Put what the rules found under the law of where the ad runs: its source, and where it goes another way."""

from collections.abc import Iterable
from dataclasses import replace

from watchbell.ads.normalise import Normalised
from watchbell.ads.rules.laws import Law, LawBook
from watchbell.ads.rules.policy import Judged
from watchbell.model.ads import Verdict

_SOFTER_FIRST = (Verdict.APPROVE, Verdict.REVIEW, Verdict.REJECT)


def under_law(judged: Iterable[Judged], laws: LawBook, place: str, plain: Normalised) -> tuple[Judged, ...]:
    """Return the findings with the source they rest on, softened or taken back where the law of a place says so.

    Args:
        judged: what was found.
        laws: what is known of laws.
        place: where the ad runs, see `Calendar.place_of`; empty where that is not known.
        plain: the ad's words.
    """
    found = ((one, laws.law(place, one.finding.code)) for one in judged)
    return tuple(
        _under(one, law) if law else _resting_on(one, laws.source(one.finding.code))
        for one, law in found
        if law is None or not (law.verdict is Verdict.APPROVE or law.is_so(one.finding.quote, plain.text))
    )


def _under(judged: Judged, law: Law) -> Judged:
    verdict = min(judged.verdict, law.verdict or judged.verdict, key=_SOFTER_FIRST.index)
    reason = f"{judged.finding.reason} {law.text}"
    finding = judged.finding.model_copy(update={"source": law.source, "reason": reason})
    return replace(judged, finding=finding, verdict=verdict)


def _resting_on(judged: Judged, source: str | None) -> Judged:
    return replace(judged, finding=judged.finding.model_copy(update={"source": source}))
