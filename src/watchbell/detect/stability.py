"""How far a group hangs on the chance in the search for groups, and on which of the things it is seen on."""

from collections.abc import Sequence

import polars as pl
import pyarrow as pa

from watchbell.detect.groups import groups_of_pairs
from watchbell.detect.pairs import pairs_of_actions

SEEDS = (1, 2, 3, 4, 5)


def stability_of(groups: pa.Table, pairs: pa.Table) -> dict[str, float]:
    """Search again from other seeds and return how much of each group is found again, 0 to 1.

    For each of `SEEDS`, the most alike of the groups then found, by Jaccard index of the members; the mean over the
    seeds (Hennig, "Cluster-wise assessment of cluster stability", Computational Statistics & Data Analysis 52, 2007,
    with new seeds in place of new samples).

    Args:
        groups: GROUPS.
        pairs: The PAIRS that made them.
    """
    return _found_again(groups, [groups_of_pairs(pairs, seed=seed) for seed in SEEDS])


def stability_over_halves(groups: pa.Table, actions: pa.Table, window_s: float) -> dict[str, float]:
    """Return how much of each group is found again on either half of the things alone, 0 to 1; the mean of the two.

    Things are dealt into halves by a digest of their ids. On each half the members of groups are paired again, one
    meeting being enough since half of them is gone, and groups are searched for anew.

    Args:
        groups: GROUPS.
        actions: ACTIONS of their members, and maybe of others.
        window_s: the widest that was asked.
    """
    accounts = pl.DataFrame(groups)["account_id"].unique().to_list()
    theirs = actions.filter(pl.DataFrame(actions)["account_id"].is_in(accounts).to_arrow())
    found = [groups_of_pairs(pairs_of_actions(half, window_s=window_s, min_shared=1)) for half in halves_of(theirs)]
    return _found_again(groups, found)


def halves_of(actions: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Return the ACTIONS on either half of the objects."""
    first = pl.DataFrame(actions.select(["object_id"])).to_series().cast(pl.String).hash(0) % 2 == 0
    return actions.filter(first.to_arrow()), actions.filter((~first).to_arrow())


def _found_again(groups: pa.Table, searches: Sequence[pa.Table]) -> dict[str, float]:
    """Return for each group the mean over searches of the most alike that each found."""
    members = pl.DataFrame(groups).select("group_id", "account_id")
    again = [_most_alike(members, pl.DataFrame(found)) for found in searches]
    names = members.select("group_id").unique()
    means = (
        pl.concat([names.join(found, on="group_id", how="left") for found in again])
        .group_by("group_id")
        .agg(pl.col("jaccard").fill_null(0).mean())
    )
    return dict(means.iter_rows())


def _most_alike(members: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Return for each group its highest Jaccard index with any of `found`; no row where no member is in one."""
    sized = members.with_columns(size=pl.len().over("group_id"))
    others = found.select(other="group_id", account_id="account_id", other_size=pl.len().over("group_id"))
    common = sized.join(others, on="account_id").group_by("group_id", "other", "size", "other_size").len("common")
    jaccard = pl.col("common") / (pl.col("size") + pl.col("other_size") - pl.col("common"))
    return common.group_by("group_id").agg(jaccard=jaccard.max())
