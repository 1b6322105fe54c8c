"""Files kept by what is in them: each once, under the SHA-256 of its bytes."""

import hashlib
import re
from pathlib import Path

from watchbell.files.whole import replacing

_SHA256 = re.compile(r"[0-9a-f]{64}")


class BlobStore:
    """The files in one folder, spread over folders by the first byte of their hash."""

    def __init__(self, folder: Path) -> None:
        """Keep files in `folder`, which is made when the first one comes."""
        self._folder = folder

    def put(self, content: bytes) -> str:
        """Keep a file, unless it is there, and return its SHA-256 in hexadecimal.

        A killed process leaves no half of one.

        Raises:
            OSError: it cannot be written.
        """
        digest = hashlib.sha256(content).hexdigest()
        place = self._place(digest)
        if not place.is_file():
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with replacing(place) as part:
                part.write_bytes(content)
        return digest

    def find(self, sha256: str) -> Path | None:
        """Return where a file lies, or None where there is none of that hash."""
        if not _SHA256.fullmatch(sha256):
            return None
        place = self._place(sha256)
        return place if place.is_file() else None

    def _place(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256
