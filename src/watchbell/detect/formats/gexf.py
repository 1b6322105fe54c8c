"""GEXF 1.3 (gexf.net), the format of Gephi."""

from collections.abc import Iterator, Sequence
from typing import Any
from xml.sax.saxutils import quoteattr

import polars as pl

from watchbell.detect.formats.graph import Graph, kind_of
from watchbell.detect.formats.markup import clean

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<gexf xmlns="http://gexf.net/1.3" version="1.3">
  <meta>
    <creator>Watchbell</creator>
    <description>Accounts that acted alike within a window of time. Synchronised is not yet coordinated.</description>
  </meta>
  <graph mode="static" defaultedgetype="undirected">
"""


def gexf(graph: Graph) -> Iterator[str]:
    """Yield the document in pieces. Edges of several traces between two accounts stay apart by their `kind`."""
    node_facts, edge_facts = graph.nodes.columns[2:], graph.edges.columns[4:]
    yield _HEAD
    yield from _declared("node", node_facts, graph.nodes)
    yield from _declared("edge", edge_facts, graph.edges)
    yield "    <nodes>\n"
    for number, label, *values in graph.nodes.iter_rows():
        yield f'      <node id="n{number}" label={_quoted(label)}>{_values(node_facts, values)}</node>\n'
    yield "    </nodes>\n    <edges>\n"
    by = edge_facts.index("by")
    for number, source, target, weight, *values in graph.edges.iter_rows():
        yield (
            f'      <edge id="e{number}" source="n{source}" target="n{target}" weight="{weight}" '
            f"kind={_quoted(values[by])}>{_values(edge_facts, values)}</edge>\n"
        )
    yield "    </edges>\n  </graph>\n</gexf>\n"


def _declared(target: str, names: Sequence[str], frame: pl.DataFrame) -> Iterator[str]:
    yield f'    <attributes class="{target}">\n'
    for name in names:
        yield f'      <attribute id="{name}" title="{name}" type="{kind_of(frame.schema[name])}"/>\n'
    yield "    </attributes>\n"


def _values(names: Sequence[str], values: Sequence[Any]) -> str:
    written = "".join(
        f'<attvalue for="{name}" value={_quoted(str(value))}/>'
        for name, value in zip(names, values, strict=True)
        if value is not None
    )
    return f"<attvalues>{written}</attvalues>" if written else ""


def _quoted(text: str) -> str:
    return quoteattr(clean(text))
