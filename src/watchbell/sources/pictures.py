"""The pictures that posts name, hashed from a folder that holds them."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from watchbell.errors import UsageError
from watchbell.files import Reject
from watchbell.files.pictures import Fingerprint, Fingerprints, file_meant
from watchbell.model.posts import MEDIA, POSTS


class PictureFolder:
    """Fills in the hashes of posts' pictures from the files in a folder; each file is read once."""

    def __init__(self, folder: Path) -> None:
        """Take the pictures in `folder`, found by their path in it or by the last part of their address.

        Raises:
            UsageError: there is no such folder.
            MissingExtraError: what reads pictures is not installed.
        """
        if not folder.is_dir():
            raise UsageError(f"There is no folder {folder} with pictures.")
        self._folder = folder.resolve()
        self._fingerprints = Fingerprints()
        self._known: dict[Path, Fingerprint] = {}
        self.absent = 0
        """Pictures that posts name and the folder lacks."""

    @property
    def hashed(self) -> int:
        """Return how many files were hashed."""
        return sum(found.sha256 is not None for found in self._known.values())

    @property
    def rejects(self) -> Iterator[Reject]:
        """Yield each file of which a hash is missing, and why, in the order of their names."""
        for path, found in sorted(self._known.items()):
            if found.reason is not None:
                yield Reject(str(path), None, "media", found.reason)

    def fill(self, posts: pa.Table) -> pa.Table:
        """Return POSTS with the hashes that their pictures lacked."""
        if posts["media"].null_count == posts.num_rows:
            return posts
        filled = [
            None if media is None else [self._filled(each) for each in media] for media in posts["media"].to_pylist()
        ]
        return posts.set_column(POSTS.get_field_index("media"), POSTS.field("media"), pa.array(filled, pa.list_(MEDIA)))

    def _filled(self, picture: dict[str, str | None]) -> dict[str, str | None]:
        if not picture["url"] or (picture["sha256"] and picture["pdq"]):
            return picture
        path = file_meant(self._folder, picture["url"])
        if path is None:
            self.absent += 1
            return picture
        if path not in self._known:
            self._known[path] = self._fingerprints.of(path)
        found = self._known[path]
        return {"url": picture["url"], "sha256": picture["sha256"] or found.sha256, "pdq": picture["pdq"] or found.pdq}
