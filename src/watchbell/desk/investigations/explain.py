"""Why two accounts are a pair: their posts side by side, read again from what the run was made of."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl
import pyarrow as pa

from watchbell.desk.investigations.inputs import PostFiles, actions_in_tables, posts_in
from watchbell.desk.investigations.investigate import actions_seen
from watchbell.desk.investigations.networks import Network, actions_of
from watchbell.desk.investigations.runs import KeptRun, read_run
from watchbell.detect.actions import distinct, joined
from watchbell.detect.bursts import actions_within, bursts_of, windows_of
from watchbell.detect.evidence import post_pairs
from watchbell.detect.pairs import each_window
from watchbell.errors import InputError, UsageError
from watchbell.files import file_named
from watchbell.model.posts import POSTS
from watchbell.sources.action_table import ActionColumns
from watchbell.vault.workspace import Workspace

_NO_TEXTS = pl.DataFrame(schema={"post_id": pl.String, "text": pl.String})
_NO_POSTS = pl.DataFrame(POSTS.empty_table()).select("post_id", "text", "account_id", "created_at", "lang")


@dataclass(frozen=True)
class Material:
    """What a run was made of."""

    actions: pa.Table
    texts: pl.DataFrame
    """Columns `post_id` (as ACTIONS write it) and `text`; empty where the input has no posts but actions."""
    posts: pa.Table | None
    """`account_id`, `created_at` and `lang` of the accounts' posts; None where the input has no posts but actions."""


@dataclass(frozen=True)
class Explanation:
    """The evidence for one pair of accounts."""

    account_a: str
    account_b: str
    pairs: pl.DataFrame
    """The run's rows about the two; empty where the run has none."""
    evidence: pl.DataFrame
    """The columns of POST_PAIRS, and `text_a` and `text_b`, null where the input has no text."""

    @property
    def counted(self) -> int:
        """Return how many post pairs the run counted, in its widest window."""
        return int(self.pairs.group_by("by").agg(pl.col("post_pairs").max())["post_pairs"].sum())

    @property
    def is_as_counted(self) -> bool:
        """Return whether the evidence holds what the run counted; if not, the inputs are no longer what they were."""
        return self.evidence.filter(pl.col("by").is_in(self.pairs["by"].unique().to_list())).height == self.counted


def material_of_posts(batches: Iterable[pa.Table], by: Collection[str], accounts: Collection[str] | None) -> Material:
    """Return the actions in POSTS that the traces named `by` see, and the posts of `accounts`, or of all if None."""
    seen, told = [], [_NO_POSTS]
    for posts in batches:
        seen.append(actions_seen([posts], tuple(by)))
        told.append(_posts_of(posts, accounts))
    each = pl.concat(told).unique("post_id", keep="first", maintain_order=True)
    texts = each.select("post_id", "text").drop_nulls()
    return Material(joined(distinct(seen)), texts, each.select("account_id", "created_at", "lang").to_arrow())


def _posts_of(posts: pa.Table, accounts: Collection[str] | None) -> pl.DataFrame:
    frame = pl.DataFrame(posts)
    mine = frame if accounts is None else frame.filter(pl.col("account_id").is_in(list(accounts)))
    return mine.with_columns(post_id=pl.col("platform") + ":" + pl.col("post_id")).select(_NO_POSTS.columns)


def material_of_run(run: KeptRun, accounts: Collection[str] | None) -> Material:
    """Return what a run was made of, read as it was then.

    Raises:
        InputError: the inputs are not where they were, or the run does not say how it read them.
    """
    reading, by = run.described.get("reading") or {}, run.described["parameters"]["by"]
    places = [file_named(place) for place in run.described.get("inputs", ())]
    if not reading or not places:
        raise InputError("The run does not say what it was made of, so its posts cannot be shown. Make the run again.")
    if gone := [str(place) for place in places if not place.exists()]:
        raise InputError(
            f"The run was made of {', '.join(gone)}, which cannot be found from {Path.cwd()}. "
            "Put it there again, or start from the folder in which the run was made."
        )
    if "workspace" in reading:
        with Workspace.open(Path(str(places[0]))) as workspace:
            return material_of_posts(_posts_read(workspace, reading["workspace"]), by, accounts)
    if "actions" in reading:
        actions, _ = actions_in_tables(places, ActionColumns(**reading["actions"]), by[0])
        return Material(actions, _NO_TEXTS, None)
    return material_of_posts(posts_in(places, PostFiles(**reading["posts"]), []), by, accounts)


