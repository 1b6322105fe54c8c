"""Claim: from a Parquet file of 10⁶ events to pairs, Watchbell takes at most a tenth of the toolkit's time.

Both run as whole processes, in turn, on the same events and the same question (60 s, at least 2). The toolkit is
coordination-network-toolkit (Graham and QUT Digital Observatory, 2020); its input is CSV, which is written beforehand
and not timed.

    python benchmarks/detect_speed.py [--events 1e6] [--runs 3] [--peer PATH/compute_networks]
"""

import argparse
import shutil
import sqlite3
import sys
import tempfile
from pathlib import Path

import polars as pl

from events import events
from measure import Cost, cost_of, in_turn

WINDOW_S, MIN_SHARED = 60, 2
CLAIM = 0.1
PEER = Path(__file__).parents[1] / ".venv-peers" / "bin" / "compute_networks"


def watchbell(table: Path, out: Path) -> Cost:
    """Run `watchbell detect` on a table of actions."""
    columns = ["--account", "account_id", "--object", "object_id", "--time", "timestamp_share", "--post", "content_id"]
    question = ["--window", f"{WINDOW_S}s", "--min-shared", str(MIN_SHARED)]
    script = Path(sys.executable).with_name("watchbell")
    return cost_of([str(script), "detect", str(table), "--out", str(out), *columns, *question])


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


def main() -> None:
    """Print both costs and their ratio."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--events", type=float, default=1e6)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--peer", default=shutil.which("compute_networks") or str(PEER))
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table = events(int(asked.events))
        table.write_parquet(folder / "events.parquet")
        toolkit_csv(table).write_csv(folder / "events.csv")
        watchbell(folder / "events.parquet", folder / "run")  # the first run compiles the kernel, once an installation
        ours, *theirs = in_turn(
            asked.runs,
            lambda: watchbell(folder / "events.parquet", folder / "run"),
            *([lambda: toolkit(asked.peer, folder / "events.csv", folder / "toolkit.db")] * Path(asked.peer).exists()),
        )
        print(f"{table.height:,} events, window {WINDOW_S} s, at least {MIN_SHARED}; median of {asked.runs} runs")
        print(f"watchbell                    {ours.wall_s:8.2f} s  {ours.peak_mib:8.0f} MiB")
        if not theirs:
            print(f"coordination-network-toolkit not measured: it is not at {asked.peer}. `make peers` installs it.")
            return
        print(f"coordination-network-toolkit {theirs[0].wall_s:8.2f} s  {theirs[0].peak_mib:8.0f} MiB")
        mine, its, both = shared_pairs(folder / "run", folder / "toolkit.db")
        print(f"pairs: {mine:,} and {its:,}; of the toolkit's, ours too: {both:,}")
        ratio = ours.wall_s / theirs[0].wall_s
        print(f"ratio {ratio:.4f}; claim at most {CLAIM}: {'holds' if ratio <= CLAIM else 'DOES NOT HOLD'}")


if __name__ == "__main__":
    main()
