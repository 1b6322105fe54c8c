"""Detected groups as the desk shows them: the list of a run, and one group with its picture and tables."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import igraph
import polars as pl

from watchbell.detect.pairs import each_window, in_widest
from watchbell.vault.workspace import Workspace

# More than this and neither eye nor browser gains; the tables' totals always count everything.
MOST_NODES = 400
MOST_EDGES = 2_000
MOST_ROWS = 500
RARE = 0.05
"""False discovery rate up to which a pair is called rare by chance."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of detect that the workspace keeps."""

    run_id: str
    at: datetime
    window_s: float
    """The widest that it looked within."""
    min_shared: int
    by: tuple[str, ...]
    folder: Path


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group in the list of its run. `post_pairs` sums the pairs inside the group."""

    group_id: str
    accounts: int
    by: tuple[str, ...]
    first_at: datetime
    last_at: datetime
    ties: int
    """Two accounts that are a pair, each two once."""
    pairs: int
    """Two accounts alike by one trace: those alike by three count three times."""
    post_pairs: int


@dataclass(frozen=True, slots=True)
class Member:
    """An account of a group. `pairs` counts the other members it co-acts with."""

    account_id: str
    role: str | None
    bursts: int | None
    opened: int | None
    score: float
    q_value: float | None
    first_at: datetime
    last_at: datetime
    pairs: int


@dataclass(frozen=True, slots=True)
class PairRow:
    """Two members that acted alike."""

    account_a: str
    account_b: str
    by: str
    post_pairs: int
    objects: int
    median_gap_s: float
    first_at: datetime
    last_at: datetime
    expected: float | None
    p_value: float | None
    q_value: float | None


@dataclass(frozen=True, slots=True)
class Node:
    """An account in the picture; `x` and `y` from 0 to 1, `score` as in the group."""

    account_id: str
    x: float
    y: float
    score: float


@dataclass(frozen=True, slots=True)
class Edge:
    """A pair in the picture."""

    source: str
    target: str
    post_pairs: int


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn of a group: the accounts with the highest scores and their heaviest pairs."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class Network:
    """One group in full. `pair_rows` are the heaviest, at most `MOST_ROWS` of `group.pairs`."""

    run: Run
    group: GroupRow
    members: tuple[Member, ...]
    pair_rows: tuple[PairRow, ...]
    rare_pairs: int
    """Pairs that chance would hardly have put so close together: false discovery rate at most `RARE`."""
    unjudged_pairs: int
    """Pairs of which that cannot be told: an account acted too little, or the run tested nothing."""
    picture: Picture


def latest_run(workspace: Workspace) -> Run | None:
    """Return the newest run on all posts whose tables are in the workspace, or None; runs of periods are apart."""
    return next((run for run, is_period in _kept_runs(workspace) if not is_period), None)


def run_named(workspace: Workspace, run_id: str) -> Run | None:
    """Return the run of that id whose tables are in the workspace, or None."""
    return next((run for run, _ in _kept_runs(workspace) if run.run_id == run_id), None)


def _kept_runs(workspace: Workspace) -> Iterator[tuple[Run, bool]]:
    """Yield the runs, the newest first, each with whether it is of one period only."""
    for run_id, at, summary in workspace.vault.runs.all():
        folder = workspace.runs / run_id
        # `run.json` is written last: without it, the tables may be half there.
        if (folder / "run.json").is_file():
            asked = summary["parameters"]
            window_s = max(each_window(asked["window_s"]))
            run = Run(run_id, at, window_s, asked["min_shared"], tuple(asked["by"]), folder)
            yield run, "period" in summary


def groups_of_run(run: Run) -> list[GroupRow]:
    """Return the groups of a run: the one with most accounts first, then the one with most post pairs."""
    groups = pl.read_parquet(run.folder / "groups.parquet")
    return _group_rows(groups, _pairs_within(groups, run))


def group_ids(run: Run) -> set[str]:
    """Return the ids of a run's groups."""
    return set(pl.read_parquet(run.folder / "groups.parquet", columns=["group_id"])["group_id"])


def groups_with(run: Run, accounts: Iterable[str]) -> list[tuple[str, str]]:
    """Return which of these accounts are in groups of a run, each with its group's id; letter case does not matter."""
    wanted = [account.casefold() for account in accounts]
    groups = pl.scan_parquet(run.folder / "groups.parquet").select("account_id", "group_id").unique()
    found = groups.filter(pl.col("account_id").str.to_lowercase().is_in(wanted)).sort("account_id", "group_id")
    return found.collect().rows()


def network_of(run: Run, group_id: str) -> Network | None:
    """Return one group of a run, or None where the run has no such group."""
    groups = pl.read_parquet(run.folder / "groups.parquet").filter(pl.col("group_id") == group_id)
    if groups.is_empty():
        return None
    pairs = _pairs_within(groups, run).sort(["post_pairs", "account_a", "account_b"], descending=[True, False, False])
    members = members_of(groups, pairs)
    rows = tuple(PairRow(**row) for row in pairs.head(MOST_ROWS).select(PairRow.__slots__).to_dicts())
    return Network(
        run=run,
        group=_group_rows(groups, pairs)[0],
        members=members,
        pair_rows=rows,
        rare_pairs=pairs.filter(pl.col("q_value") <= RARE).height,
        unjudged_pairs=pairs["q_value"].null_count(),
        picture=draw(members, pairs),
    )


def pairs_of_group(network: Network) -> pl.DataFrame:
    """Return PAIRS whose two accounts are members of a group."""
    members = pl.LazyFrame({"account_id": [member.account_id for member in network.members]})
    pairs = pl.scan_parquet(network.run.folder / "pairs.parquet")
    for side in ("account_a", "account_b"):
        pairs = pairs.join(members, left_on=side, right_on="account_id", how="semi")
    return pairs.collect()


