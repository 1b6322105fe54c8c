"""STIX 2.1 bundles out: indicators. Each carries its own TLP 2.0 marking, and the same fact has the same id."""

from collections.abc import Iterable, Iterator
from typing import Any

from watchbell.exchange.patterns import pattern_of
from watchbell.exchange.stix_parts import SYNTHETIC, bundle, extended, identity_id, stix_object
from watchbell.model.indicators import Indicator, IndicatorKind
from watchbell.model.tlp import Tlp

_MALICIOUS = {IndicatorKind.MD5, IndicatorKind.SHA1, IndicatorKind.SHA256, IndicatorKind.PACKAGE}


def bundle_of_indicators(indicators: Iterable[Indicator], *, operator: str, up_to: Tlp = Tlp.CLEAR) -> dict[str, Any]:
    """Return a STIX 2.1 bundle of the indicators that an audience cleared up to `up_to` may hear.

    Args:
        indicators: any; each once. Narrower ones are left out.
        operator: name of the organisation that shares them.
        up_to: the narrowest marking that may leave.
    """
    kept = list(sharable(indicators, up_to))
    return bundle([indicator_object(held) for held in kept], {operator, *(held.source for held in kept)})


def sharable(indicators: Iterable[Indicator], up_to: Tlp) -> Iterator[Indicator]:
    """Yield the indicators marked `up_to` or wider, each once, in the order of their ids."""
    once = {indicator.id: indicator for indicator in indicators}
    return (held for _, held in sorted(once.items()) if held.tlp.rank <= up_to.rank)


def indicator_object(indicator: Indicator) -> dict[str, Any]:
    """Return an indicator as STIX has it."""
    return stix_object(
        "indicator",
        indicator.id,
        indicator.tlp,
        created_by_ref=identity_id(indicator.source),
        created=indicator.created,
        modified=max(indicator.created, indicator.modified),
        name=f"{indicator.kind}: {indicator.value}",
        description=indicator.description or f"Published by {indicator.source} as {indicator.published_as}",
        indicator_types=["malicious-activity" if indicator.kind in _MALICIOUS else "anomalous-activity"],
        pattern=pattern_of(indicator),
        pattern_type="stix",
        pattern_version="2.1",
        valid_from=indicator.valid_from,
        valid_until=indicator.valid_until,
        revoked=indicator.revoked,
        confidence=indicator.confidence,
        labels=[SYNTHETIC] if indicator.synthetic else None,
        extensions=extended(published_as=indicator.published_as, techniques=list(indicator.techniques)),
    )
