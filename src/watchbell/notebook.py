"""Detect from Python: `import watchbell as wb; run = wb.detect("posts.csv", by=["link"], window="60s")`."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from watchbell.clock import system_clock
from watchbell.desk.cases.pieces import counted
from watchbell.desk.investigations.explain import Material, explain, explain_group, material_of_posts
from watchbell.desk.investigations.following import Followed, followed
from watchbell.desk.investigations.inputs import PostFiles, posts_in, reading_said
from watchbell.desk.investigations.investigate import Findings, Question, description, investigate, write_run
from watchbell.desk.investigations.question import DEFAULT_TRACES, windows
from watchbell.desk.investigations.report import network_of_run, pairs_inside
from watchbell.desk.investigations.runs import KeptRun, read_run
from watchbell.desk.pictures.elements import html, name, table, tag
from watchbell.desk.pictures.lineages import lineages_svg
from watchbell.detect.actions import traces_named
from watchbell.engine.places import LOCAL, Engine, engine_named
from watchbell.errors import InputError, UsageError
from watchbell.files import File, Reject, files_named
from watchbell.model.posts import POSTS

_IN_MEMORY = "a table in memory"
_SHOWN_GROUPS = 10
_SIGHTINGS = pl.Schema(
    {
        "lineage": pl.Int64(),
        "run": pl.Int64(),
        "starts": pl.Datetime("us", "UTC"),
        "run_id": pl.String(),
        "group_id": pl.String(),
        "accounts": pl.Int64(),
        "joined": pl.Int64(),
        "left": pl.Int64(),
        "changes": pl.List(pl.String),
        "others": pl.List(pl.Int64),
    }
)


@dataclass(frozen=True)
class Picture:
    """A picture that a notebook shows."""

    svg: str

    def _repr_html_(self) -> str:
        return self.svg

    def save(self, path: str | Path) -> Path:
        """Write the picture as an SVG file and return its path."""
        Path(path).write_text(self.svg, "utf-8")
        return Path(path)


@dataclass(frozen=True, repr=False)
class Run:
    """What was found, with the actions and texts it was found in; a notebook shows it as a picture and a table."""

    findings: Findings
    described: dict[str, Any]
    """What `run.json` will say: the question, the counts, and what they do not mean."""
    material: Material
    rejects: tuple[Reject, ...]
    """The rows that could not be used, each with the reason."""

    @property
    def pairs(self) -> pl.DataFrame:
        """Return the pairs (PAIRS)."""
        return pl.DataFrame(self.findings.pairs)

    @property
    def groups(self) -> pl.DataFrame:
        """Return the groups (GROUPS): one row for each account of a group."""
        return pl.DataFrame(self.findings.groups)

    def evidence(self, account: str, other: str) -> pl.DataFrame:
        """Return the posts behind a pair, side by side: the columns of POST_PAIRS, then `text_a` and `text_b`.

        Account a is the one whose id comes first in the alphabet. `gap_s` is negative where b was first.

        Raises:
            UsageError: one of the accounts did nothing in these posts, or both are one.
        """
        return explain(self._kept, self.material, account, other).evidence

    def bursts(self, group_id: str) -> pl.DataFrame:
        """Return the posts in which a group's members acted together, burst by burst: see `explain.explain_group`.

        Raises:
            UsageError: there is no such group.
        """
        return explain_group(self._kept, self.material, group_id)

    def plot(self, group_id: str | None = None) -> Picture:
        """Return a picture of the largest groups, or of one.

        Raises:
            UsageError: there is no such group.
        """
        groups = self.groups if group_id is None else self.groups.filter(pl.col("group_id") == group_id)
        if groups.is_empty():
            raise UsageError("There is no group to draw." if group_id is None else f"There is no group {group_id}.")
        kept = KeptRun(self.described, self.pairs.lazy(), groups)
        drawn = network_of_run(kept, pairs_inside(kept))
        assert drawn is not None
        drawn.insert(0, tag("style", _STYLE))
        return Picture(html(drawn))

    def save(self, folder: str | Path) -> Path:
        """Write the run into `folder` as the command line does, and return the folder."""
        write_run(Path(folder), self.findings, self.described, self.rejects)
        return Path(folder)

    @property
    def _kept(self) -> KeptRun:
        return KeptRun(self.described, self.pairs.lazy(), self.groups)

    def __repr__(self) -> str:
        counts = self.described["counts"]
        found = f"{counted(counts['pairs'], 'pair')}, {counted(counts['groups'], 'group')}"
        return f"<Run of {counted(counts['accounts'], 'account')}: {found}>"

    def _repr_html_(self) -> str:
        counts = self.described["counts"]
        said = (
            f"{counted(counts['groups'], 'group')} and {counted(counts['pairs'], 'pair')} among "
            f"{counted(counts['accounts'], 'account')} and {counted(counts['actions'], 'action')}."
        )
        parts = [html(tag("p", tag("strong", said))), html(tag("p", self.described["caveat"]))]
        if counts["groups"]:
            parts += [self.plot().svg, html(self._table())]
        return "".join(parts)

    def _table(self) -> Element:
        largest = (
            self.groups.group_by("group_id", maintain_order=True)
            .agg(pl.len().alias("accounts"), pl.col("by").explode().unique().sort(), pl.col("account_id").head(3))
            .sort("accounts", descending=True, maintain_order=True)
        )
        rows: list[list[Element | str]] = [
            [
                name(row["group_id"]),
                f"{row['accounts']:,}",
                ", ".join(row["by"]),
                name(", ".join(row["account_id"]) + " …"),
            ]
            for row in largest.head(_SHOWN_GROUPS).iter_rows(named=True)
        ]
        return table("The largest groups", ["Group", "Accounts", "By", "Among them"], rows)


@dataclass(frozen=True, repr=False)
class GroupsThroughTime:
    """What became of the groups of several runs; a notebook shows it as a picture."""

    followed: Followed

    @property
    def sightings(self) -> pl.DataFrame:
        """Return a row for each lineage in each run: `lineage`, `run`, `starts`, and what `detect.follow` tells."""
        rows = [
            {
                "lineage": lineage.number,
                "run": seen.step + 1,
                "starts": self.followed.steps[seen.step].starts,
                "run_id": self.followed.steps[seen.step].run_id,
                **{name: getattr(seen, name) for name in ("group_id", "accounts", "joined", "left")},
                "changes": [str(change) for change in seen.changes],
                "others": list(seen.others),
            }
            for lineage in self.followed.lineages
            for seen in lineage.sightings
        ]
        return pl.DataFrame(rows, schema=_SIGHTINGS)

    def plot(self) -> Picture:
        """Return a picture of the lineages that were seen in most runs."""
        drawn = lineages_svg(self.followed)
        drawn.insert(0, tag("style", _LINEAGES_STYLE))
        return Picture(html(drawn))

    def __repr__(self) -> str:
        return f"<{counted(len(self.followed.lineages), 'group')} through {len(self.followed.steps):,} runs>"

    def _repr_html_(self) -> str:
        return self.plot().svg


def follow(runs: Sequence[Run | str | Path]) -> GroupsThroughTime:
    """Follow groups from run to run: which was born, grew, shrank, split, merged, died or came back.

    Args:
        runs: Runs of `detect`, or folders that runs were written to, in the order of time.

    Raises:
        InputError: a folder holds no run.
        UsageError: there are not two runs, or one is there twice.
    """
    kept = [run._kept if isinstance(run, Run) else read_run(Path(run)) for run in runs]  # noqa: SLF001  # a Run of ours
    return GroupsThroughTime(followed(kept))


def detect(  # noqa: PLR0913  # a call in a notebook names what it asks for
    posts: Any,
    by: Sequence[str] = DEFAULT_TRACES,
    window: str | float | Sequence[str | float] = "60s",
    min_shared: int = 2,
    *,
    fdr: float | None = None,
    any_dependence: bool = False,
    held_out: bool = False,
    platform: str | None = None,
    mapping: dict[str, str] | None = None,
    engine: str = LOCAL,
    spark: Any = None,
) -> Run:
    """Find accounts that act on the same things within moments of each other.

    Args:
        posts: A Polars, pandas, Arrow or Spark table, a path, an address such as `"s3://bucket/posts.csv"`, a glob of
            either such as `"exports/*.csv"`, or a list of them.
        by: Names of traces: what they do alike.
        window: How close in time, inclusive: `"60s"`, `"5m"`, or seconds; or several, `["10s", "5m"]`.
        min_shared: Least number of post pairs that two accounts must share.
        fdr: False discovery rate at which a pair is kept for the groups; every pair is when None.
        any_dependence: Whether that rate must hold however the tests depend on each other (Benjamini and Yekutieli).
        held_out: Whether groups are tested on the half of the things that did not find them: `groups["q_value"]`.
        platform: The platform, where the posts do not say.
        mapping: Which column of `posts` stands for which column of POSTS, where its name does not tell:
            `{"account_id": "who"}`.
        engine: Where pairs are counted: `"local"` or `"spark"`. Both find the same.
        spark: For `"spark"`: the session to count in, which is left running. Without it: the one that runs, or a new
            one on this machine.

    Raises:
        UsageError: there is no such trace, or the window is no length of time.
        InputError: the posts cannot be read, or do not say who posted when.
        NothingUsableError: there is not one usable post.
    """
    traces_named(by)
    rule = "shared" if fdr is None else "fdr"
    asked = map(str, [window] if isinstance(window, str | int | float) else window)
    question = Question(tuple(by), windows(asked), min_shared, rule, fdr, any_dependence, held_out)
    with engine_named(engine, session=spark) as place:
        return _asked(question, posts, PostFiles(platform=platform, mapping=mapping or {}), place)


def _asked(question: Question, posts: Any, files: PostFiles, place: Engine) -> Run:
    """Ask the question of posts; see `detect`."""
    rejects: list[Reject] = []
    paths = _paths(posts)
    tables = _tables(posts, files, rejects) if paths is None else posts_in(paths, files, rejects)
    material = material_of_posts(tables, question.by, accounts=None)
    findings = investigate(material.actions, question, place)
    inputs = [_IN_MEMORY] if paths is None else [str(path) for path in paths]
    described = description(findings, inputs, len(rejects), system_clock())
    described["reading"] = {} if paths is None else reading_said(files)
    return Run(findings, described, material, tuple(rejects))


def _paths(posts: Any) -> list[File] | None:
    """Return the files that `posts` names; None where it is itself a table.

    Raises:
        UsageError: a pattern fits no file, or the address is of no store that can be read.
    """
    if isinstance(posts, str | Path):
        return files_named(posts)
    if isinstance(posts, list | tuple) and posts and all(isinstance(item, str | Path) for item in posts):
        return [path for item in posts for path in files_named(item)]
    return None


def _tables(posts: Any, files: PostFiles, rejects: list[Reject]) -> Iterator[pa.Table]:
    """Yield a table in memory as POSTS: by the same way as a file of it, so that it is read alike."""
    whole = _arrow(posts)
    if set(POSTS.names) <= set(whole.column_names):
        yield whole.select(POSTS.names).cast(POSTS)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "posts.parquet"
        pq.write_table(whole, path)
        try:
            yield from posts_in([path], files, rejects)
        except InputError as error:
            raise type(error)(str(error).replace(str(path), "The table")) from error


def _arrow(posts: Any) -> pa.Table:
    if isinstance(posts, pl.LazyFrame):
        posts = posts.collect()
    if isinstance(posts, pl.DataFrame):
        return posts.to_arrow()
    if hasattr(posts, "toArrow"):  # as Spark calls it
        posts = posts.toArrow()
    try:
        return pa.table(posts)
    except (TypeError, ValueError, pa.ArrowException) as error:
        raise UsageError(
            "Posts can be a Polars, pandas, Arrow or Spark table, a path, a glob or a list of paths, "
            f"not {type(posts).__name__}."
        ) from error


# Whatever page it stands in: the colours that the desk draws with.
_STYLE = """
.network { display: block; width: 100%; max-width: 40rem; background: #fffdf8; }
.network path { stroke: #93abbc; stroke-width: .15; fill: none; }
.network circle { stroke: #fffdf8; stroke-width: .2; }
.network .mark-0 { fill: #0b64a8; } .network .mark-1 { fill: #c24a12; } .network .mark-2 { fill: #16794f; }
.network .mark-3 { fill: #8a3fa6; } .network .mark-4 { fill: #7d6200; } .network .mark-5 { fill: #b52a68; }
.network .mark-other { fill: #8b8f94; }
"""

_LINEAGES_STYLE = """
.lineages { display: block; max-width: 100%; height: auto; background: #fffdf8; }
.lineages text { font: 11.5px system-ui, sans-serif; fill: #57616d; text-anchor: middle; }
.lineages .account { text-anchor: end; fill: #1c2733; }
.lineages .grid { stroke: #dcd5c5; stroke-dasharray: 2 3; }
.lineages path { fill: none; stroke: #0b64a8; stroke-width: 2; }
.lineages .rested { stroke-dasharray: 5 4; stroke-width: 1.2; }
.lineages .moves { stroke: #c24a12; stroke-width: 1.4; }
.lineages circle { fill: #0b64a8; stroke: #fffdf8; }
"""
