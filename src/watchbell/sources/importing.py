"""Bring the posts of a file into a store, and keep what could not be used."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from watchbell.files import File, Reject, write_rejects
from watchbell.ids import short_digest
from watchbell.sources.pictures import PictureFolder
from watchbell.sources.reading import Plan, read_planned
from watchbell.vault.posts import PostStore

# A store rewrites each day that it touches, so posts are added in few large tables: about 200 MB of memory.
STORED_AT_ONCE = 400_000


@dataclass(slots=True)
class Imported:
    """What became of a file."""

    new: int = 0
    known: int = 0
    rejected: int = 0
    rejects: Path | None = None
    """Where the rejects are; None where there are none."""
    pictures: int = 0
    """Files of pictures that were hashed."""
    absent_pictures: int = 0
    """Pictures that posts name and the folder lacks."""
    unhashed: Path | None = None
    """Where it is said of which files a hash is missing and why; None where none is."""


def rejects_file(folder: Path, file: File) -> Path:
    """Return where the rejects of a file are kept: the same place each time that it is imported."""
    return folder / f"{file.name}-{short_digest(str(file.absolute()))}.jsonl"


def import_posts(
    how: Plan, store: PostStore, folder: Path, advance: Callable[[int], None], pictures: PictureFolder | None = None
) -> Imported:
    """Import a file as planned.

    Args:
        how: the plan.
        store: where the posts go; those that it has already are left as they are.
        folder: where the rejects go. They replace those of an earlier import of the same file.
        advance: told of each number of rows that were read.
        pictures: where the pictures lie that the posts name, one folder for each file of posts.
    """
    imported = Imported()
    place = rejects_file(folder, how.path)
    read = read_planned(how)
    if pictures is not None:
        read = ((pictures.fill(posts), rejects) for posts, rejects in read)
    imported.rejected = write_rejects(place, _store(read, store, imported, advance))
    imported.rejects = place if imported.rejected else None
    if pictures is not None:
        told = place.with_suffix(".pictures.jsonl")
        imported.unhashed = told if write_rejects(told, pictures.rejects) else None
        imported.pictures, imported.absent_pictures = pictures.hashed, pictures.absent
    return imported


def _store(
    read: Iterable[tuple[pa.Table, list[Reject]]], store: PostStore, imported: Imported, advance: Callable[[int], None]
) -> Iterator[Reject]:
    """Store the posts and yield the rejects on the way, so that neither is ever held as a whole."""
    waiting: list[pa.Table] = []
    for posts, rejects in read:
        advance(posts.num_rows + len(rejects))
        yield from rejects
        waiting.append(posts)
        if sum(table.num_rows for table in waiting) >= STORED_AT_ONCE:
            _add(store, waiting, imported)
            waiting = []
    if waiting:
        _add(store, waiting, imported)


def _add(store: PostStore, tables: list[pa.Table], imported: Imported) -> None:
    added = store.add(pa.concat_tables(tables))
    imported.new += added.new
    imported.known += added.known
