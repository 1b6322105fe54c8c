"""`watchbell match`: find partners' indicators in files of posts, or in the workspace's posts and ads."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from watchbell.cli.options import JsonOption, WorkspaceOption, open_workspace, print_json, waiting
from watchbell.cli.screen import console
from watchbell.clock import system_clock
from watchbell.desk.cases.cases import open_cases
from watchbell.desk.investigations.inputs import PostFiles
from watchbell.desk.matching.lookalikes import BUNDLED, lookalike_index
from watchbell.desk.matching.matching import (
    Matched,
    hit_writer,
    indicators_in_files,
    match_files,
    match_newcomers,
    match_posts,
    match_workspace,
    workspace_index,
    write_hits,
)
from watchbell.desk.matching.watching import Refreshed, Watch
from watchbell.errors import UsageError
from watchbell.files import File, Reject, files_named, write_rejects
from watchbell.match.index import IndicatorIndex
from watchbell.match.lookalikes import LookalikeIndex
from watchbell.vault.workspace import Workspace

app = typer.Typer()

_SHOWN = 15
_OWN = "workspace"


_Posts = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[POSTS]...",
        help="Files of posts, here or at s3://bucket/folder/*.parquet. Without any: the workspace's posts and ads.",
    ),
]
_Indicators = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FILE",
        help="Meta's files, STIX 2.1 or a plain table; may be given again. Without it, or with `workspace`: the "
        "workspace's indicators.",
    ),
]
_Out = Annotated[Path | None, typer.Option(metavar="FILE", help="Where to write the hits: .parquet, .csv or .jsonl.")]
_Source = Annotated[str, typer.Option(help="Which platform's export the files are; see `posts import`.")]
_Platform = Annotated[str | None, typer.Option(help="The platform, where the files do not say.")]
_New = Annotated[
    bool, typer.Option("--new", help="Look only for those of the workspace's indicators that came since a search.")
]
_Ended = Annotated[bool, typer.Option("--ended", help="Look also for indicators that are revoked or past their end.")]
_Lookalikes = Annotated[
    bool, typer.Option("--lookalikes", help="Look also for hosts and accounts that imitate a protected name.")
]
_Against = Annotated[
    list[str] | None,
    typer.Option(metavar="FILE", help="The names that --lookalikes protects; see `watchbell lookalike`."),
]
_Follow = Annotated[
    bool,
    typer.Option(
        "--follow", help="Go on reading one file of JSON lines as it grows, or standard input (-), until Ctrl-C."
    ),
]
_UntilEnd = Annotated[bool, typer.Option("--until-end", help="With --follow: stop where the file ends for now.")]


@app.command()
def match(
    *,
    posts: _Posts = None,
    indicators: _Indicators = None,
    out: _Out = None,
    source: _Source = "auto",
    platform: _Platform = None,
    new: _New = False,
    ended: _Ended = False,
    lookalikes: _Lookalikes = False,
    against: _Against = None,
    follow: _Follow = False,
    until_end: _UntilEnd = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find partners' indicators: domains, pages, accounts, addresses, hashes, pictures and texts.

    Of the workspace's own posts and ads, with its own indicators, the hits are kept in it. A host that very many people
    share, such as twitter.com, never matches; the account or the page on it does.
    """
    asked = _Asked(
        [file for name in indicators or [] if name != _OWN for file in files_named(name)],
        [file for name in posts or [] for file in files_named(name)],
        PostFiles(source, platform),
        lookalike_index(against or [BUNDLED]) if lookalikes or against else None,
        ended=ended,
    )
    asked.check(out, new=new, follow=follow)
    with asked.workspace(workspace) as place:
        if follow:
            from watchbell.cli.watching import watch  # noqa: PLC0415  # only this way needs its parts

            watch(asked.watch(place), Path(str(asked.posts[0])), place, out, until_end=until_end, as_json=as_json)
            return
        with waiting("Matching"):
            matched = asked.matched(place, new=new)
    if out is not None:
        write_hits(out, matched.hits)
        write_rejects(_rejects_beside(out), matched.rejects)
    _report(matched, out, as_json=as_json)


@dataclass(frozen=True)
class _Asked:
    """What is looked for, and in what."""

    files: list[File]
    """Of indicators; without any, the workspace's."""
    posts: list[File]
    """Files of posts; without any, the workspace's posts and ads."""
    reading: PostFiles
    imitated: LookalikeIndex | None
    ended: bool

    def check(self, out: Path | None, *, new: bool, follow: bool) -> None:
        """Refuse what cannot mean anything, before anything is read."""
        if new and (self.posts or self.files or self.imitated or self.ended):
            raise UsageError("--new looks for the workspace's indicators in its own posts and ads: name no others.")
        if follow and (len(self.posts) != 1 or not isinstance(self.posts[0], Path)):
            raise UsageError("--follow goes with one file of posts on this machine, or with - for standard input.")
        if follow and out is not None and out.suffix != ".jsonl":
            raise UsageError(f"Hits that come one by one are written as JSON lines: end {out} in .jsonl.")
        if out is None and (self.files or (self.posts and not follow)):
            raise UsageError("Say where the hits go: --out FILE.parquet, .csv or .jsonl.")
        if out is not None:
            hit_writer(out)

    @contextmanager
    def workspace(self, path: Path | None) -> Iterator[Workspace | None]:
        """Open the workspace, unless files alone are asked for."""
        if self.files and self.posts:
            yield None
            return
        with open_workspace(path) as opened:
            yield opened

    def matched(self, place: Workspace | None, *, new: bool) -> Matched:
        """Look."""
        now = system_clock()
        if place is not None and not (self.posts or self.files):
            if new:
                matched = match_newcomers(place, now=now)
            else:
                matched = match_workspace(place, now=now, imitated=self.imitated, ended=self.ended)
            matched.cases = open_cases(place, now)
            return matched
        index, rejects = self.index(place)
        if place is not None and not self.posts:
            matched = match_posts(place.posts.batches(), index, self.imitated)
        else:
            matched = match_files(self.posts, index, self.reading, self.imitated)
        matched.rejects = rejects + matched.rejects
        return matched

    def index(self, place: Workspace | None) -> tuple[IndicatorIndex, list[Reject]]:
        """Return the indicators laid out, and the rows of files that are none."""
        now, known = system_clock(), None
        rejects: list[Reject] = []
        if self.files:
            known, rejects = indicators_in_files(self.files, now=now)
        if place is None:
            return IndicatorIndex.build(known or [], now=now, ended=self.ended), rejects
        return workspace_index(place, now=now, indicators=known, ended=self.ended), rejects

    def watch(self, place: Workspace | None) -> Watch:
        """Return what is looked for in posts as they come; the workspace's indicators are read again as they change."""
        if place is None or self.files:
            index, _ = self.index(place)
            return Watch(lambda: index, self.reading, self.imitated)
        return Watch(Refreshed(place, lambda: self.index(place)[0]), self.reading, self.imitated)


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
    if matched.set_aside:
        console.say(
            f"{matched.set_aside:,} indicators never match: hosts that very many people share, and public suffixes."
        )
    if remarked := len(matched.hits) - matched.hits["remark"].null_count:
        console.say(f"{remarked:,} hits are of indicators on a warning list: read them with care.")
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
        "set_aside": matched.set_aside,
        "on_warning_lists": len(matched.hits) - matched.hits["remark"].null_count,
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
