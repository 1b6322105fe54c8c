"""The key outside the database: identity documents are encrypted with it, and codes hashed.

Fernet (AES-128-CBC with HMAC-SHA256) as the library cryptography has it. The file has one key a line: the first
encrypts, all of them decrypt, so that a new key is put on top and the old one stays until its documents are deleted.
"""

import hashlib
import hmac
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from watchbell.errors import InputError, UsageError
from watchbell.files.whole import new_private


class IdentityKey:
    """The key, read from its file."""

    def __init__(self, keys: list[str]) -> None:
        """Take the keys, the one that encrypts first.

        Raises:
            ValueError: there is none, or one is no key.
        """
        self._fernet = MultiFernet([Fernet(key) for key in keys])
        self.for_codes = hashlib.sha256(b"codes\0" + keys[-1].encode()).digest()
        """For the hashes of codes; of the oldest key, so that a new one leaves codes on their way good."""
        self._for_fingerprints = hashlib.sha256(b"fingerprints\0" + keys[-1].encode()).digest()

    @classmethod
    def read(cls, file: Path | None) -> "IdentityKey":
        """Read the key file of the setting `identity_key_file`.

        Raises:
            UsageError: the setting is missing.
            InputError: the file cannot be read, or holds no key.
        """
        if file is None:
            raise UsageError(
                "Advertisers' documents and codes need a key outside the database. Make one with "
                "`watchbell advertiser key FILE` and name it in the setting identity_key_file."
            )
        try:
            return cls(file.read_text("ascii").split())
        except OSError as error:
            raise InputError(f"The identity key {file} cannot be read: {error.strerror}.") from error
        except ValueError as error:
            raise InputError(f"{file} is no identity key; `watchbell advertiser key FILE` makes one.") from error

    @staticmethod
    def make(file: Path) -> None:
        """Make a new key file that only its owner may read.

        Raises:
            UsageError: there is such a file, or it cannot be written.
        """
        new_private(file, Fernet.generate_key() + b"\n")

    def sealed(self, document: bytes) -> bytes:
        """Encrypt a document."""
        return self._fernet.encrypt(document)

    def fingerprint(self, unique: str) -> str:
        """Return what is kept of an id or a number, so that its second use is known: an HMAC (RFC 2104)."""
        return hmac.new(self._for_fingerprints, unique.encode(), hashlib.sha256).hexdigest()

    def opened(self, sealed: bytes) -> bytes:
        """Decrypt a document.

        Raises:
            InputError: it was encrypted with another key, or changed since.
        """
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken as error:
            raise InputError("The document was encrypted with another key, or was changed since.") from error
