"""A run as CSV for spreadsheets."""

from typing import TextIO

import polars as pl

from watchbell.detect.outlets import Outlets
from watchbell.files.spreadsheet import write_csv


def pairs_csv(pairs: pl.DataFrame, groups: pl.DataFrame, file: TextIO) -> None:
    """Write PAIRS, each with the group that holds both its accounts, the most distinct objects first."""
    home = groups.select("account_id", "group_id").unique("account_id")
    placed = (
        pairs.join(home, left_on="account_a", right_on="account_id", how="left")
        .join(home, left_on="account_b", right_on="account_id", how="left", suffix="_b")
        .with_columns(group_id=pl.when(pl.col("group_id") == pl.col("group_id_b")).then("group_id"))
        .drop("group_id_b")
        .sort(["objects", "post_pairs", "account_a", "account_b", "by"], descending=[True, True, False, False, False])
    )
    write_csv(file, placed.columns, placed.iter_rows())


def groups_csv(groups: pl.DataFrame, outlets: Outlets, file: TextIO) -> None:
    """Write GROUPS: one row for each account of a group, with the declared outlet that it is an account of.

    A last column says whether every account of the group is a declared outlet's: such groups are synchronised openly.
    """
    named = [outlet.name if (outlet := outlets.outlet(account)) else None for account in groups["account_id"]]
    marked = groups.with_columns(outlet=pl.Series(named, dtype=pl.String)).with_columns(
        declared=pl.col("outlet").is_not_null().all().over("group_id")
    )
    write_csv(file, marked.columns, marked.iter_rows())
