"""Partners' indicators looked for in the workspace's posts and ads, or in files."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from watchbell.desk.cases.cases import Opened
from watchbell.desk.exchange.sharing import read_indicator_file
from watchbell.desk.investigations.inputs import PostFiles, posts_in
from watchbell.desk.matching.searched import Searched
from watchbell.errors import NothingUsableError, UsageError
from watchbell.files import File, Reject
from watchbell.files.spreadsheet import write_csv
from watchbell.files.whole import replacing
from watchbell.match.imitations import imitations_in_ads, imitations_in_posts
from watchbell.match.index import IndicatorIndex
from watchbell.match.lookalikes import LookalikeIndex
from watchbell.match.scan import scan_ads, scan_posts
from watchbell.match.warning_lists import bundled_lists, read_warning_list
from watchbell.model.indicators import HITS, Indicator
from watchbell.vault.database import batches as batched
from watchbell.vault.workspace import Workspace

WARNING_LISTS = "warninglists"
"""The folder of a workspace in which an operator puts warning lists in MISP's format."""

_ADS_AT_ONCE = 20_000


@dataclass(slots=True)
class Matched:
    """What a search found, and what it looked through."""

    hits: pa.Table = field(default_factory=HITS.empty_table)
    posts: int = 0
    ads: int = 0
    indicators: int = 0
    """Those in force that can match."""
    set_aside: int = 0
    """Domains in force that never match, because very many people share them."""
    new: int = 0
    """Hits that the workspace did not have yet; 0 where nothing is stored."""
    cases: Opened | None = None
    """Cases opened or looked at again; None where nothing is stored."""
    rejects: list[Reject] = field(default_factory=list)


def workspace_index(
    workspace: Workspace, *, now: datetime, indicators: Iterable[Indicator] | None = None, ended: bool = False
) -> IndicatorIndex:
    """Return the index of indicators, the workspace's own where none are given, with its warning lists.

    Those are MISP's files in its folder `warninglists`, and the ones that ship with Watchbell.

    Raises:
        InputError: a warning list cannot be read.
    """
    files = sorted((workspace.root / WARNING_LISTS).glob("*.json"))
    lists = [*bundled_lists(), *map(read_warning_list, files)]
    held = workspace.vault.indicators.all() if indicators is None else indicators
    return IndicatorIndex.build(held, now=now, ended=ended, warnings=lists)


def match_newcomers(workspace: Workspace, *, now: datetime) -> Matched:
    """Look in the workspace's posts and ads for those indicators only that no search has looked for yet."""
    searched = Searched.of(workspace)
    newcomers = searched.noting(workspace.vault.indicators.all(), new_only=True)
    matched = _match_stored(workspace, workspace_index(workspace, now=now, indicators=newcomers))
    searched.keep()
    return matched


def match_workspace(
    workspace: Workspace, *, now: datetime, imitated: LookalikeIndex | None = None, ended: bool = False
) -> Matched:
    """Look for the workspace's indicators, and for imitations of protected names, in its posts and ads.

    The hits are stored. Doing it again adds nothing.
    """
    searched = Searched.of(workspace)
    indicators = searched.noting(workspace.vault.indicators.all())
    index = workspace_index(workspace, now=now, indicators=indicators, ended=ended)
    matched = _match_stored(workspace, index, imitated)
    searched.keep()
    return matched


def _match_stored(workspace: Workspace, index: IndicatorIndex, imitated: LookalikeIndex | None = None) -> Matched:
    """Look for indicators, and for imitations of protected names, in the workspace's posts and ads; store the hits.

    Doing it again adds nothing.
    """
    vault = workspace.vault
    matched = match_posts(workspace.posts.batches(), index, imitated)
    for ads in batched(vault.ads.all(), _ADS_AT_ONCE):
        matched.ads += len(ads)
        found = [scan_ads(ads, index)] + ([imitations_in_ads(ads, imitated)] if imitated else [])
        matched.hits = pa.concat_tables([matched.hits, *found])
    matched.hits = matched.hits.combine_chunks()
    if matched.hits.num_rows:
        matched.new = vault.hits.add(matched.hits).new
    return matched


def match_posts(tables: Iterable[pa.Table], index: IndicatorIndex, imitated: LookalikeIndex | None = None) -> Matched:
    """Look for the indicators of an index, and for imitations of protected names, in tables of posts (POSTS)."""
    matched, found = Matched(indicators=len(index), set_aside=index.set_aside.height), [HITS.empty_table()]
    for posts in tables:
        matched.posts += posts.num_rows
        found.append(scan_posts(posts, index))
        if imitated is not None:
            found.append(imitations_in_posts(posts, imitated))
    matched.hits = pa.concat_tables(found)
    return matched


def match_files(
    paths: Sequence[File], index: IndicatorIndex, reading: PostFiles, imitated: LookalikeIndex | None = None
) -> Matched:
    """Look for the indicators of an index, and for imitations of protected names, in files of posts.

    Raises:
        InputError: a file cannot be read.
        NothingUsableError: not one row of all files is a post.
    """
    rejects: list[Reject] = []
    matched = match_posts(posts_in(paths, reading, rejects), index, imitated)
    matched.rejects = rejects
    return matched


def indicators_in_files(paths: Sequence[File], *, now: datetime) -> tuple[list[Indicator], list[Reject]]:
    """Return the indicators of files in any known form, and the rows that are none.

    Raises:
        InputError: a file cannot be read, or has no known form.
        NothingUsableError: not one row of all files is an indicator.
    """
    read = [read_indicator_file(path, tlp=None, source=None, now=now) for path in paths]
    indicators = {held.id: held for one in read for held in one.indicators}
    if not indicators:
        raise NothingUsableError(f"There is not one indicator in {', '.join(map(str, paths))}.")
    return list(indicators.values()), [reject for one in read for reject in one.rejects]


def write_hits(path: Path, hits: pa.Table) -> None:
    """Write hits as Parquet, CSV or JSON lines, by the file's name; it appears only when it is complete.

    Raises:
        UsageError: the name ends in none of `.parquet`, `.csv`, `.jsonl`.
    """
    writer = hit_writer(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as part:
        writer(part, hits)


def hit_writer(path: Path) -> Callable[[Path, pa.Table], None]:
    """Return what writes hits in the format that a file's name asks for.

    Raises:
        UsageError: the name ends in none of `.parquet`, `.csv`, `.jsonl`.
    """
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        raise UsageError(f"{path} names no format: end it in {', '.join(_WRITERS)}.")
    return writer


def _write_parquet(path: Path, hits: pa.Table) -> None:
    pq.write_table(hits, path)


def _write_csv(path: Path, hits: pa.Table) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        write_csv(file, hits.schema.names, (hit.values() for hit in hits.to_pylist()))


def _write_jsonl(path: Path, hits: pa.Table) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(hits_as_lines(hits))


def hits_as_lines(hits: pa.Table) -> Iterator[str]:
    """Yield hits as JSON lines."""
    for hit in hits.to_pylist():
        yield json.dumps(hit, ensure_ascii=False, default=_text) + "\n"


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


_WRITERS: dict[str, Callable[[Path, pa.Table], None]] = {
    ".parquet": _write_parquet,
    ".csv": _write_csv,
    ".jsonl": _write_jsonl,
}
