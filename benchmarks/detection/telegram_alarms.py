"""Claim: among real channels whose synchrony has been taken away, a rule with a promised error rate finds next to none.

116 Telegram channels forward, link and quote alike, for they are of one milieu. Nobody has labelled them, so what a
rule finds in them as they are is no alarm that can be called false. But when each action is moved by a random time of
up to 30 windows, before or after, the channels keep their rhythm, their taste and the life of every item, and lose what
acting together would leave within the window (interval jitter: Amarasingham et al., Journal of Neurophysiology 107,
2012). Whatever is found then is false.

Data: `telegram_channels.parquet` of shahin-nazar/far-right-ecosystem-dataset-telegram (CC BY-SA 4.0).

    python benchmarks/detection/telegram_alarms.py [--copies 20] [--rules fdr quantile]
"""

import argparse
import sys
from collections import defaultdict

import numpy as np
import polars as pl
import pyarrow as pa

from trials import Trial, add_options, chosen, judged, shared_data
from watchbell.detect.scores import accounts_in
from watchbell.model.actions import ACTIONS

_WINDOWS_MOVED = 30
_US = 1_000_000


def channel_actions() -> pa.Table:
    """Return what the channels did: the messages they forward (by origin and its time) and the links they post."""
    posts = pl.scan_parquet(shared_data("posts/telegram_channels.parquet")).with_row_index("post")
    account = pl.format("telegram:{}", "channel_id")
    at = pl.col("date").str.to_datetime("%Y-%m-%d %H:%M:%S%z", time_unit="us", strict=False).dt.convert_time_zone("UTC")
    forwarded = pl.format("{} {}", "forward_msg_from_peer_id", "forward_msg_date")
    parts = [
        posts.select(
            kind=pl.lit(kind), account_id=account, object_id=what, at=at, post_id=pl.format("telegram:{}", "post")
        )
        for kind, what in (("repost", forwarded), ("link", pl.col("url")))
    ]
    found = pl.concat(parts).drop_nulls().unique(["kind", "account_id", "object_id", "at"], maintain_order=True)
    return found.collect().to_arrow().cast(ACTIONS)


def moved(actions: pa.Table, by_s: float, chance: np.random.Generator) -> pa.Table:
    """Return the actions with each one's time moved by up to `by_s`, before or after."""
    shift = chance.uniform(-by_s, by_s, actions.num_rows) * _US
    frame = pl.DataFrame(actions).with_columns(pl.col("at") + pl.Series(shift.astype(np.int64)).cast(pl.Duration("us")))
    return frame.to_arrow().cast(ACTIONS)


def counted(kept: pl.DataFrame) -> tuple[int, int]:
    """Return how many pairs and accounts were found."""
    return kept.height, len(accounts_in(kept))


def main() -> None:
    """Print what each rule finds as it is, and in copies whose synchrony is gone."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--copies", type=int, default=20)
    options.add_argument("--seed", type=int, default=4_000)
    add_options(options)
    asked = options.parse_args()
    actions, trials = channel_actions(), chosen(asked)
    print(f"{actions.num_rows:,} actions of {pl.DataFrame(actions)['account_id'].n_unique()} channels")
    false: defaultdict[Trial, list[tuple[int, int]]] = defaultdict(list)
    for copy in range(asked.copies):
        chance = np.random.default_rng(asked.seed + copy)
        for trial in trials:
            without = moved(actions, _WINDOWS_MOVED * max(trial.windows_s), chance)
            false[trial] += [counted(kept) for _, kept in judged(without, [trial])]
        print(f"copy {copy + 1} of {asked.copies}", file=sys.stderr)
    for trial, kept in judged(actions, trials):
        pairs, accounts = counted(kept)
        alarmed = sum(pairs > 0 for pairs, _ in false[trial])
        most = max((accounts for _, accounts in false[trial]), default=0)
        print(
            f"{trial!s:38s} as it is: {pairs} pairs, {accounts} channels; "
            f"synchrony gone: {alarmed}/{asked.copies} copies with an alarm, at most {most} channels in one"
        )


if __name__ == "__main__":
    main()
