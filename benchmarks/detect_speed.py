"""Claims of speed, whole processes from a file of events to pairs on disk, beside others in one run.

The question is pairs within 60 s, at least 2 post pairs.

- 10⁵ events: at least 50 times CooRTweet (R). Its source is not ours to ship: name its folder in COORTWEET_SOURCE, with
  R, data.table and igraph installed; without it, the benchmark says so.
- 10⁶ events: at least 30 times coordination-network-toolkit (Graham and QUT Digital Observatory, 2020; `make peers`).
- 10⁷ events (51 M post pairs): at most 4 times what reading and sorting them takes Polars alone, under 3 GB.
- 10⁸ events (519 M post pairs; `--sizes 1e8`): completes under 8 GB. The table is without post ids.

Peers read CSV, which is written beforehand and not timed. Runs go in turn; the ratios are of medians. Where others use
the cores, the ratio of processor time says more than that of seconds, so both are printed.

    python benchmarks/detect_speed.py [--sizes 1e5 1e6 1e7] [--runs 3]
"""

import argparse
import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import polars as pl

from events import events
from measure import Cost, cost_of, in_turn

WINDOW_S, MIN_SHARED = 60, 2
PEER = Path(__file__).parents[1] / ".venv-peers" / "bin" / "compute_networks"
TOOLKIT = "coordination-network-toolkit"
GB = 1e9
_NO_POSTS_FROM = 10**8
_SORTED = """
import sys, polars
polars.read_parquet(sys.argv[1]).sort("object_id", "timestamp_share")
"""
_COORTWEET = """
library(data.table)
library(igraph)
given <- commandArgs(trailingOnly = TRUE)
for (name in c("calc_group_combinations", "detect_groups", "generate_coordinated_network"))
  source(file.path(given[1], "R", paste0(name, ".R")))
posts <- fread(given[2], colClasses = "character")[, timestamp_share := as.numeric(timestamp_share)]
found <- detect_groups(posts, time_window = as.numeric(given[3]), min_participation = 2)
generate_coordinated_network(found, edge_weight = 0.5, subgraph = 1)
"""


class Claim(NamedTuple):
    """What is promised at a size: the most that our time is of another's, and the most memory in GB."""

    beside: str
    ratio: float | None
    gigabytes: float | None


CLAIMS = {
    10**5: Claim("CooRTweet", 1 / 50, None),
    10**6: Claim(TOOLKIT, 1 / 30, None),
    10**7: Claim("Polars: read and sort", 4, 3),
    10**8: Claim("Polars: read and sort", None, 8),
}


def watchbell(table: Path, out: Path, *, posts: bool) -> Cost:
    """Run `watchbell detect` on a table of actions."""
    columns = ["--account", "account_id", "--object", "object_id", "--time", "timestamp_share"]
    question = ["--window", f"{WINDOW_S}s", "--min-shared", str(MIN_SHARED)]
    script = Path(sys.executable).with_name("watchbell")
    named = ["--post", "content_id"] if posts else []
    return cost_of([str(script), "detect", str(table), "--out", str(out), *columns, *named, *question])


def toolkit(peer: str, table: Path, database: Path) -> Cost:
    """Run the toolkit's two steps, reading the events and computing the co-retweet network; costs are added."""
    database.unlink(missing_ok=True)
    question = ["--time_window", str(WINDOW_S), "--min_edge_weight", str(MIN_SHARED), "--n_cpus", "2"]
    read = cost_of([peer, str(database), "preprocess", str(table)])
    computed = cost_of([peer, str(database), "compute", "co_retweet", *question])
    return Cost(read.wall_s + computed.wall_s, read.cpu_s + computed.cpu_s, max(read.peak_mib, computed.peak_mib))


def toolkit_csv(table: pl.DataFrame) -> pl.DataFrame:
    """Return the events in the columns that the toolkit expects, in its order."""
    return table.select(
        message_id="content_id",
        user_id="account_id",
        username="account_id",
        repost_id="object_id",
        reply_id=pl.lit(""),
        message=pl.lit(""),
        timestamp="timestamp_share",
        urls=pl.lit(""),
    )


def shared_pairs(ours: Path, theirs: Path) -> tuple[int, int, int]:
    """Return how many pairs we found, how many the toolkit found, and how many of its pairs are ours too.

    Ours weigh post pairs, the toolkit's the distinct posts of one side, so of its pairs all must be ours, not more.
    """
    mine = set(pl.read_parquet(ours / "pairs.parquet").select("account_a", "account_b").iter_rows())
    with sqlite3.connect(theirs) as database:
        rows = set(database.execute("select user_1, user_2 from co_retweet_network where user_1 < user_2"))
    return len(mine), len(rows), len(mine & rows)


