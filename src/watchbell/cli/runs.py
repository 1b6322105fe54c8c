"""What can be done with a run of detect: look behind a pair, compare it with another, write it for other tools."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from watchbell.cli.options import JsonOption, WorkspaceOption, open_workspace, print_json, waiting
from watchbell.desk.cases.pieces import counted
from watchbell.desk.investigations.explain import Explanation, explain, explain_group, material_of_run
from watchbell.desk.investigations.exporting import Format, write_export
from watchbell.desk.investigations.group_facts import facts_of_run, outlets_of
from watchbell.desk.investigations.runs import Comparison, KeptRun, Overlap, compare, read_run, split
from watchbell.detect.facts import GroupFacts
from watchbell.detect.facts import as_json as as_documents
from watchbell.detect.outlets import Outlets, read_outlets
from watchbell.detect.platforms import Span
from watchbell.errors import UsageError

app = typer.Typer()

_RUN_HELP = "The folder of a run, or the id of a run in the workspace."
_OUTLETS_HELP = "Your list of declared outlets. Without it: outlets.toml in the workspace, else the one that ships."
_MOST_LANGUAGES = 8
RunArgument = Annotated[str, typer.Argument(metavar="RUN", help=_RUN_HELP)]


def declared_outlets(file: Path | None, workspace: Path | None) -> Outlets:
    """Return the list in `file`, else the workspace's own, else the one that ships with Watchbell."""
    return read_outlets(file) if file else outlets_of(workspace or Path.cwd())


def open_run(name: str, workspace: Path | None) -> KeptRun:
    """Return the run in a folder, or the one of that id in the workspace."""
    if Path(name).is_dir() or not name.startswith("run-"):
        return read_run(Path(name))
    with open_workspace(workspace) as opened:
        return read_run(opened.runs / name)


