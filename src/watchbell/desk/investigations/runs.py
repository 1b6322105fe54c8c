"""Runs that are kept: read one, and tell how two differ."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from watchbell.detect.platforms import Span, spanning
from watchbell.errors import InputError

_PAIR = ("account_a", "account_b", "by")


@dataclass(frozen=True)
class KeptRun:
    """A run of detect: what was asked, and what was found."""

    described: dict[str, Any]
    """What `run.json` says."""
    pairs: pl.LazyFrame
    """PAIRS; lazy, for there may be many millions of which few are wanted."""
    groups: pl.DataFrame
    """GROUPS."""


def read_run(folder: Path) -> KeptRun:
    """Return the run in a folder.

    Raises:
        InputError: there is none, or it is not whole.
    """
    try:
        described = json.loads((folder / "run.json").read_text("utf-8"))
        pairs, groups = pl.scan_parquet(folder / "pairs.parquet"), pl.read_parquet(folder / "groups.parquet")
        pairs.collect_schema()
    except FileNotFoundError as error:
        # `run.json` is written last: without it, the tables may be half there.
        raise InputError(
            f"{folder} is no finished run of detect. Give a folder that `watchbell detect --out DIR` wrote, "
            "or the id of a run in the workspace."
        ) from error
    except (OSError, ValueError, pl.exceptions.PolarsError) as error:
        raise InputError(f"The run in {folder} cannot be read ({error}). Make it again.") from error
    if not isinstance(described, dict) or not {"run_id", "parameters", "counts"} <= described.keys():
        raise InputError(f"{folder / 'run.json'} was not written by `watchbell detect`. Make the run again.")
    return KeptRun(described, pairs, groups)


def split(run: KeptRun, span: Span) -> KeptRun:
    """Return a run with only its pairs within one platform or across two, and the members of groups in such pairs."""
    if span is Span.ALL:
        return run
    pairs = spanning(run.pairs, span)
    ends = [pairs.select(account_id=side) for side in ("account_a", "account_b")]
    accounts = pl.concat(ends).unique().collect()["account_id"]
    return KeptRun(run.described, pairs, run.groups.filter(pl.col("account_id").is_in(accounts.implode())))


@dataclass(frozen=True)
class Overlap:
    """How many things two runs have in common."""

    both: int
    only_first: int
    only_second: int

    @property
    def jaccard(self) -> float:
        """Return the share of all things that both have; 1 where neither has any."""
        every = self.both + self.only_first + self.only_second
        return self.both / every if every else 1.0

    def said(self) -> dict[str, float]:
        """Return it as JSON has it."""
        first, second = self.only_first, self.only_second
        return {"both": self.both, "only_first": first, "only_second": second, "jaccard": round(self.jaccard, 4)}


@dataclass(frozen=True)
class GroupMatch:
    """A group of the first run, and the group of the second that shares most accounts with it."""

    first: str
    second: str | None
    accounts_first: int
    accounts_second: int
    accounts_both: int
    jaccard: float


@dataclass(frozen=True)
class Comparison:
    """Two runs side by side."""

    parameters: dict[str, tuple[Any, Any]]
    """Those that differ, as the first and the second run have them."""
    is_same_input: bool
    """Whether both name the same inputs and, where they looked for the same, found as many actions in them."""
    pairs: Overlap
    """A pair is its two accounts and the trace."""
    accounts: Overlap
    """Accounts in groups."""
    groups: Overlap
    """A group is in both where it has the very same accounts."""
    matches: tuple[GroupMatch, ...]
    """One for each group of the first run, the largest first."""


def compare(first: KeptRun, second: KeptRun) -> Comparison:
    """Return how two runs differ."""
    return Comparison(
        parameters=_differing(first.described["parameters"], second.described["parameters"]),
        is_same_input=_is_same_input(first.described, second.described),
        pairs=_pairs_overlap(first.pairs, second.pairs),
        accounts=_overlap(set(first.groups["account_id"]), set(second.groups["account_id"])),
        groups=_overlap(set(first.groups["group_id"]), set(second.groups["group_id"])),
        matches=_matches(first.groups, second.groups),
    )


def _differing(first: dict[str, Any], second: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    names = dict.fromkeys([*first, *second])
    return {name: (first.get(name), second.get(name)) for name in names if first.get(name) != second.get(name)}


def _is_same_input(first: dict[str, Any], second: dict[str, Any]) -> bool:
    if first.get("inputs") != second.get("inputs"):
        return False
    is_same_trace = first["parameters"]["by"] == second["parameters"]["by"]
    return not is_same_trace or first["counts"]["actions"] == second["counts"]["actions"]


def _overlap(first: Collection[str], second: Collection[str]) -> Overlap:
    both = len(set(first) & set(second))
    return Overlap(both, len(first) - both, len(second) - both)


def _pairs_overlap(first: pl.LazyFrame, second: pl.LazyFrame) -> Overlap:
    """Count pairs; one found in several windows is one pair."""
    left, right = (pairs.select(_PAIR).unique() for pairs in (first, second))
    counts = [frame.select(pl.len()) for frame in (left, right, left.join(right, on=_PAIR))]
    in_first, in_second, both = (int(counted.item()) for counted in pl.collect_all(counts))
    return Overlap(both, in_first - both, in_second - both)


def _matches(first: pl.DataFrame, second: pl.DataFrame) -> tuple[GroupMatch, ...]:
    sizes, others = (groups.group_by("group_id").len("accounts") for groups in (first, second))
    shared = first.join(second, on="account_id").group_by("group_id", "group_id_right").len("both")
    paired = (
        sizes.join(shared, on="group_id", how="left")
        .join(others, left_on="group_id_right", right_on="group_id", how="left", suffix="_second")
        .with_columns(pl.col("both", "accounts_second").fill_null(0).cast(pl.Int64), pl.col("accounts").cast(pl.Int64))
        .with_columns(jaccard=pl.col("both") / (pl.col("accounts") + pl.col("accounts_second") - pl.col("both")))
        .sort(["accounts", "group_id", "jaccard", "group_id_right"], descending=[True, False, True, False])
        .unique("group_id", keep="first", maintain_order=True)
    )
    columns = ("group_id", "group_id_right", "accounts", "accounts_second", "both", "jaccard")
    return tuple(GroupMatch(*row) for row in paired.select(columns).iter_rows())
