"""Make a table of actions shaped like real sharing: a few viral objects, many rare ones, and teams that burst."""

import sys
from pathlib import Path

import numpy as np
import polars as pl

_MONTH_S = 30 * 86_400
_EPOCH_S = 1_600_000_000
_MOST_SHARES = 20_000


def events(count: int, seed: int = 1) -> pl.DataFrame:
    """Return about `count` actions: account_id, object_id, timestamp_share (epoch seconds) and a content_id for each.

    Nine in ten are organic: an object's shares follow a power law (at most 20,000), its accounts a skewed activity,
    its times a log-normal delay of four hours around its birth. The rest are bursts: a team of 5 to 30 neighbouring
    accounts shares one object within 45 seconds.
    """
    chance = np.random.default_rng(seed)
    accounts, objects = max(count // 20, 100), count // 5
    organic = _organic(chance, int(0.9 * count), accounts, objects)
    bursts = _bursts(chance, count - len(organic[0]), accounts, objects)
    account, obj, at = (np.concatenate(column) for column in zip(organic, bursts, strict=True))
    order = chance.permutation(len(account))
    return pl.DataFrame(
        {
            "account_id": account[order].astype(np.int32),
            "object_id": obj[order].astype(np.int32),
            "timestamp_share": at[order] + _EPOCH_S,
            "content_id": np.arange(len(order)),
        }
    )


Columns = tuple[np.ndarray, np.ndarray, np.ndarray]


def _organic(chance: np.random.Generator, count: int, accounts: int, objects: int) -> Columns:
    rank = np.arange(1, objects + 1)
    scale = count / np.log(objects)
    for _ in range(30):  # the cap takes shares from the top; what is lost is spread again
        scale *= count / np.minimum(_MOST_SHARES, scale / rank).sum()
    obj = np.repeat(np.arange(objects), chance.poisson(np.minimum(_MOST_SHARES, scale / rank)))
    birth = chance.integers(0, _MONTH_S, objects)
    at = birth[obj] + np.exp(chance.normal(np.log(4 * 3600), 1.5, len(obj)))
    return (accounts * chance.random(len(obj)) ** 2).astype(np.int64), obj, at.astype(np.int64)


def _bursts(chance: np.random.Generator, count: int, accounts: int, objects: int) -> Columns:
    teams = max(accounts // 1000, 3)
    size, first = chance.integers(5, 31, teams), chance.integers(0, accounts - 31, teams)
    team = chance.integers(0, teams, int(count / 17.5))
    shares = size[team]
    place = np.arange(shares.sum()) - np.repeat(np.cumsum(shares) - shares, shares)
    obj = np.repeat(chance.integers(0, objects, len(team)), shares)
    at = np.repeat(chance.integers(0, _MONTH_S, len(team)), shares) + chance.integers(0, 46, len(place))
    return np.repeat(first[team], shares) + place, obj, at


if __name__ == "__main__":
    events(int(float(sys.argv[1]))).write_parquet(Path(sys.argv[2]))
