"""What is known of a run's groups beyond their members: read again from what the run was made of."""

import polars as pl

from watchbell.desk.explain import Material, material_of_run
from watchbell.desk.runs import KeptRun
from watchbell.detect.facts import GroupFacts, facts_of_groups
from watchbell.detect.outlets import Outlets
from watchbell.detect.rules.catalogue import rule_named
from watchbell.errors import UsageError


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


def facts_in(run: KeptRun, groups: pl.DataFrame, material: Material, outlets: Outlets) -> list[GroupFacts]:
    """Return the facts of some of a run's GROUPS from what the run was made of."""
    pairs, asked = run.pairs.collect(), run.described["parameters"]
    kept = rule_named(asked["rule"]).keep(pairs, material.actions, asked["level"])
    return facts_of_groups(groups.to_arrow(), pairs.filter(kept).to_arrow(), material.actions, material.posts, outlets)
