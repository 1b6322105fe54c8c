"""Bring ads into a workspace and give each its first decision; or review a file of ads without a workspace."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import islice, tee
from pathlib import Path
from typing import NamedTuple

from watchbell.ads.answers import ad_of_record, answer_of
from watchbell.ads.decided_before import in_view_of
from watchbell.ads.readers.fields import FieldError, rejected
from watchbell.ads.readers.sources import read_ads
from watchbell.ads.review import NO_AIDS, Aids, review_each
from watchbell.ads.rules.rulebook import RuleBook
from watchbell.desk.ads.links import link_reviewed, payer_book
from watchbell.desk.ads.media import MediaFolder, with_pictures
from watchbell.desk.workers import in_order
from watchbell.errors import NothingUsableError
from watchbell.files import Reject, Row, read_rows, write_rejects
from watchbell.files.whole import replacing
from watchbell.model.ads import FIRST_PASS, Ad, AdDecision
from watchbell.sources.importing import rejects_file
from watchbell.vault.workspace import Workspace

# Ads that are stored together: enough to make a write worth while, little enough to hold.
_BATCH = 1000
_PART = 250
"""Records that a process reviews in one go."""
_ALONE = 10_000
"""A worker takes some three seconds to start: as long as two take to review so many."""


@dataclass(frozen=True, slots=True)
class Reviewer:
    """What a first review needs beside the ad: the rules, the time, and what else may be asked."""

    rules: RuleBook
    now: datetime
    aids: Aids = NO_AIDS
    media: MediaFolder | None = None
    """Has the pictures that ads name; None leaves them where they are."""

    def decide(self, ad: Ad) -> AdDecision:
        """Return the first decision on an ad."""
        return next(self.decide_each([ad]))

    def decide_each(self, ads: Iterable[Ad]) -> Iterator[AdDecision]:
        """Yield the first decision on each ad, faster than one after the other."""
        return review_each(ads, self.rules, now=self.now, aids=self.aids)


@dataclass(slots=True)
class AdTally:
    """What became of a file of ads."""

    ads: int = 0
    new: int = 0
    decided: int = 0
    rejected: int = 0
    rejects: Path | None = None
    """Where the rows are kept that are no ads; None where there are none."""
    verdicts: Counter[str] = field(default_factory=Counter)
    political: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    left_out: set[str] = field(default_factory=set)
    """Fields of the file that an ad has no place for."""

    def count(self, decision: AdDecision) -> None:
        """Add one decision."""
        self.ads += 1
        self.verdicts[decision.verdict.value] += 1
        self.political += decision.political
        self.codes.update(finding.code for finding in decision.policies)

    def add(self, other: "AdTally") -> None:
        """Add what became of more records of the same file."""
        self.ads += other.ads
        self.rejected += other.rejected
        self.verdicts.update(other.verdicts)
        self.political += other.political
        self.codes.update(other.codes)


def import_ads(workspace: Workspace, path: Path, source: str, reviewer: Reviewer, workers: int = 1) -> AdTally:
    """Store the ads of a file with their first decisions. Importing it again changes nothing.

    A decision that a person took stands while the ad shows what it showed then. Of a record that only sums up ads
    nothing is decided. With several `workers`, so many processes review a file of many ads; this one alone stores them.

    Raises:
        InputError: the whole file cannot be read.
        NothingUsableError: not one row is an ad.
        WorkerLostError: a worker was ended; what was stored before stands.
    """
    tally, reviewer = AdTally(), knowing_payers(workspace, reviewer)
    place = rejects_file(workspace.rejects, path)
    items = read_ads(path, source, left_out=tally.left_out)
    batches, reviewed = tee(_batches(workspace, items, reviewer.media))
    work = partial(_decided, replace(reviewer, media=None))
    decided = in_order(work, (batch.ads for batch in reviewed), workers, alone=_ALONE // _BATCH)
    tally.rejected = write_rejects(place, _stored(workspace, zip(decided, batches, strict=True), reviewer, tally))
    tally.rejects = place if tally.rejected else None
    if not tally.ads:
        raise NothingUsableError(_nothing_usable(path, tally))
    if tally.decided:
        details = {"ads": tally.ads, "decided": tally.decided, "rules": reviewer.rules.version, **tally.verdicts}
        workspace.vault.ledger.append(FIRST_PASS, "ads.reviewed", path.name, details, reviewer.now)
    return tally


class _Batch(NamedTuple):
    """Ads of a file with their pictures, and what stands between them and is none."""

    ads: list[Ad]
    rejects: list[Reject]


def _batches(workspace: Workspace, items: Iterator[Ad | Reject], media: MediaFolder | None) -> Iterator[_Batch]:
    while batch := list(islice(items, _BATCH)):
        ads = with_pictures([item for item in batch if isinstance(item, Ad)], media, workspace.vault)
        yield _Batch(ads, [item for item in batch if isinstance(item, Reject)])


def _decided(reviewer: Reviewer, ads: Sequence[Ad]) -> list[AdDecision]:
    """Return the decisions on the ads that are no sums of ads."""
    return list(reviewer.decide_each(ad for ad in ads if ad.sums_up is None))


def _stored(
    workspace: Workspace, batches: Iterable[tuple[list[AdDecision], _Batch]], reviewer: Reviewer, tally: AdTally
) -> Iterator[Reject]:
    """Store ads and decisions batch by batch and yield the rejects on the way."""
    for decisions, (ads, rejects) in batches:
        yield from rejects
        done = workspace.vault.ads.bring_in(ads, decisions, in_view_of)
        tally.new += done.new
        tally.decided += done.decided
        tally.ads += len(ads) - len(decisions)
        for decision in done.holding:
            tally.count(decision)
        if reviewer.aids.payers is not None:
            reviewed = zip((ad for ad in ads if ad.sums_up is None), done.holding, strict=True)
            link_reviewed(workspace.vault, reviewer.aids.payers, reviewed, reviewer.now)


def knowing_payers(workspace: Workspace, reviewer: Reviewer) -> Reviewer:
    """Return the reviewer with the workspace's advertisers and their words."""
    book = payer_book(workspace.vault, workspace.settings)
    return replace(reviewer, aids=replace(reviewer.aids, payers=book))


