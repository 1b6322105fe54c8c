"""Bursts of a group: moments in which several of its members act on one object, and who is first in them."""

from collections.abc import Sequence

import polars as pl
import pyarrow as pa

from watchbell.detect.seats import Seats
from watchbell.model.actions import ACTIONS, GROUPS

# Below this many bursts the order among members says nothing about an account.
_LEAST_BURSTS = 5
# One-sided 5% point of the normal distribution.
_CLEARLY = 1.645


def with_roles(groups: pa.Table, pairs: pa.Table, seats: Sequence[Seats]) -> pa.Table:
    """Return GROUPS with the role of each member, the bursts it was in and those it opened.

    Were the order left to chance, each member of a burst would be as likely as any other to be at its first moment. One
    that opens clearly more bursts than that is a seeder, one that opens clearly fewer an amplifier: one-sided 5%,
    normal approximation with continuity correction, at least 5 bursts. Members equal in time open together.

    Args:
        groups: GROUPS.
        pairs: The PAIRS that made them.
        seats: Of the actions that made those.
    """
    if groups.num_rows == 0:
        return groups
    home = pl.DataFrame(groups).drop("role", "bursts", "opened")
    windows = dict(windows_of(pairs).iter_rows())
    each = [_openings(home, seated, windows[seated.kind]) for seated in seats if seated.kind in windows]
    counted = pl.concat(each).group_by("account_id").sum()
    told = home.join(counted, on="account_id", how="left", maintain_order="left")
    filled = told.with_columns(pl.col("bursts", "opened").fill_null(0), role=_role())
    return filled.select(GROUPS.names).to_arrow().cast(GROUPS)


def _openings(home: pl.DataFrame, seats: Seats, window_s: float) -> pl.DataFrame:
    """Return what each member did in its group's bursts of one kind: `account_id` and the columns of `Openings`."""
    from watchbell.engine.bursts import openings  # noqa: PLC0415  # numba takes a second to load

    of_kind = home.filter(pl.col("by").list.contains(seats.kind))
    members = of_kind.select("account_id", group=pl.col("group_id").cast(pl.Categorical).to_physical().cast(pl.Int64))
    known = pl.DataFrame({"account_id": seats.accounts}).join(
        members, on="account_id", how="left", maintain_order="left"
    )
    found = openings(seats.slots, known["group"].fill_null(-1).to_numpy(), round(window_s * 1e6))
    return known.select("account_id").with_columns(**found._asdict()).filter(known["group"].is_not_null())


def _role() -> pl.Expr:
    excess = pl.col("opened") - pl.col("expected")
    clear = (pl.col("bursts") >= _LEAST_BURSTS) & (excess.abs() - 0.5 >= _CLEARLY * pl.col("variance").sqrt())
    return pl.when(clear).then(pl.when(excess > 0).then(pl.lit("seeder")).otherwise(pl.lit("amplifier")))


def actions_within(home: pl.DataFrame, actions: pl.DataFrame) -> pl.DataFrame:
    """Return the members' actions of the kinds that tie their group, with `group_id`; `home` has the rows of GROUPS."""
    traces = home.select("group_id", kind="by").explode("kind").unique()
    return actions.join(home.select("group_id", "account_id"), on="account_id").join(
        traces, on=["group_id", "kind"], how="semi"
    )


def shared_within(groups: pa.Table, actions: pa.Table) -> pa.Table:
    """Return what groups did together: the members' actions on things that two members of a group acted on.

    Args:
        groups: GROUPS.
        actions: The ACTIONS in which they were found.

    Returns:
        ACTIONS of the kinds that tie each group, from its first moment to its last.
    """
    home = pl.DataFrame(groups)
    if home.is_empty():
        return ACTIONS.empty_table()
    spans = home.group_by("group_id").agg(pl.col("first_at").min(), pl.col("last_at").max())
    thing = ["group_id", "kind", "object_id"]
    within = (
        actions_within(home, pl.DataFrame(actions))
        .join(spans, on="group_id")
        .filter(pl.col("at").is_between("first_at", "last_at"))
    )
    shared = within.unique([*thing, "account_id"]).group_by(thing).len().filter(pl.col("len") > 1)
    return within.join(shared, on=thing, how="semi").select(ACTIONS.names).to_arrow().cast(ACTIONS)


def windows_of(pairs: pa.Table) -> pl.DataFrame:
    """Return the widest window of each kind of action in PAIRS: columns `kind` and `window_s`."""
    return pl.DataFrame(pairs).group_by(kind="by").agg(pl.col("window_s").max())


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
    # Numbers stand for the texts that are sorted and compared: several times faster.
    things = ["group_id", "kind", "object_id"]
    coded = {
        name: pl.col(name).cast(pl.Categorical).to_physical().alias(f"{name}_code") for name in (*things, "account_id")
    }
    ordered = (
        actions.join(windows, on="kind")
        .with_columns(coded.values())
        .sort(*(f"{name}_code" for name in things), "at", "account_id_code")
    )
    gap_s = pl.col("at").diff().dt.total_microseconds() / 1e6
    same_object = pl.all_horizontal(pl.col(f"{name}_code") == pl.col(f"{name}_code").shift() for name in things)
    starts = ~same_object.fill_null(value=False) | (gap_s > pl.col("window_s"))
    by_another = ~starts & (pl.col("account_id_code") != pl.col("account_id_code").shift())
    return (
        ordered.with_columns(burst=starts.cum_sum(), gap_s=pl.when(by_another).then(gap_s), starts=starts)
        # Most actions are alone.
        .filter(~(pl.col("starts") & pl.col("starts").shift(-1, fill_value=True)))
        .with_columns(
            size=pl.col("account_id_code").n_unique().over("burst"),
            opens=pl.col("at") == pl.col("at").first().over("burst"),
        )
        .filter(pl.col("size") > 1)
        .drop("window_s", "starts", *(f"{name}_code" for name in coded))
    )