def actions_of(network: Network) -> pl.DataFrame:
    """Return what the members of a group did to the things that two of them shared: ACTIONS."""
    members = [member.account_id for member in network.members]
    actions = pl.scan_parquet(network.run.folder / "actions.parquet")
    return actions.filter(pl.col("account_id").is_in(members)).collect()


def texts_of(workspace: Workspace, actions: pl.DataFrame) -> dict[str, str]:
    """Return the text of the post of each of some ACTIONS, by post id as they write it, where the workspace has it."""
    if actions.is_empty():
        return {}
    first, last = actions["at"].min(), actions["at"].max()
    assert isinstance(first, datetime)
    assert isinstance(last, datetime)
    posts = workspace.posts.scan(
        accounts=actions["account_id"].unique().to_list(),
        columns=["platform", "post_id", "text"],
        since=first,
        until=last + timedelta(microseconds=1),  # the scan leaves out its end
    )
    written = pl.DataFrame(posts).select(pl.col("platform") + ":" + pl.col("post_id"), "text").drop_nulls()
    return dict(written.iter_rows())


def draw(members: tuple[Member, ...], pairs: pl.DataFrame) -> Picture:
    """Lay out a group (Kamada and Kawai 1989); the same group always gives the same picture."""
    drawn = {member.account_id: index for index, member in enumerate(members[:MOST_NODES])}
    edges = tuple(
        Edge(**row)
        for row in _weights(pairs)
        .filter(pl.col("source").is_in(list(drawn)) & pl.col("target").is_in(list(drawn)))
        .head(MOST_EDGES)
        .to_dicts()
    )
    graph = igraph.Graph(n=len(drawn), edges=[(drawn[edge.source], drawn[edge.target]) for edge in edges])
    # Springs from a circle, not from a random scatter. The heavier a pair, the shorter its spring.
    springs = [1 / (1 + math.log(edge.post_pairs)) for edge in edges]
    layout = graph.layout_kamada_kawai(seed=graph.layout_circle(), weights=springs)
    places = _fitted(layout.coords)
    nodes = tuple(Node(member.account_id, x, y, member.score) for member, (x, y) in zip(members, places, strict=False))
    return Picture(nodes, edges)


def _pairs_within(groups: pl.DataFrame, run: Run) -> pl.DataFrame:
    """Return the pairs whose two accounts are in one group of `groups`, each once, with its `group_id`."""
    home = groups.lazy().select("account_id", "group_id")
    return in_widest(
        pl.scan_parquet(run.folder / "pairs.parquet")
        .join(home, left_on="account_a", right_on="account_id")
        .join(home, left_on=["account_b", "group_id"], right_on=["account_id", "group_id"])
        .collect()
    )


def _group_rows(groups: pl.DataFrame, pairs: pl.DataFrame) -> list[GroupRow]:
    inside = pairs.group_by("group_id").agg(
        pl.struct("account_a", "account_b").n_unique().alias("ties"),
        pl.len().alias("pairs"),
        pl.col("post_pairs").sum(),
    )
    rows = (
        groups.group_by("group_id")
        .agg(
            pl.len().alias("accounts"),
            pl.col("by").explode().unique().sort(),
            pl.col("first_at").min(),
            pl.col("last_at").max(),
        )
        .join(inside, on="group_id", how="left")
        .with_columns(pl.col("ties", "pairs", "post_pairs").fill_null(0))
        .sort(["accounts", "post_pairs", "group_id"], descending=[True, True, False])
    )
    return [GroupRow(**{**row, "by": tuple(row["by"])}) for row in rows.to_dicts()]


def members_of(groups: pl.DataFrame, pairs: pl.DataFrame) -> tuple[Member, ...]:
    """Return the accounts of GROUPS, the highest score first; `pairs` are the pairs inside the groups."""
    ends = pl.concat(
        [
            pairs.select(account_id="account_a", other="account_b"),
            pairs.select(account_id="account_b", other="account_a"),
        ]
    )
    degrees = ends.group_by("account_id").agg(pl.col("other").n_unique().alias("pairs"))
    rows = (
        groups.join(degrees, on="account_id", how="left")
        .with_columns(pl.col("pairs").fill_null(0))
        .sort(["score", "account_id"], descending=[True, False])
        .select(Member.__slots__)
    )
    return tuple(Member(**row) for row in rows.to_dicts())


def role_said(role: str | None, opened: int | None, bursts: int | None) -> str:
    """Return an account's role with its counts: `seeder: first in 12 of 14 bursts`."""
    if not bursts:
        return "in no burst"
    said = f"first in {opened:,} of {bursts:,} burst{'' if bursts == 1 else 's'}"
    return f"{role}: {said}" if role else said


def _weights(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return one row for each two accounts, whatever traces tie them, the heaviest first."""
    return (
        pairs.group_by(source="account_a", target="account_b")
        .agg(pl.col("post_pairs").sum())
        .sort(["post_pairs", "source", "target"], descending=[True, False, False])
    )


def _fitted(places: list[list[float]]) -> list[tuple[float, float]]:
    """Scale places into the unit square; both axes by one factor, so that distances keep their meaning."""
    xs, ys = zip(*places, strict=True)
    extent = max(max(xs) - min(xs), max(ys) - min(ys)) or 1.0
    return [
        (
            round(0.5 + (x - (max(xs) + min(xs)) / 2) / extent, 4),
            round(0.5 + (y - (max(ys) + min(ys)) / 2) / extent, 4),
        )
        for x, y in places
    ]
