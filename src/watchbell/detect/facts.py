"""What there is to know of each group: its members and their roles, its tempo, its objects, how far it is chance."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import polars as pl
import pyarrow as pa

from watchbell.clock import utc_text
from watchbell.detect.bursts import actions_within, bursts_of, windows_of
from watchbell.detect.outlets import Outlets, bundled_outlets
from watchbell.detect.platforms import is_across, platform_of
from watchbell.detect.rhythm import MOST_BITS, rhythms
from watchbell.detect.stability import stability_of, stability_over_halves
from watchbell.detect.techniques import Technique, techniques_of

MOST_OBJECTS = 10
"""How many of a group's objects are told; the ones with most members first."""


@dataclass(frozen=True)
class MemberFacts:
    """An account of a group."""

    account_id: str
    role: str | None
    """`seeder` or `amplifier`, or None where the order of the members says nothing: see `bursts.with_roles`."""
    bursts: int
    opened: int
    """In how many of those bursts it was at the first moment."""
    posts: int
    rhythm_bits: float | None
    """Entropy of its pauses, None where they are too few: see `rhythm.rhythms`."""
    automated: bool | None
    """Whether that looks automated."""
    outlet: str | None
    """The declared outlet that it is an account of."""


@dataclass(frozen=True)
class ObjectFacts:
    """Something that members acted on in bursts: how many of them, and how often."""

    by: str
    object_id: str
    accounts: int
    actions: int


@dataclass(frozen=True)
class LanguageFacts:
    """How many of the members' posts are in a language; one of ISO 639, as the posts say it."""

    lang: str
    posts: int


@dataclass(frozen=True)
class Stability:
    """How firm a group is."""

    seeds: float
    """How much of it is found again from other seeds, 0 to 1: see `stability.stability_of`."""
    halves: float
    """How much of it is found again on either half of the things: see `stability.stability_over_halves`."""
    held_out_q: float | None
    """The false discovery rate at which it is confirmed on the half that did not find it; None where nobody asked."""


@dataclass(frozen=True)
class GroupFacts:
    """A group."""

    group_id: str
    members: tuple[MemberFacts, ...]
    """Seeders first, then by how many bursts they were in."""
    traces: tuple[str, ...]
    platforms: tuple[str, ...]
    first_at: datetime
    last_at: datetime
    pairs: int
    across: int
    """Those of the pairs whose accounts are of two platforms."""
    bursts: int
    tempo_s: float | None
    """Median seconds from one member's action to the next member's in a burst; None where there is no burst."""
    judged: int
    automated: int
    """Members whose rhythm looks automated, of the `judged` whose rhythm can be told."""
    languages: tuple[LanguageFacts, ...]
    """The most frequent first; empty without posts."""
    top_objects: tuple[ObjectFacts, ...]
    stability: Stability
    declared: bool
    """Every member is a declared outlet's: synchronised openly, and to be told apart."""
    techniques: tuple[Technique, ...]


def facts_of_groups(
    groups: pa.Table, pairs: pa.Table, actions: pa.Table, posts: pa.Table | None = None, outlets: Outlets | None = None
) -> list[GroupFacts]:
    """Return the facts of each group, in the order of `groups`.

    Args:
        groups: GROUPS, with roles.
        pairs: The PAIRS that made them.
        actions: The ACTIONS that made those.
        posts: POSTS of the members, and maybe of others. Without them, rhythm is that of the posts that the actions are
            in, and there are no languages.
        outlets: The declared outlets; the list that ships with Watchbell when None.
    """
    home = pl.DataFrame(groups)
    if home.is_empty():
        return []
    acts = actions_within(home, pl.DataFrame(actions)).with_columns(_PLATFORM)
    bursts = bursts_of(acts, windows_of(pairs))
    told = _posts_of(home, acts, posts)
    members = _members(home, told, outlets or bundled_outlets())
    widest = float(pl.DataFrame(pairs)["window_s"].max() or 0.0)  # type: ignore[arg-type]  # a number
    seeds, halves = stability_of(groups, pairs), stability_over_halves(groups, actions, widest)
    names = home["group_id"].unique(maintain_order=True).to_list()
    in_groups = zip(
        *(_by_group(table, names) for table in (home, members, bursts, told, _ties(home, pairs))), strict=True
    )
    return [
        _facts(group, accounts, burst, posted, ties, Stability(seeds[name], halves[name], _held_out_q(group)))
        for name, (group, accounts, burst, posted, ties) in zip(names, in_groups, strict=True)
    ]


def as_json(facts: Iterable[GroupFacts]) -> list[dict[str, Any]]:
    """Return the facts as JSON has them; times as `clock.utc_text` writes them."""
    return [
        asdict(each, dict_factory=lambda items: {k: utc_text(v) if isinstance(v, datetime) else v for k, v in items})
        for each in facts
    ]


