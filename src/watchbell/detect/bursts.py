"""Bursts of a group: moments in which several of its members act on one object, and who is first in them."""

import polars as pl

# Below this many bursts the order among members says nothing about an account.
_LEAST_BURSTS = 5
# One-sided 5% point of the normal distribution.
_CLEARLY = 1.645


def bursts_of(actions: pl.DataFrame, windows: pl.DataFrame) -> pl.DataFrame:
    """Return the actions that lie in bursts.

    On one object, the actions of a group's members go on in one burst while none comes later than the window after the
    last; a burst has two members or more.

    Args:
        actions: ACTIONS with `group_id`, and other columns if need be.
        windows: Columns `kind` and `window_s`.

    Returns:
        The actions with `burst` (its number), `size` (its members), `opens` (whether at its first moment) and `gap_s`
        (since the action before in the burst; null where that was the same account's or there was none), in the order
        of time within each burst.
    """
    of_object = ["group_id", "kind", "object_id"]
    ordered = actions.join(windows, on="kind").sort(*of_object, "at", "account_id")
    gap_s = pl.col("at").diff().dt.total_microseconds() / 1e6
    same_object = pl.all_horizontal(pl.col(name) == pl.col(name).shift() for name in of_object)
    starts = ~same_object.fill_null(value=False) | (gap_s > pl.col("window_s"))
    by_another = ~starts & (pl.col("account_id") != pl.col("account_id").shift())
    return (
        ordered.with_columns(burst=starts.cum_sum(), gap_s=pl.when(by_another).then(gap_s))
        .with_columns(
            size=pl.col("account_id").n_unique().over("burst"),
            opens=pl.col("at") == pl.col("at").min().over("burst"),
        )
        .filter(pl.col("size") > 1)
        .drop("window_s")
    )


def roles_of(bursts: pl.DataFrame) -> pl.DataFrame:
    """Return how often each member opened the bursts that it was in, and what that makes it.

    Were the order left to chance, each member of a burst would be as likely as any other to be at its first moment. One
    that opens clearly more bursts than that is a seeder, one that opens clearly fewer an amplifier: one-sided 5%,
    normal approximation with continuity correction, at least 5 bursts. Members equal in time open together.

    Args:
        bursts: As `bursts_of` returns them.

    Returns:
        Columns `group_id`, `account_id`, `bursts`, `opened` (int64) and `role` (`seeder`, `amplifier` or null).
    """
    who = ["group_id", "account_id"]
    each = bursts.group_by(*who, "burst").agg(pl.col("opens").any(), pl.col("size").first())
    openers = each.with_columns(chance=pl.col("opens").sum().over("burst") / pl.col("size"))
    counted = openers.group_by(who).agg(
        bursts=pl.len().cast(pl.Int64),
        opened=pl.col("opens").sum().cast(pl.Int64),
        expected=pl.col("chance").sum(),
        spread=(pl.col("chance") * (1 - pl.col("chance"))).sum().sqrt(),
    )
    excess = pl.col("opened") - pl.col("expected")
    clear = (pl.col("bursts") >= _LEAST_BURSTS) & (excess.abs() - 0.5 >= _CLEARLY * pl.col("spread"))
    role = pl.when(clear).then(pl.when(excess > 0).then(pl.lit("seeder")).otherwise(pl.lit("amplifier")))
    return counted.with_columns(role=role).select(*who, "bursts", "opened", "role").sort(who)
