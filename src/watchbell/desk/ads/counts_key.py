"""The key outside the database with which a house signs its library's counts: Ed25519 (RFC 8032), in PEM."""

from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from watchbell.errors import InputError, UsageError
from watchbell.files.whole import new_private


class CountsKey:
    """The key, read from its file."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        """Sign with `key`."""
        self._key = key
        self.public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
        """What others verify with, hexadecimal."""

    @classmethod
    def read(cls, file: Path | None) -> "CountsKey":
        """Read the key file of the setting `counts_key_file`.

        Raises:
            UsageError: the setting is missing.
            InputError: the file cannot be read, or holds no such key.
        """
        if file is None:
            raise UsageError(
                "Signed counts need a key outside the database. Make one with `watchbell ads counts key FILE` "
                "and name it in the setting counts_key_file."
            )
        try:
            key = load_pem_private_key(file.read_bytes(), password=None)
        except OSError as error:
            raise InputError(f"The key {file} cannot be read: {error.strerror}.") from error
        except (ValueError, TypeError) as error:
            raise InputError(f"{file} is no key for counts; `watchbell ads counts key FILE` makes one.") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise InputError(f"{file} is a key of another kind; `watchbell ads counts key FILE` makes an Ed25519 key.")
        return cls(key)

    @classmethod
    def make(cls, file: Path) -> "CountsKey":
        """Make a new key file that only its owner may read.

        Raises:
            UsageError: there is such a file, or it cannot be written.
        """
        key = Ed25519PrivateKey.generate()
        new_private(file, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return cls(key)

    def sign(self, said: bytes) -> str:
        """Return the signature, hexadecimal."""
        return self._key.sign(said).hex()


def signed_by(key: str, signature: str, said: bytes) -> bool:
    """Tell whether the holder of a public key signed this; key and signature are hexadecimal."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), said)
    except (ValueError, InvalidSignature):
        return False
    return True
