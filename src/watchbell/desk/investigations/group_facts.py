"""What is known of a run's groups beyond their members: read again from what the run was made of."""

from datetime import timedelta
from pathlib import Path

import polars as pl

from watchbell.desk.investigations.explain import Material, material_of_run
from watchbell.desk.investigations.networks import Network, actions_of, pairs_of_group
from watchbell.desk.investigations.runs import KeptRun
from watchbell.detect.facts import GroupFacts, facts_of_groups
from watchbell.detect.outlets import Outlets, bundled_outlets, read_outlets
from watchbell.detect.rules.catalogue import rule_named
from watchbell.errors import UsageError
from watchbell.vault.workspace import Workspace

OUTLETS_FILE = "outlets.toml"
"""Where a workspace keeps the operator's own list of declared outlets; it stands in the place of the one that ships."""


def outlets_of(workspace: Path) -> Outlets:
    """Return the workspace's own list of declared outlets, else the one that ships with Watchbell.

    Raises:
        InputError: the workspace's list cannot be read.
    """
    own = workspace / OUTLETS_FILE
    return read_outlets(own) if own.is_file() else bundled_outlets()


def facts_of_run(run: KeptRun, outlets: Outlets, group_id: str | None = None) -> list[GroupFacts]:
    """Return the facts of a run's groups, or of the one named, in the run's order.

    Raises:
        InputError: what the run was made of is gone.
        UsageError: the run has no such group.
    """
    groups = run.groups if group_id is None else run.groups.filter(pl.col("group_id") == group_id)
    if group_id is not None and groups.is_empty():
        raise UsageError(f"The run has no group {group_id}. Its groups are in groups.parquet.")
    return facts_in(run, groups, material_of_run(run, groups["account_id"].unique().to_list()), outlets)


def facts_at_desk(workspace: Workspace, network: Network) -> GroupFacts:
    """Return the facts of one group from what its run keeps and its members' posts: quick enough for a page.

    How firm the group is, it cannot say: that takes the whole run.
    """
    group = pl.read_parquet(network.run.folder / "groups.parquet").filter(group_id=network.group.group_id)
    pairs = pairs_of_group(network)
    # The scan leaves out its end; the last action belongs to the group.
    span = {"since": network.group.first_at, "until": network.group.last_at + timedelta(microseconds=1)}
    posts = workspace.posts.scan(
        accounts=group["account_id"].to_list(), columns=["account_id", "created_at", "lang"], **span
    )
    actions, outlets = actions_of(network).to_arrow(), outlets_of(workspace.root)
    (facts,) = facts_of_groups(group.to_arrow(), pairs.to_arrow(), actions, posts, outlets)
    return facts


def facts_in(run: KeptRun, groups: pl.DataFrame, material: Material, outlets: Outlets) -> list[GroupFacts]:
    """Return the facts of some of a run's GROUPS from what the run was made of."""
    pairs, asked = run.pairs.collect(), run.described["parameters"]
    kept = rule_named(asked["rule"]).keep(pairs, material.actions, asked["level"])
    return facts_of_groups(groups.to_arrow(), pairs.filter(kept).to_arrow(), material.actions, material.posts, outlets)
