"""What accounts call themselves: looked up once when a run is kept, since a name may lie in any day of the posts."""

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:  # a run on a table needs no workspace, and starts without it
    from watchbell.vault.workspace import Workspace

NAMES = "names.parquet"
"""In the folder of a kept run: `account_id` and `name` of all accounts in its groups; no name is null."""


def names_of(workspace: "Workspace", accounts: Collection[str], folder: Path) -> dict[str, str]:
    """Return the name of each account whose posts carry one, as of the run kept in `folder`.

    Accounts that the run did not look up, as runs of earlier versions did not, are looked up in the posts.
    """
    file = folder / NAMES
    kept = pl.read_parquet(file).filter(pl.col("account_id").is_in(list(accounts))) if file.exists() else None
    missing = set(accounts) - set(kept["account_id"] if kept is not None else ())
    found = [kept] if kept is not None else []
    found += [names_in_posts(workspace, missing)] if missing else []
    return dict(pl.concat(found).drop_nulls().iter_rows()) if found else {}


def names_in_posts(workspace: "Workspace", accounts: Collection[str]) -> pl.DataFrame:
    """Return `account_id` and `name` for all of `accounts`: the latest that a post of theirs carries, or null."""
    posts = workspace.posts.scan(accounts=accounts, columns=["account_id", "account_name", "created_at"])
    named = pl.DataFrame(posts).drop_nulls("account_name").sort("created_at")
    latest = named.group_by("account_id").agg(pl.col("account_name").last().alias("name"))
    asked = pl.DataFrame({"account_id": sorted(accounts)}, schema={"account_id": pl.String})
    return asked.join(latest, on="account_id", how="left")