def _by_group(table: pl.DataFrame, names: list[str]) -> list[pl.DataFrame]:
    """Return each group's rows; none where it has none."""
    parts = table.partition_by("group_id", as_dict=True)
    return [parts.get((name,), table.clear()) for name in names]


_PLATFORM = platform_of("account_id").alias("platform")


def _posts_of(home: pl.DataFrame, actions: pl.DataFrame, posts: pa.Table | None) -> pl.DataFrame:
    """Return each post of a member, once: `group_id`, `account_id`, `at`, `lang`."""
    if posts is None:
        each = actions.unique(["group_id", "account_id", "at", "post_id"], maintain_order=True)
        return each.select("group_id", "account_id", "at", lang=pl.lit(None, pl.String))
    told = pl.DataFrame(posts.select(["account_id", "created_at", "lang"])).rename({"created_at": "at"})
    return told.join(home.select("group_id", "account_id"), on="account_id").select(
        "group_id", "account_id", "at", "lang"
    )


def _members(home: pl.DataFrame, told: pl.DataFrame, outlets: Outlets) -> pl.DataFrame:
    """Return a row for each member: `group_id` and the fields of `MemberFacts`."""
    who = ["group_id", "account_id"]
    named = [outlet.name if (outlet := outlets.outlet(account)) else None for account in home["account_id"]]
    return (
        home.select(*who, "role", "bursts", "opened")
        .with_columns(outlet=pl.Series(named, dtype=pl.String))
        .join(told.group_by(who).agg(posts=pl.len().cast(pl.Int64)), on=who, how="left")
        .join(rhythms(told), on="account_id", how="left")
        .select(
            *who,
            "role",
            pl.col("bursts", "opened", "posts").fill_null(0),
            rhythm_bits="bits",
            automated=pl.col("bits") <= MOST_BITS,
            outlet="outlet",
        )
        .sort(["role", "bursts", "account_id"], descending=[True, True, False], nulls_last=True)
    )


def _ties(home: pl.DataFrame, pairs: pa.Table) -> pl.DataFrame:
    """Return each two members that are a pair, once: `group_id` and `across`."""
    of_member = home.select("account_id", "group_id")
    return (
        pl.DataFrame(pairs)
        .select("account_a", "account_b")
        .unique()
        .join(of_member, left_on="account_a", right_on="account_id")
        .join(of_member, left_on=["account_b", "group_id"], right_on=["account_id", "group_id"])
        .select("group_id", across=is_across())
    )


def _facts(  # a group's rows of each table
    group: pl.DataFrame,
    accounts: pl.DataFrame,
    bursts: pl.DataFrame,
    told: pl.DataFrame,
    ties: pl.DataFrame,
    stability: Stability,
) -> GroupFacts:
    members = tuple(MemberFacts(**row) for row in accounts.drop("group_id").iter_rows(named=True))
    judged = [member.automated for member in members if member.automated is not None]
    tempo = bursts["gap_s"].median()
    assert tempo is None or isinstance(tempo, float)
    return GroupFacts(
        group_id=group["group_id"][0],
        members=members,
        traces=tuple(group["by"].explode().unique().sort()),
        platforms=tuple(group.select(_PLATFORM).to_series().drop_nulls().unique().sort()),
        first_at=group.select(pl.col("first_at").min()).item(),
        last_at=group.select(pl.col("last_at").max()).item(),
        pairs=ties.height,
        across=int(ties["across"].sum()),
        bursts=bursts["burst"].n_unique(),
        tempo_s=tempo,
        judged=len(judged),
        automated=sum(judged),
        languages=_languages(told),
        top_objects=_top_objects(bursts),
        stability=stability,
        declared=all(member.outlet for member in members),
        techniques=techniques_of(bursts, automated=sum(judged), judged=len(judged)),
    )


def _held_out_q(group: pl.DataFrame) -> float | None:
    q = group["q_value"].max()
    assert q is None or isinstance(q, float)
    return q


def _languages(told: pl.DataFrame) -> tuple[LanguageFacts, ...]:
    counted = told.drop_nulls("lang").group_by("lang").agg(posts=pl.len())
    return tuple(LanguageFacts(*row) for row in counted.sort(["posts", "lang"], descending=[True, False]).iter_rows())


def _top_objects(bursts: pl.DataFrame) -> tuple[ObjectFacts, ...]:
    counted = bursts.group_by("kind", "object_id").agg(accounts=pl.col("account_id").n_unique(), actions=pl.len())
    first = counted.sort(["accounts", "actions", "kind", "object_id"], descending=[True, True, False, False])
    return tuple(ObjectFacts(*row) for row in first.head(MOST_OBJECTS).iter_rows())
