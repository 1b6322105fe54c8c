"""How long indicators take to leave: our STIX 2.1 bundle and MISP feed, beside the same objects made by stix2.

python benchmarks/exchange_speed.py [NUMBER]

Prints seconds of processor time for each, and how many times stix2 takes what we take. The library checks each object
on the way; we make them in the specification's form, and the tests hold them against the validator of OASIS instead.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import stix2

from watchbell.exchange.misp_feed import files_of
from watchbell.exchange.misp_writing import Sharing
from watchbell.exchange.stix import bundle_of_indicators
from watchbell.model.indicators import Indicator, IndicatorKind, indicator_id

_NOW = datetime(2026, 11, 24, tzinfo=UTC)
_LIBRARYS = 1_000
"""As many objects as the library is given; its time grows evenly with their number."""


def made_up(number: int) -> list[Indicator]:
    """Return as many indicators of domains."""
    values = [f"made-up-{at}.example" for at in range(number)]
    return [
        Indicator(
            id=indicator_id(IndicatorKind.DOMAIN, None, value, "Harbour Watch"),
            kind=IndicatorKind.DOMAIN,
            value=value,
            published_as=value,
            source="Harbour Watch",
            valid_from=_NOW,
            created=_NOW,
            modified=_NOW,
        )
        for value in values
    ]


def seconds(work: Callable[[], Any]) -> float:
    """Return the processor time that some work takes, the best of three."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def main(number: int) -> None:
    """Time the three ways and print them."""
    ours = made_up(number)
    objects = bundle_of_indicators(ours[:_LIBRARYS], operator="Us")["objects"]
    plain = [held for held in objects if held["type"] == "indicator"]
    library = seconds(lambda: [stix2.v21.Indicator(**held, allow_custom=True).serialize() for held in plain])
    library *= number / len(plain)
    stix = seconds(lambda: json.dumps(bundle_of_indicators(ours, operator="Us")))
    misp = seconds(lambda: files_of(ours, Sharing("Us", _NOW)))
    print(f"{number:,} indicators")
    print(f"STIX 2.1 bundle  {stix:7.2f} s")
    print(f"by stix2         {library:7.2f} s, {library / stix:.0f} times ours")
    print(f"MISP feed        {misp:7.2f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9_000)
