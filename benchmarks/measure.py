"""Measure whole processes: seconds and memory as the operating system accounts for them."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple


class Cost(NamedTuple):
    """What one process cost."""

    wall_s: float
    cpu_s: float
    peak_mib: float


def cost_of(command: Sequence[str]) -> Cost:
    """Run a command to its end and return what it cost; its output goes nowhere unless it fails.

    Raises:
        SystemExit: the command failed; its errors are printed.
    """
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        errors = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{command[0]} failed with {process.returncode}:\n{errors.decode(errors='replace')[-2_000:]}")
    # ru_maxrss is in KiB on Linux.
    return Cost(time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def median_cost(costs: Sequence[Cost]) -> Cost:
    """Return the median of each figure."""
    return Cost(*(statistics.median(figures) for figures in zip(*costs, strict=True)))


def in_turn(runs: int, *jobs: Callable[[], Cost]) -> list[Cost]:
    """Run the jobs in turn, `runs` times each (A B A B…), and return each one's median cost.

    Turns share the machine's slow and fast minutes, so a ratio between them holds where seconds alone would not.
    """
    rounds = [[job() for job in jobs] for _ in range(runs)]
    return [median_cost(costs) for costs in zip(*rounds, strict=True)]
