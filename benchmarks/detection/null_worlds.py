"""Claim: where nobody acts together, a rule with a promised error rate finds anything in at most that share of worlds.

Worlds with bursts, topics, fans and hours awake, without groups and wires. Whatever is found in them is a false
discovery, so the false discovery rate is the share of worlds in which something is found. `fdr` is asked at 1% and 5%
of each window by itself and of all together; beside it the 0.99 quantile of CooRTweet, which promises nothing.

A world has 200,000 events by 6,700 accounts, so that a hundred take about a quarter of an hour on one core.

    python benchmarks/detection/null_worlds.py [--worlds 100] [--events 2e5] [--rules fdr] [--level 0.05]
"""

import argparse
import statistics
import sys
from collections import defaultdict
from math import sqrt
from typing import NamedTuple

import polars as pl

from trials import PROMISES, Trial, add_options, chosen, judged
from watchbell.detect.groups import groups_of_pairs
from watchbell.detect.scores import accounts_in, score
from watchbell.detect.worlds.recipe import Recipe
from watchbell.detect.worlds.world import World, simulate
from watchbell.model.actions import PAIRS

# Rules whose level is an error rate that they promise; of the others the level promises nothing.
PROMISING = ("fdr",)
# Two accounts are a pair. A group is more.
_GROUP = 3


class Alarms(NamedTuple):
    """What one rule found in one world."""

    pairs: int
    accounts: int
    fans: int
    groups: int


def alarms_of(world: World, kept: pl.DataFrame) -> Alarms:
    """Count what was found in a world in which there is nothing to find."""
    found = score(accounts_in(kept), world.truth)
    sizes = pl.DataFrame(groups_of_pairs(kept.to_arrow().cast(PAIRS))).group_by("group_id").len()
    return Alarms(kept.height, found.named, found.fans, sizes.filter(pl.col("len") >= _GROUP).height)


def interval(hits: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """Return Wilson's 95% interval of a share (Wilson, JASA 22, 1927)."""
    middle, spread = hits + z * z / 2, z * sqrt(hits * (of - hits) / of + z * z / 4)
    return (middle - spread) / (of + z * z), (middle + spread) / (of + z * z)


def report(trial: Trial, worlds: list[Alarms]) -> None:
    """Print how often and how much the rule was wrong."""
    paired, grouped = (sum(getattr(world, what) > 0 for world in worlds) for what in ("pairs", "groups"))
    low, high = interval(paired, len(worlds))
    accounts, fans = [world.accounts for world in worlds], statistics.mean(world.fans for world in worlds)
    told = (
        f"{trial!s:38s} pair {paired:4d} ({low:.3f} to {high:.3f}) group {grouped:4d}  accounts a world: "
        f"mean {statistics.mean(accounts):.2f}, most {max(accounts)}, fans {fans:.2f}"
    )
    holds = max(paired, grouped) <= trial.level * len(worlds)
    print(told + (f"  {'holds' if holds else 'DOES NOT HOLD'}" if trial.rule in PROMISING else ""))


def main() -> None:
    """Print each rule's false alarms over the worlds."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--worlds", type=int, default=100)
    options.add_argument("--events", type=float, default=2e5)
    options.add_argument("--seed", type=int, default=7_000, help="Of the first world; the next has the next.")
    options.add_argument("--fans", type=int, default=Recipe.fans, help="With 0, what is left is topics and hours.")
    options.add_argument("--sources", type=int, default=Recipe.sources, help="That the fans follow.")
    options.add_argument("--fan-delay", type=float, default=Recipe.fan_delay_s, help="Median, in seconds.")
    add_options(options, rules=("fdr", "quantile"))
    asked = options.parse_args()
    recipe = Recipe(
        events=int(asked.events), fans=asked.fans, sources=asked.sources, fan_delay_s=asked.fan_delay
    ).null()
    trials = chosen(asked, PROMISES)
    found: defaultdict[Trial, list[Alarms]] = defaultdict(list)
    for number in range(asked.worlds):
        world = simulate(recipe, asked.seed + number)
        for trial, kept in judged(world.actions, trials):
            found[trial].append(alarms_of(world, kept))
            print(f"world {number + 1}: {trial}: {found[trial][-1]._asdict()}", file=sys.stderr)
        del world  # before the next one is made
    print(f"{asked.worlds} null worlds of about {recipe.events:,} events, {recipe.fans} fans in each; how many have a")
    for trial, worlds in found.items():
        report(trial, worlds)


if __name__ == "__main__":
    main()
