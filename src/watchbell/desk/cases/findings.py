"""What lies on the table when cases are opened, and which findings belong together."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import igraph
import polars as pl

from watchbell.desk.investigations.networks import Network, Run, latest_run, network_of
from watchbell.match.imitations import KIND as LOOKALIKE
from watchbell.model.ads import Ad, AdDecision
from watchbell.model.indicators import Indicator
from watchbell.settings import Settings
from watchbell.vault.workspace import Workspace

SMALLEST_GROUP = 3
"""Two accounts alone open no case: a pair is in the network list, and joins a case through a hit."""

MOST_GROUPS = 50
"""The largest groups of a run, beside those with a hit, that open a case: more than a team can read in a week."""


@dataclass(frozen=True)
class Cluster:
    """Findings that touch: groups whose posts carry a partner's indicator, and ads that carry the same."""

    networks: tuple[Network, ...]
    indicators: tuple[Indicator, ...]
    ads: tuple[tuple[Ad, AdDecision | None], ...]
    hits: pl.DataFrame
    """HITS of these indicators, and of imitations."""

    @property
    def subjects(self) -> list[str]:
        """Ids of what the cluster is about, groups first."""
        groups = [network.group.group_id for network in self.networks]
        indicators = [indicator.id for indicator in self.indicators]
        return [*groups, *indicators, *self.imitated, *(ad.id for ad, _ in self.ads)]

    @property
    def imitated(self) -> dict[str, str]:
        """The protected names that are imitated: id → domain."""
        imitations = self.hits.filter(pl.col("indicator_kind") == LOOKALIKE).sort("indicator_value")
        return dict(imitations.select("indicator_id", "indicator_value").iter_rows())


def clusters(workspace: Workspace, in_cases: Collection[str] = ()) -> Iterator[Cluster]:
    """Yield what the latest run and all hits found, tied together where they touch; the largest groups first.

    Args:
        workspace: where to look; its settings `case_…` say which hits count.
        in_cases: what cases hold already: all hits of that count.
    """
    hits, run = pl.DataFrame(workspace.vault.hits.all()), latest_run(workspace)
    hits = hits.filter(_counts(workspace.settings) | pl.col("indicator_id").is_in(in_cases))
    members = _members(run)
    alone = _alone(hits, workspace.settings.case_hit_targets, in_cases)
    for part in _components(_touching(hits, members), [*_large_groups(members), *alone]):
        yield _cluster(workspace, run, part, hits)


def _counts(rules: Settings) -> pl.Expr:
    """Return which hits open cases."""
    confidence = pl.col("confidence").fill_null(100)
    imitation = pl.col("indicator_kind") == LOOKALIKE
    sure = confidence >= pl.when(imitation).then(rules.case_lookalike_score).otherwise(rules.case_hit_confidence)
    return sure & (pl.col("remark").is_null() | rules.case_warned_hits)


def _alone(hits: pl.DataFrame, least: int, in_cases: Collection[str]) -> list[str]:
    """Return the indicators that were found often enough to open a case by themselves, or that a case holds."""
    found = hits.group_by("indicator_id", maintain_order=True).agg(pl.col("target_id").n_unique())
    return found.filter((pl.col("target_id") >= least) | pl.col("indicator_id").is_in(in_cases))[
        "indicator_id"
    ].to_list()


def _members(run: Run | None) -> pl.DataFrame:
    if run is None:
        return pl.DataFrame(schema={"group_id": pl.String, "account_id": pl.String})
    return pl.read_parquet(run.folder / "groups.parquet", columns=["group_id", "account_id"])


def _large_groups(members: pl.DataFrame) -> list[str]:
    sizes = members.group_by("group_id").len().filter(pl.col("len") >= SMALLEST_GROUP)
    return sizes.sort(["len", "group_id"], descending=[True, False])["group_id"].head(MOST_GROUPS).to_list()


def _touching(hits: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Return (indicator_id, other): the group of each post with a hit, and each ad with one."""
    groups = hits.filter(pl.col("target_kind") == "post").join(members, on="account_id")
    ads = hits.filter(pl.col("target_kind") == "ad")
    return pl.concat(
        [groups.select("indicator_id", other="group_id"), ads.select("indicator_id", other="target_id")]
    ).unique(maintain_order=True)


def _components(touching: pl.DataFrame, alone: list[str]) -> list[list[str]]:
    names = list(dict.fromkeys([*alone, *touching["other"], *touching["indicator_id"]]))
    place = {name: index for index, name in enumerate(names)}
    graph = igraph.Graph(n=len(names), edges=[(place[a], place[b]) for a, b in touching.iter_rows()])
    return [[names[index] for index in part] for part in graph.connected_components()]


def _cluster(workspace: Workspace, run: Run | None, part: list[str], hits: pl.DataFrame) -> Cluster:
    vault = workspace.vault
    found = filter(None, (vault.ads.get(name) for name in part))
    return Cluster(
        networks=tuple(filter(None, (network_of(run, name) for name in part if name.startswith("group-") and run))),
        indicators=tuple(filter(None, (vault.indicators.get(name) for name in part))),
        ads=tuple((ad, vault.ads.decision(ad.id)) for ad in found),
        hits=hits.filter(pl.col("indicator_id").is_in(part)),
    )
