"""Check signed counts against their signatures, against each other, and against the ads that are there."""

import json
from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from watchbell.desk.ads.counts import digest_of, line_of, lines_of_day, said, signed_days
from watchbell.desk.ads.counts_key import signed_by
from watchbell.model.ad_counts import DayOfAds, SignedDay
from watchbell.vault.adhistory import digest_of as digest_of_record
from watchbell.vault.database import IDS_AT_ONCE
from watchbell.vault.ledger import FIRST
from watchbell.vault.merkle import MerkleTree
from watchbell.vault.vault import Vault


def problems_of_days(folder: Path, keys: Collection[str]) -> Iterator[str]:
    """Yield what is wrong with what was signed, a sentence each; nothing where all is well.

    Args:
        folder: the workspace's `counts`, or a copy that somebody kept.
        keys: the public keys that the house is known by, hexadecimal; none: each day's own is believed.

    Raises:
        InputError: a file is not there or cannot be read.
    """
    tree, before = MerkleTree(), None
    for signed in signed_days(folder):
        counts = signed.counts
        yield from _problems_of_day(signed, before, keys)
        for line in lines_of_day(folder, counts):
            tree.add(line)
        if (tree.size, tree.root()) != (counts.entries, counts.root):
            yield f"{counts.day}: the entries kept beside it are not those that were signed."
        before = counts


def problems_of_ads(vault: Vault, folder: Path) -> Iterator[str]:
    """Yield how the library differs from what was signed, a sentence each, which names the ad.

    Raises:
        InputError: a file is not there or cannot be read.
    """
    for day in signed_days(folder):
        lines = lines_of_day(folder, day.counts)
        while some := list(islice(lines, IDS_AT_ONCE)):
            yield from _problems_of_entries(vault, day.counts, some)
    for standing in vault.ads.history.standing():
        for ad in standing:
            if ad.record is None:
                yield f"The ad {ad.ad_id} has vanished."
            elif digest_of_record(ad.record) != ad.digest:
                yield f"The ad {ad.ad_id} was changed without a version of its own."
    for ad_id in vault.ads.history.without():
        yield f"The ad {ad_id} was slipped in: nothing tells how it came."


def _problems_of_day(signed: SignedDay, before: DayOfAds | None, keys: Collection[str]) -> Iterator[str]:
    counts = signed.counts
    if not signed_by(counts.key, signed.signature, said(counts)):
        yield f"{counts.day}: the signature is not over these counts."
    if keys and counts.key not in keys:
        yield f"{counts.day}: signed with {counts.key}, which is no key of the house."
    if counts.previous != (digest_of(before) if before else FIRST):
        yield f"{counts.day}: the day before is missing, or was changed."


def _problems_of_entries(vault: Vault, day: DayOfAds, lines: list[bytes]) -> Iterator[str]:
    signed = {_seq(told): (line, told) for line in lines if (told := json.loads(line))}
    here = {
        entry.seq: line_of(entry)
        for entries in vault.ads.history.entries(min(signed) - 1, max(signed))
        for entry in entries
    }
    for seq, (line, told) in signed.items():
        if here.get(seq) != line:
            gone = "is not in the library's history any more" if seq not in here else "is told otherwise by now"
            yield f"The ad {told['ad']}: what was signed on {day.day} ({told['event']}, {told['at']}) {gone}."
    for seq in sorted(here.keys() - signed.keys()):
        yield f"The ad {json.loads(here[seq])['ad']}: an entry was slipped into what was signed on {day.day}."


def _seq(told: dict[str, Any]) -> int:
    return int(told["seq"])
