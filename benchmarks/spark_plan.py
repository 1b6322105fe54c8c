"""How much a cluster must hold and move to count the pairs among very many actions, by a formula.

    python benchmarks/spark_plan.py [--actions 1e8 1e9 1e10 1e11] [--per-action 5.2]

What the formula needs to know of the data is one figure, the post pairs per action. On the events of
`benchmarks/events.py`, with a window of 60 s, it is 5.2 from 10⁶ events up.
"""

import argparse
from typing import NamedTuple

from watchbell.engine.spark_counting import LOAD, MET_BYTES, SLOT_BYTES, sketch_bits

# What lies in a first task at once: its slots, its post pairs as they are dealt (16 bytes each) and as they are sent.
_DEALT_BYTES = 16
# A row of Spark's, one for each part that a task deals to: eight bytes for each of six columns, which of them
# are empty, and what fills bytes up to eights.
_ROW_BYTES = 80
# A post pair in a second task: as it came, sorted, as two slots, and grouped.
_GROUPED_BYTES = 150
# Of an action in the driver: its ids as codes, its time, its slot, and copies of both while they are sorted.
_DRIVER_BYTES = 80


class Plan(NamedTuple):
    """What counting takes."""

    actions: int
    post_pairs: int
    tasks: int
    """Of each of the two rounds."""
    sent: int
    """Bytes of slots that the driver sends out."""
    shuffled: int
    """Bytes of post pairs that go from the first round of tasks to the second, before Spark compresses them."""
    task_memory: int
    """Bytes that a worker's Python takes for one task."""
    driver_memory: int
    """Bytes that the driver's Python takes; its Java holds what is sent besides."""


def plan(actions: int, per_action: float) -> Plan:
    """Return what counting the pairs among so many actions takes, with so many post pairs each, nearly all by chance.

    A sketch is made where it prunes; then of the post pairs of chance, half at most go on.
    """
    post_pairs = round(actions * per_action)
    tasks = -(-(actions + post_pairs) // LOAD)
    sent_on = post_pairs // (2 if sketch_bits(post_pairs, 2) else 1)
    parts = 1 << (tasks - 1).bit_length()
    shuffled = sent_on * MET_BYTES + min(sent_on, tasks * parts) * _ROW_BYTES
    first = LOAD * (_DEALT_BYTES + MET_BYTES)
    return Plan(
        actions,
        post_pairs,
        tasks,
        actions * SLOT_BYTES,
        shuffled,
        max(first, LOAD * _GROUPED_BYTES),
        actions * _DRIVER_BYTES,
    )


def size(count: int) -> str:
    """Write a number of bytes with two figures that count: `190 GB`, `1.9 TB`."""
    for unit, factor in (("TB", 10**12), ("GB", 10**9), ("MB", 10**6)):
        if count >= factor:
            amount = count / factor
            return f"{amount:.1f} {unit}" if amount < 10 else f"{round(amount, 2 - len(str(int(amount)))):,.0f} {unit}"  # noqa: PLR2004  # two figures
    return f"{count} B"


def table(plans: list[Plan]) -> str:
    """Return the plans as the how-to shows them."""
    head = "| actions | post pairs | tasks a round | sent out | shuffled | memory of a task | memory of the driver |"
    rows = [
        f"| {plan.actions:.0e} | {plan.post_pairs:.1e} | {plan.tasks:,} | {size(plan.sent)} | {size(plan.shuffled)} | "
        f"{size(plan.task_memory)} | {size(plan.driver_memory)} |".replace("e+", "e")
        for plan in plans
    ]
    return "\n".join([head, "|" + " --: |" * 7, *rows])


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--actions", type=float, nargs="+", default=[1e8, 1e9, 1e10, 1e11])
    options.add_argument("--per-action", type=float, default=5.2)
    asked = options.parse_args()
    print(table([plan(int(actions), asked.per_action) for actions in asked.actions]))


if __name__ == "__main__":
    main()
