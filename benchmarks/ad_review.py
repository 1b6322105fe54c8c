"""Claim: two cores review 10⁴ text ads a second, without reading pictures.

Ads are the real election ads of the Wesleyan Media Project (650 characters each on average, all of them political: the
hardest there are), the ads of the Internet Research Agency, and short commercial ones. Printed are what two cores would
do, reckoned from one process's processor time, for the machine may be shared; what two processes did by the clock, as
`watchbell ads review` runs them, once started; and what bringing texts into plain form alone would do: the floor.

    python benchmarks/ad_review.py [SHARED]      # the folder with data/ads
"""

import csv
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from watchbell.ads.normalise import normalise
from watchbell.ads.political.training import bundled_examples
from watchbell.ads.review import review_each
from watchbell.ads.rules.rulebook import RuleBook
from watchbell.desk.workers import in_order
from watchbell.model.ads import Ad

ENOUGH, CORES, ROUNDS = 10_000, 2, 3
AT_LEAST, PART = 10_000, 250
T = TypeVar("T")
NOW = datetime(2026, 10, 1, tzinfo=UTC)


def main() -> None:
    """Print ads a second, for each set."""
    rules = RuleBook.bundled()
    print("ads a second, on 2 cores     number  characters   reckoned   by the clock   plain form alone   review/plain")
    for name, texts in _sets().items():
        ads = [Ad(id=f"b:{n}", source="b", platform="p", text=text, country="US") for n, text in enumerate(texts)]
        reviewed = _rate(ads, partial(_reviewed, rules))
        plain = _rate(texts, lambda texts: [normalise(text) for text in texts])
        length = sum(map(len, texts)) // len(texts)
        clocked = _clocked(ads, rules)
        row = f"{name:27} {len(ads):7,} {length:11,} {reviewed:10,.0f} {clocked:14,.0f}"
        print(f"{row} {plain:18,.0f} {plain / reviewed:14.1f}")
        if reviewed < ENOUGH:
            print(f"  The claim ({ENOUGH:,}) DOES NOT hold for these.")


def _rate(items: Sequence[T], work: Callable[[Sequence[T]], object]) -> float:
    """Return how many items two cores do in a second: by processor time, for the machine is shared."""
    best = float("inf")
    for _ in range(ROUNDS):
        started = time.process_time()
        work(items)
        best = min(best, time.process_time() - started)
    return CORES * len(items) / best


def _clocked(ads: Sequence[Ad], rules: RuleBook) -> float:
    """Return how many ads a second two processes review, from when both have done their first ones."""
    many = [*ads] * (1 + AT_LEAST // len(ads))
    parts = (many[first : first + PART] for first in range(0, len(many), PART))
    done = in_order(partial(_reviewed, rules), parts, CORES, alone=1)
    for _ in range(1 + CORES):
        next(done)
    started = time.perf_counter()
    return sum(done) / (time.perf_counter() - started)


def _reviewed(rules: RuleBook, ads: Sequence[Ad]) -> int:
    return sum(1 for _ in review_each(ads, rules, now=NOW))


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
