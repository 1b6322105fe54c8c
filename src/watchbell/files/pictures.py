"""Pictures out of files, safely: the hashes by which copies are known."""

import hashlib
import importlib
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from watchbell.errors import MissingExtraError

MOST_BYTES = 512 * 1024 * 1024
"""Larger files are not read: longer than any picture, and than most films that platforms take."""

MOST_PIXELS = 40_000_000
"""A small file can unpack to a huge picture. Platforms show far fewer pixels than this."""

LEAST_QUALITY = 50
"""Of pictures with a lower PDQ quality, from 0 to 100, the hash says too little (Davis and Rosen 2019)."""


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
        pdq, reason = self._perceived(path)
        return Fingerprint(sha256, pdq, reason)

    def _perceived(self, path: Path) -> tuple[str | None, str | None]:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # Pillow warns of what is bounded here
                with self._pictures.open(path) as picture:
                    if picture.width * picture.height > MOST_PIXELS:
                        return None, f"The picture has more than {MOST_PIXELS:,} pixels; only its bytes were hashed."
                    if getattr(picture, "is_animated", False):
                        return None, "The picture is animated, and PDQ is for still ones; only its bytes were hashed."
                    pixels = self._numpy.asarray(picture.convert("RGB"))
        except self._pictures.UnidentifiedImageError:
            return None, "The file is no picture that can be read; only its bytes were hashed."
        except (
            OSError,
            ValueError,
            SyntaxError,
            EOFError,
            MemoryError,
            self._pictures.DecompressionBombError,
        ) as error:
            return None, f"The picture is damaged ({str(error)[:200]}); only its bytes were hashed."
        vector, quality = self._pdq.compute(pixels)
        if quality < LEAST_QUALITY:
            return None, f"The picture is too plain for PDQ (quality {quality} of 100); only its bytes were hashed."
        return self._numpy.packbits(vector).tobytes().hex(), None
