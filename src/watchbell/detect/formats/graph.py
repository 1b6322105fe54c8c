"""A run as a graph: accounts are nodes, pairs are edges, each with typed facts."""

from dataclasses import dataclass

import polars as pl

from watchbell.detect.pairs import in_widest
from watchbell.model.actions import GROUPS, PAIRS

_NODE_FACTS = [name for name in GROUPS.names if name != "account_id"]
_EDGE_FACTS = [name for name in PAIRS.names if name not in ("account_a", "account_b")]


@dataclass(frozen=True)
class Graph:
    """Nodes and edges, with columns for their facts. All columns are text, whole numbers or finite decimals."""

    nodes: pl.DataFrame
    """`id`, `label` (the account), then the facts of GROUPS; null where an account is in no group."""
    edges: pl.DataFrame
    """`id`, `source`, `target`, `weight` (the distinct objects), then the facts of PAIRS."""


def graph_of(pairs: pl.DataFrame, groups: pl.DataFrame) -> Graph:
    """Return PAIRS and GROUPS as a graph. Two accounts have an edge for each trace that ties them.

    Where several windows do, it is that of the widest: programs that read graphs add parallel edges up.

    Ids are numbers of our own: what strangers call themselves is a label and nothing else.
    """
    accounts = pl.concat([pairs["account_a"], pairs["account_b"], groups["account_id"]]).unique().sort()
    nodes = pl.DataFrame({"label": accounts}).with_row_index("id")
    facts = groups.select("account_id", *_NODE_FACTS)
    edges = in_widest(pairs).with_row_index("id")
    for side, end in (("account_a", "source"), ("account_b", "target")):
        ends = nodes.select(pl.col("id").alias(end), pl.col("label").alias(side))
        edges = edges.join(ends, on=side, maintain_order="left")
    return Graph(
        _plain(nodes.join(facts, left_on="label", right_on="account_id", how="left", maintain_order="left")),
        _plain(edges.select("id", "source", "target", pl.col("objects").alias("weight"), *_EDGE_FACTS)),
    )


def kind_of(dtype: pl.DataType) -> str:
    """Return the type of a column as GraphML and GEXF both call it."""
    return "string" if dtype == pl.String else "double" if dtype.is_float() else "long"


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Write times as ISO 8601 and lists as words; what is no finite number is no number."""
    plain = []
    for name, dtype in frame.schema.items():
        column = pl.col(name)
        if isinstance(dtype, pl.Datetime):
            column = column.dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ")
        elif isinstance(dtype, pl.List):
            column = column.list.join(" ")
        elif dtype.is_float():
            column = pl.when(column.is_finite()).then(column)
        plain.append(column.alias(name))
    return frame.select(plain)
