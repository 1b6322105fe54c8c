"""Pictures out of files, safely: the hashes by which copies are known."""

import hashlib
import importlib
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit

from watchbell.errors import MissingExtraError

MOST_BYTES = 512 * 1024 * 1024
"""Larger files are not read: longer than any picture, and than most films that platforms take."""

MOST_PIXELS = 40_000_000
"""A small file can unpack to a huge picture. Platforms show far fewer pixels than this."""

LEAST_QUALITY = 50
"""Of pictures with a lower PDQ quality, from 0 to 100, the hash says too little (Davis and Rosen 2019)."""


# Pillow also reads formats that are programs (PostScript) or documents; nobody shows a picture in those.
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")


@dataclass(frozen=True, slots=True)
class Look:
    """What is seen of a picture when it is opened."""

    media_type: str | None = None
    """None where it is no picture that can be read whole."""
    width: int | None = None
    height: int | None = None
    """In pixels."""
    pdq: str | None = None
    """In lower-case hexadecimal; None where it is no still picture, or too plain."""
    reason: str | None = None
    """Why one of them is missing, as a clause."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a file is known by."""

    sha256: str | None
    """In lower-case hexadecimal; None where the file cannot be read."""
    pdq: str | None
    """In lower-case hexadecimal; None where it is no still picture that can be read, or too plain."""
    reason: str | None
    """Why one of them is missing, as a sentence."""


class Fingerprints:
    """Takes the hashes of files."""

    def __init__(self) -> None:
        """Load what reads pictures.

        Raises:
            MissingExtraError: it is not installed.
        """
        try:
            self._pictures: Any = importlib.import_module("PIL.Image")
            self._numpy: Any = importlib.import_module("numpy")
            self._pdq: Any = importlib.import_module("pdqhash")
        except ModuleNotFoundError as error:
            raise MissingExtraError("Hashing pictures", "desk") from error

    def of(self, path: Path) -> Fingerprint:
        """Return the SHA-256 of a file's bytes and, of a still picture, its PDQ hash."""
        try:
            if path.stat().st_size > MOST_BYTES:
                return Fingerprint(None, None, f"The file is larger than {MOST_BYTES >> 20} MiB and was not read.")
            with path.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            return Fingerprint(None, None, f"The file cannot be read: {error.strerror}.")
        seen = self.look(path)
        return Fingerprint(sha256, seen.pdq, seen.reason and f"{seen.reason}; only its bytes were hashed.")

    def look(self, file: Path | BinaryIO) -> Look:
        """Open a picture and read all of it: its kind, its size, and of a still one its PDQ hash."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # Pillow warns of what is bounded here
                with self._pictures.open(file, formats=_FORMATS) as picture:
                    return self._seen(picture)
        except self._pictures.UnidentifiedImageError:
            return Look(reason="The file is no picture that can be read")
        except (
            OSError,
            ValueError,
            SyntaxError,
            EOFError,
            MemoryError,
            self._pictures.DecompressionBombError,
        ) as error:
            return Look(reason=f"The picture is damaged ({str(error)[:200]})")

    def _seen(self, picture: Any) -> Look:
        if picture.width * picture.height > MOST_PIXELS:
            return Look(reason=f"The picture has more than {MOST_PIXELS:,} pixels")
        pixels = self._numpy.asarray(picture.convert("RGB"))
        seen = Look(self._pictures.MIME[picture.format], picture.width, picture.height)
        if getattr(picture, "is_animated", False):
            return replace(seen, reason="The picture is animated, and PDQ is for still ones")
        vector, quality = self._pdq.compute(pixels)
        if quality < LEAST_QUALITY:
            return replace(seen, reason=f"The picture is too plain for PDQ (quality {quality} of 100)")
        return replace(seen, pdq=self._numpy.packbits(vector).tobytes().hex())


def file_meant(folder: Path, address: str) -> Path | None:
    """Return the file that an address or path in an export means: by its path in a folder, or by its last part.

    Never one outside the folder, which must be resolved.
    """
    named = unquote(urlsplit(address).path) if "://" in address else address
    for name in (named.lstrip("/"), named.rpartition("/")[2]):
        try:
            path = (folder / name).resolve()
            if name and path.is_relative_to(folder) and path.is_file():
                return path
        except (OSError, ValueError):  # a name that no file can have
            continue
    return None
