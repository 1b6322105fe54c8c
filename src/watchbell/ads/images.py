"""Read the words inside an ad's pictures, so that a rule broken in a picture is broken all the same.

Only on request, only files inside one folder; nothing is fetched.
"""

import importlib
from pathlib import Path
from typing import Any

from watchbell.errors import MissingExtraError, UsageError
from watchbell.model.ads import Ad, PolicyFinding

CODE_UNREAD = "IMAGE-UNREAD"

_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp"})
# A small file can unpack to a huge picture; ads are far below these.
_MAX_BYTES = 20 * 1024 * 1024
_MAX_PIXELS = 40_000_000
# Below this the engine itself doubts the line it read (its scores run from 0 to 1).
_SURE = 0.5


class ImageReader:
    """Reads the pictures in one folder."""

    def __init__(self, folder: Path) -> None:
        """Load the reading engine.

        Raises:
            UsageError: the folder is not there.
            MissingExtraError: the reading engine is not installed.
        """
        if not folder.is_dir():
            raise UsageError(f"The image folder {folder} is not a folder.")
        self._folder = folder.resolve()
        try:
            self._engine: Any = importlib.import_module("rapidocr_onnxruntime").RapidOCR()
            self._pictures: Any = importlib.import_module("PIL.Image")
        except ModuleNotFoundError as error:
            raise MissingExtraError("Reading text inside images", "desk") from error

    def words_of(self, ad: Ad) -> tuple[Ad, tuple[PolicyFinding, ...]]:
        """Return the ad with its pictures' words added to its text, and a finding for each picture left unread."""
        words: list[str] = [ad.text] if ad.text else []
        unread: list[PolicyFinding] = []
        for name in ad.media:
            if "://" in name:
                continue
            try:
                words.append(self.read(name))
            except (OSError, ValueError) as error:
                reason = f"The picture could not be read ({error}), so a person must look at it."
                unread.append(PolicyFinding(code=CODE_UNREAD, quote=name, reason=reason))
        return ad.model_copy(update={"text": "\n\n".join(filter(None, words)) or None}), tuple(unread)

    def read(self, name: str) -> str:
        """Return the words in one picture, line by line.

        Raises:
            ValueError: the name leads out of the folder, or the file is no picture or beyond the bounds.
            OSError: the file cannot be read.
        """
        path = (self._folder / name).resolve()
        if not path.is_relative_to(self._folder) or path.suffix.lower() not in _SUFFIXES:
            raise ValueError("it is not a picture inside the image folder")
        if path.stat().st_size > _MAX_BYTES:
            raise ValueError("it is larger than 20 MB")
        with self._pictures.open(path) as picture:
            if picture.width * picture.height > _MAX_PIXELS:
                raise ValueError("it has more than 40 million pixels")
        lines, _ = self._engine(str(path))
        return "\n".join(text for _, text, score in lines or () if float(score) >= _SURE)
