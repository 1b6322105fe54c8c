"""GraphML (graphml.graphdrawing.org), as Gephi, igraph, NetworkX and Cytoscape read it."""

from collections.abc import Iterator, Sequence
from typing import Any
from xml.sax.saxutils import escape

from watchbell.detect.formats.graph import Graph, kind_of
from watchbell.detect.formats.markup import clean

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
"""


def graphml(graph: Graph) -> Iterator[str]:
    """Yield the document in pieces."""
    node_facts, edge_facts = graph.nodes.columns[1:], graph.edges.columns[3:]
    yield _HEAD
    for letter, target, facts, frame in (
        ("n", "node", node_facts, graph.nodes),
        ("e", "edge", edge_facts, graph.edges),
    ):
        for name in facts:
            kind = kind_of(frame.schema[name])
            yield f'  <key id="{letter}_{name}" for="{target}" attr.name="{name}" attr.type="{kind}"/>\n'
    yield '  <graph edgedefault="undirected">\n'
    for number, *values in graph.nodes.iter_rows():
        yield f'    <node id="n{number}">{_data("n", node_facts, values)}</node>\n'
    for number, source, target, *values in graph.edges.iter_rows():
        facts_of_edge = _data("e", edge_facts, values)
        yield f'    <edge id="e{number}" source="n{source}" target="n{target}">{facts_of_edge}</edge>\n'
    yield "  </graph>\n</graphml>\n"


def _data(letter: str, names: Sequence[str], values: Sequence[Any]) -> str:
    return "".join(
        f'<data key="{letter}_{name}">{escape(clean(str(value)), _LINE_ENDS)}</data>'
        for name, value in zip(names, values, strict=True)
        if value is not None
    )


# A reader turns a bare carriage return into a line feed (XML 1.0, section 2.11).
_LINE_ENDS = {"\r": "&#13;"}