def review_lines(path: Path, reviewer: Reviewer, tally: AdTally, workers: int = 1) -> Iterator[str | Reject]:
    """Yield the answer to each record of a file, as one JSON line, in order; a Reject in place of what is no ad.

    Args:
        path: the file.
        reviewer: what decides; one that has pictures counts them, and so works in one process.
        tally: what became of the records so far.
        workers: processes that review, where there are enough records to be worth starting more than this one.

    Raises:
        InputError: the whole file cannot be read.
        WorkerLostError: a worker was ended.
    """
    rows = read_rows(path)
    parts = iter(lambda: list(islice(rows, _PART)), [])
    work = partial(_answered, str(path), reviewer)
    for answers, counted in in_order(work, parts, 1 if reviewer.media else workers, alone=_ALONE // _PART):
        tally.add(counted)
        yield from answers


class _Asked(NamedTuple):
    """An ad that an answer is asked for, and the record it was read from."""

    ad: Ad
    row: Row
    unread: tuple[str, ...]


def _answered(path: str, reviewer: Reviewer, rows: Sequence[Row | Reject]) -> tuple[list[str | Reject], AdTally]:
    asked = [row if isinstance(row, Reject) else _asked(path, row) for row in rows]
    ads = with_pictures([one.ad for one in asked if isinstance(one, _Asked)], reviewer.media, None)
    decisions, tally = reviewer.decide_each(ads), AdTally()
    answers = [one if isinstance(one, Reject) else _answer(one, next(decisions), tally) for one in asked]
    tally.rejected = sum(isinstance(one, Reject) for one in asked)
    return answers, tally


def _asked(path: str, row: Row) -> _Asked | Reject:
    try:
        ad, unread = ad_of_record(row)
    except FieldError as error:
        return rejected(path, row, error)
    return _Asked(ad, row, unread)


def _answer(asked: _Asked, decision: AdDecision, tally: AdTally) -> str:
    tally.count(decision)
    return json.dumps(answer_of(decision, asked.row.values, asked.unread), ensure_ascii=False)


def review_file(path: Path, out: Path, reviewer: Reviewer, workers: int = 1) -> AdTally:
    """Write the answers to the records of `path` to `out`, and what is no ad to `out` with `.rejects.jsonl`.

    Both files appear only when they are complete.

    Raises:
        InputError: the whole file cannot be read.
        NothingUsableError: not one record is an ad.
    """
    tally = AdTally()
    place = out.with_suffix(".rejects.jsonl")
    with replacing(out) as part:
        with part.open("w", encoding="utf-8") as answers:
            write_rejects(place, _written(review_lines(path, reviewer, tally, workers), answers.write))
        tally.rejects = place if tally.rejected else None
        if not tally.ads:
            raise NothingUsableError(_nothing_usable(path, tally))
    return tally


def _written(items: Iterator[str | Reject], write: Callable[[str], int]) -> Iterator[Reject]:
    for item in items:
        if isinstance(item, Reject):
            yield item
        else:
            write(item + "\n")


def _nothing_usable(path: Path, tally: AdTally) -> str:
    kept = f" They are in {tally.rejects}, each with its reason." if tally.rejects else ""
    return f"Not one row of {path} is an ad.{kept}"
