"""The one way in for posts: say how a file will be read, then read it in tables of bounded size."""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice
from typing import NamedTuple

import pyarrow as pa

from watchbell.errors import InputError, NothingUsableError, UsageError
from watchbell.files import File, Reject, cut, read_rows
from watchbell.sources.catalogue import AUTO, LONG_LISTS, NAMES, SOURCES, TABLE, TABLE_DESCRIPTION, Source
from watchbell.sources.post import DIGEST, FieldError, Post, Record, posts_table
from watchbell.sources.table import PLATFORM, REQUIRED, SYNONYMS, guess_mapping, post_function, value_at
from watchbell.sources.times import lacks_clock, lacks_zone

SAMPLE_ROWS = 50
# JSON leaves out what a row lacks, so columns are looked for in more rows than are kept.
COLUMN_ROWS = 10_000
BATCH_ROWS = 50_000
UNKNOWN_PLATFORM = "unknown"
NO_IDS = "There are no post ids: rows with the same account, time, text and links count as one post."


@dataclass(frozen=True, slots=True)
class Plan:
    """How a file will be read, for a person to check before anything is imported."""

    path: File
    source: str
    description: str
    guessed: bool
    """The source was told by what the file holds, not given."""
    platform: str
    mapping: Mapping[str, str]
    """For a table: which column stands for which column of posts."""
    unused: tuple[str, ...]
    """For a table: columns that stand for none."""
    notes: tuple[str, ...]
    """Sentences about what is assumed."""


class _Sample(NamedTuple):
    """The beginning of a file."""

    rows: list[Record]
    columns: dict[str, None]
    """Names of columns, in the order in which they first appear."""


def plan(
    path: File, *, source: str = AUTO, mapping: Mapping[str, str] | None = None, platform: str | None = None
) -> Plan:
    """Return how a file will be read.

    Args:
        path: the file.
        source: a name of `catalogue.NAMES`; `auto` tells it by the first rows.
        mapping: for a table, columns of posts and the file's columns that stand for them; the rest is guessed.
        platform: overrides the source's own.

    Raises:
        UsageError: there is no such source, or the mapping names a column that is not there.
        InputError: the file cannot be read, or does not say who posted when.
    """
    if source not in NAMES:
        raise UsageError(f"There is no source {source!r}. The sources are: {', '.join(NAMES)}.")
    if mapping and source not in (AUTO, TABLE):
        raise UsageError(
            f"--map is for tables; the source {source} knows its columns. Leave --map out, or say --source table."
        )
    if platform is not None and not PLATFORM.fullmatch(platform):
        raise UsageError(f"--platform {platform!r:.80} is no name: write it in letters a to z, digits, '.', '_', '-'.")
    sample = _sample(path)
    known = _known_source(sample.rows, TABLE if mapping else source)
    if known is not None:
        its_platform = platform or known.platform
        notes = (NO_IDS,) if _lack_ids(known, sample.rows) else ()
        return Plan(path, known.name, known.description, source == AUTO, its_platform, {}, (), notes)
    return _table_plan(path, sample, mapping or {}, platform, guessed=source == AUTO)


def read_posts(
    path: File, *, source: str = AUTO, mapping: Mapping[str, str] | None = None, platform: str | None = None
) -> Iterator[tuple[pa.Table, list[Reject]]]:
    """Yield the posts of a file (POSTS) and the rows that are none, in batches of bounded size; see `plan`.

    Raises:
        UsageError, InputError: as `plan` does, at the first batch.
    """
    yield from read_planned(plan(path, source=source, mapping=mapping, platform=platform))


def read_planned(how: Plan) -> Iterator[tuple[pa.Table, list[Reject]]]:
    """Yield the posts of a file (POSTS) and the rows that are none, read as planned, in batches of bounded size."""
    results = _results(how)
    while batch := list(islice(results, BATCH_ROWS)):
        posts = [item for item in batch if isinstance(item, Post)]
        yield posts_table(posts, how.platform), [item for item in batch if isinstance(item, Reject)]


