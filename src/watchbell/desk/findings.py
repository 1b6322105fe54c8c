"""What lies on the table when cases are opened, and which findings belong together."""

from collections.abc import Iterator
from dataclasses import dataclass

import igraph
import polars as pl

from watchbell.desk.networks import Network, Run, latest_run, network_of
from watchbell.model.ads import Ad, AdDecision
from watchbell.model.indicators import Indicator
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
    """HITS of these indicators."""

    @property
    def subjects(self) -> list[str]:
        """Ids of what the cluster is about, groups first."""
        groups = [network.group.group_id for network in self.networks]
        return [*groups, *(indicator.id for indicator in self.indicators), *(ad.id for ad, _ in self.ads)]


def clusters(workspace: Workspace) -> Iterator[Cluster]:
    """Yield what the latest run and all hits found, tied together where they touch; the largest groups first."""
    hits, run = pl.DataFrame(workspace.vault.hits.all()), latest_run(workspace)
    members = _members(run)
    touching = _touching(hits, members)
    for part in _components(touching, _large_groups(members)):
        yield _cluster(workspace, run, part, hits)


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


def _components(touching: pl.DataFrame, groups: list[str]) -> list[list[str]]:
    names = list(dict.fromkeys([*groups, *touching["other"], *touching["indicator_id"]]))
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
