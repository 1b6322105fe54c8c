"""A simulated world: actions of accounts of which it is known who acts together.

What is organic in it: heavy-tailed activity and popularity; bursts after an object is born, some with a second one;
hours awake; topics. What is honest and looks coordinated: fans, who repost one source within minutes, and wires, which
publish the same items within a second. What is coordinated: planted groups, whose accounts hide in camouflage. A world
is no evidence about any platform. It is a place where the truth is known.
"""

from typing import NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa

from watchbell.detect.worlds.crowd import Deeds, crowd
from watchbell.detect.worlds.recipe import Recipe
from watchbell.detect.worlds.stage import DAY_S, ROLES, Accounts, accounts_of, objects_of
from watchbell.detect.worlds.together import fans, planted, wires
from watchbell.model.actions import ACTIONS

KIND = "repost"
"""What every action of a world is: an account does it once to an object."""

_EPOCH_S = 1_704_067_200  # 2024-01-01T00:00:00Z: any time would do, but it must always be the same
_US = 1_000_000


class World(NamedTuple):
    """A world and the truth about it."""

    actions: pa.Table
    """ACTIONS, by time."""
    truth: pl.DataFrame
    """Every account, also those that never act: columns `account_id`, `role` (organic, fan, wire, planted) and `group`
    (null for organic accounts)."""


def simulate(recipe: Recipe, seed: int) -> World:
    """Return the world that a recipe makes of a seed: the same for the same two."""
    chance = np.random.default_rng(seed)
    accounts, objects = accounts_of(recipe, chance), objects_of(recipe, chance)
    parts = [
        crowd(chance, accounts, objects),
        fans(chance, recipe, accounts, objects),
        wires(chance, accounts, objects),
        *planted(chance, recipe, accounts, objects),
    ]
    deeds = Deeds(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
    return World(_actions(deeds, recipe.days * DAY_S), _truth(accounts))


def _actions(deeds: Deeds, until_s: int) -> pa.Table:
    """Return as ACTIONS what happens before the world ends; of an account's actions on one object, the first."""
    frame = pl.DataFrame(deeds._asdict()).lazy().filter(pl.col("at_s") < until_s).sort("at_s", "account", "object")
    first = frame.unique(["account", "object"], keep="first", maintain_order=True).with_row_index("post")
    return (
        first.select(
            kind=pl.lit(KIND),
            account_id=pl.format("simulated:{}", "account"),
            object_id=pl.format("object-{}", "object"),
            at=((pl.col("at_s") + _EPOCH_S) * _US).cast(pl.Datetime("us", "UTC")),
            post_id=pl.format("simulated:post-{}", "post"),
        )
        .collect()
        .to_arrow()
        .cast(ACTIONS)
    )


def _truth(accounts: Accounts) -> pl.DataFrame:
    frame = pl.DataFrame({"account": np.arange(len(accounts.role)), "role": accounts.role, "group": accounts.group})
    role = pl.col("role").replace_strict(dict(enumerate(ROLES)), return_dtype=pl.String)
    named = pl.when(pl.col("group") >= 0).then(pl.format("{}-{}", role, pl.col("group") + 1))
    return frame.select(account_id=pl.format("simulated:{}", "account"), role=role, group=named)
