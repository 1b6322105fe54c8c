"""What is written for Gephi is read back by others as it was, whatever accounts call themselves.

The documents were also checked against the XML Schema of GEXF 1.3 (specs/1.3 of gephi/gexf) and by NetworkX.
"""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree as ET

import igraph
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchbell.detect.formats.gexf import gexf
from watchbell.detect.formats.graph import Graph, graph_of
from watchbell.detect.formats.graphml import graphml
from watchbell.detect.formats.markup import clean
from watchbell.detect.formats.tables import groups_csv, pairs_csv
from watchbell.detect.outlets import Outlet, Outlets
from watchbell.model.actions import GROUPS, PAIRS

GEXF = "{http://gexf.net/1.3}"
AT = datetime(2021, 6, 8, 14, 3, 22, tzinfo=UTC)
# Names as strangers choose them: markup, control characters, text from right to left, no characters at all.
NAME = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
HOSTILE = ["</node>", "]]>", "\x00\x0b\x1b[2J", "a\r\nb\tc", "\"&<>'", "\u202eevil", "\ufffe", "=1+1", "😀", " "]


def frames(first: str, second: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    account_a, account_b = sorted((first, second))
    rows = [
        (account_a, account_b, by, 60.0, 4, 3, AT, AT, 2.5, expected, p_value, None)
        for by, expected, p_value in (("link", 0.25, 1e-9), ("text", float("inf"), float("nan")))
    ]
    pairs = pl.DataFrame(rows, schema=pl.DataFrame(PAIRS.empty_table()).schema, orient="row")
    members = [
        ("group-1", account, ["link", "text"], "seeder", 7, 6, 1.0, None, AT, AT) for account in (account_a, account_b)
    ]
    return pairs, pl.DataFrame(members, schema=pl.DataFrame(GROUPS.empty_table()).schema, orient="row")


def graph(first: str, second: str) -> Graph:
    return graph_of(*frames(first, second))


def in_igraph(text: str) -> igraph.Graph:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "graph.graphml"
        path.write_text(text, "utf-8", newline="")
        return igraph.Graph.Read_GraphML(str(path))


@settings(max_examples=50, deadline=None)
@given(NAME, NAME)
@pytest.mark.parametrize("write", [graphml, gexf])
def test_any_name_gives_a_document_that_can_be_parsed(write: object, first: str, second: str) -> None:
    if first == second:
        return
    assert callable(write)
    root = ET.fromstring("".join(write(graph(first, second))))
    labels = [node.get("label") for node in root.iter(f"{GEXF}node")] or [
        data.text or ""
        for data in root.iter("{http://graphml.graphdrawing.org/xmlns}data")
        if data.get("key") == "n_label"
    ]
    assert labels == [clean(name) for name in sorted((first, second))]


@pytest.mark.parametrize("name", HOSTILE)
def test_igraph_reads_the_graphml_as_it_was(name: str) -> None:
    made = in_igraph("".join(graphml(graph("z", name))))
    assert sorted(made.vs["label"]) == sorted(["z", clean(name)])
    assert (made.vcount(), made.ecount(), made.is_directed()) == (2, 2, False)
    assert made.es["by"] == ["link", "text"]
    assert made.es["post_pairs"] == [4, 4]
    assert made.es["weight"] == [3, 3]
    assert made.es["expected"][0] == 0.25
    assert made.vs["first_at"] == ["2021-06-08T14:03:22.000000Z"] * 2


def test_the_gexf_declares_each_value_it_gives_once_and_with_its_type() -> None:
    root = ET.fromstring("".join(gexf(graph("a", "b"))))
    assert root.get("version") == "1.3"
    for place, kind in (("nodes", "node"), ("edges", "edge")):
        [declared] = [part for part in root.iter(f"{GEXF}attributes") if part.get("class") == kind]
        types = {part.get("id"): part.get("type") for part in declared}
        values = [value for part in root.iter(f"{GEXF}{place}") for value in part.iter(f"{GEXF}attvalue")]
        assert values
        assert set(types.values()) <= {"string", "long", "double"}
        for value in values:
            written = value.get("value")
            assert written is not None
            {"string": str, "long": int, "double": float}[types[value.get("for")] or ""](written)
    ids = {node.get("id") for node in root.iter(f"{GEXF}node")}
    assert {end for edge in root.iter(f"{GEXF}edge") for end in (edge.get("source"), edge.get("target"))} == ids
    # Two traces tie the same accounts: without kinds Gephi would make one edge of them.
    assert [edge.get("kind") for edge in root.iter(f"{GEXF}edge")] == ["link", "text"]


def test_what_is_no_finite_number_is_left_out() -> None:
    text = "".join(gexf(graph("a", "b"))) + "".join(graphml(graph("a", "b")))
    assert "inf" not in text.lower().replace("information", "")
    assert ">nan<" not in text.lower()
    assert '"nan"' not in text.lower()


def test_a_run_without_pairs_is_an_empty_graph() -> None:
    empty = graph_of(pl.DataFrame(PAIRS.empty_table()), pl.DataFrame(GROUPS.empty_table()))
    assert in_igraph("".join(graphml(empty))).vcount() == 0
    assert not list(ET.fromstring("".join(gexf(empty))).iter(f"{GEXF}node"))


@settings(max_examples=50, deadline=None)
@given(NAME)
def test_no_cell_of_the_tables_is_a_formula(name: str) -> None:
    pairs, groups = frames("z", name) if name != "z" else frames("z", "=1+1")
    files = io.StringIO(newline=""), io.StringIO(newline="")
    pairs_csv(pairs, groups, files[0])
    groups_csv(groups, Outlets("1", "made up", {"a": Outlet("Agency", "news agency")}), files[1])
    for file in files:
        rows = list(csv.reader(io.StringIO(file.getvalue(), newline="")))
        assert len(rows) == 3
        assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]


def test_a_pair_in_the_table_says_its_group() -> None:
    pairs, groups = frames("a", "b")
    file = io.StringIO(newline="")
    pairs_csv(pairs, groups, file)
    [first, _] = csv.DictReader(io.StringIO(file.getvalue(), newline=""))
    assert (first["account_a"], first["group_id"], first["first_at"]) == ("a", "group-1", "2021-06-08T14:03:22+00:00")
