"""The pictures of ads, taken from a folder: checked, hashed, kept once, and read where that is asked for.

Nothing is fetched. What is no picture in the formats below is neither kept nor shown, whatever its name says.
"""

import hashlib
import io
from collections.abc import Sequence
from pathlib import Path

from watchbell.ads.images import ImageReader
from watchbell.errors import InputError, UsageError
from watchbell.files.pictures import Fingerprints, file_meant
from watchbell.model.ads import Ad, Picture
from watchbell.vault.blobs import BlobStore
from watchbell.vault.vault import Vault

SHOWN = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/gif": "gif",
    "image/bmp": "bmp",
}
"""Formats of which every browser shows the pixels and nothing else, and how their files' names end."""

# Far above what platforms take for an ad; a larger file is no such picture.
_MOST_BYTES = 20 * 1024 * 1024
_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp"})


class MediaFolder:
    """A folder with the pictures that ads name; each file is looked at once."""

    def __init__(self, folder: Path, *, kept_in: BlobStore | None = None, reader: ImageReader | None = None) -> None:
        """Take pictures from `folder`, by their path in it or by the last part of their address.

        Args:
            folder: where they are.
            kept_in: where they go; None keeps none.
            reader: reads the words in them; None leaves them unread.

        Raises:
            UsageError: there is no such folder.
            MissingExtraError: what opens pictures is not installed.
        """
        if not folder.is_dir():
            raise UsageError(f"There is no folder {folder} with pictures.")
        self._folder, self._blobs, self._reader = folder.resolve(), kept_in, reader
        self._fingerprints = Fingerprints()
        self._seen: dict[Path, Picture] = {}
        self.absent = 0
        """Files that ads name and the folder lacks."""

    @property
    def taken(self) -> int:
        """Return how many files were taken."""
        return sum(one.sha256 is not None for one in self._seen.values())

    @property
    def refused(self) -> list[Picture]:
        """Return what could not be taken, with the reason."""
        return [one for one in self._seen.values() if one.problem]

    def take(self, name: str, before: Picture | None) -> Picture | None:
        """Return the picture that an ad names; None where the folder has none of that name.

        A picture whose words are known `before` is not read again. Where words are to be read, a file that is not
        there or is no picture is one with a problem: what it says is not known.
        """
        path = file_meant(self._folder, name)
        if path is None:
            self.absent += 1
            wanted = self._reader is not None and "://" not in name
            return Picture(name=name, problem="it is not in the folder of pictures") if wanted else None
        if path.suffix.lower() not in _SUFFIXES:
            return Picture(name=name, problem="it is no picture") if self._reader else None
        if path not in self._seen:
            self._seen[path] = self._looked_at(path, before)
        picture = self._seen[path]
        if before and _same(before, picture) and picture.words is None and picture.problem is None:
            picture = before  # with what was read of it, or could not be
        return picture.model_copy(update={"name": name})

    def _looked_at(self, path: Path, before: Picture | None) -> Picture:
        try:
            with path.open("rb") as file:
                content = file.read(_MOST_BYTES + 1)
        except OSError as error:
            return Picture(name=path.name, problem=f"it cannot be read: {error.strerror}")
        if len(content) > _MOST_BYTES:
            return Picture(name=path.name, problem=f"it is larger than {_MOST_BYTES >> 20} MiB")
        seen = self._fingerprints.look(io.BytesIO(content))
        if seen.media_type not in SHOWN:
            why = f"It is {seen.media_type}, which is not shown" if seen.media_type else str(seen.reason)
            why = why[0].lower() + why[1:]
            return Picture(name=path.name, problem=why)
        picture = Picture(
            name=path.name,
            sha256=self._blobs.put(content) if self._blobs else hashlib.sha256(content).hexdigest(),
            media_type=seen.media_type,
            size=len(content),
            width=seen.width,
            height=seen.height,
            pdq=seen.pdq,
        )
        if self._reader is None or (before is not None and before.words is not None and _same(before, picture)):
            return picture
        try:
            return picture.model_copy(update={"words": self._reader.read(content)})
        except InputError as error:
            return picture.model_copy(update={"problem": str(error)})


def _same(one: Picture, other: Picture) -> bool:
    return one.sha256 is not None and one.sha256 == other.sha256


def with_pictures(ads: Sequence[Ad], folder: MediaFolder | None, vault: Vault | None) -> list[Ad]:
    """Return ads with their pictures: from the folder, else as the vault knows them from an earlier import."""
    known = vault.ad_pictures.of_ads(ad.id for ad in ads) if vault else {}
    return [_with_pictures(ad, folder, known.get(ad.id, ())) for ad in ads]


def _with_pictures(ad: Ad, folder: MediaFolder | None, known: Sequence[Picture]) -> Ad:
    if not ad.media or not (folder or known):
        return ad
    before = {one.name: one for one in known}
    found = (_newer(folder.take(name, before.get(name)) if folder else None, before.get(name)) for name in ad.media)
    return ad.model_copy(update={"pictures": tuple(one for one in found if one is not None)})


def _newer(taken: Picture | None, before: Picture | None) -> Picture | None:
    """Return what was taken now, unless only the earlier import had the file."""
    return before if taken is None or (taken.sha256 is None and before is not None) else taken
