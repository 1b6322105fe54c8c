"""Each day's counts of the ad library, signed: whoever kept one can tell later that an ad vanished or was changed.

Two files a day lie in the workspace's folder `counts`, outside the database: `DAY.json`, what was signed, and
`DAY.history.jsonl.gz`, the entries of the history that came since the day before, one line of JSON each. The lines of
all days, in their order, are the leaves of the tree whose root is signed.
"""

import gzip
import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from watchbell.desk.ads.counts_key import CountsKey
from watchbell.errors import InputError
from watchbell.files.whole import replacing
from watchbell.model.ad_counts import DayOfAds, SignedDay
from watchbell.vault.adhistory import HistoryEntry
from watchbell.vault.ledger import FIRST, canonical
from watchbell.vault.merkle import MerkleTree
from watchbell.vault.vault import Vault

SIGNED, HISTORY = ".json", ".history.jsonl.gz"
# As for dumps: written every night, read seldom, and most of a line is a hash that no level makes shorter.
_GZIP_LEVEL = 1


def make_counts(vault: Vault, folder: Path, key: CountsKey, operator: str, now: datetime) -> SignedDay:
    """Count the ads, sign the counts and keep them in `folder`; the day's own, where they were made already.

    Raises:
        InputError: the days before cannot be read; they are not to be signed over.
    """
    days = signed_days(folder)
    if days and days[-1].counts.day >= now.date():
        return days[-1]
    before = days[-1].counts if days else None
    tree = MerkleTree(before.entries, before.peaks) if before else MerkleTree()
    last, ads, by = vault.ad_counts.now()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    day = now.date()
    _write_history(vault, folder / f"{day}{HISTORY}", tree, range(before.last_entry if before else 0, last))
    counts = DayOfAds(
        day=day,
        at=now,
        operator=operator,
        ads=ads,
        by=by,
        entries=tree.size,
        last_entry=last,
        root=tree.root(),
        peaks=tree.peaks,
        previous=digest_of(days[-1].counts) if days else FIRST,
        key=key.public,
    )
    signed = SignedDay(counts=counts, signature=key.sign(said(counts)))
    with replacing(folder / f"{day}{SIGNED}") as part:
        part.write_text(signed.model_dump_json(indent=2) + "\n", "utf-8")
    return signed


def signed_days(folder: Path) -> list[SignedDay]:
    """Return what was signed, the first day first.

    Raises:
        InputError: one of the files cannot be read.
    """
    days = []
    for file in sorted(folder.glob(f"????-??-??{SIGNED}")):
        try:
            days.append(SignedDay.model_validate_json(file.read_bytes()))
        except (OSError, ValidationError) as error:
            raise InputError(f"{file} is not the signed counts of a day.") from error
    return days


def lines_of_day(folder: Path, day: DayOfAds) -> Iterator[bytes]:
    """Yield the lines of the history that came on a day.

    Raises:
        InputError: the file is not there, or broken.
    """
    file = folder / f"{day.day}{HISTORY}"
    try:
        with gzip.open(file) as packed:
            for line in packed:
                yield line.rstrip(b"\n")
    except (OSError, EOFError) as error:
        raise InputError(f"{file} cannot be read: {error}.") from error


def _write_history(vault: Vault, file: Path, tree: MerkleTree, span: range) -> None:
    """Write the entries past the span's start, up to and with its end, and let the tree grow by them."""
    with (
        replacing(file) as part,
        part.open("wb") as raw,
        gzip.GzipFile(fileobj=raw, filename="", mode="wb", compresslevel=_GZIP_LEVEL, mtime=0) as packed,
    ):
        for entries in vault.ads.history.entries(span.start, span.stop):
            for line in map(line_of, entries):
                tree.add(line)
                packed.write(line + b"\n")


def line_of(entry: HistoryEntry) -> bytes:
    """Return an entry as the line that is signed: JSON with the keys sorted, no spaces, ASCII only."""
    facts = {
        "ad": entry.ad_id,
        "at": entry.at.isoformat(timespec="microseconds"),
        "event": entry.event,
        "seq": entry.seq,
        "sha256": entry.digest,
    }
    return canonical(facts).encode()


def said(counts: DayOfAds) -> bytes:
    """Return what the signature is made over."""
    return canonical(json.loads(counts.model_dump_json())).encode()


def digest_of(counts: DayOfAds) -> str:
    """Return the SHA-256, hexadecimal, by which the next day names this one."""
    return hashlib.sha256(said(counts)).hexdigest()
