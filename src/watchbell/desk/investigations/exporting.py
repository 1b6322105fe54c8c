"""A run written for other tools and people."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TextIO

import polars as pl

from watchbell.desk.investigations.explain import material_of_run
from watchbell.desk.investigations.group_facts import facts_in
from watchbell.desk.investigations.report import Background, report
from watchbell.desk.investigations.runs import KeptRun
from watchbell.detect.formats.gexf import gexf
from watchbell.detect.formats.graph import graph_of
from watchbell.detect.formats.graphml import graphml
from watchbell.detect.formats.tables import groups_csv, pairs_csv
from watchbell.detect.outlets import Outlets
from watchbell.errors import InputError
from watchbell.files.whole import replacing


class Format(StrEnum):
    """What a run can be written as."""

    GRAPHML = "graphml"
    GEXF = "gexf"
    CSV = "csv"
    REPORT = "report"


def write_export(run: KeptRun, format_: Format, out: Path, outlets: Outlets) -> list[str]:
    """Write a run; each file appears only when it is complete.

    Returns:
        A sentence on each file.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    if format_ is Format.CSV:
        return _write_tables(run, out, outlets)
    if format_ is Format.REPORT:
        page, said = _page(run, outlets)
        with _complete(out) as file:
            file.write(page)
        return [f"Report in {out}.", *said]
    graph = graph_of(run.pairs.collect(), run.groups)
    with _complete(out) as file:
        file.writelines(graphml(graph) if format_ is Format.GRAPHML else gexf(graph))
    return [f"{graph.nodes.height:,} accounts and {graph.edges.height:,} pairs in {out}."]


def _page(run: KeptRun, outlets: Outlets) -> tuple[str, list[str]]:
    """Return the report, and a sentence on what it had to leave out."""
    try:
        material = material_of_run(run, run.groups["account_id"].unique().to_list())
    except InputError as error:
        why = "There are no timelines and facts, for what the run was made of is not here."
        return report(run, None, why), [f"It has no timelines and facts. {error}"]
    facts = facts_in(run, run.groups, material, outlets)
    background = Background(pl.DataFrame(material.actions), {each.group_id: each for each in facts})
    return report(run, background), []


def _write_tables(run: KeptRun, out: Path, outlets: Outlets) -> list[str]:
    beside = out.with_name(f"{out.stem}.groups{out.suffix or '.csv'}")
    pairs = run.pairs.collect()
    with _complete(out) as file:
        pairs_csv(pairs, run.groups, file)
    with _complete(beside) as file:
        groups_csv(run.groups, outlets, file)
    return [f"{pairs.height:,} pairs in {out}.", f"{run.groups.height:,} accounts of groups in {beside}."]


@contextmanager
def _complete(out: Path) -> Iterator[TextIO]:
    """Yield a file that takes the name `out` when the block ends well."""
    # Line ends stay as they are written: CSV and XML say them themselves.
    with replacing(out) as part, part.open("w", encoding="utf-8", newline="") as file:
        yield file
