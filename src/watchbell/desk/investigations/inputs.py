"""What an investigation is given: files of posts, or tables that already hold actions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import pyarrow as pa

from watchbell.desk.investigations.investigate import actions_seen
from watchbell.detect.actions import distinct, joined
from watchbell.errors import NothingUsableError
from watchbell.files import File, Reject
from watchbell.model.actions import ACTIONS
from watchbell.sources.action_table import ActionColumns, read_coded_actions


@dataclass(frozen=True)
class PostFiles:
    """How to read files of posts; see `sources.reading.read_posts`."""

    source: str = "auto"
    platform: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)


def actions_in_posts(paths: Sequence[File], files: PostFiles, by: Sequence[str]) -> tuple[pa.Table, list[Reject]]:
    """Return the actions that the traces named `by` see in files of posts, and the rows that are no posts.

    Raises:
        InputError: a file cannot be read.
        NothingUsableError: not one row of all files is a post.
    """
    rejects: list[Reject] = []
    seen = [actions_seen([posts], by) for posts in posts_in(paths, files, rejects)]
    return joined(distinct(seen)), rejects


def posts_in(paths: Sequence[File], files: PostFiles, rejects: list[Reject]) -> Iterator[pa.Table]:
    """Yield the posts of files (POSTS), and add the rows that are none to `rejects`.

    Raises:
        InputError: a file cannot be read.
        NothingUsableError: at the end, when not one row of all files was a post.
    """
    from watchbell.sources.reading import read_posts  # noqa: PLC0415  # tables of actions start without its parts

    posts = 0
    for path in paths:
        for table, rejected in read_posts(path, source=files.source, mapping=files.mapping, platform=files.platform):
            rejects += rejected
            posts += table.num_rows
            yield table
    _require(posts, "post", paths, rejects)


def reading_said(reading: PostFiles | ActionColumns) -> dict[str, Any]:
    """Return how files were read, as `run.json` says it, so that they can be read in the same way again."""
    if isinstance(reading, ActionColumns):
        return {"actions": reading._asdict()}
    return {"posts": asdict(reading)}


def actions_in_tables(paths: Sequence[File], columns: ActionColumns, kind: str) -> tuple[pa.Table, list[Reject]]:
    """Return the actions of tables that already hold them, called `kind`, and the rows that are none.

    Raises:
        InputError: a file cannot be read.
        NothingUsableError: not one row of all files is an action.
        UsageError: a file lacks a named column.
    """
    actions, rejected = coded_actions_in_tables(paths, columns, kind)
    return actions.cast(ACTIONS), rejected


def coded_actions_in_tables(paths: Sequence[File], columns: ActionColumns, kind: str) -> tuple[pa.Table, list[Reject]]:
    """Return what `actions_in_tables` does as CODED_ACTIONS, which take less memory and are counted sooner."""
    tables, rejects = zip(*(read_coded_actions(path, columns, kind) for path in paths), strict=True)
    rejected = [reject for found in rejects for reject in found]
    actions = tables[0] if len(tables) == 1 else distinct([table.cast(ACTIONS) for table in tables])
    _require(actions.num_rows, "action", paths, rejected)
    return actions, rejected


def _require(rows: int, noun: str, paths: Sequence[File], rejects: Sequence[Reject]) -> None:
    if rows:
        return
    first = f" The first problem: {rejects[0].told()}" if rejects else ""
    raise NothingUsableError(f"There is not one usable {noun} in {', '.join(map(str, paths))}.{first}")
