"""How right a rule was, where the truth is known: which accounts it named, and which it should have."""

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Score:
    """What of the accounts named was right, and what of the right ones was named."""

    named: int
    """Accounts named, those set aside left out."""
    right: int
    """Coordinated accounts among them."""
    coordinated: int
    """Coordinated accounts there are."""
    fans: int
    """Fans named."""
    organic: int
    """Organic accounts named."""
    set_aside: int
    """Accounts named that count neither way, such as declared outlets."""
    recall_of: dict[str, float]
    """Share of each coordinated group's accounts that was named."""

    @property
    def precision(self) -> float | None:
        """Share of the named accounts that are coordinated; None when none was named."""
        return self.right / self.named if self.named else None

    @property
    def recall(self) -> float | None:
        """Share of the coordinated accounts that was named; None where there are none."""
        return self.right / self.coordinated if self.coordinated else None


def accounts_in(pairs: pl.DataFrame) -> set[str]:
    """Return the accounts of some PAIRS."""
    return {account for side in ("account_a", "account_b") for account in pairs[side].unique()}


def score(named: Collection[str], truth: pl.DataFrame, *, aside: Collection[str] = ("wire",)) -> Score:
    """Compare the accounts that were named with the truth.

    Args:
        named: Account ids. An account that the truth does not know counts as organic: wrongly named.
        truth: Columns `account_id`, `role` (planted is what should be named) and `group`.
        aside: Roles that count neither way. Wires are truly synchronised, and an analyst declares them.
    """
    told = pl.DataFrame({"account_id": sorted(named)}, schema={"account_id": pl.String})
    roles = told.join(truth.select("account_id", "role"), on="account_id", how="left")["role"].fill_null("organic")
    counts: dict[str, int] = dict(roles.value_counts().iter_rows())
    planted = truth.filter(pl.col("role") == "planted").with_columns(
        hit=pl.col("account_id").is_in(told["account_id"].implode())
    )
    recall = planted.group_by("group", maintain_order=True).agg(pl.col("hit").mean()).sort("group")
    set_aside = sum(counts.get(role, 0) for role in aside)
    return Score(
        named=told.height - set_aside,
        right=counts.get("planted", 0),
        coordinated=planted.height,
        fans=counts.get("fan", 0),
        organic=counts.get("organic", 0),
        set_aside=set_aside,
        recall_of=dict(recall.iter_rows()),
    )
