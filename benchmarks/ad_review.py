"""Claim: two cores review 10⁴ text ads a second, without reading pictures.

Ads are the real election ads of the Wesleyan Media Project (650 characters each on average, all of them political: the
hardest there are), the ads of the Internet Research Agency, and short commercial ones. One process reviews them; a
second core would do the same beside it. Printed beside it is what bringing a text into plain form costs: the floor.

    python benchmarks/ad_review.py [SHARED]      # the folder with data/ads
"""

import csv
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from watchbell.ads.normalise import normalise
from watchbell.ads.review import review
from watchbell.ads.rulebook import RuleBook
from watchbell.ads.training import bundled_examples
from watchbell.model.ads import Ad

ENOUGH, CORES, ROUNDS = 10_000, 2, 3
T = TypeVar("T")
NOW = datetime(2026, 10, 1, tzinfo=UTC)


def main() -> None:
    """Print ads a second, for each set."""
    rules = RuleBook.bundled()
    print("ads                          number  characters   a second, 2 cores   plain form alone   review/plain")
    for name, texts in _sets().items():
        ads = [Ad(id=f"b:{n}", source="b", platform="p", text=text, country="US") for n, text in enumerate(texts)]
        reviewed = _rate(ads, lambda ad: review(ad, rules, now=NOW))
        plain = _rate(texts, normalise)
        length = sum(map(len, texts)) // len(texts)
        print(f"{name:27} {len(ads):7,} {length:11,} {reviewed:19,.0f} {plain:18,.0f} {plain / reviewed:14.1f}")
        if reviewed < ENOUGH:
            print(f"  The claim ({ENOUGH:,}) DOES NOT hold for these.")


def _rate(items: Sequence[T], work: Callable[[T], object]) -> float:
    """Return how many items two cores do in a second: by processor time, for the machine is shared."""
    best = float("inf")
    for _ in range(ROUNDS):
        started = time.process_time()
        for item in items:
            work(item)
        best = min(best, time.process_time() - started)
    return CORES * len(items) / best


def _sets() -> dict[str, Sequence[str]]:
    sets: dict[str, Sequence[str]] = {}
    beside = Path(__file__).parents[2] / "shared"
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("WATCHBELL_SHARED", beside)) / "data" / "ads"
    if folder.exists():
        with (folder / "wmp_goal_fbel_2020.csv").open(encoding="utf-8", newline="") as file:
            sets["election ads"] = [row["text"] for row in csv.DictReader(file)]
        lines = (folder / "ira_facebook_ads.jsonl").read_text("utf-8").splitlines()
        sets["Internet Research Agency"] = [json.loads(line).get("text") or "" for line in lines if line.strip()]
    else:
        print(f"{folder} is not here; the real ads may not all be bundled. Measured on made-up ones only.")
    sets["made-up, all kinds"] = [one.text for one in bundled_examples()]
    sets["made-up, commercial"] = [one.text for one in bundled_examples() if not one.political]
    return sets


if __name__ == "__main__":
    main()
