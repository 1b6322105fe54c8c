"""How counting on Spark scales from one core to two, beside this machine's own engine; all must find the same.

Each place is a process of its own, which reads the events, starts its engine, counts a small part first and then all:
only the last is timed. The places take turns, so that they share the machine's slow minutes. Without Java, it says so.

    python benchmarks/spark_scaling.py [--events 1e6] [--runs 3]
"""

import argparse
import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from events import events
from spark_plan import size
from watchbell.engine.places import SPARK, Engine, Local, Spark, engine_named
from watchbell.engine.slots import Slots
from watchbell.errors import MissingExtraError, MissingProgramError

WINDOW_S, MIN_SHARED = 60, 2
PLACES = ("this machine, 1 thread", "this machine, 2 threads", "local[1]", "local[2]")


def slots_of(table: pl.DataFrame) -> Slots:
    """Return events as the kernel takes them; an object weighs 1."""
    ordered = table.sort("object_id", "timestamp_share")
    names = ("account_id", "object_id", "timestamp_share")
    accounts, objects, times = (np.ascontiguousarray(ordered[name].to_numpy()) for name in names)
    return Slots(accounts, objects, times, np.ones(len(times)))


def counted(engine: Engine, slots: Slots) -> dict[str, Any]:
    """Count, and return the seconds, the number of pairs and a digest of all that is said of them."""
    part = Slots(*(column[: len(column) // 20] for column in slots))
    engine.co_actions(part, [WINDOW_S], MIN_SHARED)
    started = time.perf_counter()
    (found,) = engine.co_actions(slots, [WINDOW_S], MIN_SHARED)
    seconds = time.perf_counter() - started
    digest = hashlib.sha256(b"".join(column.tobytes() for column in found)).hexdigest()
    shuffled = written_to_shuffles(engine.session) if isinstance(engine, Spark) else 0
    return {"seconds": seconds, "pairs": len(found.a), "digest": digest, "shuffled": shuffled}


def written_to_shuffles(session: Any) -> int:
    """Return how many bytes the session's executors have written for shuffles, compressed."""
    executors = session.sparkContext._jsc.sc().statusStore().executorList(True)  # noqa: FBT003, SLF001  # only Java knows
    return sum(int(executors.apply(at).totalShuffleWrite()) for at in range(executors.size()))


def run_here(place: str, file: Path) -> dict[str, Any]:
    """Count the events of a file in a place, in this process."""
    slots = slots_of(pl.read_parquet(file))
    if place.startswith("this machine"):
        return counted(Local(threads=int(place.split()[-2])), slots)
    with engine_named(SPARK, master=place, conf={"spark.driver.memory": "4g"}) as engine:
        return counted(engine, slots)


def run_apart(place: str, file: Path) -> dict[str, Any]:
    """Count the events of a file in a place, in a process of its own."""
    command = [sys.executable, __file__, "--place", place, "--file", str(file)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env={**os.environ})
    if done.returncode:
        sys.exit(f"{place} failed:\n{done.stderr[-2_000:]}")
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


def main() -> None:
    """Print the seconds of each place, what was shuffled, and the ratio of two cores to one."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--events", type=float, default=1e6)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--place", help=argparse.SUPPRESS)
    options.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.place:
        print(json.dumps(run_here(asked.place, asked.file)))
        return
    try:
        with engine_named(SPARK, master="local[1]"):
            pass
    except (MissingExtraError, MissingProgramError) as error:
        print(f"Not measured: {error}")
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "events.parquet"
        table = events(int(asked.events))
        table.write_parquet(file)
        rounds = [{place: run_apart(place, file) for place in PLACES} for _ in range(asked.runs)]
    report(table.height, rounds)


def report(events_counted: int, rounds: list[dict[str, dict[str, Any]]]) -> None:
    """Print what the rounds took."""
    print(f"{events_counted:,} events, window {WINDOW_S} s, at least {MIN_SHARED}; median of {len(rounds)} runs")
    seconds = {place: statistics.median(each[place]["seconds"] for each in rounds) for place in PLACES}
    for place, taken in seconds.items():
        said = rounds[0][place]
        shuffled = f"  {size(said['shuffled'])} shuffled" if said["shuffled"] else ""
        print(f"{place:<24} {taken:8.2f} s  {said['pairs']:,} pairs{shuffled}")
    same = len({said["digest"] for each in rounds for said in each.values()}) == 1
    print(f"every column of every pair is the same everywhere: {'yes' if same else 'NO'}")
    print(f"local[2] takes {seconds['local[2]'] / seconds['local[1]']:.2f} of the time of local[1]")


if __name__ == "__main__":
    main()
