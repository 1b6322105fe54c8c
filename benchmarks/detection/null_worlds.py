"""Claim: where nobody acts together, a rule with a promised error rate finds anything in at most that share of worlds.

Worlds with bursts, topics, fans and hours awake, without groups and wires. Whatever is found in them is a false
discovery, so the false discovery rate is the share of worlds in which something is found.

    python benchmarks/detection/null_worlds.py [--worlds 100] [--events 1.2e6] [--rules fdr] [--level 0.05]
"""

import argparse
import statistics
import sys
from collections import defaultdict
from math import sqrt
from typing import NamedTuple

import polars as pl

from trials import Trial, add_options, chosen, judged
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
    alarmed = sum(world.pairs > 0 for world in worlds)
    grouped = sum(world.groups > 0 for world in worlds)
    low, high = interval(alarmed, len(worlds))
    print(f"{trial!s:38s} worlds with a pair {alarmed}/{len(worlds)} ({low:.3f} to {high:.3f}), with a group {grouped}")
    counts = zip(Alarms._fields, zip(*worlds, strict=True), strict=True)
    told = ", ".join(f"{name} {statistics.median(each):g} ({max(each)})" for name, each in counts)
    print(f"{'':38s} a world, median (most): {told}")
    if trial.rule in PROMISING:
        holds = alarmed <= trial.level * len(worlds)
        realised = alarmed / len(worlds)
        print(f"{'':38s} realised {realised:.3f}, promised {trial.level:g}: {'holds' if holds else 'DOES NOT HOLD'}")


def main() -> None:
    """Print each rule's false alarms over the worlds."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--worlds", type=int, default=100)
    options.add_argument("--events", type=float, default=1.2e6)
    options.add_argument("--seed", type=int, default=1_000, help="Of the first world; the next has the next.")
    options.add_argument("--fans", type=int, default=Recipe.fans, help="With 0, what is left is topics and hours.")
    add_options(options, rules=("fdr", "quantile"))
    asked = options.parse_args()
    recipe, trials = Recipe(events=int(asked.events), fans=asked.fans).null(), chosen(asked)
    found: defaultdict[Trial, list[Alarms]] = defaultdict(list)
    for number in range(asked.worlds):
        world = simulate(recipe, asked.seed + number)
        for trial, kept in judged(world.actions, trials):
            found[trial].append(alarms_of(world, kept))
            print(f"world {number + 1}: {trial}: {found[trial][-1]._asdict()}", file=sys.stderr)
    print(f"{asked.worlds} null worlds of about {recipe.events:,} events, {recipe.fans} fans in each")
    for trial, worlds in found.items():
        report(trial, worlds)


if __name__ == "__main__":
    main()
