"""Posts in, actions out: who acted on what, when, in which post."""

from collections.abc import Sequence

import polars as pl
import pyarrow as pa

from watchbell.detect.trace import Trace
from watchbell.detect.traces.catalogue import TRACES
from watchbell.errors import UsageError
from watchbell.model.actions import ACTIONS

_POST = pl.col("platform") + ":" + pl.col("post_id")


def traces_named(names: Sequence[str]) -> list[Trace]:
    """Return the traces of these names, in this order.

    Raises:
        UsageError: there is no such trace.
    """
    unknown = [name for name in names if name not in TRACES]
    if unknown:
        raise UsageError(f"There is no trace {', '.join(unknown)}. The traces are: {', '.join(TRACES)}.")
    return [TRACES[name] for name in dict.fromkeys(names)]


def actions_of_posts(posts: pa.Table, traces: Sequence[Trace]) -> pa.Table:
    """Return the ACTIONS that `traces` see in POSTS. Empty objects are none."""
    frame = pl.from_arrow(posts)
    assert isinstance(frame, pl.DataFrame)
    parts = [_actions(frame.lazy(), trace) for trace in traces]
    if not parts:
        return ACTIONS.empty_table()
    return pl.concat(parts).unique(maintain_order=True).collect().to_arrow().cast(ACTIONS)


def distinct(tables: Sequence[pa.Table]) -> pa.Table:
    """Return the ACTIONS of several tables as one; an action that several have is in it once."""
    if len(tables) == 1:
        return tables[0]
    frame = pl.from_arrow(pa.concat_tables([ACTIONS.empty_table(), *tables]))
    assert isinstance(frame, pl.DataFrame)
    return frame.unique(maintain_order=True).to_arrow().cast(ACTIONS)


def joined(actions: pa.Table) -> pa.Table:
    """Return ACTIONS in which near objects of a trace are one object; see `Trace.near`.

    Give it all actions at once: which object stands for others depends on all that there are.
    """
    frame = pl.from_arrow(actions)
    assert isinstance(frame, pl.DataFrame)
    parts = [_joined(part, TRACES.get(str(kind))) for (kind,), part in frame.group_by("kind", maintain_order=True)]
    return pl.concat(parts).to_arrow().cast(ACTIONS) if parts else actions


def _joined(actions: pl.DataFrame, trace: Trace | None) -> pl.DataFrame:
    if trace is None or trace.near is None:
        return actions
    objects = actions["object_id"].unique()
    standing = pl.DataFrame({"object_id": objects, "stands": trace.near(objects)})
    named = actions.join(standing, on="object_id", how="left", maintain_order="left")
    return named.with_columns(object_id="stands").drop("stands").unique(maintain_order=True)


def _actions(posts: pl.LazyFrame, trace: Trace) -> pl.LazyFrame:
    return (
        trace.objects(posts)
        .filter(pl.col("object_id").str.len_bytes() > 0)
        .select(
            pl.lit(trace.name).alias("kind"),
            "account_id",
            "object_id",
            pl.col("created_at").alias("at"),
            _POST.alias("post_id"),
        )
    )
