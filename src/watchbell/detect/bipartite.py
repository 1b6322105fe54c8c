"""Accounts and the objects they act on, whenever they do: what two accounts have in common."""

from collections.abc import Sequence

import polars as pl

# Rows of the widest table made on the way: about 200 MB.
_ROWS = 4_000_000


def holdings_of(actions: pl.DataFrame) -> pl.DataFrame:
    """Return each account's distinct objects: columns `account_id`, `object_id`."""
    return actions.select("account_id", "object_id").unique(maintain_order=True)


def over_common_objects(
    pairs: pl.DataFrame, holdings: pl.DataFrame, total: pl.Expr, by: Sequence[str] = ()
) -> pl.DataFrame:
    """Sum something up over the objects that the two accounts of each pair have in common.

    Args:
        pairs: Columns `account_a`, `account_b`.
        holdings: Columns `account_id`, `object_id`, and what else `total` and `by` name.
        total: An aggregate over the common objects, named `total`; account b's columns end in `_b`.
        by: Columns of `holdings` to sum up apart.

    Returns:
        Columns `row` (of the pair in `pairs`), those of `by`, and `total`; no row where nothing is common.
    """
    ends = pairs.select("account_a", "account_b").with_row_index("row")
    of_a = holdings.rename({"account_id": "account_a"})
    of_b = holdings.rename({"account_id": "account_b"})
    parts = [
        part.join(of_a, on="account_a")
        .join(of_b, on=["account_b", "object_id"], suffix="_b")
        .group_by("row", *by)
        .agg(total.alias("total"))
        for part in in_parts(ends, holdings, "account_a")
    ]
    return pl.concat(parts).sort("row", *by)


def in_parts(pairs: pl.DataFrame, of_accounts: pl.DataFrame, end: str) -> list[pl.DataFrame]:
    """Deal pairs into parts, one at least, that each stay near four million rows when the account's are joined to them.

    Args:
        pairs: Column `end` is an account.
        of_accounts: Column `account_id`; what will be joined.
        end: The column that it will be joined on.
    """
    sizes = of_accounts.group_by(pl.col("account_id").alias(end)).len("rows")
    part = pl.col("rows").fill_null(0).cast(pl.Int64).cum_sum() // _ROWS
    dealt = pairs.join(sizes, on=end, how="left", maintain_order="left").with_columns(part=part).drop("rows")
    return dealt.partition_by("part", include_key=False) or [dealt.drop("part")]
