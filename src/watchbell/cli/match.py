"""`watchbell match`: find partners' indicators in files of posts, or in the workspace's posts and ads."""

from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from watchbell.cli.options import JsonOption, WorkspaceOption, open_workspace, print_json, waiting
from watchbell.cli.screen import console
from watchbell.clock import system_clock
from watchbell.desk.cases import open_cases
from watchbell.desk.inputs import PostFiles
from watchbell.desk.matching import (
    Matched,
    hit_writer,
    indicators_in_files,
    match_files,
    match_posts,
    match_workspace,
    write_hits,
)
from watchbell.errors import UsageError
from watchbell.files import Reject, write_rejects
from watchbell.match.index import IndicatorIndex

app = typer.Typer()

_SHOWN = 15


@app.command()
def match(
    *,
    posts: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[POSTS]...", help="Files of posts. Without any: the workspace's posts and ads."),
    ] = None,
    indicators: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="Meta's files, STIX 2.1 or a plain table; may be given again. Without it: the workspace's indicators.",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write the hits: .parquet, .csv or .jsonl.")
    ] = None,
    source: Annotated[str, typer.Option(help="Which platform's export the files are; see `posts import`.")] = "auto",
    platform: Annotated[str | None, typer.Option(help="The platform, where the files do not say.")] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find partners' indicators: domains, pages, accounts, addresses and hashes, each exactly.

    Of the workspace's own posts and ads, with its own indicators, the hits are kept in it. A host that very many people
    share, such as twitter.com, never matches; the account or the page on it does.
    """
    if out is None and (posts or indicators):
        raise UsageError("Say where the hits go: --out FILE.parquet, .csv or .jsonl.")
    if out is not None:
        hit_writer(out)
    matched = _matched(posts or [], indicators or [], PostFiles(source, platform), workspace)
    if out is not None:
        write_hits(out, matched.hits)
        write_rejects(_rejects_beside(out), matched.rejects)
    _report(matched, out, as_json=as_json)


def _matched(posts: list[Path], indicators: list[Path], reading: PostFiles, workspace: Path | None) -> Matched:
    now = system_clock()
    rejects: list[Reject] = []
    if indicators:
        with waiting(f"Reading {len(indicators)} file(s) of indicators"):
            known, rejects = indicators_in_files(indicators, now=now)
        index = IndicatorIndex.build(known, now=now)
    else:
        with waiting("Matching"), open_workspace(workspace) as opened:
            if not posts:
                matched = match_workspace(opened, now=now)
                matched.cases = open_cases(opened, now)
                return matched
            index = IndicatorIndex.build(opened.vault.indicators.all(), now=now)
    with waiting("Matching"):
        if posts:
            matched = match_files(posts, index, reading)
        else:
            with open_workspace(workspace) as opened:
                matched = match_posts(opened.posts.batches(), index)
    matched.rejects = rejects + matched.rejects
    return matched


def _rejects_beside(out: Path) -> Path:
    return out.with_name(f"{out.name}.rejects.jsonl")


def _report(matched: Matched, out: Path | None, *, as_json: bool) -> None:
    kinds: Counter[str] = Counter(matched.hits.column("indicator_kind").to_pylist())
    if as_json:
        print_json(_document(matched, kinds, out))
        return
    looked = f"{matched.posts:,} posts" + (f" and {matched.ads:,} ads" if matched.ads else "")
    console.say(f"{matched.hits.num_rows:,} hits of {matched.indicators:,} indicators in {looked}.")
    if kinds:
        console.print(_most_hit(matched))
    if matched.cases:
        console.say(f"Cases: {matched.cases.new:,} opened, {matched.cases.known:,} looked at again.")
    if matched.new:
        console.say(f"{matched.new:,} of the hits are new to the workspace.")
    if matched.rejects:
        where = f"; they are in {_rejects_beside(out)}" if out else ""
        console.say(f"{len(matched.rejects):,} rows could not be used{where}.")
    if out is not None:
        console.say(f"Written to {out}.")


def _document(matched: Matched, kinds: Counter[str], out: Path | None) -> dict[str, Any]:
    return {
        "hits": matched.hits.num_rows,
        "new": matched.new,
        "by_kind": dict(kinds),
        "targets": len(set(matched.hits.column("target_id").to_pylist())),
        "posts": matched.posts,
        "ads": matched.ads,
        "indicators": matched.indicators,
        "rejected_rows": len(matched.rejects),
        "cases": None if matched.cases is None else matched.cases._asdict(),
        "out": None if out is None else str(out),
    }


def _most_hit(matched: Matched) -> Table:
    columns = (matched.hits.column(name).to_pylist() for name in ("indicator_kind", "indicator_value", "source"))
    table = Table("Kind", "Indicator", "Source", "Hits")
    table.columns[-1].justify = "right"
    for (kind, value, source), count in Counter(zip(*columns, strict=True)).most_common(_SHOWN):
        table.add_row(kind, value, source, f"{count:,}")
    return table
