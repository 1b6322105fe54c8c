"""An indicator as one person may see it: what it was and is, how far to trust it today, and what came back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from watchbell.desk.exchange.retraction import Receipt, receipts
from watchbell.model.audiences import Audience
from watchbell.model.collections import HOUSE
from watchbell.model.decay import confidence_at, curve_of, fades_at, fresh_at
from watchbell.model.feedback import Dispute, Opinion, OpinionValue, Sighting
from watchbell.model.indicators import Indicator
from watchbell.vault.ledger import LedgerEntry
from watchbell.vault.vault import Vault

SHOWN_HITS = 10
_POINTS = 60


class CurvePoint(NamedTuple):
    """The confidence at a moment."""

    at: datetime
    confidence: int


@dataclass(frozen=True, slots=True)
class IndicatorView:
    """All that the desk knows of an indicator."""

    indicator: Indicator
    versions: Sequence[Indicator]
    """Those before the one that stands, the latest first."""
    confidence: int
    fades_at: datetime | None
    """When the confidence falls under the threshold; None where it does not fade."""
    curve: Sequence[CurvePoint]
    """From the beginning to the end of its life or to now, whichever is later; empty where it does not fade."""
    hits: int
    shown_hits: Sequence[Mapping[str, Any]]
    """Rows of HITS, the latest."""
    sightings: Sequence[Sighting]
    opinions: Sequence[Opinion]
    disputes: Sequence[Dispute]
    receipts: Sequence[Receipt]
    entries: Sequence[LedgerEntry]
    """What was done with it, the latest first."""

    @property
    def verdicts(self) -> dict[OpinionValue, int]:
        """Return how many are of each opinion, from disagreement to agreement."""
        return {value: sum(one.value is value for one in self.opinions) for value in OpinionValue}

    @property
    def seen(self) -> int:
        """Return how often others and we saw it, all told."""
        return sum(sighting.count for sighting in self.sightings)


def indicator_view(vault: Vault, indicator_id: str, audience: Audience, now: datetime) -> IndicatorView | None:
    """Return what an audience may see of an indicator; None where there is none that they may hear."""
    versions = vault.indicators.heard_by(audience).versions(indicator_id)
    if not versions:
        return None
    indicator = versions[0]
    sightings = vault.feedback.sightings(indicator_id)
    last_seen = max((one.last_seen for one in sightings), default=None)
    hits = vault.hits.heard_by(audience).of_indicator(indicator_id)
    return IndicatorView(
        indicator=indicator,
        versions=versions[1:],
        confidence=confidence_at(indicator, now, last_seen=last_seen),
        fades_at=fades_at(indicator, last_seen),
        curve=list(_curve(indicator, sightings, now)),
        hits=hits.num_rows,
        shown_hits=hits.sort_by([("at", "descending"), ("hit_id", "ascending")]).slice(0, SHOWN_HITS).to_pylist(),
        sightings=sightings,
        opinions=vault.feedback.opinions(indicator_id),
        disputes=vault.feedback.disputes_of(indicator_id),
        receipts=receipts(vault, indicator),
        entries=vault.ledger.about(indicator_id),
    )


def confidences(vault: Vault, indicators: Sequence[Indicator], now: datetime) -> dict[str, int]:
    """Return how far to trust each of some indicators now, 0 to 100, by its id."""
    seen = vault.feedback.last_seen([held.id for held in indicators])
    return {held.id: confidence_at(held, now, last_seen=seen.get(held.id)) for held in indicators}


def names_of_partners(vault: Vault, operator: str) -> dict[str, str]:
    """Return what to call each partner, and ourselves, by id."""
    return {partner.id: partner.name for partner in vault.partners.all()} | {HOUSE: operator}


def _curve(indicator: Indicator, sightings: Sequence[Sighting], now: datetime) -> list[CurvePoint]:
    fading = curve_of(indicator.kind)
    if fading is None:
        return []
    seen = sorted(one.last_seen for one in sightings)
    begin = indicator.valid_from
    end = max(now, fresh_at(indicator, max(seen, default=None)) + fading.lifetime)
    step = (end - begin) / _POINTS
    moments = {begin + number * step for number in range(_POINTS + 1)}
    # A sighting lifts the curve at once: the moment before it belongs to the picture too.
    moments |= {at for one in seen if one > begin for at in (one - timedelta(seconds=1), one)}
    return [CurvePoint(at, _then(indicator, seen, at)) for at in sorted(moments)]


def _then(indicator: Indicator, seen: Sequence[datetime], at: datetime) -> int:
    return confidence_at(indicator, at, last_seen=max((one for one in seen if one <= at), default=None))