def _posts_read(workspace: Workspace, period: Mapping[str, str]) -> Iterable[pa.Table]:
    """Return the workspace's posts, or those from `since` up to, not including, `until`, as `run.json` names them."""
    if not period:
        return workspace.posts.batches()
    since, until = (datetime.fromisoformat(period[end]) for end in ("since", "until"))
    return [workspace.posts.scan(since=since, until=until)]


def explain(run: KeptRun, material: Material, one: str, other: str) -> Explanation:
    """Return the evidence for a pair of accounts, in whatever order they are named.

    Raises:
        UsageError: the two are one account, or one of them is not in what the run was made of.
    """
    account_a, account_b = sorted((one, other))
    if one == other:
        raise UsageError("A pair is two different accounts.")
    known = set(material.actions["account_id"].unique().to_pylist())
    if strangers := [account for account in (account_a, account_b) if account not in known]:
        raise UsageError(
            f"{' and '.join(strangers)} did nothing in what the run was made of. Write ids as the run does."
        )
    both = (pl.col("account_a") == account_a) & (pl.col("account_b") == account_b)
    pairs = run.pairs.filter(both).collect()
    window_s = max(pairs["window_s"], default=max(each_window(run.described["parameters"]["window_s"])))
    found = pl.DataFrame(post_pairs(material.actions, account_a, account_b, window_s))
    for side in ("a", "b"):
        texts = material.texts.rename({"post_id": f"post_{side}", "text": f"text_{side}"})
        found = found.join(texts, on=f"post_{side}", how="left", maintain_order="left")
    return Explanation(account_a, account_b, pairs, found)


def explain_in_run(network: Network, one: str, other: str) -> Explanation:
    """Return the evidence for two accounts of a group as its run keeps it, without the texts.

    Raises:
        UsageError: the two are one account, or one of them did nothing that the other did too.
    """
    return explain(read_run(network.run.folder), Material(actions_of(network).to_arrow(), _NO_TEXTS, None), one, other)


def explain_group(run: KeptRun, material: Material, group_id: str) -> pl.DataFrame:
    """Return the posts in which members of a group acted together, burst by burst, the one with most accounts first.

    Returns:
        Columns `burst` (from 1), `by`, `object_id`, `account_id`, `at`, `gap_s` (since the burst's first action),
        `post_id` and `text`, null where the input has no text.

    Raises:
        UsageError: the run has no such group.
    """
    home = run.groups.filter(pl.col("group_id") == group_id)
    if home.is_empty():
        raise UsageError(f"The run has no group {group_id}. Its groups are in groups.parquet.")
    acts = bursts_of(actions_within(home, pl.DataFrame(material.actions)), windows_of(run.pairs.collect().to_arrow()))
    first = pl.col("at").min().over("burst")
    order = ["size", "first", "kind", "object_id", "burst"]
    return (
        acts.with_columns(first=first, gap_s=(pl.col("at") - first).dt.total_microseconds() / 1e6)
        .sort([*order, "at", "account_id"], descending=[True, *[False] * 6], nulls_last=True)
        .with_columns(burst=(pl.col("burst") != pl.col("burst").shift()).fill_null(value=True).cum_sum())
        .join(material.texts, on="post_id", how="left", maintain_order="left")
        .rename({"kind": "by"})
        .select("burst", "by", "object_id", "account_id", "at", "gap_s", "post_id", "text")
    )
