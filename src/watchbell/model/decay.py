"""How confidence in an indicator fades with time: domains change hands, accounts are given up.

The curve is MISP's polynomial one (Mokaddem, Wagener, Dulaunoy and Iklody, "Taxonomy driven indicator scoring in MISP
threat intelligence platforms", arXiv:1902.03914, section 4; MISP/misp-decaying-models). A sighting starts it afresh.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from watchbell.model.indicators import Indicator, IndicatorKind


class Decay(NamedTuple):
    """A curve: `base * (1 - (t / lifetime) ** (1 / speed))`, and 0 from `lifetime` on."""

    lifetime: timedelta
    speed: float
    """Above 1 the score falls fastest at first, below 1 at the end."""
    threshold: int
    """Under this score the indicator is no longer worth acting on."""

    def score(self, base: float, age: timedelta) -> float:
        """Return what is left of `base` after `age`."""
        share = max(0.0, age / self.lifetime)
        return base * (1 - share ** (1 / self.speed)) if share < 1 else 0.0

    def lasts(self, base: float) -> timedelta:
        """Return how long a score that starts at `base` stays at or above the threshold."""
        return self.lifetime * (1 - min(1.0, self.threshold / base)) ** self.speed if base else timedelta(0)


ADDRESSES = Decay(timedelta(days=120), 2, 30)
"""MISP's model for network addresses (`nids-simple-model.json`, version 2)."""
ACCOUNTS = Decay(timedelta(days=365), 2, 30)
"""Ours, with MISP's speed and threshold: an account is seldom given to somebody else, but it is given up."""

BASE = 80
"""Confidence where the publisher gave none: `default_base_score` of the same MISP model."""

_CURVES: Mapping[IndicatorKind, Decay] = {
    **dict.fromkeys(
        (
            IndicatorKind.DOMAIN,
            IndicatorKind.URL,
            IndicatorKind.IP,
            IndicatorKind.CIDR,
            IndicatorKind.TEXT,
            IndicatorKind.HASHTAG,
        ),
        ADDRESSES,
    ),
    **dict.fromkeys((IndicatorKind.HANDLE, IndicatorKind.EMAIL, IndicatorKind.PHONE), ACCOUNTS),
}


def curve_of(kind: IndicatorKind) -> Decay | None:
    """Return how indicators of a kind fade; None for hashes and packages, which name the same thing for ever."""
    return _CURVES.get(kind)


def confidence_at(indicator: Indicator, at: datetime, *, last_seen: datetime | None = None) -> int:
    """Return the confidence in an indicator, 0 to 100, at an instant.

    Args:
        indicator: the indicator; its confidence, or `BASE` where it has none, is what fades.
        at: the instant.
        last_seen: when it was last sighted, if it was.
    """
    curve, base = curve_of(indicator.kind), base_of(indicator)
    return base if curve is None else round(curve.score(base, at - fresh_at(indicator, last_seen)))


def fades_at(indicator: Indicator, last_seen: datetime | None = None) -> datetime | None:
    """Return when the confidence falls under the threshold of its curve; None where it does not fade."""
    curve = curve_of(indicator.kind)
    return None if curve is None else fresh_at(indicator, last_seen) + curve.lasts(base_of(indicator))


def base_of(indicator: Indicator) -> int:
    """Return the confidence from which an indicator fades."""
    return BASE if indicator.confidence is None else indicator.confidence


def fresh_at(indicator: Indicator, last_seen: datetime | None = None) -> datetime:
    """Return when the curve of an indicator starts: when it became valid, or was last sighted after that."""
    return indicator.valid_from if last_seen is None else max(indicator.valid_from, last_seen)