def _sample(path: File) -> _Sample:
    """Return the beginning of a file.

    Raises:
        NothingUsableError: there is no row.
    """
    sample = _Sample([], {})
    first_reject: Reject | None = None
    for item in islice(read_rows(path, spread=LONG_LISTS), COLUMN_ROWS):
        if isinstance(item, Reject):
            first_reject = first_reject or item
            continue
        sample.columns.update(dict.fromkeys(item.values))
        if len(sample.rows) < SAMPLE_ROWS:
            sample.rows.append(item.values)
    if not sample.rows:
        why = f"The first problem: {first_reject.told()}" if first_reject else "It has none."
        raise NothingUsableError(f"Not one row of {path} can be read. {why}")
    return sample


def _known_source(sample: list[Record], name: str) -> Source | None:
    """Return the source of that name, or for `auto` the one that knows most rows; None for a table."""
    if name != AUTO:
        return SOURCES.get(name)
    known = {name: sum(map(source.recognises, sample)) for name, source in SOURCES.items()}
    best = max(known, key=known.__getitem__)
    return SOURCES[best] if known[best] * 2 > len(sample) else None


def _lack_ids(source: Source, sample: list[Record]) -> bool:
    for record in chain.from_iterable(map(source.records, sample)):
        with suppress(FieldError):
            if (post := source.post_of(record)) is not None:
                return post.post_id.startswith(DIGEST)
    return False


def _table_plan(path: File, sample: _Sample, given: Mapping[str, str], platform: str | None, *, guessed: bool) -> Plan:
    _check_mapping(path, sample, given)
    mapping = guess_mapping(sample.columns, given)
    if missing := [field for field in REQUIRED if field not in mapping]:
        raise InputError(
            f"{path} is no platform's export that is known, and no column of it is surely the {' or '.join(missing)}. "
            f"Name it with --map {missing[0]}=COLUMN. Its columns are: {', '.join(sample.columns) or 'none'}."
        )
    mapping = {field: mapping[field] for field in SYNONYMS if field in mapping}
    unused = tuple(name for name in sample.columns if name not in mapping.values())
    notes = tuple(_notes(sample.rows, mapping, platform))
    return Plan(path, TABLE, TABLE_DESCRIPTION, guessed, platform or UNKNOWN_PLATFORM, mapping, unused, notes)


def _check_mapping(path: File, sample: _Sample, given: Mapping[str, str]) -> None:
    for field, column in given.items():
        if field not in SYNONYMS:
            raise UsageError(f"Posts have no column {field!r} to map to. Their columns are: {', '.join(SYNONYMS)}.")
        if column not in sample.columns and all(value_at(values, column) is None for values in sample.rows):
            raise UsageError(f"{path} has no column {column!r}. Its columns are: {', '.join(sample.columns)}.")


def _notes(sample: list[Record], mapping: Mapping[str, str], platform: str | None) -> Iterator[str]:
    column = mapping["created_at"]
    times = [value_at(values, column) for values in sample]
    if any(map(lacks_clock, times)):
        yield f"{column} tells days without hours: such posts count as made at midnight and look simultaneous."
    if any(map(lacks_zone, times)):
        yield f"{column} has no time zone: it is taken as UTC."
    if platform is None and "platform" not in mapping:
        yield f"The platform is not known: accounts are written {UNKNOWN_PLATFORM}:…; say --platform to name it."
    if "post_id" not in mapping:
        yield NO_IDS


def _results(how: Plan) -> Iterator[Post | Reject]:
    """Yield the post, or the reject, that each record of a file gives; what is no post gives none."""
    source = SOURCES.get(how.source)
    post_of = post_function(how.mapping) if source is None else source.post_of
    for item in read_rows(how.path, spread=LONG_LISTS):
        if isinstance(item, Reject):
            yield item
            continue
        for record in [item.values] if source is None else source.records(item.values):
            try:
                post = post_of(record)
            except FieldError as error:
                yield Reject(str(how.path), item.number, error.field, str(error), _raw(record))
            else:
                if post is not None:
                    yield post


def _raw(record: Record) -> str | None:
    try:
        return cut(json.dumps(record, ensure_ascii=False, default=str))
    except RecursionError:
        return None
