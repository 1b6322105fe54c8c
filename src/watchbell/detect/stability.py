"""How far a group hangs on the chance in the search for groups."""

import polars as pl
import pyarrow as pa

from watchbell.detect.groups import groups_of_pairs

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
    members = pl.DataFrame(groups).select("group_id", "account_id")
    again = [_most_alike(members, pl.DataFrame(groups_of_pairs(pairs, seed=seed))) for seed in SEEDS]
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