@app.command(name="explain")
def explain_pair(
    *,
    run: RunArgument,
    pair: Annotated[
        tuple[str, str] | None, typer.Option(metavar="A B", help="Two accounts, as the run writes their ids.")
    ] = None,
    group: Annotated[str | None, typer.Option(metavar="ID", help="A group, burst by burst.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Most post pairs or posts to show; --json has all.")] = 20,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the posts behind a pair of accounts side by side, or those of a group, with the gaps between them.

    They are read again from what the run was made of, so that must still be there.
    """
    kept = open_run(run, workspace)
    if (pair is None) == (group is None):
        raise UsageError("Say whose posts to show: --pair A B, or --group ID.")
    if pair is not None:
        _explain_pair(kept, pair, limit, as_json=as_json)
    elif group is not None:
        _explain_group(kept, group, limit, as_json=as_json)


def _explain_group(kept: KeptRun, group_id: str, limit: int, *, as_json: bool) -> None:
    members = kept.groups.filter(pl.col("group_id") == group_id)["account_id"]
    with waiting("Reading what the run was made of"):
        found = explain_group(kept, material_of_run(kept, members.to_list()), group_id)
    if as_json:
        print_json({"group": group_id, "evidence": found.to_dicts()})
        return
    from watchbell.cli.side_by_side import print_bursts  # noqa: PLC0415  # only people need tables

    print_bursts(found, limit)


def _explain_pair(kept: KeptRun, pair: tuple[str, str], limit: int, *, as_json: bool) -> None:
    with waiting("Reading what the run was made of"):
        found = explain(kept, material_of_run(kept, pair), *pair)
    if as_json:
        print_json(
            {
                "pair": [found.account_a, found.account_b],
                "found": found.pairs.to_dicts(),
                "evidence": found.evidence.to_dicts(),
                "is_as_counted": found.is_as_counted,
            }
        )
        return
    from watchbell.cli.side_by_side import print_evidence  # noqa: PLC0415  # only people need tables

    typer.echo(_summary(found, kept))
    print_evidence(found, limit)


def _summary(found: Explanation, run: KeptRun) -> str:
    if found.pairs.is_empty():
        least = run.described["parameters"]["min_shared"]
        return f"The run has no such pair: it keeps pairs with {least} post pairs or more on one kind of thing."
    rows = [
        f"{row['by']}: {row['post_pairs']:,} post pairs on {row['objects']:,} objects within {row['window_s']:g} s, "
        f"median gap {row['median_gap_s']:g} s{_by_chance(row)}."
        for row in found.pairs.iter_rows(named=True)
    ]
    changed = (
        f"The run counted {found.counted:,} post pairs, its inputs now give another number: they have changed since."
    )
    return "\n".join(rows + ([] if found.is_as_counted else [changed]))


def _by_chance(row: dict[str, Any]) -> str:
    if row["expected"] is None:
        return ""
    rate = "" if row["q_value"] is None else f", q {row['q_value']:.2g}"
    return f"; by chance {row['expected']:.2g}{rate}"


@app.command(name="facts")
def tell_facts(
    *,
    run: RunArgument,
    group: Annotated[str | None, typer.Option(metavar="ID", help="One group. Without it: all.")] = None,
    outlets: Annotated[Path | None, typer.Option(metavar="FILE", help=_OUTLETS_HELP)] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell of a run's groups who tends to act first, in what rhythm, on what, how firm each is, and what it resembles.

    They are read again from what the run was made of, so that must still be there.
    """
    with waiting("Reading what the run was made of"):
        facts = facts_of_run(open_run(run, workspace), declared_outlets(outlets, workspace), group)
    if as_json:
        print_json(as_documents(facts))
        return
    for found in facts:
        typer.echo("\n".join(_facts(found)) + "\n")


def _facts(found: GroupFacts) -> Iterator[str]:
    yield f"{found.group_id}: {len(found.members):,} accounts on {', '.join(found.platforms) or 'no named platform'}"
    if found.across:
        yield f"  {found.across:,} of {counted(found.pairs, 'pair')} are across platforms"
    if found.declared:
        yield "  Every member is a declared outlet's account: synchronised openly."
    tempo = "" if found.tempo_s is None else f", {found.tempo_s:g} s from one member to the next"
    yield f"  {found.first_at:%Y-%m-%d %H:%M} to {found.last_at:%Y-%m-%d %H:%M} UTC, {found.bursts:,} bursts{tempo}"
    yield f"  rhythm looks automated: {found.automated:,} of {found.judged:,} that can be judged"
    firm = found.stability
    yield f"  found again from other seeds: {firm.seeds:.0%}; on either half of the things: {firm.halves:.0%}"
    if firm.held_out_q is not None:
        yield f"  confirmed on the half that did not find it at q = {firm.held_out_q:.2g}"
    for role in ("seeder", "amplifier"):
        if names := [member.account_id for member in found.members if member.role == role]:
            yield f"  {role}s: {', '.join(names)}"
    if found.languages:
        shown = [f"{each.lang} ({each.posts:,} posts)" for each in found.languages[:_MOST_LANGUAGES]]
        more = [f"{len(found.languages) - len(shown):,} more"] if len(found.languages) > len(shown) else []
        yield f"  languages: {', '.join(shown + more)}"
    for thing in found.top_objects:
        yield f"  {thing.by} {thing.object_id[:100]!r}: {thing.accounts:,} accounts, {thing.actions:,} times"
    for technique in found.techniques:
        yield f"  resembles DISARM {technique.disarm_id} {technique.name}: {technique.reason}"


@app.command(name="compare")
def compare_runs(
    *,
    first: Annotated[str, typer.Argument(metavar="RUN", help=_RUN_HELP)],
    second: Annotated[str, typer.Argument(metavar="OTHER", help="The run to compare it with.")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell how two runs differ: what was asked, and which pairs, accounts and groups only one of them has."""
    found = compare(open_run(first, workspace), open_run(second, workspace))
    if as_json:
        print_json(
            {
                **asdict(found),
                **{name: getattr(found, name).said() for name in ("pairs", "accounts", "groups")},
            }
        )
        return
    for line in _differences(found):
        typer.echo(line)


def _differences(found: Comparison) -> list[str]:
    asked = [f"{name}: {first} | {second}" for name, (first, second) in found.parameters.items()]
    lines = asked or ["Both asked the same question."]
    if not found.is_same_input:
        lines.append("They were not made of the same input.")
    lines += [_counts(name, getattr(found, name)) for name in ("pairs", "accounts", "groups")]
    changed = [match for match in found.matches if match.jaccard < 1]
    lines += [
        f"{match.first}, {match.accounts_first:,} accounts: "
        + (
            f"{match.accounts_both:,} of them in {match.second} of {match.accounts_second:,} "
            f"(Jaccard {match.jaccard:.2f})"
            if match.second
            else "none of them in a group of the second run"
        )
        for match in changed
    ]
    return lines


def _counts(name: str, overlap: Overlap) -> str:
    what = "accounts in groups" if name == "accounts" else name
    return (
        f"{what}: {overlap.both:,} in both, {overlap.only_first:,} only in the first, "
        f"{overlap.only_second:,} only in the second (Jaccard {overlap.jaccard:.2f})"
    )


@app.command(name="export")
def export_run(
    *,
    run: RunArgument,
    format_: Annotated[
        Format,
        typer.Option(
            "--format",
            help="graphml or gexf for Gephi and other network tools; csv for spreadsheets; report for one HTML page.",
        ),
    ],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FILE", help="Where to write it.")],
    platforms: Annotated[Span, typer.Option(help="All pairs, or only those within one platform or across two.")] = (
        Span.ALL
    ),
    outlets: Annotated[Path | None, typer.Option(metavar="FILE", help=_OUTLETS_HELP)] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Write a run for other tools and people."""
    if out.is_dir():
        raise UsageError(
            f"{out} is a folder. Name a file: -o {out / 'run'}.{'html' if format_ == 'report' else format_}"
        )
    with waiting("Writing"):
        kept = split(open_run(run, workspace), platforms)
        written = write_export(kept, format_, out, declared_outlets(outlets, workspace))
    for line in written:
        typer.echo(line)