def others(folder: Path, claim: Claim) -> dict[str, Callable[[], Cost]]:
    """Return what is measured beside us at a size: what is at hand of it. Say what is not."""
    found = {"Polars: read and sort": lambda: cost_of([sys.executable, "-c", _SORTED, str(folder / "events.parquet")])}
    compute, source = shutil.which("compute_networks") or str(PEER), os.environ.get("COORTWEET_SOURCE")
    if claim.beside == TOOLKIT and Path(compute).exists():
        toolkit_csv(pl.read_parquet(folder / "events.parquet")).write_csv(folder / "toolkit.csv")
        found[TOOLKIT] = lambda: toolkit(compute, folder / "toolkit.csv", folder / "toolkit.db")
    if claim.beside == "CooRTweet" and source and shutil.which("Rscript"):
        pl.read_parquet(folder / "events.parquet").write_csv(folder / "events.csv")
        (folder / "peer.R").write_text(_COORTWEET)
        asked = ["Rscript", str(folder / "peer.R"), source, str(folder / "events.csv"), str(WINDOW_S)]
        found["CooRTweet"] = lambda: cost_of(asked)
    if claim.beside not in found:
        print(f"{claim.beside} is not measured: it is not at hand (see --help)")
    return found


def measure(size: int, claim: Claim, runs: int) -> Cost:
    """Measure one size and print what it cost beside the others; return our cost."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        posts = size < _NO_POSTS_FROM
        # Made by a process apart: a process that is started inherits the peak of whoever starts it.
        cost_of([sys.executable, str(Path(__file__).with_name("events.py")), str(size), str(folder / "made.parquet")])
        made = pl.scan_parquet(folder / "made.parquet")
        (made if posts else made.drop("content_id")).sink_parquet(folder / "events.parquet")
        height = made.select(pl.len()).collect().item()
        (folder / "made.parquet").unlink()
        beside = others(folder, claim)
        job = lambda: watchbell(folder / "events.parquet", folder / "run", posts=posts)  # noqa: E731  # one of many
        ours, *theirs = in_turn(runs, job, *beside.values())
        print(f"\n{height:,} events; median of {runs} runs")
        for who, cost in zip(["watchbell", *beside], [ours, *theirs], strict=True):
            print(f"{who:30} {cost.wall_s:8.2f} s  {cost.cpu_s:8.2f} s of processor  {cost.peak_mib:8.0f} MiB")
        if TOOLKIT in beside:
            mine, its, both = shared_pairs(folder / "run", folder / "toolkit.db")
            print(f"pairs: {mine:,} and {its:,}; of the toolkit's, ours too: {both:,}")
        told(claim, ours, dict(zip(beside, theirs, strict=True)).get(claim.beside))
    return ours


def told(claim: Claim, ours: Cost, theirs: Cost | None) -> None:
    """Print whether a claim holds."""
    if claim.ratio is not None and theirs is not None:
        ratio, of_cpu = ours.wall_s / theirs.wall_s, ours.cpu_s / theirs.cpu_s
        holds = "holds" if ratio <= claim.ratio else "DOES NOT HOLD"
        print(f"ratio to {claim.beside}: {ratio:.4f} ({of_cpu:.4f} of processor); at most {claim.ratio:.4f}: {holds}")
    if claim.gigabytes is not None:
        taken = ours.peak_mib * 2**20 / GB
        print(
            f"memory {taken:.2f} GB, under {claim.gigabytes}: {'holds' if taken < claim.gigabytes else 'DOES NOT HOLD'}"
        )


def main() -> None:
    """Print what each size costs, and how cost grows."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sizes", type=float, nargs="+", default=[1e5, 1e6, 1e7])
    options.add_argument("--runs", type=int, default=3)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as name:  # the first run compiles the kernel, once an installation
        events(1_000).write_parquet(Path(name) / "events.parquet")
        watchbell(Path(name) / "events.parquet", Path(name) / "run", posts=True)
    costs = []
    for size in map(int, asked.sizes):
        claim = CLAIMS.get(size, Claim("Polars: read and sort", None, None))
        costs.append((size, measure(size, claim, asked.runs)))
    for (less, before), (more, after) in pairwise(costs):
        print(f"{more / less:g} times the events: {after.cpu_s / before.cpu_s:.1f} times the processor time")


if __name__ == "__main__":
    main()
