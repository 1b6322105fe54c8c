"""Whoever reads marked records says for whom: a shelf is read through `heard_by`, or stands here with a reason."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2] / "src" / "watchbell"
ROOMS = ("cli", "web", "desk", "notebook.py")
MARKED = {"indicators", "hits", "cases"}
WRITES = {"heard_by", "add", "put", "replace", "set_status", "of_other_sources"}

INSIDE = {
    # The house looks for everything it was told of, and what it finds stays in the house.
    "cli/case.py": "the case to write down; desk/cases/dossier.py asks who may hear it",
    "cli/indicators.py": "lists indicators to whoever holds the database anyway",
    "cli/collection.py": "the case to publish; desk/exchange/publishing.py asks who may hear it",
    "cli/release.py": "the case that a release is asked for; who decides is cleared in desk/exchange/releases.py",
    "desk/cases/cases.py": "opens cases from all findings; a case is marked as its strictest part",
    "desk/demo.py": "counts for the operator, and picks the case to show",
    "desk/exchange/disputes.py": "retracts the disputed indicator; whoever asked may hear it",
    "desk/exchange/feedback.py": "finds an indicator by its value for a command of the operator",
    "desk/cases/findings.py": "clusters all findings into cases",
    "desk/matching/matching.py": "matches posts and ads against all indicators",
    "desk/exchange/indicator_export.py": "counts what is held back, and ends validity",
    "desk/matching/watching.py": "looks again for all indicators",
    "desk/cases/parts.py": "tells which indicators of a case an audience may hear",
}


def raw_reads(tree: ast.AST) -> Iterator[int]:
    """Yield the lines on which a marked shelf of a vault is taken without saying for whom."""
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute) or node.attr not in MARKED:
            continue
        base = node.value
        name = base.attr if isinstance(base, ast.Attribute) else base.id if isinstance(base, ast.Name) else ""
        parent = parents.get(node)
        if name == "vault" and not (isinstance(parent, ast.Attribute) and parent.attr in WRITES):
            yield node.lineno


def test_every_way_out_says_who_listens() -> None:
    places = [ROOT / room for room in ROOMS]
    files = [path for place in places for path in ([place] if place.is_file() else place.rglob("*.py"))]
    found = {
        str(path.relative_to(ROOT)): lines
        for path in files
        if (lines := list(raw_reads(ast.parse(path.read_text("utf-8")))))
    }
    assert {name: lines for name, lines in found.items() if name not in INSIDE} == {}
    assert set(INSIDE) - set(found) == set(), "no longer needed here"


def test_a_read_that_says_nobody_is_seen() -> None:
    source = "a = vault.indicators.get(x)\nb = desk.workspace.vault.cases.heard_by(me).all()\nshelf = self.vault.hits"
    assert sorted(raw_reads(ast.parse(source))) == [1, 3]
